#include "services/cloudtrail/cloudtrail_service.h"

#include <algorithm>

#include "services/cloudtrail/authorization.h"
#include "services/cloudtrail/handlers.h"
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
    {"CreateTrail", AuthorizeCreateTrail, Handle<CreateTrail>},
    {"DeleteTrail", AuthorizeTrail, Handle<DeleteTrail>},
    {"DescribeTrails", AuthorizeAccount, Handle<DescribeTrails>},
    {"GetEventSelectors", AuthorizeTrail, Handle<GetEventSelectors>},
    {"GetInsightSelectors", AuthorizeTrail, Handle<GetInsightSelectors>},
    {"GetTrail", AuthorizeTrail, Handle<GetTrail>},
    {"GetTrailStatus", AuthorizeTrail, Handle<GetTrailStatus>},
    {"ListPublicKeys", AuthorizeAccount, Handle<ListPublicKeys>},
    {"ListTags", AuthorizeTags, Handle<ListTags>},
    {"ListTrails", AuthorizeAccount, Handle<ListTrails>},
    {"LookupEvents", AuthorizeAccount, Handle<LookupEvents>, PrepareLookup},
    {"PutEventSelectors", AuthorizeTrail, Handle<PutEventSelectors>},
    {"PutInsightSelectors", AuthorizeTrail, Handle<PutInsightSelectors>},
    {"RemoveTags", AuthorizeTags, Handle<RemoveTags>},
    {"StartLogging", AuthorizeTrail, Handle<StartLogging>},
    {"StopLogging", AuthorizeTrail, Handle<StopLogging>},
    {"UpdateTrail", AuthorizeTrail, Handle<ChangeTrail>},
};
static_assert(std::ranges::is_sorted(kHandlers, {}, &Handler::operation));

}  // namespace

CloudTrailService::CloudTrailService(Environment environment, const store::Secrets& secrets, trail::EventIndex& events,
                                     CloudTrailSettings settings)
    : environment_(std::move(environment)),
      secrets_(secrets),
      events_(events),
      lookup_throttle_(std::make_unique<LookupThrottle>(settings.lookups_per_second)) {}

CloudTrailService::~CloudTrailService() = default;

std::span<const store::Migration> CloudTrailService::migrations() const { return Migrations(); }
std::span<const Handler> CloudTrailService::handlers() const { return kHandlers; }

}  // namespace opentrail::services::cloudtrail
