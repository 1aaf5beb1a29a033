#pragma once

#include <string>

#include "engine/scan_context.h"

namespace duckdb {
class DatabaseInstance;
}

namespace opentrail::engine {

// Puts opentrail_parquet([database, table]) into the system catalog: DuckDB's Parquet reader over the table's files,
// with the table's columns as declared, its partition keys and the hidden columns of files. Columns are found by name;
// one that a file lacks is NULL; a file whose column is of another type fails with HIVE_BAD_DATA. `context` outlives
// the database.
void RegisterParquetScan(duckdb::DatabaseInstance& database, const ScanContext& context);

// The query that stands for opentrail_scan of a Parquet table: its columns and what MakeScanSchema derives from them.
[[nodiscard]] std::string ParquetScanSql(const EngineTable& table);

}  // namespace opentrail::engine
