#include "services/cloudtrail/destination.h"

#include <algorithm>

#include "codec/json_value.h"
#include "codec/text.h"
#include "services/s3/bucket_rows.h"
#include "trail/delivery.h"

namespace opentrail::services::cloudtrail {
namespace {

std::string ObjectArn(const Trail& trail, std::string_view key) {
  return fmt::format("arn:aws:s3:::{}/{}", trail.bucket, key);
}

// A key such as a log file of the trail's home region has.
std::string SampleKey(std::string_view account_id, const Trail& trail) {
  return fmt::format("{}CloudTrail/{}/", trail::AccountFolder(trail.prefix, account_id), trail.home_region);
}

// arn:aws:kms:<region>:...; "" for what is no ARN.
std::string_view RegionOfArn(std::string_view arn) {
  if (!arn.starts_with("arn:")) return {};
  for (int field = 0; field < 3; ++field) arn.remove_prefix(std::min(arn.find(':'), arn.size() - 1) + 1);
  return arn.substr(0, arn.find(':'));
}

std::unexpected<AwsError> KeyNotFound(std::string_view key_id, std::string_view region) {
  return AwsFailure("KmsKeyNotFoundException", "KMS key {} was not found as a symmetric encryption key in {}", key_id,
                    region);
}

std::unexpected<AwsError> InsufficientKeyPolicy(const Trail& trail, std::string_view key) {
  return AwsFailure("InsufficientEncryptionPolicyException",
                    "Insufficient permissions to access S3 bucket {} or KMS key {}", trail.bucket, key);
}

std::unexpected<AwsError> DescribeKeyFailed(const AwsError& error, const Trail& trail, std::string_view key_id,
                                            std::string_view region) {
  if (error.code.starts_with("NotFound")) return KeyNotFound(key_id, region);
  if (error.code.starts_with("AccessDenied")) return InsufficientKeyPolicy(trail, key_id);
  return AwsFailure("InvalidKmsKeyIdException", "KMS key id {} is not valid: {}", key_id, error.message);
}

}  // namespace

InsideCall CallForTrail(std::string_view account_id, const Trail& trail, std::string_view service,
                        std::string_view operation, std::string region, Value input) {
  opentrail::iam::Principal principal;
  principal.type = opentrail::iam::PrincipalType::kAwsService;
  principal.service = kServicePrincipal;
  InsideCall call{.service = service,
                  .operation = operation,
                  .region = std::move(region),
                  .principal = std::move(principal),
                  .invoked_by = {},
                  .input = std::move(input),
                  .body = nullptr,
                  .context = {}};
  call.context.Add("aws:SourceArn", trail.Arn(account_id));
  call.context.Add("aws:SourceAccount", std::string(account_id));
  return call;
}

std::string BucketRegion(store::Connection& state, const Trail& trail) {
  const auto bucket = s3::LoadBucket(state, trail.bucket);
  return bucket ? bucket->region : trail.home_region;
}

Value FileInput(std::string_view account_id, const Trail& trail, std::string_view key) {
  Value input = Value::Object({{"ACL", "bucket-owner-full-control"},
                               {"Bucket", trail.bucket},
                               {"ContentEncoding", "gzip"},
                               {"ContentType", "application/json"},
                               {"Key", key}});
  if (trail.kms_key.empty()) return input;
  const Value context =
      Value::Object({{"aws:cloudtrail:arn", trail.Arn(account_id)}, {"aws:s3:arn", ObjectArn(trail, key)}});
  input.Set("ServerSideEncryption", "aws:kms");
  input.Set("SSEKMSKeyId", trail.kms_key);
  input.Set("SSEKMSEncryptionContext", codec::Base64Encode(codec::WriteJson(context)));
  return input;
}

AwsStatus CheckBucket(const Environment& environment, store::Transaction& transaction, const Trail& trail) {
  const std::string& account = environment.account_id;
  store::Connection& state = transaction.connection();
  const std::string region = BucketRegion(state, trail);
  const auto acl = environment.inside.Invoke(transaction, CallForTrail(account, trail, "s3", "GetBucketAcl", region,
                                                                       Value::Object({{"Bucket", trail.bucket}})));
  AwsStatus allowed;
  if (!acl) {
    allowed = std::unexpected(acl.error());
  } else {
    allowed = environment.inside.WouldAllow(state, CallForTrail(account, trail, "s3", "PutObject", region,
                                                                FileInput(account, trail, SampleKey(account, trail))));
  }
  if (allowed) return {};
  if (allowed.error().code == "NoSuchBucket") {
    return AwsFailure("S3BucketDoesNotExistException", "S3 bucket {} does not exist!", trail.bucket);
  }
  return AwsFailure("InsufficientS3BucketPolicyException", "Incorrect S3 bucket policy is detected for bucket: {}",
                    trail.bucket);
}

AwsResult<std::string> CheckKey(const Environment& environment, store::Transaction& transaction, const Trail& trail,
                                std::string_view key_id) {
  const std::string& account = environment.account_id;
  const std::string region = BucketRegion(transaction.connection(), trail);
  if (const std::string_view named = RegionOfArn(key_id); !named.empty() && named != region) {
    return KeyNotFound(key_id, region);
  }
  const auto described = environment.inside.Invoke(
      transaction, CallForTrail(account, trail, "kms", "DescribeKey", region, Value::Object({{"KeyId", key_id}})));
  if (!described) return DescribeKeyFailed(described.error(), trail, key_id, region);
  const Value& key = described->output["KeyMetadata"];
  std::string arn(key["Arn"].Text());
  if (key["KeySpec"].Text("SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT") return KeyNotFound(key_id, region);
  if (key["KeyState"].Text("Enabled") != "Enabled") {
    return AwsFailure("KmsException", "KMS key {} cannot be used: its state is {}", arn, key["KeyState"].Text());
  }
  Value context = Value::Object(
      {{"aws:cloudtrail:arn", trail.Arn(account)}, {"aws:s3:arn", ObjectArn(trail, SampleKey(account, trail))}});
  Value input = Value::Object({{"KeyId", arn}, {"KeySpec", "AES_256"}, {"EncryptionContext", std::move(context)}});
  const AwsStatus allowed = environment.inside.WouldAllow(
      transaction.connection(), CallForTrail(account, trail, "kms", "GenerateDataKey", region, std::move(input)));
  if (!allowed) return InsufficientKeyPolicy(trail, arn);
  return arn;
}

}  // namespace opentrail::services::cloudtrail
