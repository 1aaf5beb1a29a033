#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/table_output.h"
#include "formats/table_format.h"
#include "logs/scan.h"
#include "sql/ast.h"
#include "sql/translate.h"

namespace opentrail::engine {

struct EngineOptions {
  uint32_t threads = 0;                     // 0: all cores
  uint64_t memory_limit_bytes = 200 << 20;  // what the engine may hold before it spills to temporary_folder
  std::filesystem::path temporary_folder;   // empty: a private folder under the system's, removed at the end
};

// A table the engine can scan: its shape, the files behind it and their form.
struct BoundTable {
  catalog::Table table;
  logs::LogSource source;
  bool deduplicate = false;  // an eventID is one row, however often it was delivered
  formats::TableFormat format = {};
};

// Where an engine finds the tables that were not added. Asked on the thread of Query, for each name of a statement.
class TableSource {
 public:
  virtual ~TableSource() = default;
  virtual bool HasDatabase(std::string_view database) = 0;
  // nullopt: there is none, or it cannot be read; then the statement fails as if there were none, and whoever made the
  // source knows better.
  virtual std::optional<BoundTable> FindTable(std::string_view database, std::string_view name) = 0;
  // The view of that name; asked before the table. nullopt: there is none.
  virtual std::optional<catalog::View> FindView(std::string_view /*database*/, std::string_view /*name*/) {
    return std::nullopt;
  }
};

// A value as Athena writes it into results (see docs: "Value text"); nullopt is NULL.
using Row = std::vector<std::optional<std::string>>;

struct ExplainOptions {
  sql::ExplainFormat format = sql::ExplainFormat::kText;
  bool analyze = false;
};

// A running query. Rows come in order, in blocks, while it runs. Belongs to one thread.
class QueryResult {
 public:
  virtual ~QueryResult() = default;
  [[nodiscard]] virtual const std::vector<sql::OutputColumn>& Columns() const = 0;
  // The next block of rows, empty at the end. An error is the engine's, worded as Athena does:
  // "DIVISION_BY_ZERO: Division by zero".
  virtual Result<std::vector<Row>> Next() = 0;
  // The same as lines of a result's CSV (engine/csv_text.h), appended to `out` until it has `enough_bytes` or somewhat
  // more; how many rows, 0 at the end. Faster than Next, and not to be mixed with it.
  virtual Result<size_t> NextCsv(size_t enough_bytes, std::string& out);
};

// An embedded DuckDB with the dialect's functions and the log tables. External access and extension loading are off.
// Thread-compatible: one query at a time.
class Engine {
 public:
  virtual ~Engine() = default;
  static Result<std::unique_ptr<Engine>> Open(const EngineOptions& options);

  virtual Status AddTable(BoundTable table) = 0;
  // Before the first query; outlives the engine, which keeps what it found. nullptr: none.
  virtual void SetTableSource(TableSource* source) = 0;
  [[nodiscard]] virtual const catalog::Catalog& Catalog() const = 0;
  // Translates and starts. A refusal of the dialect comes back as ErrorCode::kInvalidArgument with sql::Error::Text().
  virtual Result<std::unique_ptr<QueryResult>> Query(std::string_view statement, const sql::Session& session,
                                                     const CancelToken& cancel) = 0;
  // Runs a query that was translated over Catalog(), and writes its rows as files of a table; rows written. All of
  // Hive's types, no others. Where it fails, files may have been finished: they are the folder's to undo.
  virtual Result<uint64_t> Write(const sql::Translation& translation, const TableOutput& output, OutputFolder& folder,
                                 const CancelToken& cancel) = 0;
  // The whole result as one Parquet file; rows written.
  virtual Result<uint64_t> QueryToParquet(std::string_view statement, const sql::Session& session,
                                          const std::filesystem::path& file, const CancelToken& cancel) = 0;
  // Of all scans of the running (or last) query.
  [[nodiscard]] virtual const logs::ScanStatistics& Statistics() const = 0;
  // The plan that the statement would run by, in the engine's own words; `analyze` runs it and tells what each part
  // took. Errors as Query's.
  virtual Result<std::string> Explain(std::string_view statement, const sql::Session& session,
                                      const ExplainOptions& options, const CancelToken& cancel) = 0;
};

}  // namespace opentrail::engine
