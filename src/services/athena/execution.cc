#include "services/athena/execution.h"

#include "codec/json_value.h"

namespace opentrail::services::athena {
namespace {

constexpr std::string_view kSelect =
    "SELECT region, id, workgroup, state, document, columns, update_count, token, submitted FROM athena_execution";

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
                      .token = std::string(rows.Text(7)),
                      .submitted = Time(std::chrono::milliseconds(rows.Integer(8)))};
  if (!rows.IsNull(6)) execution.update_count = rows.Integer(6);
  return execution;
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

void InsertExecution(store::Connection& state, const Execution& execution) {
  state.Execute(
      "INSERT INTO athena_execution(region, id, workgroup, state, document, token, submitted) VALUES(?, ?, ?, ?, ?, ?, "
      "?)",
      execution.region, execution.id, execution.workgroup, execution.state, codec::WriteJson(execution.document),
      execution.token, execution.submitted.time_since_epoch().count());
}

bool FinishExecution(store::Connection& state, const Execution& execution) {
  const std::optional<std::string> columns =
      execution.columns.IsNull() ? std::nullopt : std::optional(codec::WriteJson(execution.columns));
  return state.Execute(
             "UPDATE athena_execution SET state = ?, document = ?, columns = ?, update_count = ? WHERE region = ? AND "
             "id = ? AND state = 'QUEUED'",
             execution.state, codec::WriteJson(execution.document), columns, execution.update_count, execution.region,
             execution.id) > 0;
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

void SetCancelled(Execution& execution, Time completed) {
  SetStatus(execution, kCancelled, completed);
  execution.document.At("Status").Set("StateChangeReason", "Query cancelled by user");
}

}  // namespace opentrail::services::athena
