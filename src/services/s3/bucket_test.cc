#include "services/s3/bucket_name.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

Value Named(std::string_view name) { return Value::Object({{"Bucket", name}}); }

Value InRegion(std::string_view name, std::string_view region) {
  return Value::Object(
      {{"Bucket", name}, {"CreateBucketConfiguration", Value::Object({{"LocationConstraint", region}})}});
}

using BucketTest = S3Test;

TEST(BucketNameTest, Rules) {
  struct {
    std::string_view name;
    bool valid;
  } const cases[] = {
      {"abc", true},         {"my-bucket.1", true},  {std::string_view("ab"), false},
      {"Abc", false},        {"-abc", false},        {"abc-", false},
      {"a..b", false},       {"192.168.0.1", false}, {"1.2.3.4.5", true},
      {"xn--abc", false},    {"sthree-abc", false},  {"abc-s3alias", false},
      {"abc--ol-s3", false}, {"under_score", false}, {"a.b", true},
      {".ab", false},
  };
  for (const auto& [name, valid] : cases) EXPECT_EQ(IsBucketName(name), valid) << name;
  EXPECT_TRUE(IsBucketName(std::string(63, 'a')));
  EXPECT_FALSE(IsBucketName(std::string(64, 'a')));
}

TEST_F(BucketTest, CreateKeepsTheRegionThatItIsAskedFor) {
  struct {
    std::string endpoint, constraint, fault, location;
  } const cases[] = {
      {"us-east-1", "", "", ""},
      {"us-east-1", "eu-west-1", "", "eu-west-1"},
      {"us-east-1", "EU", "", "eu-west-1"},
      {"eu-west-1", "eu-west-1", "", "eu-west-1"},
      {"eu-west-1", "", "IllegalLocationConstraintException", ""},
      {"eu-west-1", "us-west-2", "IllegalLocationConstraintException", ""},
      {"us-east-1", "mars-1", "InvalidLocationConstraint", ""},
  };
  int number = 0;
  for (const auto& [endpoint, constraint, fault, location] : cases) {
    const std::string name = fmt::format("bucket-{}", ++number);
    EXPECT_EQ(
        Fault("CreateBucket", constraint.empty() ? Named(name) : InRegion(name, constraint), {.region = endpoint}),
        fault);
    if (!fault.empty()) continue;
    EXPECT_EQ(Do("GetBucketLocation", Named(name), {.region = endpoint})["LocationConstraint"].Text(), location);
  }
}

TEST_F(BucketTest, MakingItAgainIsNoErrorInUsEast1Alone) {
  MakeBucket("first");
  EXPECT_EQ(Fault("CreateBucket", Named("first")), "");
  Do("CreateBucket", InRegion("second", "eu-west-1"), {.region = "eu-west-1"});
  EXPECT_EQ(Fault("CreateBucket", InRegion("second", "eu-west-1"), {.region = "eu-west-1"}), "BucketAlreadyOwnedByYou");
  EXPECT_EQ(Fault("CreateBucket", Named("Not_A_Name")), "InvalidBucketName");
}

TEST_F(BucketTest, AnotherRegionsEndpointRedirects) {
  Do("CreateBucket", InRegion("there", "eu-west-1"));
  Request request;
  request.fields.Add("Host", "s3.amazonaws.com");
  const auto reply = Invoke("HeadBucket", Named("there"), request);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().http_status, 301);
  EXPECT_EQ(reply.error().fields.front(), std::make_pair(std::string("x-amz-bucket-region"), std::string("eu-west-1")));
  EXPECT_EQ(Fault("ListObjectsV2", Named("there"), request), "PermanentRedirect");
  EXPECT_EQ(Do("HeadBucket", Named("there"), {.region = "eu-west-1"})["BucketRegion"].Text(), "eu-west-1");
  EXPECT_EQ(Do("GetBucketLocation", Named("there"))["LocationConstraint"].Text(), "eu-west-1");
  Request local;
  local.fields.Add("Host", "localhost:4566");
  EXPECT_EQ(Fault("ListObjectsV2", Named("there"), local), "") << "no region is named";
  local.fields.Add("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260304/us-east-1/s3/aws4_request");
  EXPECT_EQ(Fault("ListObjectsV2", Named("there"), local), "PermanentRedirect");
}

TEST_F(BucketTest, DeleteWantsItEmpty) {
  MakeBucket("bucket");
  Put("bucket", "k", "v");
  EXPECT_EQ(Fault("DeleteBucket", Named("bucket")), "BucketNotEmpty");
  Do("DeleteObject", On("bucket", "k"));
  EXPECT_EQ(Fault("DeleteBucket", Named("bucket")), "");
  EXPECT_EQ(Fault("DeleteBucket", Named("bucket")), "NoSuchBucket");
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST_F(BucketTest, ListPages) {
  for (const char* name : {"ccc", "aaa", "abb", "bbb"}) MakeBucket(name);
  std::vector<std::string> seen;
  Value input = Value::Object({{"MaxBuckets", 3}});
  for (int page = 0; page < 2; ++page) {
    const Value output = Do("ListBuckets", input);
    for (const Value& bucket : output["Buckets"].elements()) seen.emplace_back(bucket["Name"].Text());
    EXPECT_EQ(output.Has("ContinuationToken"), page == 0);
    input.Set("ContinuationToken", output["ContinuationToken"]);
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"aaa", "abb", "bbb", "ccc"}));
  EXPECT_EQ(Do("ListBuckets", Value::Object({{"Prefix", "a"}}))["Buckets"].elements().size(), 2U);
  EXPECT_EQ(Do("ListBuckets", Value::Object({{"BucketRegion", "eu-west-1"}}))["Buckets"].elements().size(), 0U);
}

