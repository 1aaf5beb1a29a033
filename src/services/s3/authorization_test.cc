#include "services/s3/authorization.h"

#include "services/s3/public_access_block.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

class AuthorizationTest : public S3Test {
 protected:
  AuthorizationTest() {
    MakeBucket("bucket");
    Put("bucket", "k", "v", Value::Object({{"Tagging", "color=red"}}));
  }
  AwsResult<AccessRequests> Ask(std::string_view operation, Value input, const Request& request = {}) {
    const auto prepared = Prepare(operation, std::move(input), request);
    prepared->head.query = query_;
    auto requests = Find(operation, service_)->authorize(service_, prepared->call, *connection_);
    if (requests) {
      for (auto& each : *requests) each.CompleteContext();
    }
    return requests;
  }
  // "action resource, action resource"
  std::string Asked(std::string_view operation, Value input) {
    const auto requests = Ask(operation, std::move(input));
    if (!requests) return requests.error().code;
    std::string text;
    for (const auto& request : *requests) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", request.action, request.resource);
    }
    return text;
  }
  std::string query_;
};

TEST_F(AuthorizationTest, ActionsAndResources) {
  const Value bucket = Value::Object({{"Bucket", "bucket"}}), object = On("bucket", "k"), absent = On("bucket", "no");
  const auto with = [](Value input, std::string_view name, Value value) {
    input.Set(name, std::move(value));
    return input;
  };
  const Value keys = Value::Object(
      {{"Objects", Value::List({Value::Object({{"Key", "a"}}), Value::Object({{"Key", "b"}, {"VersionId", "1"}})})}});
  struct {
    std::string_view operation;
    Value input;
    std::string_view expected;
  } const cases[] = {
      {"ListBuckets", Value::Object(), "s3:ListAllMyBuckets arn:aws:s3:::*"},
      {"CreateBucket", Value::Object({{"Bucket", "new"}}), "s3:CreateBucket arn:aws:s3:::new"},
      {"ListObjectsV2", bucket, "s3:ListBucket arn:aws:s3:::bucket"},
      {"HeadBucket", bucket, "s3:ListBucket arn:aws:s3:::bucket"},
      {"ListObjectVersions", bucket, "s3:ListBucketVersions arn:aws:s3:::bucket"},
      {"ListMultipartUploads", bucket, "s3:ListBucketMultipartUploads arn:aws:s3:::bucket"},
      {"GetBucketEncryption", bucket, "s3:GetEncryptionConfiguration arn:aws:s3:::bucket"},
      {"GetBucketAcl", bucket, "s3:GetBucketAcl arn:aws:s3:::bucket"},
      {"PutPublicAccessBlock", bucket, "s3:PutBucketPublicAccessBlock arn:aws:s3:::bucket"},
      {"GetBucketPolicy", Value::Object({{"Bucket", "none"}}), "NoSuchBucket"},
      {"GetObject", object, "s3:GetObject arn:aws:s3:::bucket/k"},
      {"HeadObject", object, "s3:GetObject arn:aws:s3:::bucket/k"},
      {"GetObject", with(object, "VersionId", "null"), "s3:GetObjectVersion arn:aws:s3:::bucket/k"},
      // Whether a key is there is told to those alone who may list.
      {"GetObject", absent, "s3:GetObject arn:aws:s3:::bucket/no, s3:ListBucket arn:aws:s3:::bucket"},
      {"PutObject", object, "s3:PutObject arn:aws:s3:::bucket/k"},
      {"PutObject", with(with(object, "Tagging", "a=1"), "ACL", "private"),
       "s3:PutObject arn:aws:s3:::bucket/k, s3:PutObjectTagging arn:aws:s3:::bucket/k, "
       "s3:PutObjectAcl arn:aws:s3:::bucket/k"},
      {"DeleteObject", absent, "s3:DeleteObject arn:aws:s3:::bucket/no"},
      {"DeleteObject", with(object, "VersionId", "1"), "s3:DeleteObjectVersion arn:aws:s3:::bucket/k"},
      {"DeleteObjects", with(bucket, "Delete", keys), ""},  // each key for itself: MayDelete
      {"CopyObject", with(absent, "CopySource", "bucket/k"),
       "s3:PutObject arn:aws:s3:::bucket/no, s3:GetObject arn:aws:s3:::bucket/k"},
      {"UploadPart", object, "s3:PutObject arn:aws:s3:::bucket/k"},
      {"AbortMultipartUpload", object, "s3:AbortMultipartUpload arn:aws:s3:::bucket/k"},
      {"ListParts", object, "s3:ListMultipartUploadParts arn:aws:s3:::bucket/k"},
      {"GetObjectAttributes", object,
       "s3:GetObject arn:aws:s3:::bucket/k, s3:GetObjectAttributes arn:aws:s3:::bucket/k"},
      {"DeleteBucketTagging", bucket, "s3:PutBucketTagging arn:aws:s3:::bucket"},
  };
  for (const auto& [operation, input, expected] : cases) EXPECT_EQ(Asked(operation, input), expected) << operation;
}

