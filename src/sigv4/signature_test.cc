#include "sigv4/signature.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::sigv4 {
namespace {

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const Time kNow = *codec::ParseBasic("20261123T084102Z");

void SetTarget(http::RequestHead& head, std::string target) {
  head.target = std::move(target);
  const size_t question = std::min(head.target.find('?'), head.target.size());
  head.path = head.target.substr(0, question);
  head.query = head.target.substr(std::min(head.target.size(), question + 1));
}

// Requests as botocore signed them: testdata/record_requests.py.
struct Recorded {
  std::string name, service, region, secret, body_sha256, bucket;
  http::RequestHead head;
  Time now;
};

std::vector<Recorded> ReadRecorded() {
  std::ifstream in(OPENTRAIL_SOURCE_DIR "/src/sigv4/testdata/requests.json");
  std::stringstream text;
  text << in.rdbuf();
  const auto cases = codec::ParseJsonValue(text.str());
  std::vector<Recorded> recorded;
  if (!cases) return recorded;
  for (const Value& value : cases->elements()) {
    Recorded entry{.name = std::string(value["name"].Text()),
                   .service = std::string(value["service"].Text()),
                   .region = std::string(value["region"].Text()),
                   .secret = std::string(value["secret"].Text()),
                   .body_sha256 = std::string(value["body_sha256"].Text()),
                   .bucket = std::string(value["bucket"].Text()),
                   .now = Time(std::chrono::seconds(value["now"].Integer(0)))};
    entry.head.method = value["method"].Text();
    SetTarget(entry.head, std::string(value["target"].Text()));
    for (const Value& field : value["headers"].elements()) {
      entry.head.fields.Add(std::string(field.elements()[0].Text()), std::string(field.elements()[1].Text()));
    }
    recorded.push_back(std::move(entry));
  }
  return recorded;
}

std::expected<void, Fault> VerifyRecorded(const Recorded& recorded, const http::RequestHead& head) {
  const auto claim = ParseClaim(head);
  if (!claim) return std::unexpected(claim.error());
  const bool v2 = claim->scheme == Scheme::kV2Query;
  return Verify({.head = head,
                 .claim = *claim,
                 .secret_access_key = recorded.secret,
                 .body_sha256 = recorded.body_sha256,
                 .service = recorded.service,
                 .region = v2 ? std::nullopt : std::optional<std::string_view>(recorded.region),
                 .now = recorded.now,
                 .bucket = recorded.bucket});
}

TEST(SignatureTest, VerifiesWhatBotocoreSigned) {
  const auto recorded = ReadRecorded();
  ASSERT_GE(recorded.size(), 100U);
  for (const Recorded& entry : recorded) {
    const auto verified = VerifyRecorded(entry, entry.head);
    EXPECT_TRUE(verified.has_value()) << entry.name << "\n"
                                      << verified.error().detail << verified.error().s3_message << "\n"
                                      << verified.error().string_to_sign << "\n"
                                      << verified.error().canonical_request;
  }
}

TEST(SignatureTest, RefusesWhatWasChangedAfterwards) {
  for (const Recorded& entry : ReadRecorded()) {
    http::RequestHead head = entry.head;
    head.method = head.method == "GET" ? "PUT" : "GET";
    EXPECT_FALSE(VerifyRecorded(entry, head)) << entry.name;

    head = entry.head;
    SetTarget(head, head.path + "x" + (head.query.empty() ? "" : "?" + head.query));
    EXPECT_FALSE(VerifyRecorded(entry, head)) << entry.name;

    Recorded other = entry;
    other.secret += "x";
    EXPECT_FALSE(VerifyRecorded(other, entry.head)) << entry.name;

    other = entry;
    other.now += std::chrono::days(8);
    EXPECT_FALSE(VerifyRecorded(other, entry.head)) << entry.name;
  }
}

TEST(SignatureTest, SignsWhatItVerifies) {
  for (const std::string service : {"s3", "iam", "kms"}) {
    for (const std::string target : {"/", "/a//b/../c%20d?x=1&x=0&y", "/%E6%97%A5?prefix=a%2Fb"}) {
      http::RequestHead head;
      head.method = "POST";
      SetTarget(head, target);
      head.fields.Add("Host", "localhost");
      head.fields.Add("X-Thing", " a   b ");
      head.fields.Add("x-thing", "c");
      Sign(head, "body", {"AKID", std::string(kSecret), "token"}, "us-east-1", service, kNow);
      const auto claim = ParseClaim(head);
      ASSERT_TRUE(claim.has_value());
      EXPECT_EQ(claim->access_key_id, "AKID");
      EXPECT_EQ(claim->security_token, "token");
      const std::string hash = codec::HexEncode(codec::Sha256("body"));
      const auto verified = Verify({.head = head,
                                    .claim = *claim,
                                    .secret_access_key = kSecret,
                                    .body_sha256 = hash,
                                    .service = service,
                                    .region = "us-east-1",
                                    .now = kNow});
      EXPECT_TRUE(verified.has_value()) << service << target;
    }
  }
}

}  // namespace
}  // namespace opentrail::sigv4
