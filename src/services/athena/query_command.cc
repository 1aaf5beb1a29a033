#include <algorithm>
#include <array>

#include "codec/json_value.h"
#include "services/athena/query_failure.h"
#include "services/athena/query_job.h"
#include "services/glue/presto_view.h"
#include "services/like_pattern.h"
#include "sql/function_signature.h"
#include "sql/text.h"

// The statements that stand around a query, or beside them.
namespace opentrail::services::athena {
namespace {

constexpr std::string_view kCatalog = "awsdatacatalog";

// Rows that are there already, as a query's result.
class ListedRows final : public engine::QueryResult {
 public:
  ListedRows(std::vector<sql::OutputColumn> columns, std::vector<engine::Row> rows)
      : columns_(std::move(columns)), rows_(std::move(rows)) {}

  [[nodiscard]] const std::vector<sql::OutputColumn>& Columns() const override { return columns_; }
  Result<std::vector<engine::Row>> Next() override { return std::exchange(rows_, {}); }

 private:
  std::vector<sql::OutputColumn> columns_;
  std::vector<engine::Row> rows_;
};

std::string_view KindName(sql::FunctionKind kind) {
  switch (kind) {
    case sql::FunctionKind::kScalar: return "scalar";
    case sql::FunctionKind::kAggregate: return "aggregate";
    case sql::FunctionKind::kWindow: return "window";
  }
  return "";
}

// "(array(T), T) -> boolean": the notation's two sides.
engine::Row FunctionRow(const sql::FunctionSignature& function) {
  const std::string_view signature = function.signature;
  const size_t arrow = signature.rfind(" -> ");
  std::string_view arguments = signature.substr(0, arrow);
  if (arguments.starts_with('(') && arguments.ends_with(')')) arguments = arguments.substr(1, arguments.size() - 2);
  static constexpr std::array<std::string_view, 5> kVolatile = {"rand", "random", "random_string", "shuffle", "uuid"};
  const bool is_volatile = std::ranges::find(kVolatile, function.name) != kVolatile.end();
  return {std::string(function.name),
          std::string(arrow == std::string_view::npos ? signature : signature.substr(arrow + 4)),
          std::string(arguments),
          std::string(KindName(function.kind)),
          std::string(is_volatile ? "false" : "true"),
          std::string()};
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

// EXPLAIN (TYPE IO, FORMAT JSON): the tables that a statement reads, without estimates, which there are none of.
std::string InputsText(const std::vector<std::pair<std::string, std::string>>& tables) {
  Value inputs = Value::List();
  for (const auto& [database, name] : tables) {
    inputs.Append(Value::Object(
        {{"table", Value::Object({{"catalog", kCatalog},
                                  {"schemaTable", Value::Object({{"schema", database}, {"table", name}})}})}}));
  }
  return codec::WriteJson(Value::Object({{"inputTableColumnInfos", std::move(inputs)}}));
}

Failure Missing(std::string_view code, const sql::TableName& table, std::string_view what, std::string_view name) {
  return EngineFailure(fmt::format("{}: line {}:{}: {} '{}' does not exist", code, table.position.line,
                                   table.position.column, what, name));
}

}  // namespace

// https://docs.aws.amazon.com/athena/latest/ug/create-view.html
QueryJob::Outcome QueryJob::RunCommand(const sql::CreateView& create) {
  QuerySession session(calls_, running_, execution_, DatabaseName());
  if (const Status opened = session.Open(engines_); !opened) {
    return Failed(EngineFailure(opened.error().message));
  }
  const auto translation = sql::Translate(create.query, session.engine().Catalog(), session.session());
  if (!translation) {
    return Failed(session.FailureOf(Error{ErrorCode::kInvalidArgument, translation.error().Text()}));
  }
  auto columns = glue::ViewColumnsOf(translation->columns);
  if (!columns) return Failed(EngineFailure(columns.error().message));
  const catalog::View view{.sql = std::string(Trimmed(create.query)),
                           .catalog = std::string(kCatalog),
                           .database = session.session().database,
                           .columns = *std::move(columns)};
  const std::string database = create.view.database.value_or(DatabaseName());
  Value input = Value::Object(
      {{"DatabaseName", database}, {"TableInput", glue::PrestoViewTable(create.view.name, view, parts_.clock.Now())}});
  auto reply = calls_.Invoke("glue", "CreateTable", input);
  if (!reply && reply.error().code == "AlreadyExistsException" && create.or_replace) {
    reply = calls_.Invoke("glue", "UpdateTable", std::move(input));
  }
  if (reply) return WriteText(Value::List(), "", std::nullopt);
  const std::string name = fmt::format("{}.{}.{}", kCatalog, database, create.view.name);
  if (reply.error().code == "AlreadyExistsException") {
    return Failed(Failure{fmt::format("TABLE_ALREADY_EXISTS: line 1:1: View already exists: '{}'", name), 2, 1301});
  }
  if (reply.error().code == "EntityNotFoundException") {
    return Failed(Missing("SCHEMA_NOT_FOUND", create.view, "Schema", database));
  }
  return Failed(Failure{reply.error().message, 2, 1500});
}

QueryJob::Outcome QueryJob::CallAthena(std::string_view operation, Value input) {
  const auto reply = calls_.Invoke("athena", operation, std::move(input));
  if (reply) return WriteText(Value::List(), "", std::nullopt);
  return Failed(Failure{reply.error().message, 2, 1000});
}

// A name that is taken gets the new text.
QueryJob::Outcome QueryJob::RunCommand(const sql::Prepare& prepare) {
  Value input = Value::Object({{"StatementName", prepare.name},
                               {"WorkGroup", execution_.workgroup},
                               {"QueryStatement", Trimmed(prepare.statement)}});
  const auto known =
      calls_.Invoke("athena", "GetPreparedStatement",
                    Value::Object({{"StatementName", prepare.name}, {"WorkGroup", execution_.workgroup}}));
  return CallAthena(known ? "UpdatePreparedStatement" : "CreatePreparedStatement", std::move(input));
}

QueryJob::Outcome QueryJob::RunCommand(const sql::Deallocate& deallocate) {
  return CallAthena("DeletePreparedStatement",
                    Value::Object({{"StatementName", deallocate.name}, {"WorkGroup", execution_.workgroup}}));
}

// What it names was put in its place before it was queued.
QueryJob::Outcome QueryJob::RunCommand(const sql::Execute& execute) {
  return Failed(Failure{fmt::format("Prepared statement {} cannot be run", execute.name), 2, 1000});
}

// The plan is the engine's own; what a statement reads and whether it is well-formed are Trino's answers.
// https://docs.aws.amazon.com/athena/latest/ug/athena-explain-statement.html
QueryJob::Outcome QueryJob::RunCommand(const sql::Explain& explain) {
  QuerySession session(calls_, running_, execution_, DatabaseName());
  if (const Status opened = session.Open(engines_); !opened) return Failed(EngineFailure(opened.error().message));
  const Time begin = parts_.clock.Now();
  const bool needs_plan = explain.analyze || explain.type == sql::Explain::Type::kLogical ||
                          explain.type == sql::Explain::Type::kDistributed;
  std::string text = "true";
  if (needs_plan) {
    auto plan = session.engine().Explain(explain.statement, session.session(), {explain.format, explain.analyze},
                                         running_.cancel);
    if (!plan) return Failed(session.FailureOf(plan.error()));
    text = *std::move(plan);
  } else {
    const auto translation = sql::Translate(explain.statement, session.engine().Catalog(), session.session());
    if (!translation) {
      return Failed(session.FailureOf(Error{ErrorCode::kInvalidArgument, translation.error().Text()}));
    }
    if (explain.type == sql::Explain::Type::kIo) text = InputsText(session.tables().Found());
  }
  engine_ms_ = MillisecondsSince(begin);
  const bool validates = !needs_plan && explain.type == sql::Explain::Type::kValidate;
  const std::string_view name = validates ? "Valid" : "Query Plan";
  const Value columns =
      Value::List({ColumnInfo(name, validates ? sql::Type(sql::TypeKind::kBoolean) : sql::Type::Varchar())});
  return WriteText(columns, fmt::format("{}\n{}", name, Trimmed(text)), std::nullopt);
}

// https://trino.io/docs/current/sql/show-functions.html
QueryJob::Outcome QueryJob::RunCommand(const sql::ShowFunctions& show) {
  std::vector<sql::OutputColumn> columns;
  for (const char* name :
       {"Function", "Return Type", "Argument Types", "Function Type", "Deterministic", "Description"}) {
    const bool is_truth = std::string_view(name) == "Deterministic";
    columns.push_back({name, is_truth ? sql::Type(sql::TypeKind::kBoolean) : sql::Type::Varchar()});
  }
  std::vector<engine::Row> rows;
  for (const sql::FunctionSignature& function : sql::AllFunctions()) {
    if (!show.pattern || IsLike(function.name, *show.pattern)) rows.push_back(FunctionRow(function));
  }
  std::ranges::stable_sort(rows, {}, [](const engine::Row& row) { return *row[0]; });
  ListedRows result(std::move(columns), std::move(rows));
  return WriteResult(result, nullptr);
}

// Tables of a catalog of files have no rows that could be changed.
QueryJob::Outcome QueryJob::RunCommand(const sql::ModifyRows& modify) {
  const std::string database = modify.table.database.value_or(DatabaseName());
  const auto table =
      calls_.Invoke("glue", "GetTable", Value::Object({{"DatabaseName", database}, {"Name", modify.table.name}}));
  if (!table && table.error().code == "EntityNotFoundException") {
    return Failed(Missing("TABLE_NOT_FOUND", modify.table, "Table",
                          fmt::format("{}.{}.{}", kCatalog, database, modify.table.name)));
  }
  if (!table) return Failed(Failure{table.error().message, 2, 1500});
  return Failed(EngineFailure("NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables"));
}

}  // namespace opentrail::services::athena
