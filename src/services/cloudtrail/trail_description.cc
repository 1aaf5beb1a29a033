#include "services/cloudtrail/trail_description.h"

#include <algorithm>

#include "codec/timestamp.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/trail_name.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
namespace opentrail::services::cloudtrail {
namespace {

Value TextIfAny(const std::string& text) { return text.empty() ? Value(nullptr) : Value(text); }
Value TimeIfAny(const std::optional<Time>& time) { return time ? Value(*time) : Value(nullptr); }
// The fields of old, which are strings and always there.
Value IsoText(const std::optional<Time>& time) { return time ? Value(codec::FormatIso8601(*time)) : Value(""); }

bool IsSeenFrom(const Trail& trail, std::string_view region) {
  return trail.home_region == region || trail.multi_region;
}

// The trails that DescribeTrails was asked for by name; those that are unknown are left out.
AwsResult<std::vector<Trail>> NamedTrails(const Call& call, store::Connection& state) {
  std::vector<Trail> trails;
  for (const Value& name : call.input["trailNameList"].elements()) {
    const auto reference = ParseTrailReference(call, name.Text());
    if (!reference) return std::unexpected(reference.error());
    if (reference->account_id != call.account_id) continue;
    auto trail = FindTrail(state, reference->region, reference->name);
    if (trail && IsSeenFrom(*trail, call.region)) trails.push_back(std::move(*trail));
  }
  return trails;
}

std::vector<Trail> TrailsOfRegion(const Call& call, store::Connection& state) {
  const bool with_shadows = call.input["includeShadowTrails"].Boolean(true);
  std::vector<Trail> trails = AllTrails(state);
  std::erase_if(trails, [&](const Trail& trail) {
    return trail.home_region != call.region && !(with_shadows && trail.multi_region);
  });
  return trails;
}

}  // namespace

Value DescribeTrail(const Trail& trail, std::string_view account_id, TrailDetail detail) {
  Value value = Value::Object({{"Name", trail.name}, {"S3BucketName", trail.bucket}});
  value.SetIfPresent("S3KeyPrefix", TextIfAny(trail.prefix));
  value.Set("IncludeGlobalServiceEvents", trail.global_events);
  value.Set("IsMultiRegionTrail", trail.multi_region);
  if (detail == TrailDetail::kAll) value.Set("HomeRegion", trail.home_region);
  value.Set("TrailARN", trail.Arn(account_id));
  value.Set("LogFileValidationEnabled", trail.validation);
  value.SetIfPresent("KmsKeyId", TextIfAny(trail.kms_key));
  if (detail == TrailDetail::kAll) {
    value.Set("HasCustomEventSelectors", trail.custom_selectors);
    value.Set("HasInsightSelectors", !trail.insights.empty());
  }
  value.Set("IsOrganizationTrail", false);
  return value;
}

AwsResult<Reply> DescribeTrails(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto trails = call.input["trailNameList"].elements().empty()
                    ? AwsResult<std::vector<Trail>>(TrailsOfRegion(call, state))
                    : NamedTrails(call, state);
  if (!trails) return std::unexpected(std::move(trails.error()));
  Value list = Value::List();
  for (const Trail& trail : *trails) list.Append(DescribeTrail(trail, call.account_id, TrailDetail::kAll));
  return Reply{.output = Value::Object({{"trailList", std::move(list)}})};
}

AwsResult<Reply> GetTrail(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  const auto trail = ReadableTrail(call, transaction.connection(), call.input["Name"].Text(), NamedAs::kGiven);
  if (!trail) return std::unexpected(trail.error());
  return Reply{.output = Value::Object({{"Trail", DescribeTrail(*trail, call.account_id, TrailDetail::kAll)}})};
}

AwsResult<Reply> GetTrailStatus(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  const auto trail = ReadableTrail(call, transaction.connection(), call.input["Name"].Text(), NamedAs::kArn);
  if (!trail) return std::unexpected(trail.error());
  Value status = Value::Object({{"IsLogging", trail->logging}});
  status.SetIfPresent("LatestDeliveryError", TextIfAny(trail->delivery_error));
  status.SetIfPresent("LatestDeliveryTime", TimeIfAny(trail->delivered));
  status.SetIfPresent("StartLoggingTime", TimeIfAny(trail->started));
  status.SetIfPresent("StopLoggingTime", TimeIfAny(trail->stopped));
  status.SetIfPresent("LatestDigestDeliveryTime", TimeIfAny(trail->digest_delivered));
  status.SetIfPresent("LatestDigestDeliveryError", TextIfAny(trail->digest_error));
  status.Set("LatestDeliveryAttemptTime", IsoText(trail->delivery_attempted));
  status.Set("LatestNotificationAttemptTime", "");
  status.Set("LatestNotificationAttemptSucceeded", "");
  status.Set("LatestDeliveryAttemptSucceeded", IsoText(trail->delivered));
  status.Set("TimeLoggingStarted", IsoText(trail->started));
  status.Set("TimeLoggingStopped", IsoText(trail->stopped));
  return Reply{.output = std::move(status)};
}

AwsResult<Reply> ListTrails(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  Value list = Value::List();
  for (const Trail& trail : AllTrails(transaction.connection())) {
    list.Append(Value::Object(
        {{"TrailARN", trail.Arn(call.account_id)}, {"Name", trail.name}, {"HomeRegion", trail.home_region}}));
  }
  return Reply{.output = Value::Object({{"Trails", std::move(list)}})};
}

}  // namespace opentrail::services::cloudtrail
