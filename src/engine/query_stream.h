#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "duckdb.hpp"
#include "engine/csv_rows.h"
#include "engine/engine.h"
#include "engine/render.h"
#include "engine/scan_context.h"

namespace opentrail::engine {

// Stops what runs on a connection once the user cancels: the library itself polls only its own flag. A query that was
// stopped, because another takes the connection, is not watched any more.
class CancelWatcher {
 public:
  // Both outlive this.
  CancelWatcher(duckdb::Connection& connection, const QueryScans& scans);

 private:
  void Watch(std::stop_token stop, duckdb::Connection& connection, const QueryScans& scans);

  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;
};

// One statement of the engine's SQL as rows of Athena's text, read as it runs. Belongs to one thread; ends with the
// next statement on the connection.
class QueryStream final : public QueryResult {
 public:
  // Fails where the statement does before its first row.
  static Result<std::unique_ptr<QueryResult>> Start(duckdb::Connection& connection, const std::string& engine_sql,
                                                    std::vector<sql::OutputColumn> columns,
                                                    std::shared_ptr<QueryScans> scans);
  ~QueryStream() override;

  [[nodiscard]] const std::vector<sql::OutputColumn>& Columns() const override { return columns_; }
  Result<std::vector<Row>> Next() override;
  Result<size_t> NextCsv(size_t enough_bytes, std::string& out) override;

 private:
  QueryStream(duckdb::Connection& connection, std::vector<sql::OutputColumn> columns,
              std::shared_ptr<QueryScans> scans);

  // Work along with the library's threads until there is something to fetch, or nothing more. They, and what
  // fetches, throw what the library throws.
  void RunToFirstRows();
  static void RunToNextRows(duckdb::StreamQueryResult& stream);
  duckdb::unique_ptr<duckdb::DataChunk> Fetch();
  // nullptr at the end, and again.
  duckdb::unique_ptr<duckdb::DataChunk> NextChunk();
  [[nodiscard]] std::vector<Row> Render(duckdb::DataChunk& chunk);

  std::vector<sql::OutputColumn> columns_;
  std::shared_ptr<QueryScans> scans_;  // shared: with the scans, and with the engine for its statistics
  duckdb::unique_ptr<duckdb::PendingQueryResult> pending_;
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  ValueRenderer renderer_;
  CsvRows csv_;
  bool has_ended_ = false;
  CancelWatcher watcher_;
};

// Runs a COPY statement to its end; rows written.
[[nodiscard]] Result<uint64_t> CopyRows(duckdb::Connection& connection, const std::string& statement,
                                        QueryScans& scans);

// What a statement failed with: the scan's own error where there is one, cancellation before all.
[[nodiscard]] Error StatementError(const duckdb::ErrorData& error, const QueryScans& scans);

}  // namespace opentrail::engine
