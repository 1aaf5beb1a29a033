#include <algorithm>

#include "services/s3/errors.h"
#include "services/s3/handlers.h"

// What a bucket can be configured with on AWS and is not here: reading it answers that it is not configured, deleting
// it finds nothing to do, and setting it goes only where it says what is the case.
namespace opentrail::services::s3 {
namespace {

struct NotConfigured {
  std::string_view operation;
  std::string_view code;  // "": the answer has no error
  int http_status = 404;
  std::string_view message = {};
};
constexpr NotConfigured kNotConfigured[] = {
    {"GetBucketAnalyticsConfiguration", "NoSuchConfiguration", 404, "The specified configuration does not exist."},
    {"GetBucketCors", "NoSuchCORSConfiguration", 404, "The CORS configuration does not exist"},
    {"GetBucketIntelligentTieringConfiguration", "NoSuchConfiguration", 404,
     "The specified configuration does not exist."},
    {"GetBucketInventoryConfiguration", "NoSuchConfiguration", 404, "The specified configuration does not exist."},
    {"GetBucketLifecycle", "NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist"},
    {"GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration", 404,
     "The lifecycle configuration does not exist"},
    {"GetBucketMetricsConfiguration", "NoSuchConfiguration", 404, "The specified configuration does not exist."},
    {"GetBucketReplication", "ReplicationConfigurationNotFoundError", 404,
     "The replication configuration was not found"},
    {"GetBucketWebsite", "NoSuchWebsiteConfiguration", 404,
     "The specified bucket does not have a website configuration"},
    {"GetObjectLegalHold", "InvalidRequest", 400, "Bucket is missing Object Lock Configuration"},
    {"GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", 404,
     "Object Lock configuration does not exist for this bucket"},
    {"GetObjectRetention", "InvalidRequest", 400, "Bucket is missing Object Lock Configuration"},
};
static_assert(std::ranges::is_sorted(kNotConfigured, {}, &NotConfigured::operation));

// Whether a configuration only says what is the case.
bool SaysWhatIs(const Value& input) {
  const Value& notification = input["NotificationConfiguration"];
  const bool notifies = std::ranges::any_of(notification.members(), [](const Value::Member& member) {
    return member.value.IsObject() || !member.value.elements().empty();
  });
  return !notifies && !input["BucketLoggingStatus"].Has("LoggingEnabled") &&
         input["RequestPaymentConfiguration"]["Payer"].Text("BucketOwner") == "BucketOwner" &&
         input["AccelerateConfiguration"]["Status"].Text("Suspended") == "Suspended" &&
         input["AbacStatus"]["Status"].Text("Disabled") == "Disabled";
}

}  // namespace

AwsResult<Reply> GetUnconfigured(S3Service& /*service*/, Call& call, Transaction& /*transaction*/, Bucket& bucket) {
  const std::string_view operation = call.operation->name;
  const auto* found = std::ranges::lower_bound(kNotConfigured, operation, {}, &NotConfigured::operation);
  if (found != std::end(kNotConfigured) && found->operation == operation) {
    return Refusal(std::string(found->code), found->http_status, std::string(found->message),
                   {{"BucketName", bucket.name}});
  }
  Reply reply;
  if (operation.starts_with("List")) reply.output.Set("IsTruncated", false);
  if (operation == "GetBucketRequestPayment") reply.output.Set("Payer", "BucketOwner");
  if (operation == "GetBucketAbac") reply.output.Set("AbacStatus", Value::Object({{"Status", "Disabled"}}));
  return reply;
}

AwsResult<Reply> PutUnconfigured(S3Service& /*service*/, Call& call, Transaction& /*transaction*/, Bucket& /*bucket*/) {
  if (SaysWhatIs(call.input)) return Reply{};
  return Refusal("NotImplemented", 501, "A header you provided implies functionality that is not implemented");
}

AwsResult<Reply> DeleteUnconfigured(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                    Bucket& /*bucket*/) {
  return Reply{};
}

}  // namespace opentrail::services::s3
