#include "services/s3/bucket_rows.h"

#include "services/s3/errors.h"

namespace opentrail::services::s3 {
namespace {

std::unexpected<AwsError> Redirect(const Bucket& bucket) {
  const std::string endpoint = fmt::format("{}.s3.{}.amazonaws.com", bucket.name, bucket.region);
  auto error = Refusal("PermanentRedirect", 301,
                       "The bucket you are attempting to access must be addressed using the specified endpoint. Please "
                       "send all future requests to this endpoint.",
                       {{"Endpoint", endpoint}, {"Bucket", bucket.name}, {"Region", bucket.region}});
  error.error().fields = {{"x-amz-bucket-region", bucket.region}};
  return error;
}

AwsStatus CheckKey(std::string_view key) {
  if (key.size() <= kMaxKeyBytes) return {};
  return Refusal("KeyTooLongError", 400, "Your key is too long",
                 {{"Size", std::to_string(key.size())}, {"MaxSizeAllowed", std::to_string(kMaxKeyBytes)}});
}

AwsStatus CheckOwner(const Call& call, const Value& expected) {
  if (expected.IsString() && expected.Text() != call.account_id) return AccessDenied();
  return {};
}

// Unsigned, or signed by Version 2, a request to this machine's own address names no region: it means the bucket's. On
// AWS its host names one.
bool NamesRegion(const http::RequestHead& head) {
  return head.Host().find(".amazonaws.com") != std::string_view::npos || head.fields.Has("authorization") ||
         head.query.find("X-Amz-Credential=") != std::string::npos;
}

}  // namespace

std::optional<Bucket> LoadBucket(store::Connection& state, std::string_view name) {
  store::Rows rows = state.Query(
      "SELECT id, name, region, created, versioning, ownership, public_access_block, policy, tags, sse, kms_key, "
      "bucket_key, blocks_sse_c, (SELECT bits FROM s3_account_block) FROM s3_bucket WHERE name = ?",
      name);
  if (!rows.Next()) return std::nullopt;
  Bucket bucket{.id = rows.Integer(0),
                .name = std::string(rows.Text(1)),
                .region = std::string(rows.Text(2)),
                .created = Time(std::chrono::milliseconds(rows.Integer(3))),
                .versioning = static_cast<Versioning>(rows.Integer(4)),
                .ownership = std::string(rows.Text(5)),
                .public_access_block = std::nullopt,
                .account_block = PublicAccessBlock::FromBits(rows.Integer(13)),
                .policy = std::string(rows.Text(7)),
                .tags = std::string(rows.Text(8)),
                .encryption = {.kind = static_cast<SseKind>(rows.Integer(9)),
                               .kms_key = std::string(rows.Text(10)),
                               .bucket_key = rows.Boolean(11),
                               .blocks_sse_c = rows.Boolean(12)}};
  if (!rows.IsNull(6)) bucket.public_access_block = PublicAccessBlock::FromBits(rows.Integer(6));
  return bucket;
}

AwsResult<Bucket> FindBucket(const Call& call, store::Connection& state, RegionCheck check) {
  if (AwsStatus key = CheckKey(call.input["Key"].Text()); !key) return std::unexpected(std::move(key.error()));
  const std::string_view name = call.input["Bucket"].Text();
  auto bucket = LoadBucket(state, name);
  if (!bucket) return NoSuchBucket(name);
  if (AwsStatus owner = CheckOwner(call, call.input["ExpectedBucketOwner"]); !owner) {
    return std::unexpected(owner.error());
  }
  const bool checks = check == RegionCheck::kSame && call.head != nullptr && NamesRegion(*call.head);
  if (checks && call.region != bucket->region) return Redirect(*bucket);
  return std::move(*bucket);
}

AwsResult<Bucket> FindSourceBucket(const Call& call, store::Connection& state, std::string_view name) {
  auto bucket = LoadBucket(state, name);
  if (!bucket) return NoSuchBucket(name);
  if (AwsStatus owner = CheckOwner(call, call.input["ExpectedSourceBucketOwner"]); !owner) {
    return std::unexpected(owner.error());
  }
  return std::move(*bucket);
}

}  // namespace opentrail::services::s3
