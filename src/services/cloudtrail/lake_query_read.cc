#include <algorithm>
#include <charconv>
#include <limits>

#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/lake_query.h"
#include "services/cloudtrail/lake_runner.h"
#include "services/token_page.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeQuery.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListQueries.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CancelQuery.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr int64_t kMaxListed = 1000;
constexpr std::string_view kStatuses[] = {kQueryQueued, kQueryRunning,   kQueryFinished,
                                          kQueryFailed, kQueryCancelled, kQueryTimedOut};

int64_t Milliseconds(Time from, Time to) {
  return std::max<int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count(), 0);
}

// The deprecated EventDataStore must be one of the query's.
AwsStatus CheckNamedStore(const Call& call, store::Connection& state, const LakeQuery& query) {
  if (!call.input.Has("EventDataStore")) return {};
  const auto store = ActiveEventDataStore(call, state, call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(store.error());
  if (std::ranges::find(query.stores, store->id) != query.stores.end()) return {};
  return AwsFailure("QueryIdNotFoundException", "The query {} was not run on event data store {}.", query.id,
                    store->Arn(call.account_id));
}

AwsStatus CheckStores(const Call& call, store::Connection& state, const LakeQuery& query) {
  for (const std::string& id : query.stores) {
    const auto store = RequireEventDataStore(call, state, {call.account_id, call.region, id});
    if (!store) return std::unexpected(store.error());
    if (AwsStatus active = CheckActive(*store, call.account_id); !active) return active;
  }
  return CheckNamedStore(call, state, query);
}

AwsResult<LakeQueryFilter> ReadFilter(const Call& call, const EventDataStore& store) {
  const Time oldest = call.now - kQueryKept;
  LakeQueryFilter filter{.store = store.id,
                         .start = call.input["StartTime"].Timestamp().value_or(oldest),
                         .end = call.input["EndTime"].Timestamp().value_or(call.now),
                         .status = std::string(call.input["QueryStatus"].Text()),
                         .before = std::numeric_limits<int64_t>::max()};
  if (filter.start > filter.end) {
    return AwsFailure("InvalidDateRangeException", "The start of the date range must not be after its end.");
  }
  filter.start = std::max(filter.start, oldest);
  const bool is_known = std::ranges::find(kStatuses, filter.status) != std::end(kStatuses);
  if (call.input.Has("QueryStatus") && !is_known) {
    return AwsFailure("InvalidQueryStatusException", "Value {} for QueryStatus is invalid.", filter.status);
  }
  if (filter.status == kQueryRunning) filter.status = kQueryQueued;
  return filter;
}

}  // namespace

AwsResult<LakeQuery> RequireLakeQuery(const Call& call, store::Connection& state) {
  for (const std::string_view member : {"QueryAlias", "RefreshId"}) {
    if (!call.input.Has(member)) continue;
    return AwsFailure("UnsupportedOperationException", "The requested operation is not supported: {}", member);
  }
  if (AwsStatus status = CheckOwner(call); !status) return std::unexpected(std::move(status.error()));
  if (!call.input.Has("QueryId")) {
    return AwsFailure("InvalidParameterException", "QueryId or QueryAlias must be specified.");
  }
  const std::string_view id = call.input["QueryId"].Text();
  auto query = FindLakeQuery(state, call.region, id, call.now);
  if (!query) {
    return AwsFailure("QueryIdNotFoundException", "The query ID {} does not exist or does not map to a query.", id);
  }
  if (AwsStatus status = CheckStores(call, state, *query); !status) return std::unexpected(std::move(status.error()));
  return *std::move(query);
}

std::string_view StatusOf(const CloudTrailService& service, const LakeQuery& query) {
  const bool runs = query.status == kQueryQueued && service.lake_runner() && service.lake_runner()->Find(query.id);
  return runs ? kQueryRunning : std::string_view(query.status);
}

AwsResult<Reply> DescribeQuery(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  const auto query = RequireLakeQuery(call, transaction.connection());
  if (!query) return std::unexpected(query.error());
  int64_t milliseconds = query->milliseconds;
  if (query->status == kQueryQueued && service.lake_runner()) {
    const auto progress = service.lake_runner()->Find(query->id);
    if (progress) milliseconds = Milliseconds(progress->started, call.now);
  }
  Value statistics = Value::Object({{"EventsMatched", query->events_matched},
                                    {"EventsScanned", query->events_scanned},
                                    {"BytesScanned", query->bytes_scanned},
                                    {"ExecutionTimeInMillis", milliseconds},
                                    {"CreationTime", query->created}});
  Value output = Value::Object({{"QueryId", query->id},
                                {"QueryString", query->statement},
                                {"QueryStatus", StatusOf(service, *query)},
                                {"QueryStatistics", std::move(statistics)}});
  if (!query->error.empty()) output.Set("ErrorMessage", query->error);
  output.Set("EventDataStoreOwnerAccountId", call.account_id);
  return Reply{.output = std::move(output)};
}

AwsResult<Reply> ListQueries(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto store = ActiveEventDataStore(call, state, call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(store.error());
  if (const int64_t wanted = call.input["MaxResults"].Integer(kMaxListed); wanted < 1 || wanted > kMaxListed) {
    return AwsFailure("InvalidMaxResultsException", "MaxResults is 1 to {}; this is {}.", kMaxListed, wanted);
  }
  auto filter = ReadFilter(call, *store);
  if (!filter) return std::unexpected(std::move(filter.error()));
  auto page = TokenPage::Of(call, kMaxListed);
  const auto fault = [] { return AwsFailure("InvalidNextTokenException", "The token is not valid."); };
  if (!page) return fault();
  if (const std::string& after = page->after(); !after.empty()) {
    const char* const end = after.data() + after.size();
    if (std::from_chars(after.data(), end, filter->before).ptr != end) return fault();
  }
  filter->limit = page->rows();
  const std::string_view wanted = call.input["QueryStatus"].Text();
  for (const LakeQuery& query : ListLakeQueries(state, *filter)) {
    const std::string_view status = StatusOf(service, query);
    if (!wanted.empty() && status != wanted) continue;
    Value entry = Value::Object({{"QueryId", query.id}, {"QueryStatus", status}, {"CreationTime", query.created}});
    if (!page->Add(std::move(entry), std::to_string(query.number))) break;
  }
  return Reply{.output = page->Finish("Queries")};
}

AwsResult<Reply> CancelQuery(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  auto query = RequireLakeQuery(call, transaction.connection());
  if (!query) return std::unexpected(std::move(query.error()));
  if (query->status != kQueryQueued) {
    return AwsFailure("InactiveQueryException", "The query {} cannot be canceled: its status is {}.", query->id,
                      query->status);
  }
  query->status = kQueryCancelled;
  FinishLakeQuery(transaction.connection(), *query);
  transaction.OnCommit([runner = service.lake_runner(), id = query->id] {
    if (runner) runner->Stop(id);
  });
  return Reply{
      .output = Value::Object(
          {{"QueryId", query->id}, {"QueryStatus", query->status}, {"EventDataStoreOwnerAccountId", call.account_id}})};
}

}  // namespace opentrail::services::cloudtrail
