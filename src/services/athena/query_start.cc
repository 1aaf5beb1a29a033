#include <any>

#include "services/athena/bucket_store.h"
#include "services/athena/errors.h"
#include "services/athena/execution.h"
#include "services/athena/handlers.h"
#include "services/athena/query_runner.h"
#include "services/athena/workgroup.h"

// https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
namespace opentrail::services::athena {
namespace {

constexpr size_t kMinTokenBytes = 32;

// What was parsed before the transaction began.
using Parsed = std::shared_ptr<const ParsedStatement>;  // shared: std::any copies

AwsStatus CheckToken(const Call& call) {
  const std::string_view token = call.input["ClientRequestToken"].Text();
  if (token.empty()) return InvalidRequest(kInvalidInput, "clientRequestToken is null or empty");
  if (token.size() < kMinTokenBytes) {
    return InvalidRequest(kInvalidInput, "clientRequestToken must have at least {} characters", kMinTokenBytes);
  }
  return {};
}

// Where the workgroup has settings that count, they are taken; else the call's, or the workgroup's in their absence.
AwsResult<Value> ResultConfiguration(const Call& call, const Workgroup& workgroup) {
  const Value& asked = call.input["ResultConfiguration"];
  Value chosen = asked.IsNull() ? Value::Object() : asked;
  if (workgroup.IsEnforced() && workgroup.results().Has("OutputLocation")) {
    chosen = workgroup.results();
  } else if (!asked.Has("OutputLocation")) {
    chosen.SetIfPresent("OutputLocation", workgroup.results()["OutputLocation"]);
  }
  if (!chosen.Has("OutputLocation")) {
    return InvalidRequest(kInvalidInput,
                          "No output location provided. An output location is required either through the Workgroup "
                          "result configuration setting or as an API input.");
  }
  if (!IsOutputLocation(chosen["OutputLocation"].Text())) {
    return InvalidRequest(kInvalidInput, "outputLocation is not a valid S3 path.");
  }
  return chosen;
}

std::string_view WithoutSemicolon(std::string_view query) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t last = query.find_last_not_of(kBlank);
  return last != std::string_view::npos && query[last] == ';' ? query.substr(0, last) : query;
}

std::string ResultUri(std::string_view location, std::string_view id, std::string_view extension) {
  return fmt::format("{}{}{}{}", location, location.ends_with('/') ? "" : "/", id, extension);
}

// The execution that a repeated call gets again. nullopt: the token is new.
AwsResult<std::optional<std::string>> FindRepeated(const Call& call, store::Connection& state,
                                                   const Execution& execution) {
  const auto earlier = FindExecutionByToken(state, call.region, execution.token);
  if (!earlier) return std::nullopt;
  const auto folder = [](std::string_view uri) { return uri.substr(0, uri.rfind('/')); };
  const bool is_same = earlier->query() == execution.query() && earlier->workgroup == execution.workgroup &&
                       earlier->document["QueryExecutionContext"] == execution.document["QueryExecutionContext"] &&
                       folder(earlier->output()) == folder(execution.output());
  if (!is_same) return InvalidRequest(kIdempotentMismatch, "Idempotent parameters do not match");
  return earlier->id;
}

Value Context(const Value& asked) {
  if (!asked.IsObject()) return Value();
  Value context = Value::Object();
  context.SetIfPresent("Database", asked["Database"]);
  if (asked.Has("Catalog")) {
    std::string catalog(asked["Catalog"].Text());
    for (char& c : catalog) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    context.Set("Catalog", std::move(catalog));
  }
  return context;
}

AwsResult<Execution> MakeExecution(AthenaService& service, const Call& call, const Workgroup& workgroup,
                                   const ParsedStatement& statement) {
  auto results = ResultConfiguration(call, workgroup);
  if (!results) return std::unexpected(std::move(results.error()));
  Execution execution{.region = call.region,
                      .id = RandomUuid(service.environment().random),
                      .workgroup = workgroup.name,
                      .document = {},
                      .columns = {},
                      .token = std::string(call.input["ClientRequestToken"].Text()),
                      .submitted = call.now};
  results->Set("OutputLocation", ResultUri((*results)["OutputLocation"].Text(), execution.id, statement.extension));
  Value& document = execution.document;
  document = Value::Object({{"QueryExecutionId", execution.id},
                            {"Query", WithoutSemicolon(call.input["QueryString"].Text())},
                            {"StatementType", statement.type},
                            {"ResultConfiguration", *std::move(results)}});
  const Value& reuse = call.input["ResultReuseConfiguration"];
  document.Set("ResultReuseConfiguration",
               !reuse.IsNull()
                   ? reuse
                   : Value::Object({{"ResultReuseByAgeConfiguration", Value::Object({{"Enabled", false}})}}));
  document.SetIfPresent("QueryExecutionContext", Context(call.input["QueryExecutionContext"]));
  document.Set("Status", Value::Object({{"State", kQueued}, {"SubmissionDateTime", call.now}}));
  document.Set("Statistics", Value::Object());
  document.Set("WorkGroup", workgroup.name);
  document.Set("EngineVersion",
               Value::Object({{"SelectedEngineVersion", "AUTO"}, {"EffectiveEngineVersion", kEngineVersion}}));
  document.SetIfPresent("ExecutionParameters", call.input["ExecutionParameters"]);
  if (!statement.substatement.empty()) document.Set("SubstatementType", statement.substatement);
  return execution;
}

}  // namespace

