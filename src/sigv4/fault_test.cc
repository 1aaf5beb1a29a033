#include <gtest/gtest.h>

#include "codec/timestamp.h"
#include "sigv4/signature.h"

namespace opentrail::sigv4 {
namespace {

const Time kNow = *codec::ParseBasic("20261123T081500Z");

http::RequestHead Signed(std::string_view service, Time when) {
  http::RequestHead head{.method = "GET", .target = "/b/k", .path = "/b/k"};
  head.fields.Add("Host", "localhost");
  Sign(head, "", {"AKID", "secret", ""}, "us-east-1", service, when);
  return head;
}

// What a caller is told by the family; "" where the request is in order.
AwsError Told(const http::RequestHead& head, std::string_view service, std::string_view region, ErrorFamily family,
              std::string_view secret = "secret", Time now = kNow) {
  const auto claim = ParseClaim(head);
  if (!claim) return ToAwsError(claim.error(), family);
  const auto verdict = Verify({.head = head,
                               .claim = *claim,
                               .secret_access_key = secret,
                               .body_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                               .service = service,
                               .region = region,
                               .now = now});
  return verdict ? AwsError{} : ToAwsError(verdict.error(), family);
}

void Expect(const AwsError& error, std::string_view code, int status, std::string_view words) {
  EXPECT_EQ(error.code, code);
  EXPECT_EQ(error.http_status, status) << code;
  EXPECT_EQ(error.message, words) << code;
}

TEST(FaultTest, WrongSignature) {
  const AwsError s3 = Told(Signed("s3", kNow), "s3", "us-east-1", ErrorFamily::kS3, "other");
  Expect(s3, "SignatureDoesNotMatch", 403,
         "The request signature we calculated does not match the signature you provided. Check your key and signing "
         "method.");
  std::vector<std::string> names;
  for (const auto& [name, value] : s3.details) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes",
                                             "CanonicalRequest", "CanonicalRequestBytes"}));
  EXPECT_EQ(s3.details[3].second.substr(0, 11), "41 57 53 34");
  const std::string words =
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
      "and signing method. Consult the service documentation for details.";
  const auto told = [&](const char* service, ErrorFamily family) {
    return Told(Signed(service, kNow), service, "us-east-1", family, "other");
  };
  Expect(told("iam", ErrorFamily::kQuery), "SignatureDoesNotMatch", 403, words);
  Expect(told("kms", ErrorFamily::kJson), "InvalidSignatureException", 400, words);
  Expect(told("ec2", ErrorFamily::kEc2), "AuthFailure", 401,
         "AWS was not able to validate the provided access credentials");
}

TEST(FaultTest, Skew) {
  const http::RequestHead late = Signed("iam", kNow - std::chrono::minutes(15));
  const std::string words =
      "Signature expired: 20261123T080000Z is now earlier than 20261123T081000Z (20261123T081500Z - 5 min.)";
  Expect(Told(late, "iam", "us-east-1", ErrorFamily::kQuery), "SignatureDoesNotMatch", 403, words);
  Expect(Told(late, "iam", "us-east-1", ErrorFamily::kJson), "InvalidSignatureException", 400, words);
  Expect(Told(late, "iam", "us-east-1", ErrorFamily::kEc2), "RequestExpired", 400, "Request has expired.");
  EXPECT_EQ(Told(Signed("s3", kNow - std::chrono::minutes(15)), "s3", "us-east-1", ErrorFamily::kS3).code, "");
  const AwsError s3 = Told(Signed("s3", kNow + std::chrono::minutes(16)), "s3", "us-east-1", ErrorFamily::kS3);
  Expect(s3, "RequestTimeTooSkewed", 403, "The difference between the request time and the current time is too large.");
  EXPECT_EQ(s3.details, (std::vector<std::pair<std::string, std::string>>{{"RequestTime", "20261123T083100Z"},
                                                                          {"ServerTime", "2026-11-23T08:15:00Z"},
                                                                          {"MaxAllowedSkewMilliseconds", "900000"}}));
}

TEST(FaultTest, WrongScope) {
  const AwsError s3 = Told(Signed("s3", kNow), "s3", "eu-west-1", ErrorFamily::kS3);
  Expect(s3, "AuthorizationHeaderMalformed", 400,
         "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'");
  EXPECT_EQ(s3.details.at(0), (std::pair<std::string, std::string>("Region", "eu-west-1")));
  Expect(Told(Signed("iam", kNow), "iam", "eu-west-1", ErrorFamily::kQuery), "SignatureDoesNotMatch", 403,
         "Credential should be scoped to a valid region.");
  Expect(Told(Signed("sts", kNow), "iam", "us-east-1", ErrorFamily::kQuery), "SignatureDoesNotMatch", 403,
         "Credential should be scoped to correct service: 'iam'.");
  http::RequestHead head = Signed("iam", kNow);
  head.fields.Set("X-Amz-Date", "20261124T000000Z");
  Expect(Told(head, "iam", "us-east-1", ErrorFamily::kJson), "InvalidSignatureException", 400,
         "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261123' != "
         "'20261124', from '20261124T000000Z'.");
}

