#include "lab/evidence.h"

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "lab/check.h"

namespace opentrail::lab {
namespace {

constexpr const char* kRecord =
    R"({"userIdentity":{"type":"IAMUser","userName":"chaos"},"eventTime":"2026-11-29T15:39:47Z",
        "sourceIPAddress":"192.0.2.161","requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[
        {"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{}}]}}})";

std::optional<Evidence> Read(std::string text, std::string_view from = "", std::string_view to = "") {
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  return EvidenceOf(codec::ParseJsonValue(text).value(), "sg-1");
}

TEST(Evidence, IsReadFromTheRecordThatOpenedTheGroupToTheWorld) {
  const auto evidence = Read(kRecord);
  ASSERT_TRUE(evidence.has_value());
  EXPECT_EQ(evidence->user, "chaos");
  EXPECT_EQ(evidence->time, "2026-11-29T15:39:47Z");
  EXPECT_EQ(evidence->address, "192.0.2.161");
  EXPECT_EQ(evidence->method, Evidence::Method::kProgrammatic);
  EXPECT_EQ(Read(kRecord, R"("eventTime")", R"("sessionCredentialFromConsole":"true","eventTime")")->method,
            Evidence::Method::kConsole);
  EXPECT_TRUE(Read(kRecord, R"("fromPort":22,"toPort":22)", R"("fromPort":0,"toPort":65535)"));
  EXPECT_TRUE(Read(kRecord, R"("ipProtocol":"tcp","fromPort":22,"toPort":22)", R"("ipProtocol":"-1")"));
  EXPECT_TRUE(Read(kRecord, R"("ipv6Ranges":{})", R"("ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]})"));
}

TEST(Evidence, WhatOpensNothingIsNone) {
  EXPECT_FALSE(Read(kRecord, "0.0.0.0/0", "198.18.0.2/32")) << "the student's own rule";
  EXPECT_FALSE(Read(kRecord, "sg-1", "sg-2"));
  EXPECT_FALSE(Read(kRecord, R"("fromPort":22,"toPort":22)", R"("fromPort":80,"toPort":80)"));
  EXPECT_FALSE(Read(kRecord, R"("eventTime")", R"("errorCode":"Client.InvalidPermission.Duplicate","eventTime")"));
  EXPECT_FALSE(Read("{}"));
}

TEST(Answers, AreGradedAsAPersonWouldWriteThem) {
  const Evidence evidence = *Read(kRecord);
  for (const char* user : {"chaos", " Chaos ", "arn:aws:iam::123456789012:user/chaos"})
    EXPECT_TRUE(IsUser(user, evidence));
  for (const char* user : {"", "martha", "chaos-user"}) EXPECT_FALSE(IsUser(user, evidence)) << user;
  for (const char* time : {"2026-11-29T15:39:47Z", "2026-11-29 15:39:47", "2026-11-29 15:39:47 UTC",
                           "2026-11-29T15:39:47", "2026-11-29T16:39:47+01:00", "2026-11-29T15:39:47.000Z"}) {
    EXPECT_TRUE(IsTime(time, evidence)) << time;
  }
  for (const char* time : {"", "2026-11-29T15:39:48Z", "2026-11-29", "15:39:47", "yesterday", "2026-11-29T15:39Z"}) {
    EXPECT_FALSE(IsTime(time, evidence)) << time;
  }
  EXPECT_TRUE(IsAddress("192.0.2.161\n", evidence));
  for (const char* address : {"", "192.0.2.16", "192.0.2.161/32"}) EXPECT_FALSE(IsAddress(address, evidence));
  for (const char* method : {"programmatic", "Programmatic access", "aws cli", "by program"}) {
    EXPECT_TRUE(IsMethod(method, evidence)) << method;
  }
  for (const char* method : {"", "console", "cli or console", "?"}) EXPECT_FALSE(IsMethod(method, evidence)) << method;
}

TEST(Answers, EachThatIsNotRightHasAHintThatDoesNotTell) {
  const Evidence evidence = *Read(kRecord);
  const auto findings =
      GradeAnswers({.user = "martha", .time = "", .address = "192.0.2.161", .method = "console"}, evidence);
  ASSERT_EQ(findings.size(), 4u);
  for (const Finding& finding : findings) {
    EXPECT_EQ(finding.is_done, finding.id == "address");
    EXPECT_EQ(finding.hint.empty(), finding.is_done);
    for (const std::string& secret : {evidence.user, evidence.time, evidence.address}) {
      EXPECT_EQ(finding.hint.find(secret), std::string::npos) << finding.hint;
    }
  }
}

}  // namespace
}  // namespace opentrail::lab
