#pragma once

#include <atomic>
#include <string>

#include "engine/scan_context.h"
#include "engine/table_output.h"

namespace duckdb {
class Connection;
class DatabaseInstance;
}  // namespace duckdb

// How DuckDB's own writers come to a table's files: under a folder that is none of the disk's, into an OutputFolder;
// and a writer of lines beside its own.
namespace opentrail::engine {

// Lets the database write below this folder, and adds the format of lines.
void RegisterOutputFiles(duckdb::DatabaseInstance& database);

// Runs the statement and writes its rows. As many columns as output.names; types are the translation's. Rows written.
// The error is the engine's, or the folder's.
[[nodiscard]] Result<uint64_t> WriteTable(duckdb::Connection& connection, const sql::Translation& translation,
                                          const TableOutput& output, OutputFolder& folder, QueryScans& scans);

}  // namespace opentrail::engine