TEST(FaultTest, WhatTheSignatureLeavesOut) {
  http::RequestHead head = Signed("s3", kNow);
  head.fields.Add("x-amz-acl", "public-read");
  const AwsError error = Told(head, "s3", "us-east-1", ErrorFamily::kS3);
  Expect(error, "AccessDenied", 403, "There were headers present in the request which were not signed");
  EXPECT_EQ(error.details.at(0), (std::pair<std::string, std::string>("HeadersNotSigned", "x-amz-acl")));
}

TEST(FaultTest, Malformed) {
  const struct {
    std::string authorization, s3_code, detail;
  } cases[] = {
      {"AWS4-HMAC-SHA256 Credential=a/b/c", "AuthorizationHeaderMalformed",
       "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
       "Authorization=AWS4-HMAC-SHA256 Credential=a/b/c"},
      {"AWS4-HMAC-SHA256 Credential=a/b/c,SignedHeaders=host,Signature=0", "AuthorizationHeaderMalformed",
       "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b/c'"},
      {"AWS4-HMAC-SHA256 nonsense", "AuthorizationHeaderMalformed",
       "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: 'AWS4-HMAC-SHA256 "
       "nonsense'."},
      {"AWS AKID:signature", "InvalidRequest", "Unsupported AWS 'algorithm': 'AWS'."},
  };
  for (const auto& test : cases) {
    http::RequestHead head{.method = "GET", .target = "/", .path = "/"};
    head.fields.Add("Host", "h");
    head.fields.Add("Authorization", test.authorization);
    Expect(Told(head, "iam", "us-east-1", ErrorFamily::kQuery), "IncompleteSignature", 400, test.detail);
    EXPECT_EQ(Told(head, "s3", "us-east-1", ErrorFamily::kS3).code, test.s3_code) << test.authorization;
  }
}

TEST(FaultTest, PresignedLifetimes) {
  const std::string common =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=A%2F20261123%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date="
      "20261123T080000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Expires=";
  const std::pair<std::string, std::string> cases[] = {
      {"x", "X-Amz-Expires should be a number"},
      {"-1", "X-Amz-Expires must be non-negative"},
      {"604801",
       "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 "
       "seconds"}};
  for (const auto& [expires, words] : cases) {
    http::RequestHead head{.method = "GET", .target = "/", .path = "/", .query = common + expires};
    head.fields.Add("Host", "h");
    Expect(Told(head, "s3", "us-east-1", ErrorFamily::kS3), "AuthorizationQueryParametersError", 400, words);
  }
  http::RequestHead head{.method = "GET", .target = "/", .path = "/", .query = common + "60"};
  head.fields.Add("Host", "h");
  const AwsError error = Told(head, "s3", "us-east-1", ErrorFamily::kS3);
  Expect(error, "AccessDenied", 403, "Request has expired");
  EXPECT_EQ(error.details,
            (std::vector<std::pair<std::string, std::string>>{
                {"X-Amz-Expires", "60"}, {"Expires", "2026-11-23T08:01:00Z"}, {"ServerTime", "2026-11-23T08:15:00Z"}}));
}

TEST(FaultTest, PresignedByVersion2) {
  const auto told = [](const std::string& query, std::string_view secret = "secret") {
    http::RequestHead head{.method = "GET", .target = "/b/k?" + query, .path = "/b/k", .query = query};
    head.fields.Add("Host", "localhost");
    return Told(head, "s3", "us-east-1", ErrorFamily::kS3, secret);
  };
  const auto names = [](const AwsError& error) {
    std::vector<std::string> found;
    for (const auto& [name, value] : error.details) found.push_back(name);
    return found;
  };
  const AwsError wrong = told("AWSAccessKeyId=AKID&Signature=c2lnbg%3D%3D&Expires=1795423862");
  Expect(wrong, "SignatureDoesNotMatch", 403,
         "The request signature we calculated does not match the signature you provided. Check your key and signing "
         "method.");
  EXPECT_EQ(names(wrong),
            (std::vector<std::string>{"AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes"}));
  EXPECT_EQ(wrong.details[1].second, "GET\n\n\n1795423862\n/b/k");
  EXPECT_EQ(wrong.details[2].second, "c2lnbg==");
  for (const char* late : {"1795420000", "-1"}) {
    const AwsError expired = told("AWSAccessKeyId=AKID&Signature=x&Expires=" + std::string(late));
    Expect(expired, "AccessDenied", 403, "Request has expired");
    EXPECT_EQ(names(expired), (std::vector<std::string>{"Expires", "ServerTime"}));
  }
  for (const char* date : {"x", "1e9", "2147483648", "-9223372036854775808"}) {
    Expect(told("AWSAccessKeyId=AKID&Signature=x&Expires=" + std::string(date)), "AccessDenied", 403,
           "Invalid date (should be seconds since epoch): " + std::string(date));
  }
  for (const char* part : {"Signature=x", "Signature=x&Expires=1795423862", "AWSAccessKeyId=AKID&Signature=x"}) {
    Expect(told(part), "AccessDenied", 403,
           "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters");
  }
  Expect(told("AWSAccessKeyId=AKID"), "AccessDenied", 403, "Access Denied");  // nothing is signed
  const AwsError both = told("X-Amz-Algorithm=AWS4-HMAC-SHA256&Signature=x");
  EXPECT_EQ(both.code, "InvalidArgument");
  EXPECT_EQ(names(both), std::vector<std::string>{"ArgumentName"});
}

}  // namespace
}  // namespace opentrail::sigv4
