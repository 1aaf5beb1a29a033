#include "gateway/route.h"

#include <gtest/gtest.h>

namespace opentrail::gateway {
namespace {

struct Case {
  std::string_view host, scope_service, scope_region;
  std::string_view service, region, bucket;
  bool region_is_fixed;
};

TEST(RouteTest, ServiceRegionAndBucketAreFound) {
  constexpr Case kCases[] = {
      {"localhost:4566", "ec2", "eu-west-1", "ec2", "eu-west-1", "", false},
      {"ec2.us-west-2.amazonaws.com", "ec2", "us-west-2", "ec2", "us-west-2", "", true},
      {"iam.amazonaws.com", "iam", "us-east-1", "iam", "us-east-1", "", true},
      {"localhost:4566", "iam", "eu-west-1", "iam", "us-east-1", "", true},
      {"sts.amazonaws.com", "sts", "us-east-1", "sts", "us-east-1", "", false},
      {"b.s3.amazonaws.com", "s3", "us-east-1", "s3", "us-east-1", "b", false},
      {"a.b.s3.eu-west-1.amazonaws.com", "s3", "eu-west-1", "s3", "eu-west-1", "a.b", false},
      {"b.s3.dualstack.eu-west-1.amazonaws.com:443", "s3", "eu-west-1", "s3", "eu-west-1", "b", false},
      {"b.s3.localhost:4566", "s3", "us-east-1", "s3", "us-east-1", "b", false},
      {"[::1]:4566", "s3", "us-east-1", "s3", "us-east-1", "", false},
      {"localhost:4566", "", "", "s3", "us-east-1", "", false},
      {"kms.eu-west-1.amazonaws.com", "", "", "kms", "eu-west-1", "", true},
  };
  for (const Case& each : kCases) {
    http::RequestHead head;
    head.fields.Add("Host", std::string(each.host));
    sigv4::Claim claim;
    claim.scheme = each.scope_service.empty() ? sigv4::Scheme::kNone : sigv4::Scheme::kHeader;
    claim.service = each.scope_service;
    claim.region = each.scope_region;
    const Route route = FindRoute(head, claim);
    ASSERT_NE(route.service, nullptr) << each.host;
    EXPECT_EQ(route.service->id, each.service) << each.host;
    EXPECT_EQ(route.region, each.region) << each.host;
    EXPECT_EQ(route.bucket, each.bucket) << each.host;
    EXPECT_EQ(route.region_is_fixed, each.region_is_fixed) << each.host;
  }
}

TEST(RouteTest, SignatureVersion2IsS3sWhateverTheHost) {
  http::RequestHead head;
  head.fields.Add("Host", "localhost:4566");
  sigv4::Claim claim;
  claim.scheme = sigv4::Scheme::kV2Query;
  claim.service = "s3";
  const Route route = FindRoute(head, claim);
  ASSERT_NE(route.service, nullptr);
  EXPECT_EQ(route.service->id, "s3");
  EXPECT_EQ(route.region, "us-east-1");
}

TEST(RouteTest, AFormThatNobodySignedIsForSts) {
  http::RequestHead head;
  head.method = "POST";
  head.path = "/";
  head.fields.Add("Host", "localhost:4566");
  head.fields.Add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(FindRoute(head, {}).service->id, "sts");
  head.path = "/bucket";
  EXPECT_EQ(FindRoute(head, {}).service->id, "s3");
}

TEST(RouteTest, AServiceThatNobodyKnowsIsNone) {
  http::RequestHead head;
  head.fields.Add("Host", "ssm.us-east-1.amazonaws.com");
  sigv4::Claim claim;
  claim.scheme = sigv4::Scheme::kHeader;
  claim.service = "ssm";
  claim.region = "us-east-1";
  EXPECT_EQ(FindRoute(head, claim).service, nullptr);
}

TEST(RouteTest, S3ControlSignsAsS3) {
  struct ControlCase {
    std::string_view host, path, account, service;
  };
  constexpr ControlCase kCases[] = {
      {"123456789012.s3-control.us-east-1.amazonaws.com", "/v20180820/configuration/publicAccessBlock", "123456789012",
       "s3control"},
      {"localhost:4566", "/v20180820/configuration/publicAccessBlock", "123456789012", "s3control"},
      {"localhost:4566", "/v20180820/configuration/publicAccessBlock", "", "s3"},  // an object in such a bucket
      {"localhost:4566", "/bucket/v20180820/key", "123456789012", "s3"},
  };
  for (const auto& [host, path, account, service] : kCases) {
    http::RequestHead head;
    head.path = path;
    head.fields.Add("Host", std::string(host));
    if (!account.empty()) head.fields.Add("x-amz-account-id", std::string(account));
    sigv4::Claim claim;
    claim.scheme = sigv4::Scheme::kHeader;
    claim.service = "s3";
    claim.region = "us-east-1";
    const Route route = FindRoute(head, claim);
    ASSERT_NE(route.service, nullptr) << host;
    EXPECT_EQ(route.service->id, service) << host << path;
    EXPECT_EQ(route.bucket, "") << host;
    EXPECT_EQ(route.region, "us-east-1") << host;
  }
}

TEST(RouteTest, AnotherServicesEndpointIsNotS3s) {
  constexpr std::pair<std::string_view, std::string_view> kHosts[] = {
      {"123456789012.s3-outposts.us-east-1.amazonaws.com", "s3"}, {"portal.sso.us-east-1.amazonaws.com", ""}};
  for (const auto& [host, service] : kHosts) {
    http::RequestHead head;
    head.fields.Add("Host", std::string(host));
    sigv4::Claim claim;
    claim.scheme = service.empty() ? sigv4::Scheme::kNone : sigv4::Scheme::kHeader;
    claim.service = service;
    EXPECT_EQ(FindRoute(head, claim).service, nullptr) << host;
  }
  http::RequestHead head;
  head.fields.Add("Host", "b.s3-accelerate.amazonaws.com");
  sigv4::Claim claim;
  claim.scheme = sigv4::Scheme::kHeader;
  claim.service = "s3";
  EXPECT_NE(FindRoute(head, claim).service, nullptr);
}

TEST(RouteTest, HostsThatAreNoneDoNoHarm) {
  constexpr std::pair<std::string_view, bool> kHosts[] = {{"", true},
                                                          {".", true},
                                                          {":", true},
                                                          {"..amazonaws.com", false},
                                                          {".amazonaws.com", true},
                                                          {"-.localhost", true},
                                                          {"s3.amazonaws.com", true},
                                                          {".s3.amazonaws.com", true},
                                                          {"x.-.-1.amazonaws.com", false}};
  for (const auto& [host, is_s3s] : kHosts) {
    http::RequestHead head;
    head.fields.Add("Host", std::string(host));
    EXPECT_EQ(FindRoute(head, {}).service != nullptr, is_s3s) << host;
  }
}

}  // namespace
}  // namespace opentrail::gateway
