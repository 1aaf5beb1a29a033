#include "services/cloudtrail/cloudtrail_service.h"

#include <algorithm>

#include "services/cloudtrail/authorization.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/lake_runner.h"
#include "services/cloudtrail/lookup_throttle.h"
#include "services/cloudtrail/schema.h"

namespace opentrail::services::cloudtrail {
namespace {

// A row of the table from a function on the service itself.
template <OperationFunction Function>
AwsResult<Reply> Handle(Service& service, Call& call, store::Transaction& transaction) {
  return Function(static_cast<CloudTrailService&>(service), call, transaction);
}

constexpr Handler kHandlers[] = {
    {"AddTags", AuthorizeTags, Handle<AddTags>},
    {"CancelQuery", AuthorizeQuery, Handle<CancelQuery>},
    {"CreateEventDataStore", AuthorizeCreateEventDataStore, Handle<CreateEventDataStore>},
    {"CreateTrail", AuthorizeCreateTrail, Handle<CreateTrail>},
    {"DeleteEventDataStore", AuthorizeEventDataStore, Handle<DeleteEventDataStore>},
    {"DeleteTrail", AuthorizeTrail, Handle<DeleteTrail>},
    {"DescribeQuery", AuthorizeQuery, Handle<DescribeQuery>},
    {"DescribeTrails", AuthorizeAccount, Handle<DescribeTrails>},
    {"GetEventDataStore", AuthorizeEventDataStore, Handle<GetEventDataStore>},
    {"GetEventSelectors", AuthorizeTrail, Handle<GetEventSelectors>},
    {"GetInsightSelectors", AuthorizeTrail, Handle<GetInsightSelectors>},
    {"GetQueryResults", AuthorizeQuery, Handle<GetQueryResults>},
    {"GetTrail", AuthorizeTrail, Handle<GetTrail>},
    {"GetTrailStatus", AuthorizeTrail, Handle<GetTrailStatus>},
    {"ListEventDataStores", AuthorizeAccount, Handle<ListEventDataStores>},
    {"ListPublicKeys", AuthorizeAccount, Handle<ListPublicKeys>},
    {"ListQueries", AuthorizeEventDataStore, Handle<ListQueries>},
    {"ListTags", AuthorizeTags, Handle<ListTags>},
    {"ListTrails", AuthorizeAccount, Handle<ListTrails>},
    {"LookupEvents", AuthorizeAccount, Handle<LookupEvents>, PrepareLookup},
    {"PutEventSelectors", AuthorizeTrail, Handle<PutEventSelectors>},
    {"PutInsightSelectors", AuthorizeTrail, Handle<PutInsightSelectors>},
    {"RemoveTags", AuthorizeTags, Handle<RemoveTags>},
    {"RestoreEventDataStore", AuthorizeEventDataStore, Handle<RestoreEventDataStore>},
    {"StartEventDataStoreIngestion", AuthorizeEventDataStore, Handle<StartEventDataStoreIngestion>},
    {"StartLogging", AuthorizeTrail, Handle<StartLogging>},
    {"StartQuery", AuthorizeStartQuery, Handle<StartQuery>, PrepareStartQuery},
    {"StopEventDataStoreIngestion", AuthorizeEventDataStore, Handle<StopEventDataStoreIngestion>},
    {"StopLogging", AuthorizeTrail, Handle<StopLogging>},
    {"UpdateEventDataStore", AuthorizeEventDataStore, Handle<ChangeEventDataStore>},
    {"UpdateTrail", AuthorizeTrail, Handle<ChangeTrail>},
};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

CloudTrailService::CloudTrailService(Environment environment, const store::Secrets& secrets,
                                     store::ObjectStore& objects, trail::EventIndex& events,
                                     CloudTrailSettings settings)
    : environment_(std::move(environment)),
      secrets_(secrets),
      objects_(objects),
      events_(events),
      lookup_throttle_(std::make_unique<LookupThrottle>(settings.lookups_per_second)) {}

CloudTrailService::~CloudTrailService() = default;

std::span<const store::Migration> CloudTrailService::migrations() const { return Migrations(); }
std::span<const Handler> CloudTrailService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::cloudtrail
