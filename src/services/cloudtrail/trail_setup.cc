#include <algorithm>
#include <array>

#include "codec/json_value.h"
#include "services/cloudtrail/delivery_state.h"
#include "services/cloudtrail/destination.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/trail_description.h"
#include "services/cloudtrail/trail_name.h"
#include "services/cloudtrail/trail_tags.h"
#include "services/s3/bucket_name.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html
namespace opentrail::services::cloudtrail {
namespace {

constexpr int64_t kMaxTrails = 5;
constexpr size_t kMaxPrefix = 200;
constexpr size_t kMaxTopicName = 256;
constexpr int64_t kHourSeconds = 3600;

AwsStatus CheckBucketName(std::string_view name) {
  if (s3::IsBucketName(name)) return {};
  return AwsFailure("InvalidS3BucketNameException", "Bucket name {} is not valid", name);
}

AwsStatus CheckPrefix(std::string_view prefix) {
  if (prefix.size() <= kMaxPrefix) return {};
  return AwsFailure("InvalidS3PrefixException", "The S3 key prefix has at most {} characters; this has {}", kMaxPrefix,
                    prefix.size());
}

// What a trail may be joined to on AWS and is not here.
AwsStatus RefuseWhatIsNotHere(const Value& input) {
  const std::string_view topic = input["SnsTopicName"].Text();
  if (topic.size() > kMaxTopicName) {
    return AwsFailure("InvalidSnsTopicNameException", "SNS Topic name too long: {} characters at most", kMaxTopicName);
  }
  if (!topic.empty()) {
    return AwsFailure("InsufficientSnsTopicPolicyException",
                      "SNS Topic does not exist or the topic policy is incorrect!");
  }
  if (!input["CloudWatchLogsLogGroupArn"].Text().empty() || !input["CloudWatchLogsRoleArn"].Text().empty()) {
    return AwsFailure("CloudWatchLogsDeliveryUnavailableException",
                      "Cannot set a CloudWatch Logs delivery for this region.");
  }
  if (input["IsOrganizationTrail"].Boolean()) {
    return AwsFailure("OrganizationsNotInUseException",
                      "Your account is not a member of an organization: it cannot have an organization trail.");
  }
  return {};
}

// What the call says of the trail, put into it. A trail that comes to listen in all regions logs global services too;
// one that comes to listen in its own alone, no longer.
AwsStatus ApplySettings(const Value& input, Trail& trail) {
  if (AwsStatus status = RefuseWhatIsNotHere(input); !status) return status;
  if (input.Has("S3BucketName")) trail.bucket = input["S3BucketName"].Text();
  if (AwsStatus status = CheckBucketName(trail.bucket); !status) return status;
  if (input.Has("S3KeyPrefix")) trail.prefix = input["S3KeyPrefix"].Text();
  if (AwsStatus status = CheckPrefix(trail.prefix); !status) return status;
  const bool multi_region = input["IsMultiRegionTrail"].Boolean(trail.multi_region);
  if (multi_region != trail.multi_region) trail.global_events = multi_region;
  trail.multi_region = multi_region;
  trail.global_events = input["IncludeGlobalServiceEvents"].Boolean(trail.global_events);
  trail.validation = input["EnableLogFileValidation"].Boolean(trail.validation);
  if (trail.multi_region && !trail.global_events) {
    return AwsFailure("InvalidParameterCombinationException", "Multi-Region trail must include global service events.");
  }
  return {};
}

// A trail of all regions counts in each.
AwsStatus CheckLimit(const Call& call, store::Connection& state, const Trail& wanted) {
  std::vector<Trail> trails = AllTrails(state);
  std::erase_if(trails, [&](const Trail& trail) { return trail.id == wanted.id; });
  const auto in_region = [&](std::string_view region) {
    return std::ranges::count_if(trails,
                                 [&](const Trail& trail) { return trail.multi_region || trail.home_region == region; });
  };
  std::vector<std::string> regions{wanted.home_region};
  if (wanted.multi_region) {
    for (const Trail& trail : trails) regions.push_back(trail.home_region);
  }
  for (const std::string& region : regions) {
    if (const auto count = in_region(region); count >= kMaxTrails) {
      return AwsFailure("MaximumNumberOfTrailsExceededException", "User: {} already has {} trails in {}.",
                        call.account_id, count, region);
    }
  }
  return {};
}

// Whether files can be delivered as the trail now says; resolves the key that the call names.
AwsStatus CheckDestination(CloudTrailService& service, const Call& call, store::Transaction& transaction,
                           Trail& trail) {
  if (AwsStatus status = CheckBucket(service.environment(), transaction, trail); !status) return status;
  const Value& key = call.input["KmsKeyId"];
  if (!key.IsString()) return {};
  trail.kms_key.clear();
  if (key.Text().empty()) return {};
  auto arn = CheckKey(service.environment(), transaction, trail, key.Text());
  if (!arn) return std::unexpected(std::move(arn.error()));
  trail.kms_key = std::move(*arn);
  return {};
}

int64_t RandomOffset(RandomSource& random) {
  std::array<uint8_t, 4> bytes;
  random.Fill(bytes);
  int64_t number = 0;
  for (const uint8_t byte : bytes) number = number * 256 + byte;
  return number % kHourSeconds;
}

}  // namespace

AwsResult<Reply> CreateTrail(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Trail trail;
  trail.name = call.input["Name"].Text();
  trail.home_region = call.region;
  trail.digest_offset = RandomOffset(service.environment().random);
  AwsStatus status = CheckTrailName(trail.name);
  if (status) status = ApplySettings(call.input, trail);
  if (status && FindTrail(state, trail.home_region, trail.name)) {
    status = AwsFailure("TrailAlreadyExistsException", "Trail {} already exists for customer: {}", trail.name,
                        call.account_id);
  }
  if (status) status = CheckLimit(call, state, trail);
  if (!status) return std::unexpected(std::move(status.error()));
  const auto tags = WithTags(Value::List(), call.input["TagsList"]);
  if (!tags) return std::unexpected(tags.error());
  trail.tags = codec::WriteJson(*tags);
  status = CheckDestination(service, call, transaction, trail);
  if (!status) return std::unexpected(std::move(status.error()));
  InsertTrail(state, trail);
  return Reply{.output = DescribeTrail(trail, call.account_id, TrailDetail::kSettings)};
}

AwsResult<Reply> ChangeTrail(CloudTrailService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto trail = ChangeableTrail(call, state, call.input["Name"].Text(), NamedAs::kGiven);
  if (!trail) return std::unexpected(trail.error());
  const bool validated = trail->validation;
  AwsStatus status = ApplySettings(call.input, *trail);
  if (status) status = CheckLimit(call, state, *trail);
  if (status) status = CheckDestination(service, call, transaction, *trail);
  if (!status) return std::unexpected(std::move(status.error()));
  UpdateTrail(state, *trail);
  if (trail->validation && !validated) BeginValidation(state, *trail, call.now);
  if (!trail->validation && validated) EndValidation(state, *trail);
  return Reply{.output = DescribeTrail(*trail, call.account_id, TrailDetail::kSettings)};
}

}  // namespace opentrail::services::cloudtrail
