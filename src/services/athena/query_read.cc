#include <charconv>

#include "services/athena/errors.h"
#include "services/athena/execution.h"
#include "services/athena/handlers.h"
#include "services/athena/list_page.h"
#include "services/athena/query_runner.h"
#include "services/athena/workgroup.h"

namespace opentrail::services::athena {
namespace {

AwsResult<Execution> GetExecution(store::Connection& state, const Call& call) {
  const std::string_view id = call.input["QueryExecutionId"].Text();
  auto execution = FindExecution(state, call.region, id);
  if (!execution) return InvalidRequest(kExecutionNotFound, "QueryExecution {} was not found", id);
  return *std::move(execution);
}

int64_t Milliseconds(Time from, Time to) {
  return std::max<int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count(), 0);
}

// What runs is not written down: only the runner knows.
Value Describe(const AthenaService& service, const Call& call, Execution execution) {
  if (execution.state != kQueued || !service.runner()) return std::move(execution.document);
  const auto progress = service.runner()->Find(execution.id);
  const int64_t total = Milliseconds(execution.submitted, call.now);
  Value statistics = Value::Object({{"TotalExecutionTimeInMillis", total}, {"QueryQueueTimeInMillis", total}});
  if (progress) {
    execution.document.At("Status").Set("State", kRunning);
    statistics = Value::Object({{"DataScannedInBytes", progress->scanned_bytes},
                                {"TotalExecutionTimeInMillis", total},
                                {"QueryQueueTimeInMillis", Milliseconds(execution.submitted, progress->started)}});
  }
  execution.document.Set("Statistics", std::move(statistics));
  return std::move(execution.document);
}

}  // namespace

// https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryExecution.html
AwsResult<Reply> GetQueryExecution(AthenaService& service, Call& call, store::Transaction& transaction) {
  auto execution = GetExecution(transaction.connection(), call);
  if (!execution) return std::unexpected(std::move(execution.error()));
  return Reply{.output = Value::Object({{"QueryExecution", Describe(service, call, *std::move(execution))}})};
}

AwsResult<Reply> BatchGetQueryExecution(AthenaService& service, Call& call, store::Transaction& transaction) {
  Value found = Value::List();
  Value unprocessed = Value::List();
  for (const Value& id : call.input["QueryExecutionIds"].elements()) {
    if (auto execution = FindExecution(transaction.connection(), call.region, id.Text())) {
      found.Append(Describe(service, call, *std::move(execution)));
    } else {
      unprocessed.Append(Value::Object({{"QueryExecutionId", id},
                                        {"ErrorCode", kExecutionNotFound},
                                        {"ErrorMessage", fmt::format("QueryExecution {} was not found", id.Text())}}));
    }
  }
  return Reply{.output = Value::Object(
                   {{"QueryExecutions", std::move(found)}, {"UnprocessedQueryExecutionIds", std::move(unprocessed)}})};
}

// The newest first.
AwsResult<Reply> ListQueryExecutions(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto workgroup = GetWorkgroup(state, call.region, call.input["WorkGroup"].Text());
  if (!workgroup) return std::unexpected(workgroup.error());
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  int64_t before = INT64_MAX;
  std::from_chars(page->after().data(), page->after().data() + page->after().size(), before);
  store::Rows rows = state.Query(
      "SELECT number, id FROM athena_execution WHERE region = ? AND workgroup = ? AND number < ? ORDER BY number DESC "
      "LIMIT ?",
      call.region, workgroup->name, before, page->rows());
  while (rows.Next()) {
    if (!page->Add(rows.Text(1), std::to_string(rows.Integer(0)))) break;
  }
  return Reply{.output = page->Finish("QueryExecutionIds")};
}

// https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryRuntimeStatistics.html
AwsResult<Reply> GetQueryRuntimeStatistics(AthenaService& /*service*/, Call& call, store::Transaction& transaction) {
  const auto execution = GetExecution(transaction.connection(), call);
  if (!execution) return std::unexpected(execution.error());
  Value timeline = Value::Object();
  const Value& statistics = execution->document["Statistics"];
  for (const std::string_view name :
       {"QueryQueueTimeInMillis", "ServicePreProcessingTimeInMillis", "QueryPlanningTimeInMillis",
        "EngineExecutionTimeInMillis", "ServiceProcessingTimeInMillis", "TotalExecutionTimeInMillis"}) {
    timeline.SetIfPresent(name, statistics[name]);
  }
  Value runtime = Value::Object({{"Timeline", std::move(timeline)}});
  for (const Value::Member& each : execution->runtime.members()) runtime.Set(each.name, each.value);
  return Reply{.output = Value::Object({{"QueryRuntimeStatistics", std::move(runtime)}})};
}

}  // namespace opentrail::services::athena