// Parsing takes time with a large statement, and needs no transaction.
AwsStatus PrepareStartQueryExecution(Service& /*service*/, Call& call) {
  if (AwsStatus status = CheckToken(call); !status) return status;
  const std::string_view location = call.input["ResultConfiguration"]["OutputLocation"].Text();
  if (!location.empty() && !IsOutputLocation(location)) {
    return InvalidRequest(kInvalidInput, "outputLocation is not a valid S3 path.");
  }
  auto statement = ParseAthenaStatement(call.input["QueryString"].Text());
  if (!statement) return std::unexpected(std::move(statement.error()));
  call.prepared = Parsed(std::make_shared<ParsedStatement>(*std::move(statement)));
  return {};
}

AwsResult<Reply> StartQueryExecution(AthenaService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const Parsed statement = std::any_cast<Parsed>(call.prepared);
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  if (workgroup->state != "ENABLED") return InvalidRequest(kInvalidInput, "WorkGroup {} is disabled.", workgroup->name);
  if (call.input.Has("ExecutionParameters")) {
    return InvalidRequest(kInvalidParameters, "Parameterized queries are not supported yet");
  }
  auto execution = MakeExecution(service, call, *workgroup, *statement);
  if (!execution) return std::unexpected(std::move(execution.error()));
  auto repeated = FindRepeated(call, state, *execution);
  if (!repeated) return std::unexpected(std::move(repeated.error()));
  if (*repeated) return Reply{.output = Value::Object({{"QueryExecutionId", **repeated}})};
  InsertExecution(state, *execution);
  Reply reply{.output = Value::Object({{"QueryExecutionId", execution->id}})};
  // shared: a function of the commit is copied.
  const auto ticket = std::make_shared<QueryTicket>(QueryTicket{*std::move(execution), *statement, call.principal});
  transaction.OnCommit([runner = service.runner(), ticket] {
    if (runner) runner->Enqueue(*ticket);
  });
  return reply;
}

// https://docs.aws.amazon.com/athena/latest/APIReference/API_StopQueryExecution.html
AwsResult<Reply> StopQueryExecution(AthenaService& service, Call& call, store::Transaction& transaction) {
  const std::string id(call.input["QueryExecutionId"].Text());
  auto execution = FindExecution(transaction.connection(), call.region, id);
  if (!execution) return InvalidRequest(kExecutionNotFound, "QueryExecution {} was not found", id);
  if (execution->state != kQueued) return Reply{};
  SetCancelled(*execution, call.now);
  FinishExecution(transaction.connection(), *execution);
  transaction.OnCommit([runner = service.runner(), id] {
    if (runner) runner->Stop(id);
  });
  return Reply{};
}

}  // namespace opentrail::services::athena
