#include <algorithm>

#include "codec/text.h"
#include "services/s3/bucket_name.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/listing.h"
#include "services/s3/tags.h"

namespace opentrail::services::s3 {
namespace {

constexpr int64_t kMaxBuckets = 10'000;
constexpr int64_t kMaxBucketPage = 10'000;
constexpr std::string_view kFirstRegion = "us-east-1";
constexpr std::string_view kEnforced = "BucketOwnerEnforced";

// Where the bucket is to be: what the body says must be what the endpoint stands for, but for us-east-1's, which makes
// buckets everywhere.
AwsResult<std::string> RegionOf(const Call& call) {
  const Value& constraint = call.input["CreateBucketConfiguration"]["LocationConstraint"];
  if (!constraint.IsString() || constraint.Text().empty()) {
    if (call.region == kFirstRegion) return call.region;
    return Refusal("IllegalLocationConstraintException", 400,
                   "The unspecified location constraint is incompatible for the region specific endpoint this request "
                   "was sent to.");
  }
  const std::string_view region = constraint.Text() == "EU" ? "eu-west-1" : constraint.Text();
  if (!IsRegion(region) || region == kFirstRegion) {
    return Refusal("InvalidLocationConstraint", 400, "The specified location-constraint is not valid",
                   {{"LocationConstraint", std::string(constraint.Text())}});
  }
  if (call.region != kFirstRegion && call.region != region) {
    return Refusal("IllegalLocationConstraintException", 400,
                   fmt::format("The {} location constraint is incompatible for the region specific endpoint this "
                               "request was sent to.",
                               region));
  }
  return std::string(region);
}

AwsStatus CheckCreate(const Call& call, std::string_view name) {
  if (!IsBucketName(name)) {
    return Refusal("InvalidBucketName", 400, "The specified bucket is not valid.", {{"BucketName", std::string(name)}});
  }
  if (call.input["ObjectLockEnabledForBucket"].Boolean())
    return NotImplementedHeader("x-amz-bucket-object-lock-enabled");
  const Value& ownership = call.input["ObjectOwnership"];
  if (ownership.IsString() && ownership.Text() != kEnforced) return NotImplementedHeader("x-amz-object-ownership");
  if (call.input.Has("ACL") && call.input["ACL"].Text() != "private") {
    return Refusal("InvalidBucketAclWithObjectOwnership", 400,
                   "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
  }
  return CheckAcl(call);
}

Value BucketEntry(const store::Rows& rows) {
  return Value::Object({{"Name", rows.Text(0)},
                        {"CreationDate", Time(std::chrono::milliseconds(rows.Integer(2)))},
                        {"BucketRegion", rows.Text(1)},
                        {"BucketArn", fmt::format("arn:aws:s3:::{}", rows.Text(0))}});
}

}  // namespace

AwsResult<Reply> CreateBucket(S3Service& /*service*/, Call& call, Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["Bucket"].Text();
  if (AwsStatus status = CheckCreate(call, name); !status) return std::unexpected(std::move(status.error()));
  const auto region = RegionOf(call);
  if (!region) return std::unexpected(region.error());
  const auto tags = CheckTagSet(call.input["CreateBucketConfiguration"]["Tags"], kMaxBucketTags);
  if (!tags) return std::unexpected(tags.error());
  Reply reply{
      .output = Value::Object({{"Location", *region == kFirstRegion ? fmt::format("/{}", name)
                                                                    : fmt::format("http://{}.s3.amazonaws.com/", name)},
                               {"BucketArn", fmt::format("arn:aws:s3:::{}", name)}})};
  if (const auto existing = LoadBucket(state, name)) {
    // In us-east-1 alone making it again is no error.
    if (existing->region == kFirstRegion && *region == kFirstRegion && call.region == kFirstRegion) return reply;
    return Refusal("BucketAlreadyOwnedByYou", 409,
                   "Your previous request to create the named bucket succeeded and you already own it.",
                   {{"BucketName", std::string(name)}});
  }
  {
    store::Rows count = state.Query("SELECT count(*) FROM s3_bucket");
    if (count.Next() && count.Integer(0) >= kMaxBuckets) {
      return Refusal("TooManyBuckets", 400, "You have attempted to create more buckets than allowed");
    }
  }
  const PublicAccessBlock closed{true, true, true, true};
  state.Execute(
      "INSERT INTO s3_bucket (name, region, created, ownership, public_access_block, tags) VALUES (?, ?, ?, ?, ?, ?)",
      name, *region, std::chrono::floor<std::chrono::seconds>(call.now).time_since_epoch().count() * 1000, kEnforced,
      closed.ToBits(), *tags);
  return reply;
}

AwsResult<Reply> DeleteBucket(S3Service& /*service*/, Call& /*call*/, Transaction& transaction, Bucket& bucket) {
  store::Connection& state = transaction.connection();
  bool empty = true;
  {
    store::Rows rows = state.Query(
        "SELECT 1 FROM s3_object WHERE bucket = ?1 UNION ALL SELECT 1 FROM s3_upload WHERE bucket = ?1 LIMIT 1",
        bucket.id);
    empty = !rows.Next();
  }
  if (!empty) {
    return Refusal("BucketNotEmpty", 409,
                   bucket.versioning == Versioning::kNever
                       ? "The bucket you tried to delete is not empty"
                       : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
                   {{"BucketName", bucket.name}});
  }
  state.Execute("DELETE FROM s3_bucket WHERE id = ?", bucket.id);
  return Reply{};
}

AwsResult<Reply> HeadBucket(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/, Bucket& bucket) {
  return Reply{.output = Value::Object(
                   {{"BucketArn", bucket.Arn()}, {"BucketRegion", bucket.region}, {"AccessPointAlias", false}})};
}

AwsResult<Reply> GetBucketLocation(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                   Bucket& bucket) {
  return Reply{.output = Value::Object({{"LocationConstraint", bucket.region == kFirstRegion ? "" : bucket.region}})};
}

AwsResult<Reply> ListBuckets(S3Service& service, Call& call, Transaction& transaction) {
  const int64_t max = call.input["MaxBuckets"].Integer(kMaxBucketPage);
  if (max < 1 || max > kMaxBucketPage) {
    return InvalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets",
                           std::to_string(max));
  }
  const std::string prefix(call.input["Prefix"].Text());
  const std::string_view region = call.input["BucketRegion"].Text();
  const auto after = codec::Base64Decode(call.input["ContinuationToken"].Text());
  if (!after) {
    return InvalidArgument("The continuation token provided is incorrect", "continuation-token",
                           call.input["ContinuationToken"].Text());
  }
  Value buckets = Value::List();
  Reply reply;
  store::Rows rows = transaction.connection().Query(
      "SELECT name, region, created FROM s3_bucket WHERE name > ? AND name >= ? AND (? = '' OR region = ?) "
      "ORDER BY name",
      *after, prefix, region, region);
  while (rows.Next() && rows.Text(0).starts_with(prefix)) {
    if (static_cast<int64_t>(buckets.elements().size()) == max) {
      reply.output.Set("ContinuationToken", codec::Base64Encode(buckets.elements().back()["Name"].Text()));
      break;
    }
    buckets.Append(BucketEntry(rows));
  }
  reply.output.Set("Buckets", std::move(buckets));
  reply.output.Set("Owner", OwnerOf(service));
  if (!prefix.empty()) reply.output.Set("Prefix", prefix);
  return reply;
}

Value OwnerOf(const S3Service& service) { return Value::Object({{"ID", service.owner_id()}}); }

}  // namespace opentrail::services::s3
