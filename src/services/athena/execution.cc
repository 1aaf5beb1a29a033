#include "services/athena/execution.h"

#include "codec/json_value.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kSelect =
    "SELECT region, id, workgroup, state, document, columns, update_count, token, submitted, runtime, reuse_key, "
    "seal FROM "
    "athena_execution";

Value ReadJson(std::string_view text) {
  auto value = codec::ParseJsonValue(text);
  return value ? std::move(*value) : Value();
}

std::optional<Execution> ReadOne(store::Rows rows) {
  if (!rows.Next()) return std::nullopt;
  Execution execution{.region = std::string(rows.Text(0)),
                      .id = std::string(rows.Text(1)),
                      .workgroup = std::string(rows.Text(2)),
                      .state = std::string(rows.Text(3)),
                      .document = ReadJson(rows.Text(4)),
                      .columns = rows.IsNull(5) ? Value() : ReadJson(rows.Text(5)),
                      .runtime = rows.IsNull(9) ? Value() : ReadJson(rows.Text(9)),
                      .update_count = {},
                      .token = std::string(rows.Text(7)),
                      .seal = std::string(rows.Text(11)),
                      .reuse_key = std::string(rows.Text(10)),
                      .submitted = Time(std::chrono::milliseconds(rows.Integer(8)))};
  if (!rows.IsNull(6)) execution.update_count = rows.Integer(6);
  return execution;
}

std::optional<std::string> JsonOrNull(const Value& value) {
  return value.IsNull() ? std::nullopt : std::optional(codec::WriteJson(value));
}

void SetStatus(Execution& execution, std::string_view state, Time completed) {
  execution.state = state;
  Value& status = execution.document.At("Status");
  status.Set("State", state);
  status.Set("CompletionDateTime", completed);
}

}  // namespace

std::optional<Execution> FindExecution(store::Connection& state, std::string_view region, std::string_view id) {
  return ReadOne(state.Query(fmt::format("{} WHERE region = ? AND id = ?", kSelect), region, id));
}

std::optional<Execution> FindExecutionByToken(store::Connection& state, std::string_view region,
                                              std::string_view token) {
  return ReadOne(state.Query(fmt::format("{} WHERE region = ? AND token = ?", kSelect), region, token));
}

std::optional<Execution> FindReusable(store::Connection& state, const Execution& like, Time since) {
  return ReadOne(state.Query(
      fmt::format("{} WHERE region = ? AND workgroup = ? AND reuse_key = ? AND state = 'SUCCEEDED' AND submitted >= ? "
                  "ORDER BY number DESC LIMIT 1",
                  kSelect),
      like.region, like.workgroup, like.reuse_key, since.time_since_epoch().count()));
}

int64_t CountActive(store::Connection& state, std::string_view region) {
  store::Rows rows = state.Query("SELECT count(*) FROM athena_execution WHERE state = 'QUEUED' AND region = ?", region);
  return rows.Next() ? rows.Integer(0) : 0;
}

void InsertExecution(store::Connection& state, const Execution& execution) {
  state.Execute(
      "INSERT INTO athena_execution(region, id, workgroup, state, document, token, submitted, reuse_key) VALUES(?, ?, "
      "?, ?, ?, ?, ?, ?)",
      execution.region, execution.id, execution.workgroup, execution.state, codec::WriteJson(execution.document),
      execution.token, execution.submitted.time_since_epoch().count(), execution.reuse_key);
}

bool FinishExecution(store::Connection& state, const Execution& execution) {
  return state.Execute(
             "UPDATE athena_execution SET state = ?, document = ?, columns = ?, update_count = ?, runtime = ?, seal = "
             "? "
             "WHERE region = ? AND id = ? AND state = 'QUEUED'",
             execution.state, codec::WriteJson(execution.document), JsonOrNull(execution.columns),
             execution.update_count, JsonOrNull(execution.runtime), execution.seal, execution.region, execution.id) > 0;
}

void SetSucceeded(Execution& execution, Time completed) { SetStatus(execution, kSucceeded, completed); }

void SetFailed(Execution& execution, Time completed, const Failure& failure) {
  SetStatus(execution, kFailed, completed);
  Value& status = execution.document.At("Status");
  status.Set("StateChangeReason", failure.message);
  status.Set("AthenaError", Value::Object({{"ErrorCategory", failure.category},
                                           {"ErrorType", failure.type},
                                           {"Retryable", false},
                                           {"ErrorMessage", failure.message}}));
}

void SetCancelled(Execution& execution, Time completed, std::string_view reason) {
  SetStatus(execution, kCancelled, completed);
  execution.document.At("Status").Set("StateChangeReason", reason);
}

}  // namespace opentrail::services::athena
