#include "codec/json_value.h"
#include "services/athena/errors.h"
#include "services/athena/handlers.h"
#include "services/athena/list_page.h"
#include "services/athena/workgroup.h"

// Saved queries. https://docs.aws.amazon.com/athena/latest/APIReference/API_NamedQuery.html
namespace opentrail::services::athena {
namespace {

std::optional<Value> FindNamedQuery(store::Connection& state, const Call& call, std::string_view id) {
  store::Rows rows =
      state.Query("SELECT document FROM athena_named_query WHERE region = ? AND id = ?", call.region, id);
  if (!rows.Next()) return std::nullopt;
  auto document = codec::ParseJsonValue(rows.Text(0));
  return document ? std::optional(std::move(*document)) : std::nullopt;
}

AwsResult<Value> GetOne(store::Connection& state, const Call& call) {
  const std::string_view id = call.input["NamedQueryId"].Text();
  auto query = FindNamedQuery(state, call, id);
  if (!query) return InvalidRequest(kInvalidInput, "NamedQuery {} was not found", id);
  return *std::move(query);
}

// The query that a repeated call made already. "": the token is new.
AwsResult<std::string> FindRepeated(store::Connection& state, const Call& call) {
  const std::string_view token = call.input["ClientRequestToken"].Text();
  if (token.empty()) return std::string();
  store::Rows rows =
      state.Query("SELECT id, document FROM athena_named_query WHERE region = ? AND token = ?", call.region, token);
  if (!rows.Next()) return std::string();
  const auto document = codec::ParseJsonValue(rows.Text(1));
  if (document && (*document)["QueryString"] == call.input["QueryString"]) return std::string(rows.Text(0));
  return InvalidRequest(kIdempotentMismatch, "Idempotent parameters do not match");
}

}  // namespace

AwsResult<Reply> CreateNamedQuery(AthenaService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  auto repeated = FindRepeated(state, call);
  if (!repeated) return std::unexpected(std::move(repeated.error()));
  if (!repeated->empty()) return Reply{.output = Value::Object({{"NamedQueryId", *repeated}})};
  const std::string id = RandomUuid(service.environment().random);
  Value document = Value::Object({{"Name", call.input["Name"]}});
  document.SetIfPresent("Description", call.input["Description"]);
  document.Set("Database", call.input["Database"]);
  document.Set("QueryString", call.input["QueryString"]);
  document.Set("NamedQueryId", id);
  document.Set("WorkGroup", workgroup->name);
  state.Execute(
      "INSERT INTO athena_named_query(region, id, workgroup, document, token, created) VALUES(?, ?, ?, ?, ?, ?)",
      call.region, id, workgroup->name, codec::WriteJson(document), call.input["ClientRequestToken"].Text(),
      call.now.time_since_epoch().count());
  return Reply{.output = Value::Object({{"NamedQueryId", id}})};
}

AwsResult<Reply> GetNamedQuery(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  auto query = GetOne(transaction.connection(), call);
  if (!query) return std::unexpected(std::move(query.error()));
  return Reply{.output = Value::Object({{"NamedQuery", *std::move(query)}})};
}

AwsResult<Reply> BatchGetNamedQuery(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  Value found = Value::List();
  Value unprocessed = Value::List();
  for (const Value& id : call.input["NamedQueryIds"].elements()) {
    if (auto query = FindNamedQuery(transaction.connection(), call, id.Text())) {
      found.Append(*std::move(query));
    } else {
      unprocessed.Append(Value::Object({{"NamedQueryId", id},
                                        {"ErrorCode", kInvalidInput},
                                        {"ErrorMessage", fmt::format("NamedQuery {} was not found", id.Text())}}));
    }
  }
  return Reply{.output = Value::Object(
                   {{"NamedQueries", std::move(found)}, {"UnprocessedNamedQueryIds", std::move(unprocessed)}})};
}

AwsResult<Reply> ListNamedQueries(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows =
      state.Query("SELECT id FROM athena_named_query WHERE region = ? AND workgroup = ? AND id > ? ORDER BY id LIMIT ?",
                  call.region, workgroup->name, page->after(), page->rows());
  while (rows.Next()) {
    if (!page->Add(rows.Text(0), rows.Text(0))) break;
  }
  return Reply{.output = page->Finish("NamedQueryIds")};
}

AwsResult<Reply> UpdateNamedQuery(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto query = GetOne(state, call);
  if (!query) return std::unexpected(std::move(query.error()));
  for (const std::string_view name : {"Name", "Description", "QueryString"})
    query->SetIfPresent(name, call.input[name]);
  state.Execute("UPDATE athena_named_query SET document = ? WHERE region = ? AND id = ?", codec::WriteJson(*query),
                call.region, call.input["NamedQueryId"].Text());
  return Reply{};
}

AwsResult<Reply> DeleteNamedQuery(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto query = GetOne(state, call);
  if (!query) return std::unexpected(query.error());
  state.Execute("DELETE FROM athena_named_query WHERE region = ? AND id = ?", call.region,
                call.input["NamedQueryId"].Text());
  return Reply{};
}

}  // namespace opentrail::services::athena
