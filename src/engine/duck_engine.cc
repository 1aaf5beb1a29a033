#include "engine/duck_engine.h"

#include <system_error>
#include <utility>

#include <unistd.h>

#include "duckdb.hpp"
#include "engine/output_files.h"
#include "engine/parquet_sql.h"
#include "engine/query_stream.h"
#include "sql/command.h"

namespace opentrail::engine {
namespace {

Result<sql::Translation> TranslateStatement(std::string_view statement, const catalog::Catalog& catalog,
                                            const sql::Session& session) {
  auto translation = sql::Translate(statement, catalog, session);
  if (!translation) return std::unexpected(Error{ErrorCode::kInvalidArgument, translation.error().Text()});
  return std::move(*translation);
}

// The statement in EXPLAIN (TYPE VALIDATE), which asks for no plan: whether it is well-formed is the dialect's to say.
std::optional<std::string> ValidatedStatement(std::string_view statement, sql::Dialect dialect) {
  if (dialect != sql::Dialect::kAthena || !sql::IsCommand(statement)) return std::nullopt;
  auto command = sql::ParseCommand(statement);
  auto* const explain = command ? std::get_if<sql::Explain>(&*command) : nullptr;
  if (explain == nullptr || explain->analyze || explain->type != sql::Explain::Type::kValidate) return std::nullopt;
  return std::move(explain->statement);
}

std::string_view FormatName(sql::ExplainFormat format) {
  switch (format) {
    case sql::ExplainFormat::kText: return "text";
    case sql::ExplainFormat::kJson: return "json";
    case sql::ExplainFormat::kGraphviz: return "graphviz";
  }
  return "";
}

// Rows of a kind of plan and its text.
Result<std::string> PlanText(duckdb::Connection& connection, const std::string& statement, QueryScans& scans) {
  const CancelWatcher watcher(connection, scans);
  try {
    const auto result = connection.Query(statement);
    if (result->HasError()) return std::unexpected(StatementError(result->GetErrorObject(), scans));
    if (scans.Cancel().IsCancelled()) return MakeError(ErrorCode::kCancelled, "Query cancelled by user");
    std::string text;
    for (size_t row = 0; row < result->RowCount(); ++row) text += result->GetValue(1, row).ToString();
    scans.SetComplete();
    return text;
  } catch (const std::exception& error) {
    return std::unexpected(StatementError(duckdb::ErrorData(error), scans));
  }
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Open(const EngineOptions& options) { return DuckEngine::Open(options); }

Result<std::unique_ptr<DuckEngine>> DuckEngine::Open(const EngineOptions& options) {
  auto database = Database::Open(options);
  if (!database) return std::unexpected(database.error());
  return std::make_unique<DuckEngine>(*std::move(database), GiveBack());
}

DuckEngine::DuckEngine(std::unique_ptr<Database> database, GiveBack give_back)
    : database_(std::move(database)), scans_(database_->scans()), give_back_(std::move(give_back)) {}

DuckEngine::~DuckEngine() {
  if (give_back_) give_back_(std::move(database_));
}

void DuckEngine::BeginQuery(const CancelToken& cancel) {
  scans_.has_failed = scans_.has_failed || !scans_.query->IsComplete();
  scans_.query->Stop();  // a result still open ends here
  scans_.files->Clear();
  scans_.query = std::make_shared<QueryScans>(&cancel);
}

Result<std::unique_ptr<QueryResult>> DuckEngine::Query(std::string_view statement, const sql::Session& session,
                                                       const CancelToken& cancel) {
  const std::optional<std::string> validated = ValidatedStatement(statement, session.dialect);
  auto translation = TranslateStatement(validated ? *validated : statement, scans_.tables, session);
  if (!translation) return std::unexpected(translation.error());
  if (validated) *translation = {"SELECT true AS \"c0\"", {{"Valid", sql::Type(sql::TypeKind::kBoolean)}}, {}};
  return Run(*translation, cancel);
}

Result<std::unique_ptr<QueryResult>> DuckEngine::Run(const sql::Translation& translation, const CancelToken& cancel) {
  BeginQuery(cancel);
  return QueryStream::Start(database_->connection(), translation.engine_sql, translation.columns, scans_.query);
}

Result<uint64_t> DuckEngine::Write(const sql::Translation& translation, const TableOutput& output, OutputFolder& folder,
                                   const CancelToken& cancel) {
  BeginQuery(cancel);
  return WriteTable(database_->connection(), translation, output, folder, *scans_.query);
}

Result<std::string> DuckEngine::Explain(std::string_view statement, const sql::Session& session,
                                        const ExplainOptions& options, const CancelToken& cancel) {
  const auto translation = TranslateStatement(statement, scans_.tables, session);
  if (!translation) return std::unexpected(translation.error());
  BeginQuery(cancel);
  return PlanText(database_->connection(),
                  fmt::format("EXPLAIN ({}FORMAT {}) {}", options.analyze ? "ANALYZE, " : "",
                              FormatName(options.format), translation->engine_sql),
                  *scans_.query);
}

Result<uint64_t> DuckEngine::QueryToParquet(std::string_view statement, const sql::Session& session,
                                            const std::filesystem::path& file, const CancelToken& cancel) {
  const auto translation = TranslateStatement(statement, scans_.tables, session);
  if (!translation) return std::unexpected(translation.error());
  return RunToParquet(*translation, file, cancel);
}

// Written beside the file and renamed: a query that fails leaves what was there before.
Result<uint64_t> DuckEngine::RunToParquet(const sql::Translation& translation, const std::filesystem::path& file,
                                          const CancelToken& cancel) {
  BeginQuery(cancel);
  std::error_code error;
  std::filesystem::path part = std::filesystem::absolute(file, error);
  part += fmt::format(".{}.part", getpid());
  database_->AllowFile(part);
  auto rows = CopyRows(database_->connection(), ParquetSql(translation, part), *scans_.query);
  database_->ForbidFiles();
  if (rows) {
    std::filesystem::rename(part, file, error);
    if (!error) return rows;
    rows = MakeError(ErrorCode::kIo, "{}: cannot be written: {}", file.string(), error.message());
  }
  std::filesystem::remove(part, error);
  return rows;
}

}  // namespace opentrail::engine
