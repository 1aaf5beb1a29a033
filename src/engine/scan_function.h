#pragma once

#include "engine/scan_context.h"

namespace duckdb {
class DatabaseInstance;
}

namespace opentrail::engine {

// Puts opentrail_scan(database, name) into the system catalog: the columns of MakeScanSchema over the table's logs.
// `context` outlives the database.
void RegisterScanFunction(duckdb::DatabaseInstance& database, const ScanContext& context);

}  // namespace opentrail::engine
