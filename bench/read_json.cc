// What a user would do without opentrail on one machine: DuckDB's read_json over the same files, tuned by hand (the one
// column asked for is declared, nothing is detected or sampled, the record stays JSON until it is unnested).
//   bench_read_json FOLDER THREADS SQL     with {logs} in the SQL for the rows
#include <duckdb.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void Run(duckdb_connection connection, const std::string& sql, bool print) {
  duckdb_result result;
  if (duckdb_query(connection, sql.c_str(), &result) == DuckDBError) {
    std::fprintf(stderr, "%s\n", duckdb_result_error(&result));
    std::exit(1);
  }
  for (idx_t row = 0; print && row < duckdb_row_count(&result); ++row) {
    for (idx_t column = 0; column < duckdb_column_count(&result); ++column) {
      char* text = duckdb_value_varchar(&result, column, row);
      std::printf("%s%s", column > 0 ? "\t" : "", text != nullptr ? text : "NULL");
      duckdb_free(text);
    }
    std::printf("\n");
  }
  duckdb_destroy_result(&result);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  duckdb_database database;
  duckdb_connection connection;
  if (duckdb_open(nullptr, &database) == DuckDBError || duckdb_connect(database, &connection) == DuckDBError) return 1;
  Run(connection, std::string("SET threads=") + argv[2], false);
  Run(connection, "SET preserve_insertion_order=false", false);
  std::string sql = argv[3];
  const std::string files = std::string("'") + argv[1] + "/**/*.json.gz'";
  if (const size_t at = sql.find("{files}"); at != std::string::npos) sql.replace(at, 7, files);
  Run(connection, sql, true);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
}