TEST_F(BucketTest, ExpectedOwner) {
  MakeBucket("bucket");
  Value input = Named("bucket");
  input.Set("ExpectedBucketOwner", "999999999999");
  EXPECT_EQ(Fault("HeadBucket", input), "AccessDenied");
  input.Set("ExpectedBucketOwner", kAccount);
  EXPECT_EQ(Fault("HeadBucket", input), "");
}

TEST_F(BucketTest, WhatIsNotConfigured) {
  MakeBucket("bucket");
  struct {
    std::string_view operation, fault;
  } const cases[] = {
      {"GetBucketPolicy", "NoSuchBucketPolicy"},
      {"GetBucketPolicyStatus", "NoSuchBucketPolicy"},
      {"GetBucketTagging", "NoSuchTagSet"},
      {"GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"},
      {"GetBucketCors", "NoSuchCORSConfiguration"},
      {"GetBucketWebsite", "NoSuchWebsiteConfiguration"},
      {"GetBucketReplication", "ReplicationConfigurationNotFoundError"},
      {"GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"},
      {"GetBucketMetricsConfiguration", "NoSuchConfiguration"},
      {"GetBucketLogging", ""},
      {"GetBucketNotificationConfiguration", ""},
      {"GetBucketAccelerateConfiguration", ""},
      {"ListBucketInventoryConfigurations", ""},
      {"DeleteBucketCors", ""},
      {"GetBucketVersioning", ""},
  };
  for (const auto& [operation, fault] : cases) EXPECT_EQ(Fault(operation, Named("bucket")), fault) << operation;
  EXPECT_EQ(Do("GetBucketRequestPayment", Named("bucket"))["Payer"].Text(), "BucketOwner");
  Value payment = Named("bucket");
  payment.Set("RequestPaymentConfiguration", Value::Object({{"Payer", "Requester"}}));
  EXPECT_EQ(Fault("PutBucketRequestPayment", payment), "NotImplemented");
}

TEST_F(BucketTest, SettingsComeBackAsTheyWereStored) {
  MakeBucket("bucket");
  Value tags = Named("bucket");
  tags.Set("Tagging", Value::Object({{"TagSet", Value::List({Value::Object({{"Key", "a"}, {"Value", "1"}})})}}));
  Do("PutBucketTagging", tags);
  EXPECT_EQ(Do("GetBucketTagging", Named("bucket"))["TagSet"], tags["Tagging"]["TagSet"]);
  Do("DeleteBucketTagging", Named("bucket"));
  EXPECT_EQ(Fault("GetBucketTagging", Named("bucket")), "NoSuchTagSet");

  const auto rules = [&] {
    return Do("GetBucketEncryption", Named("bucket"))["ServerSideEncryptionConfiguration"]["Rules"].elements();
  };
  EXPECT_EQ(rules().front()["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"].Text(), "AES256");
  Value rule = Value::Object({{"ApplyServerSideEncryptionByDefault",
                               Value::Object({{"SSEAlgorithm", "aws:kms"}, {"KMSMasterKeyID", "alias/x"}})},
                              {"BucketKeyEnabled", true}});
  Value encryption = Named("bucket");
  encryption.Set("ServerSideEncryptionConfiguration", Value::Object({{"Rules", Value::List({rule})}}));
  Do("PutBucketEncryption", encryption);
  EXPECT_EQ(rules().front(), rule);
  Do("DeleteBucketEncryption", Named("bucket"));
  EXPECT_EQ(rules().front()["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"].Text(), "AES256");
}

TEST_F(BucketTest, AccessControlLists) {
  MakeBucket("bucket");
  Put("bucket", "k", "v");
  const Value acl = Do("GetBucketAcl", Named("bucket"));
  EXPECT_EQ(acl["Grants"].elements().front()["Permission"].Text(), "FULL_CONTROL");
  EXPECT_EQ(acl, Do("GetObjectAcl", On("bucket", "k")));
  Value put = On("bucket", "k");
  for (const auto& [canned, fault] : {std::pair{"private", ""},
                                      {"bucket-owner-full-control", ""},
                                      {"public-read", "AccessControlListNotSupported"}}) {
    put.Set("ACL", canned);
    EXPECT_EQ(Fault("PutObjectAcl", put), fault) << canned;
    EXPECT_EQ(Fault("PutObject", put, {.body = "v"}), fault) << canned;
  }
  Value same = Named("bucket");
  same.Set("AccessControlPolicy", acl);
  EXPECT_EQ(Fault("PutBucketAcl", same), "");
}

}  // namespace
}  // namespace opentrail::services::s3
