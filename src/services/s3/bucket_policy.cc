#include <algorithm>

#include "codec/json_value.h"
#include "iam/policy.h"
#include "services/iam/policy_principal.h"
#include "services/s3/errors.h"
#include "services/s3/handlers.h"
#include "services/s3/public_policy.h"

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
namespace opentrail::services::s3 {
namespace {

constexpr size_t kMaxPolicyBytes = 20 * 1024;

std::unexpected<AwsError> MalformedPolicy(std::string message) {
  return Refusal("MalformedPolicy", 400, std::move(message));
}

template <typename Test>
bool EachHolds(const Value& one_or_many, Test test) {
  return one_or_many.IsList() ? std::ranges::all_of(one_or_many.elements(), test) : test(one_or_many);
}

bool IsS3Action(const Value& action) {
  const std::string_view text = action.Text();
  return text == "*" || text.starts_with("s3:") || text.starts_with("S3:");
}

// The bucket itself or something in it, wildcards allowed.
bool IsResourceOf(const Bucket& bucket, const Value& resource) {
  std::string_view text = resource.Text();
  const std::string arn = bucket.Arn();
  if (text == arn) return true;
  return text.starts_with(arn) && (text[arn.size()] == '/' || text[arn.size()] == '*');
}

AwsStatus CheckStatement(const Bucket& bucket, const Value& statement) {
  if (!statement.Has("Principal") && !statement.Has("NotPrincipal")) {
    return MalformedPolicy("Missing required field Principal");
  }
  const Value& actions = statement.Has("Action") ? statement["Action"] : statement["NotAction"];
  if (actions.IsNull()) return MalformedPolicy("Missing required field Action");
  if (!EachHolds(actions, IsS3Action)) return MalformedPolicy("Policy has invalid action");
  const Value& resources = statement.Has("Resource") ? statement["Resource"] : statement["NotResource"];
  if (resources.IsNull()) return MalformedPolicy("Missing required field Resource");
  if (!EachHolds(resources, [&](const Value& resource) { return IsResourceOf(bucket, resource); })) {
    return MalformedPolicy("Policy has invalid resource");
  }
  return {};
}

AwsStatus CheckPolicy(const Call& call, store::Connection& state, const Bucket& bucket, std::string_view text) {
  if (text.size() > kMaxPolicyBytes) {
    return MalformedPolicy(
        fmt::format("Policy exceeds the maximum allowed document size of {} bytes", kMaxPolicyBytes));
  }
  const auto document = codec::ParseJsonValue(text);
  if (!document || !document->IsObject()) {
    return MalformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  }
  const Value& statements = (*document)["Statement"];
  if (statements.IsNull()) return MalformedPolicy("Missing required field Statement");
  const auto& elements = statements.elements();
  for (size_t i = 0; i < std::max<size_t>(elements.size(), statements.IsObject() ? 1 : 0); ++i) {
    const Value& statement = statements.IsList() ? elements[i] : statements;
    if (AwsStatus status = CheckStatement(bucket, statement); !status) return status;
  }
  auto parsed = opentrail::iam::Policy::Parse(text, opentrail::iam::PolicyKind::kResource);
  if (!parsed) return MalformedPolicy(std::move(parsed.error().message));
  if (const auto missing = iam::FindMissingPrincipal(state, call.account_id, **parsed)) {
    return Refusal("MalformedPolicy", 400, "Invalid principal in policy",
                   {{"Detail", fmt::format("\"AWS\" : \"{}\"", *missing)}});
  }
  return {};
}

std::unexpected<AwsError> NoSuchPolicy(const Bucket& bucket) {
  return Refusal("NoSuchBucketPolicy", 404, "The bucket policy does not exist", {{"BucketName", bucket.name}});
}

}  // namespace

AwsResult<Reply> PutBucketPolicy(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const std::string_view text = call.input["Policy"].Text();
  if (AwsStatus status = CheckPolicy(call, transaction.connection(), bucket, text); !status) {
    return std::unexpected(std::move(status.error()));
  }
  if (bucket.BlocksPublicPolicy() && IsPublicPolicy(text)) {
    return AccessDenied(
        fmt::format("User: {} is not authorized to perform: s3:PutBucketPolicy on resource: \"{}\" because public "
                    "policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
                    call.principal.arn, bucket.Arn()));
  }
  transaction.connection().Execute("UPDATE s3_bucket SET policy = ? WHERE id = ?", text, bucket.id);
  return Reply{};
}

AwsResult<Reply> GetBucketPolicy(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/, Bucket& bucket) {
  if (bucket.policy.empty()) return NoSuchPolicy(bucket);
  return Reply{.output = Value::Object({{"Policy", bucket.policy}})};
}

AwsResult<Reply> DeleteBucketPolicy(S3Service& /*service*/, Call& /*call*/, Transaction& transaction, Bucket& bucket) {
  transaction.connection().Execute("UPDATE s3_bucket SET policy = '' WHERE id = ?", bucket.id);
  return Reply{};
}

AwsResult<Reply> GetBucketPolicyStatus(S3Service& service, Call& /*call*/, Transaction& /*transaction*/,
                                       Bucket& bucket) {
  if (bucket.policy.empty()) return NoSuchPolicy(bucket);
  const bool is_public = service.policies().Find(bucket.id, bucket.policy).is_public;
  return Reply{.output = Value::Object({{"PolicyStatus", Value::Object({{"IsPublic", is_public}})}})};
}

AwsResult<Reply> PutPublicAccessBlock(S3Service& /*service*/, Call& call, Transaction& transaction, Bucket& bucket) {
  const auto block = PublicAccessBlock::FromValue(call.input["PublicAccessBlockConfiguration"]);
  transaction.connection().Execute("UPDATE s3_bucket SET public_access_block = ? WHERE id = ?", block.ToBits(),
                                   bucket.id);
  return Reply{};
}

AwsResult<Reply> GetPublicAccessBlock(S3Service& /*service*/, Call& /*call*/, Transaction& /*transaction*/,
                                      Bucket& bucket) {
  if (!bucket.public_access_block) {
    return Refusal("NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found",
                   {{"BucketName", bucket.name}});
  }
  return Reply{.output = Value::Object({{"PublicAccessBlockConfiguration", bucket.public_access_block->ToValue()}})};
}

AwsResult<Reply> DeletePublicAccessBlock(S3Service& /*service*/, Call& /*call*/, Transaction& transaction,
                                         Bucket& bucket) {
  transaction.connection().Execute("UPDATE s3_bucket SET public_access_block = NULL WHERE id = ?", bucket.id);
  return Reply{};
}

}  // namespace opentrail::services::s3
