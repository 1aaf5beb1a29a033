#include <any>

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "services/athena/bucket_store.h"
#include "services/athena/errors.h"
#include "services/athena/execution.h"
#include "services/athena/handlers.h"
#include "services/athena/prepared_statement.h"
#include "services/athena/query_runner.h"
#include "services/athena/result_reuse.h"
#include "services/athena/workgroup.h"
#include "sql/parameters.h"

// https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
namespace opentrail::services::athena {
namespace {

constexpr size_t kMinTokenBytes = 32;

// AWS's quota for queries that wait or run, in a region.
constexpr int64_t kMaxActive = 200;

// What was parsed before the transaction began: other things are refused first.
using Parsed = std::shared_ptr<const AwsResult<ParsedStatement>>;  // shared: std::any copies

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

Execution MakeExecution(AthenaService& service, const Call& call, const Workgroup& workgroup, Value results,
                        const ParsedStatement& statement) {
  Execution execution{.region = call.region,
                      .id = RandomUuid(service.environment().random),
                      .workgroup = workgroup.name,
                      .document = {},
                      .columns = {},
                      .runtime = {},
                      .update_count = {},
                      .token = std::string(call.input["ClientRequestToken"].Text()),
                      .reuse_key = {},
                      .submitted = call.now};
  const std::string reuse_text =
      fmt::format("{}\n{}\n{}\n{}", codec::WriteJson(results),
                  codec::WriteJson(Context(call.input["QueryExecutionContext"])), call.principal.arn, statement.query);
  if (IsReusable(statement)) execution.reuse_key = codec::HexEncode(codec::Sha256(reuse_text));
  results.Set("OutputLocation", ResultUri(results["OutputLocation"].Text(), execution.id, statement.extension));
  Value& document = execution.document;
  document = Value::Object({{"QueryExecutionId", execution.id},
                            {"Query", WithoutSemicolon(call.input["QueryString"].Text())},
                            {"StatementType", statement.type},
                            {"ResultConfiguration", std::move(results)}});
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

// What stands for the question marks, as SQL: the call's values, else those of EXECUTE … USING.
std::vector<std::string> ParameterValues(const Call& call, const std::vector<std::string>& otherwise) {
  if (!call.input.Has("ExecutionParameters")) return otherwise;
  std::vector<std::string> values;
  for (const Value& value : call.input["ExecutionParameters"].elements()) {
    values.push_back(sql::ParameterText(value.Text()));
  }
  return values;
}

// The statement that runs: what EXECUTE names, with the values of its parameters.
AwsResult<ParsedStatement> StatementToRun(const Call& call, store::Connection& state, const Workgroup& workgroup,
                                          const ParsedStatement& parsed) {
  const auto* execute = parsed.command ? std::get_if<sql::Execute>(&*parsed.command) : nullptr;
  if (execute == nullptr) return BindStatement(parsed, ParameterValues(call, {}));
  const auto prepared = FindPreparedQuery(state, call.region, workgroup.name, execute->name);
  if (!prepared) {
    return InvalidRequest(kInvalidInput, "PreparedStatement {} was not found in workGroup {}", execute->name,
                          workgroup.name);
  }
  auto statement = ParseAthenaStatement(*prepared);
  if (!statement) return statement;
  return BindStatement(*std::move(statement), ParameterValues(call, execute->values));
}

// DESCRIBE and SHOW COLUMNS of what is not there make no execution.
AwsStatus CheckTableExists(AthenaService& service, const Call& call, store::Transaction& transaction,
                           const ParsedStatement& statement) {
  const sql::TableName* table = nullptr;
  if (statement.ddl) {
    if (const auto* describe = std::get_if<sql::Describe>(&*statement.ddl)) table = &describe->table;
    if (const auto* show = std::get_if<sql::ShowColumns>(&*statement.ddl)) table = &show->table;
  }
  if (table == nullptr) return {};
  const std::string database =
      table->database ? *table->database : std::string(call.input["QueryExecutionContext"]["Database"].Text("default"));
  const Caller caller{call.account_id, call.region, call.principal};
  const auto found = service.environment().inside.Invoke(
      transaction,
      CallAs(caller, "glue", "GetTable", Value::Object({{"DatabaseName", database}, {"Name", table->name}})));
  if (found || found.error().code != "EntityNotFoundException") return {};  // other errors are the execution's
  return InvalidRequest(kInvalidInput, "{}",
                        CatalogClientText("Entity Not Found", found.error().code, call.request_id));
}

// The result that stands for this execution's, where the call wants one and there is one.
std::optional<Execution> FindReusable(const Call& call, store::Connection& state, const Execution& execution) {
  constexpr int64_t kDefaultMinutes = 60;
  const Value& reuse = call.input["ResultReuseConfiguration"]["ResultReuseByAgeConfiguration"];
  if (!reuse["Enabled"].Boolean() || execution.reuse_key.empty()) return std::nullopt;
  const std::chrono::minutes age(reuse["MaxAgeInMinutes"].Integer(kDefaultMinutes));
  return FindReusable(state, execution, call.now - age);
}

QueryTicket MakeTicket(const Call& call, const Workgroup& workgroup, Execution execution, ParsedStatement statement,
                       std::optional<Execution> reused) {
  QueryTicket ticket{std::move(execution), std::move(statement),
                     call.principal,       std::move(reused),
                     UINT64_MAX,           workgroup.IsEnforced() && workgroup.results().Has("OutputLocation")};
  if (const int64_t cutoff = workgroup.configuration["BytesScannedCutoffPerQuery"].Integer(0); cutoff > 0) {
    ticket.scan_limit_bytes = static_cast<uint64_t>(cutoff);
  }
  return ticket;
}

}  // namespace

// Parsing takes time with a large statement, and needs no transaction.
AwsStatus PrepareStartQueryExecution(Service& /*service*/, Call& call) {
  if (AwsStatus status = CheckToken(call); !status) return status;
  const std::string_view location = call.input["ResultConfiguration"]["OutputLocation"].Text();
  if (!location.empty() && !IsOutputLocation(location)) {
    return InvalidRequest(kInvalidInput, "outputLocation is not a valid S3 path.");
  }
  call.prepared =
      Parsed(std::make_shared<AwsResult<ParsedStatement>>(ParseAthenaStatement(call.input["QueryString"].Text())));
  return {};
}

AwsResult<Reply> StartQueryExecution(AthenaService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const Parsed parsed = std::any_cast<Parsed>(call.prepared);
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  if (workgroup->state != "ENABLED") return InvalidRequest(kInvalidInput, "WorkGroup {} is disabled.", workgroup->name);
  auto results = ResultConfiguration(call, *workgroup);
  if (!results) return std::unexpected(std::move(results.error()));
  if (!*parsed) return std::unexpected(parsed->error());
  auto statement = StatementToRun(call, state, *workgroup, **parsed);
  if (!statement) return std::unexpected(std::move(statement.error()));
  if (AwsStatus status = CheckTableExists(service, call, transaction, *statement); !status) {
    return std::unexpected(std::move(status.error()));
  }
  Execution execution = MakeExecution(service, call, *workgroup, *std::move(results), *statement);
  auto repeated = FindRepeated(call, state, execution);
  if (!repeated) return std::unexpected(std::move(repeated.error()));
  if (*repeated) return Reply{.output = Value::Object({{"QueryExecutionId", **repeated}})};
  if (CountActive(state, call.region) >= kMaxActive) return TooManyQueries();
  InsertExecution(state, execution);
  Reply reply{.output = Value::Object({{"QueryExecutionId", execution.id}})};
  auto reused = FindReusable(call, state, execution);
  // shared: a function of the commit is copied.
  const auto ticket = std::make_shared<QueryTicket>(
      MakeTicket(call, *workgroup, std::move(execution), *std::move(statement), std::move(reused)));
  transaction.OnCommit([runner = service.runner(), ticket] {
    if (runner) runner->Enqueue(std::move(*ticket));
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
