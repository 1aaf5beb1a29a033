#include "services/s3/public_access_block.h"
#include "services/s3/public_policy.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

std::string Statement(std::string_view principal, std::string_view condition = "{}",
                      std::string_view effect = "Allow") {
  return fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"{}","Principal":{},"Action":"s3:GetObject",)"
                     R"("Resource":"arn:aws:s3:::bucket/*","Condition":{}}}]}})",
                     effect, principal, condition);
}

TEST(PublicPolicyTest, WhoIsThePublic) {
  struct {
    std::string principal, condition;
    bool expected;
  } const cases[] = {
      {R"("*")", "{}", true},
      {R"({"AWS":"*"})", "{}", true},
      {R"({"AWS":["arn:aws:iam::1:root","*"]})", "{}", true},
      {R"({"AWS":"arn:aws:iam::123456789012:root"})", "{}", false},
      {R"({"Service":"cloudtrail.amazonaws.com"})", "{}", false},
      {R"("*")", R"({"StringEquals":{"aws:SourceVpc":"vpc-1"}})", false},
      {R"("*")", R"({"StringLike":{"aws:SourceVpc":"vpc-*"}})", true},
      {R"("*")", R"({"StringNotEquals":{"aws:SourceVpc":"vpc-1"}})", true},
      {R"("*")", R"({"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}})", false},
      {R"("*")", R"({"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/0"]}})", true},
      {R"("*")", R"({"StringEquals":{"s3:prefix":"a"}})", true},
      {R"("*")", R"({"StringEquals":{"aws:PrincipalOrgID":"o-1"}})", false},
      {R"("*")", R"({"StringEquals":{"aws:PrincipalOrgID":"${aws:x}"}})", true},
  };
  for (const auto& [principal, condition, expected] : cases) {
    EXPECT_EQ(IsPublicPolicy(Statement(principal, condition)), expected) << principal << condition;
  }
  EXPECT_FALSE(IsPublicPolicy(Statement(R"("*")", "{}", "Deny")));
  EXPECT_FALSE(IsPublicPolicy("{"));
}

class BucketPolicyTest : public S3Test {
 protected:
  BucketPolicyTest() { MakeBucket("bucket"); }
  static Value OnBucket() { return Value::Object({{"Bucket", "bucket"}}); }
  std::string PutPolicy(std::string_view text) {
    return Fault("PutBucketPolicy", Value::Object({{"Bucket", "bucket"}, {"Policy", text}}));
  }
};

TEST_F(BucketPolicyTest, PublicOnesAreBlockedFromTheStart) {
  EXPECT_EQ(PutPolicy(Statement(R"("*")")), "AccessDenied");
  const std::string known = Statement(R"({"AWS":"arn:aws:iam::123456789012:root"})");
  EXPECT_EQ(PutPolicy(known), "");
  EXPECT_EQ(Do("GetBucketPolicy", OnBucket())["Policy"].Text(), known);
  EXPECT_FALSE(Do("GetBucketPolicyStatus", OnBucket())["PolicyStatus"]["IsPublic"].Boolean(true));
  Do("DeletePublicAccessBlock", OnBucket());
  EXPECT_EQ(Fault("GetPublicAccessBlock", OnBucket()), "NoSuchPublicAccessBlockConfiguration");
  EXPECT_EQ(PutPolicy(Statement(R"("*")")), "");
  EXPECT_TRUE(Do("GetBucketPolicyStatus", OnBucket())["PolicyStatus"]["IsPublic"].Boolean());
  Do("DeleteBucketPolicy", OnBucket());
  EXPECT_EQ(Fault("GetBucketPolicy", OnBucket()), "NoSuchBucketPolicy");
}

TEST_F(BucketPolicyTest, Malformed) {
  Do("DeletePublicAccessBlock", OnBucket());
  struct {
    std::string_view text;
  } const cases[] = {
      {"not json"},
      {"[]"},
      {R"({"Version":"2012-10-17"})"},
      {R"({"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]})"},
      {R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"ec2:Run","Resource":"arn:aws:s3:::bucket/*"}]})"},
      {R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::other/*"}]})"},
      {R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::buckets/*"}]})"},
      {R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:Get*"}})"},
  };
  for (const auto& each : cases) EXPECT_EQ(PutPolicy(each.text), "MalformedPolicy") << each.text;
  EXPECT_EQ(PutPolicy(Statement(R"("*")") + std::string(21 * 1024, ' ')), "MalformedPolicy");
}

TEST_F(BucketPolicyTest, NamesPrincipalsThatAreThere) {
  const auto put = [&](std::string_view arn) { return PutPolicy(Statement(fmt::format(R"({{"AWS":"{}"}})", arn))); };
  EXPECT_EQ(put("arn:aws:iam::123456789012:user/chaos"), "MalformedPolicy");
  EXPECT_EQ(put("arn:aws:iam::123456789012:root"), "");
  EXPECT_EQ(put("arn:aws:iam::210987654321:user/elsewhere"), "");
}

TEST_F(BucketPolicyTest, WhatTheAccountBlocksNoBucketAllows) {
  Do("DeletePublicAccessBlock", OnBucket());
  Value input = OnBucket();
  input.Set("Policy", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
      "Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket/*"}]})");
  StoreAccountBlock(*connection_, PublicAccessBlock{.block_public_policy = true});
  EXPECT_EQ(Fault("PutBucketPolicy", input), "AccessDenied");
  EXPECT_EQ(Fault("GetPublicAccessBlock", OnBucket()), "NoSuchPublicAccessBlockConfiguration")
      << "the bucket's own is another";
  StoreAccountBlock(*connection_, PublicAccessBlock{.block_public_acls = true, .restrict_public_buckets = true});
  EXPECT_EQ(Fault("PutBucketPolicy", input), "");
  StoreAccountBlock(*connection_, std::nullopt);
  EXPECT_FALSE(LoadAccountBlock(*connection_).has_value());
}

TEST_F(BucketPolicyTest, PublicAccessBlock) {
  Value block = Value::Object({{"BlockPublicAcls", true},
                               {"IgnorePublicAcls", false},
                               {"BlockPublicPolicy", true},
                               {"RestrictPublicBuckets", false}});
  Value input = OnBucket();
  input.Set("PublicAccessBlockConfiguration", block);
  Do("PutPublicAccessBlock", input);
  EXPECT_EQ(Do("GetPublicAccessBlock", OnBucket())["PublicAccessBlockConfiguration"], block);
}

}  // namespace
}  // namespace opentrail::services::s3
