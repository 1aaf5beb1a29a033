#include <algorithm>

#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/object_rows.h"

// Access control lists, as far as a bucket whose owner owns everything has them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kHarmlessAcls[] = {"private", "bucket-owner-full-control"};
constexpr std::string_view kGrantMembers[] = {"GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite",
                                              "GrantWriteACP"};

std::unexpected<AwsError> NotSupported() {
  return Refusal("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
}

Reply OwnersFullControl(const S3Service& service) {
  Value grantee = Value::Object({{"ID", service.owner_id()}, {"Type", "CanonicalUser"}});
  Value grant = Value::Object({{"Grantee", std::move(grantee)}, {"Permission", "FULL_CONTROL"}});
  return Reply{.output = Value::Object({{"Owner", OwnerOf(service)}, {"Grants", Value::List({std::move(grant)})}})};
}

// A list in the body that says what is the case anyway.
bool SaysFullControlOfOwner(const S3Service& service, const Value& policy) {
  return std::ranges::all_of(policy["Grants"].elements(), [&](const Value& grant) {
    return grant["Grantee"]["ID"].Text() == service.owner_id() && grant["Permission"].Text() == "FULL_CONTROL";
  });
}

AwsResult<Reply> PutAcl(const S3Service& service, const Call& call) {
  if (AwsStatus status = CheckAcl(call); !status) return std::unexpected(std::move(status.error()));
  const Value& policy = call.input["AccessControlPolicy"];
  if (policy.IsNull() && !call.input.Has("ACL")) {
    return Refusal("MissingSecurityHeader", 400, "Your request was missing a required header",
                   {{"MissingHeaderName", "x-amz-acl"}});
  }
  if (!policy.IsNull() && !SaysFullControlOfOwner(service, policy)) return NotSupported();
  return Reply{};
}

}  // namespace

AwsStatus CheckAcl(const Call& call) {
  const Value& acl = call.input["ACL"];
  if (acl.IsString() && std::ranges::find(kHarmlessAcls, acl.Text()) == std::end(kHarmlessAcls)) return NotSupported();
  if (std::ranges::any_of(kGrantMembers, [&](std::string_view member) { return call.input.Has(member); })) {
    return NotSupported();
  }
  return {};
}

AwsResult<Reply> GetBucketAcl(S3Service& service, Call& /*call*/, Transaction& /*transaction*/, Bucket& /*bucket*/) {
  return OwnersFullControl(service);
}

AwsResult<Reply> PutBucketAcl(S3Service& service, Call& call, Transaction& /*transaction*/, Bucket& /*bucket*/) {
  return PutAcl(service, call);
}

AwsResult<Reply> GetObjectAcl(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto object = FindObject(transaction.connection(), bucket, call.input["Key"].Text(), call.input["VersionId"]);
  if (!object) return std::unexpected(object.error());
  return OwnersFullControl(service);
}

AwsResult<Reply> PutObjectAcl(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto object = FindObject(transaction.connection(), bucket, call.input["Key"].Text(), call.input["VersionId"]);
  if (!object) return std::unexpected(object.error());
  return PutAcl(service, call);
}

}  // namespace opentrail::services::s3