TEST_F(AuthorizationTest, ConditionKeys) {
  const auto value = [&](std::string_view operation, Value input, std::string_view key) {
    const auto requests = Ask(operation, std::move(input));
    const auto* found = requests->front().context.Find(key);
    return found != nullptr && !found->empty() ? found->front() : std::string("absent");
  };
  const Value list = Value::Object({{"Bucket", "bucket"}, {"Prefix", "home/"}, {"Delimiter", "/"}, {"MaxKeys", 5}});
  EXPECT_EQ(value("ListObjectsV2", list, "s3:prefix"), "home/");
  EXPECT_EQ(value("ListObjectsV2", list, "s3:delimiter"), "/");
  EXPECT_EQ(value("ListObjectsV2", list, "s3:max-keys"), "5");
  EXPECT_EQ(value("GetObject", On("bucket", "k"), "s3:prefix"), "absent");
  EXPECT_EQ(value("GetObject", On("bucket", "k"), "s3:ExistingObjectTag/color"), "red");
  EXPECT_EQ(value("GetObject", On("bucket", "k"), "s3:authType"), "REST-HEADER");
  query_ = "X-Amz-Signature=0";
  EXPECT_EQ(value("GetObject", On("bucket", "k"), "s3:authType"), "REST-QUERY-STRING");
  Value put = On("bucket", "k");
  put.Set("ServerSideEncryption", "aws:kms");
  put.Set("Tagging", "team=blue");
  EXPECT_EQ(value("PutObject", put, "s3:x-amz-server-side-encryption"), "aws:kms");
  EXPECT_EQ(value("PutObject", put, "s3:RequestObjectTag/team"), "blue");
}

TEST_F(AuthorizationTest, PublicPoliciesReachNobodyWhereTheBucketIsClosed) {
  const auto policy = [&](opentrail::iam::PrincipalType principal) {
    const auto requests = Ask("GetObject", On("bucket", "k"), {.principal = principal});
    return requests->front().resource_policy != nullptr;
  };
  using opentrail::iam::PrincipalType;
  const Value open = Value::Object({{"Bucket", "bucket"}});
  Do("DeletePublicAccessBlock", open);
  Value put = open;
  put.Set("Policy", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",
                        "Resource":"arn:aws:s3:::bucket/*"}]})");
  Do("PutBucketPolicy", put);
  EXPECT_TRUE(policy(PrincipalType::kAnonymous));
  Value block = open;
  block.Set("PublicAccessBlockConfiguration", Value::Object({{"RestrictPublicBuckets", true}}));
  Do("PutPublicAccessBlock", block);
  EXPECT_FALSE(policy(PrincipalType::kAnonymous));
  EXPECT_TRUE(policy(PrincipalType::kIamUser));
  EXPECT_EQ(Ask("GetBucketPolicy", open, {.principal = PrincipalType::kRoot})->front().resource_policy, nullptr);
  Do("DeletePublicAccessBlock", open);
  StoreAccountBlock(*connection_, PublicAccessBlock{.restrict_public_buckets = true});
  EXPECT_FALSE(policy(PrincipalType::kAnonymous)) << "the account closes it as well";
  StoreAccountBlock(*connection_, std::nullopt);
  EXPECT_TRUE(policy(PrincipalType::kAnonymous));
}

}  // namespace
}  // namespace opentrail::services::s3
