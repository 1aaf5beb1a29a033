#include "services/athena/prepared_statement.h"
#include "services/athena/errors.h"
#include "services/athena/handlers.h"
#include "services/athena/list_page.h"
#include "services/athena/statement.h"
#include "services/athena/workgroup.h"

// https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
namespace opentrail::services::athena {
namespace {

constexpr int64_t kMaxStatements = 1000;

std::optional<Value> FindPrepared(store::Connection& state, const Call& call, std::string_view workgroup,
                                  std::string_view name) {
  store::Rows rows = state.Query(
      "SELECT query, description, modified FROM athena_prepared_statement WHERE region = ? AND workgroup = ? AND name "
      "= ?",
      call.region, workgroup, name);
  if (!rows.Next()) return std::nullopt;
  Value statement =
      Value::Object({{"StatementName", name}, {"QueryStatement", rows.Text(0)}, {"WorkGroupName", workgroup}});
  if (!rows.IsNull(1)) statement.Set("Description", rows.Text(1));
  statement.Set("LastModifiedTime", Time(std::chrono::milliseconds(rows.Integer(2))));
  return statement;
}

std::unexpected<AwsError> NoSuchStatement(std::string_view name) {
  return AwsFailure("ResourceNotFoundException", "Prepared Statement {} was not found", name);
}

// The workgroup and the statement that the call names; a null Value where there is no such statement.
struct Named {
  std::string workgroup, name;
  std::optional<Value> statement;
};
AwsResult<Named> Find(store::Connection& state, const Call& call) {
  auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(std::move(workgroup.error()));
  Named named{std::move(workgroup->name), std::string(call.input["StatementName"].Text()), std::nullopt};
  named.statement = FindPrepared(state, call, named.workgroup, named.name);
  return named;
}

std::optional<std::string_view> Description(const Call& call) {
  const Value& description = call.input["Description"];
  return description.IsString() ? std::optional(description.Text()) : std::nullopt;
}

}  // namespace

std::optional<std::string> FindPreparedQuery(store::Connection& state, std::string_view region,
                                             std::string_view workgroup, std::string_view name) {
  store::Rows rows =
      state.Query("SELECT query FROM athena_prepared_statement WHERE region = ? AND workgroup = ? AND name = ?", region,
                  workgroup, name);
  return rows.Next() ? std::optional(std::string(rows.Text(0))) : std::nullopt;
}

AwsResult<Reply> CreatePreparedStatement(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto named = Find(state, call);
  if (!named) return std::unexpected(named.error());
  if (named->statement) {
    return InvalidRequest(kInvalidInput, "Prepared Statement {} already exists in WorkGroup {}", named->name,
                          named->workgroup);
  }
  store::Rows count = state.Query("SELECT count(*) FROM athena_prepared_statement WHERE region = ? AND workgroup = ?",
                                  call.region, named->workgroup);
  if (count.Next() && count.Integer(0) >= kMaxStatements) {
    return InvalidRequest(kInvalidInput, "A workgroup has at most {} prepared statements", kMaxStatements);
  }
  state.Execute(
      "INSERT INTO athena_prepared_statement(region, workgroup, name, query, description, modified) VALUES(?, ?, ?, ?, "
      "?, ?)",
      call.region, named->workgroup, named->name, call.input["QueryStatement"].Text(), Description(call),
      call.now.time_since_epoch().count());
  return Reply{};
}

AwsResult<Reply> GetPreparedStatement(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  auto named = Find(transaction.connection(), call);
  if (!named) return std::unexpected(std::move(named.error()));
  if (!named->statement) return NoSuchStatement(named->name);
  return Reply{.output = Value::Object({{"PreparedStatement", *std::move(named->statement)}})};
}

AwsResult<Reply> BatchGetPreparedStatement(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  Value found = Value::List();
  Value unprocessed = Value::List();
  for (const Value& name : call.input["PreparedStatementNames"].elements()) {
    if (auto statement = FindPrepared(state, call, workgroup->name, name.Text())) {
      found.Append(*std::move(statement));
    } else {
      AwsError error = NoSuchStatement(name.Text()).error();
      unprocessed.Append(Value::Object(
          {{"StatementName", name}, {"ErrorCode", "STATEMENT_NOT_FOUND"}, {"ErrorMessage", std::move(error.message)}}));
    }
  }
  return Reply{.output = Value::Object({{"PreparedStatements", std::move(found)},
                                        {"UnprocessedPreparedStatementNames", std::move(unprocessed)}})};
}

AwsResult<Reply> ListPreparedStatements(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = state.Query(
      "SELECT name, modified FROM athena_prepared_statement WHERE region = ? AND workgroup = ? AND name > ? ORDER BY "
      "name LIMIT ?",
      call.region, workgroup->name, page->after(), page->rows());
  while (rows.Next()) {
    Value summary = Value::Object(
        {{"StatementName", rows.Text(0)}, {"LastModifiedTime", Time(std::chrono::milliseconds(rows.Integer(1)))}});
    if (!page->Add(std::move(summary), rows.Text(0))) break;
  }
  return Reply{.output = page->Finish("PreparedStatements")};
}

AwsResult<Reply> UpdatePreparedStatement(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto named = Find(state, call);
  if (!named) return std::unexpected(named.error());
  if (!named->statement) return NoSuchStatement(named->name);
  state.Execute(
      "UPDATE athena_prepared_statement SET query = ?, description = coalesce(?, description), modified = ? WHERE "
      "region = ? AND workgroup = ? AND name = ?",
      call.input["QueryStatement"].Text(), Description(call), call.now.time_since_epoch().count(), call.region,
      named->workgroup, named->name);
  return Reply{};
}

AwsResult<Reply> DeletePreparedStatement(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto named = Find(state, call);
  if (!named) return std::unexpected(named.error());
  if (!named->statement) return NoSuchStatement(named->name);
  state.Execute("DELETE FROM athena_prepared_statement WHERE region = ? AND workgroup = ? AND name = ?", call.region,
                named->workgroup, named->name);
  return Reply{};
}

}  // namespace opentrail::services::athena
