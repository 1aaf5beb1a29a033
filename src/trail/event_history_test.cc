#include "trail/event_history.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace opentrail::trail {
namespace {

constexpr std::string_view kAuthorize = R"({"eventVersion":"1.11","userIdentity":{"type":"IAMUser","userName":"chaos",
"accessKeyId":"AKIAINVENTED00000001"},"eventTime":"2026-03-04T12:06:58Z","eventSource":"ec2.amazonaws.com",
"eventName":"AuthorizeSecurityGroupIngress","requestParameters":{"groupId":"sg-0a1","ipPermissions":{"items":[{}]}},
"responseElements":{"securityGroupRuleSet":{"items":[{"groupId":"sg-0a1"}]}},"eventID":"e-1","readOnly":false})";

TEST(EventHistoryTest, DescribesACallOfAUser) {
  const auto event = DescribeRecord(kAuthorize);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->username, "chaos");
  EXPECT_EQ(event->read_only, "false");
  EXPECT_EQ(event->access_key_id, "AKIAINVENTED00000001");
  EXPECT_EQ(event->resources, (std::vector<Resource>{{"AWS::EC2::SecurityGroup", "sg-0a1"}}));
  EXPECT_EQ(event->cloudtrail_event, kAuthorize);
}

TEST(EventHistoryTest, MatchesEveryAttributeExactly) {
  const auto event = DescribeRecord(kAuthorize);
  ASSERT_TRUE(event.has_value());
  const std::pair<const char*, const char*> hits[] = {{"EventId", "e-1"},
                                                      {"EventName", "AuthorizeSecurityGroupIngress"},
                                                      {"ReadOnly", "false"},
                                                      {"Username", "chaos"},
                                                      {"ResourceName", "sg-0a1"},
                                                      {"ResourceType", "AWS::EC2::SecurityGroup"},
                                                      {"EventSource", "ec2.amazonaws.com"},
                                                      {"AccessKeyId", "AKIAINVENTED00000001"}};
  for (const auto& [name, value] : hits) {
    const auto key = ParseLookupAttribute(name);
    ASSERT_TRUE(key.has_value()) << name;
    EXPECT_TRUE(Matches(*event, {*key, value})) << name;
    EXPECT_FALSE(Matches(*event, {*key, std::string(value) + "x"})) << name;
  }
  EXPECT_FALSE(ParseLookupAttribute("eventname").has_value());
}

TEST(EventHistoryTest, NamesSessionsByTheirSessionNameAndRootAsRoot) {
  EXPECT_EQ(DescribeRecord(R"({"userIdentity":{"type":"AssumedRole","principalId":"AROA1:deploy-42"}})")->username,
            "deploy-42");
  EXPECT_EQ(DescribeRecord(R"({"userIdentity":{"type":"Root","userName":"alias"}})")->username, "root");
  EXPECT_FALSE(DescribeRecord(R"({"userIdentity":{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}})")
                   ->username.has_value());
}

TEST(EventHistoryTest, TheNameOfAnEventDataStoreIsNoTrails) {
  const auto named = [](std::string_view event) {
    return DescribeRecord(fmt::format(R"({{"eventSource":"cloudtrail.amazonaws.com","eventName":"{}",
      "requestParameters":{{"name":"n"}},"responseElements":{{"eventDataStoreArn":"arn:e"}}}})",
                                      event))
        ->resources;
  };
  EXPECT_EQ(named("CreateEventDataStore"), (std::vector<Resource>{{"AWS::CloudTrail::EventDataStore", "arn:e"}}));
  EXPECT_EQ(named("DeleteTrail").front(), (Resource{"AWS::CloudTrail::Trail", "n"}));
}

TEST(EventHistoryTest, AssumeRoleNamesTheSessionTheKeyAndTheRole) {
  const auto event = DescribeRecord(R"({"eventSource":"sts.amazonaws.com","eventName":"AssumeRole",
    "requestParameters":{"roleArn":"arn:r","roleSessionName":"s"},"responseElements":{"credentials":{"accessKeyId":"ASIA1"},
    "assumedRoleUser":{"assumedRoleId":"AROA1:s","arn":"arn:s"}}})");
  EXPECT_EQ(event->resources, (std::vector<Resource>{{"AWS::IAM::AccessKey", "ASIA1"},
                                                     {"AWS::STS::AssumedRole", "s"},
                                                     {"AWS::STS::AssumedRole", "AROA1:s"},
                                                     {"AWS::STS::AssumedRole", "arn:s"},
                                                     {"AWS::IAM::Role", "arn:r"}}));
}

TEST(EventHistoryTest, RefusesWhatIsNoRecord) {
  EXPECT_FALSE(DescribeRecord("[]").has_value());
  EXPECT_FALSE(DescribeRecord("{").has_value());
}

}  // namespace
}  // namespace opentrail::trail
