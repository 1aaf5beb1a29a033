#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/tags.h"

namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kEnforced = "BucketOwnerEnforced";

// DisableSSE-C and the default encryption are one rule.
AwsResult<BucketEncryption> ParseEncryption(const Value& configuration) {
  const auto& rules = configuration["Rules"].elements();
  if (rules.size() != 1) return MalformedXml();
  const Value& rule = rules.front();
  BucketEncryption encryption{.bucket_key = rule["BucketKeyEnabled"].Boolean()};
  for (const Value& type : rule["BlockedEncryptionTypes"]["EncryptionType"].elements()) {
    encryption.blocks_sse_c = type.Text() == "SSE-C";
  }
  const Value& by_default = rule["ApplyServerSideEncryptionByDefault"];
  const std::string_view algorithm = by_default["SSEAlgorithm"].Text(by_default.IsNull() ? "AES256" : "");
  encryption.kms_key = by_default["KMSMasterKeyID"].Text();
  if (algorithm == "AES256") {
    if (!encryption.kms_key.empty()) {
      return InvalidArgument(
          "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or "
          "aws:kms:dsse",
          "ApplyServerSideEncryptionByDefault", encryption.kms_key);
    }
    return encryption;
  }
  if (algorithm == "aws:kms:dsse") return NotImplementedHeader("aws:kms:dsse");
  if (algorithm != "aws:kms") return MalformedXml();
  encryption.kind = SseKind::kKms;
  return encryption;
}

void StoreEncryption(Transaction& transaction, const Bucket& bucket, const BucketEncryption& encryption) {
  transaction.connection().Execute(
      "UPDATE s3_bucket SET sse = ?, kms_key = ?, bucket_key = ?, blocks_sse_c = ? WHERE id = ?",
      static_cast<int64_t>(encryption.kind), encryption.kms_key, encryption.bucket_key, encryption.blocks_sse_c,
      bucket.id);
}

}  // namespace

AwsResult<Reply> PutBucketVersioning(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const Value& configuration = call.input["VersioningConfiguration"];
  if (configuration["MFADelete"].Text() == "Enabled") return NotImplementedHeader("x-amz-mfa");
  const std::string_view status = configuration["Status"].Text();
  if (status != "Enabled" && status != "Suspended") {
    return Refusal("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified");
  }
  const Versioning versioning = status == "Enabled" ? Versioning::kEnabled : Versioning::kSuspended;
  transaction.connection().Execute("UPDATE s3_bucket SET versioning = ? WHERE id = ?", static_cast<int64_t>(versioning),
                                   bucket.id);
  return Reply{};
}

AwsResult<Reply> GetBucketVersioning(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                     Bucket& bucket) {
  Reply reply;
  switch (bucket.versioning) {
    case Versioning::kNever: break;
    case Versioning::kEnabled: reply.output.Set("Status", "Enabled"); break;
    case Versioning::kSuspended: reply.output.Set("Status", "Suspended"); break;
  }
  return reply;
}

AwsResult<Reply> PutBucketTagging(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto tags = CheckTagSet(call.input["Tagging"]["TagSet"], kMaxBucketTags);
  if (!tags) return std::unexpected(tags.error());
  transaction.connection().Execute("UPDATE s3_bucket SET tags = ? WHERE id = ?", *tags, bucket.id);
  return Reply{};
}

AwsResult<Reply> GetBucketTagging(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                  Bucket& bucket) {
  if (bucket.tags.empty()) {
    return Refusal("NoSuchTagSet", 404, "The TagSet does not exist", {{"BucketName", bucket.name}});
  }
  return Reply{.output = Value::Object({{"TagSet", ReadTagSet(bucket.tags)}})};
}

AwsResult<Reply> DeleteBucketTagging(S3Service& /*service*/, Call& /*call*/, Transaction& transaction, Bucket& bucket) {
  transaction.connection().Execute("UPDATE s3_bucket SET tags = '' WHERE id = ?", bucket.id);
  return Reply{};
}

AwsResult<Reply> PutBucketEncryption(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto encryption = ParseEncryption(call.input["ServerSideEncryptionConfiguration"]);
  if (!encryption) return std::unexpected(encryption.error());
  StoreEncryption(transaction, bucket, *encryption);
  return Reply{};
}

// A bucket always has one: SSE-S3 where nothing else was said.
AwsResult<Reply> GetBucketEncryption(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                     Bucket& bucket) {
  const BucketEncryption& encryption = bucket.encryption;
  Value by_default = Value::Object({{"SSEAlgorithm", encryption.kind == SseKind::kKms ? "aws:kms" : "AES256"}});
  if (!encryption.kms_key.empty()) by_default.Set("KMSMasterKeyID", encryption.kms_key);
  Value rule = Value::Object(
      {{"ApplyServerSideEncryptionByDefault", std::move(by_default)}, {"BucketKeyEnabled", encryption.bucket_key}});
  if (encryption.blocks_sse_c) {
    rule.Set("BlockedEncryptionTypes", Value::Object({{"EncryptionType", Value::List({Value("SSE-C")})}}));
  }
  return Reply{.output = Value::Object({{"ServerSideEncryptionConfiguration",
                                         Value::Object({{"Rules", Value::List({std::move(rule)})}})}})};
}

AwsResult<Reply> DeleteBucketEncryption(S3Service& /*service*/, Call& /*call*/, Transaction& transaction,
                                        Bucket& bucket) {
  StoreEncryption(transaction, bucket, {.blocks_sse_c = bucket.encryption.blocks_sse_c});
  return Reply{};
}

AwsResult<Reply> PutBucketOwnershipControls(S3Service& /*service*/, Call& call, Transaction& transaction,
                                            Bucket& bucket) {
  const auto& rules = call.input["OwnershipControls"]["Rules"].elements();
  if (rules.size() != 1) return MalformedXml();
  const std::string_view ownership = rules.front()["ObjectOwnership"].Text();
  if (ownership == "BucketOwnerPreferred" || ownership == "ObjectWriter") {
    return Refusal("NotImplemented", 501,
                   "ObjectOwnership other than BucketOwnerEnforced implies functionality that is not implemented");
  }
  if (ownership != kEnforced) return MalformedXml();
  transaction.connection().Execute("UPDATE s3_bucket SET ownership = ? WHERE id = ?", ownership, bucket.id);
  return Reply{};
}

AwsResult<Reply> GetBucketOwnershipControls(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                            Bucket& bucket) {
  if (bucket.ownership.empty()) {
    return Refusal("OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found",
                   {{"BucketName", bucket.name}});
  }
  Value rule = Value::Object({{"ObjectOwnership", bucket.ownership}});
  return Reply{.output =
                   Value::Object({{"OwnershipControls", Value::Object({{"Rules", Value::List({std::move(rule)})}})}})};
}

AwsResult<Reply> DeleteBucketOwnershipControls(S3Service& /*service*/, Call& /*call*/, Transaction& transaction,
                                               Bucket& bucket) {
  transaction.connection().Execute("UPDATE s3_bucket SET ownership = NULL WHERE id = ?", bucket.id);
  return Reply{};
}

}  // namespace opentrail::services::s3
