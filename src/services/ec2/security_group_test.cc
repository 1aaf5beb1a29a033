#include "services/ec2/ec2_test_support.h"

namespace opentrail::services::ec2 {
namespace {

using SecurityGroupTest = Ec2Test;

constexpr const char* kSsh =
    R"({"GroupId":"$","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]})";

TEST_F(SecurityGroupTest, ANewGroupLetsEverythingOutAndNothingIn) {
  const std::string id = Group("web");
  const Value group =
      Ok("DescribeSecurityGroups", With(R"({"GroupIds":["$"]})", id))["SecurityGroups"].elements().at(0);
  EXPECT_TRUE(group["IpPermissions"].elements().empty());
  EXPECT_EQ(
      codec::WriteJson(group["IpPermissionsEgress"]),
      R"([{"IpProtocol":"-1","UserIdGroupPairs":[],"IpRanges":[{"CidrIp":"0.0.0.0/0"}],"Ipv6Ranges":[],"PrefixListIds":[]}])");
  EXPECT_EQ(Fault("CreateSecurityGroup", R"({"GroupName":"web","Description":"d"})").substr(0, 23),
            "InvalidGroup.Duplicate:");
}

TEST_F(SecurityGroupTest, RulesAreAddedOnceAndTakenBack) {
  const std::string id = Group("web");
  const Value added = Ok("AuthorizeSecurityGroupIngress", With(kSsh, id));
  EXPECT_EQ(added["SecurityGroupRules"].elements().size(), 1u);
  EXPECT_EQ(Fault("AuthorizeSecurityGroupIngress", With(kSsh, id)),
            "InvalidPermission.Duplicate: the specified rule \"peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, "
            "ALLOW\" already exists");
  Ok("RevokeSecurityGroupIngress", With(kSsh, id));
  EXPECT_EQ(Fault("RevokeSecurityGroupIngress", With(kSsh, id)),
            "InvalidPermission.NotFound: The specified rule does not exist in this security group.");
}

TEST_F(SecurityGroupTest, OneBadRuleOfACallUndoesAll) {
  const std::string id = Group("web");
  EXPECT_EQ(
      Fault(
          "AuthorizeSecurityGroupIngress",
          With(
              R"({"GroupId":"$","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"10.0.0.0/8"},{"CidrIp":"10.0.0.1/8"}]}]})",
              id))
          .substr(0, 28),
      "InvalidPermission.Duplicate:")
      << "canonical CIDRs are the same";
  const Value rules = Ok("DescribeSecurityGroupRules", With(R"({"Filters":[{"Name":"group-id","Values":["$"]}]})", id));
  EXPECT_EQ(rules["SecurityGroupRules"].elements().size(), 1u) << "egress alone";
}

TEST_F(SecurityGroupTest, RulesAreCanonicalOrRefused) {
  const std::string id = Group("web");
  struct Case {
    std::string_view permission, answer;
  };
  constexpr Case kCases[] = {
      {R"({"IpProtocol":"6","FromPort":1,"ToPort":2,"IpRanges":[{"CidrIp":"100.68.0.18/18"}]})",
       R"(tcp 100.68.0.0/18)"},
      {R"({"IpProtocol":"all","Ipv6Ranges":[{"CidrIpv6":"2001:DB8::1/32"}]})", R"(-1 2001:db8::/32)"},
      {R"({"IpProtocol":"50","IpRanges":[{"CidrIp":"1.2.3.4/32"}]})", R"(50 1.2.3.4/32)"},
      {R"({"IpProtocol":"tcp","FromPort":1,"ToPort":2,"IpRanges":[{"CidrIp":"1.2.3.4/33"}]})",
       "InvalidParameterValue: CIDR block 1.2.3.4/33 is malformed"},
      {R"({"IpProtocol":"tcp","FromPort":3,"ToPort":2,"IpRanges":[{"CidrIp":"1.2.3.4/32"}]})",
       "InvalidParameterValue: Invalid TCP/UDP port range (3:2)"},
      {R"({"IpProtocol":"sctpx","IpRanges":[{"CidrIp":"1.2.3.4/32"}]})",
       "InvalidParameterValue: Invalid value 'sctpx' for IP protocol. Unknown protocol."},
      {R"({"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-0"}]})",
       "InvalidGroup.NotFound: The security group 'sg-0' does not exist"},
  };
  for (const auto& [permission, answer] : kCases) {
    const std::string input = With(R"({"GroupId":"$","IpPermissions":[)", id) + std::string(permission) + "]}";
    const auto reply = Invoke("AuthorizeSecurityGroupIngress", input);
    if (!reply) {
      EXPECT_EQ(reply.error().code + ": " + reply.error().message, answer);
      continue;
    }
    const Value& rule = reply->output["SecurityGroupRules"].elements().at(0);
    EXPECT_EQ(std::string(rule["IpProtocol"].Text()) + " " + std::string(rule["CidrIpv4"].Text()) +
                  std::string(rule["CidrIpv6"].Text()),
              answer);
  }
}

TEST_F(SecurityGroupTest, WhatIsReferredToStays) {
  const std::string web = Group("web"), db = Group("db");
  Ok("AuthorizeSecurityGroupIngress",
     With(
         R"({"GroupId":")" + db +
             R"(","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"ToPort":1,"UserIdGroupPairs":[{"GroupId":"$"}]}]})",
         web));
  EXPECT_EQ(Fault("DeleteSecurityGroup", With(R"({"GroupId":"$"})", web)),
            "DependencyViolation: resource " + web + " has a dependent object");
  Ok("DeleteSecurityGroup", With(R"({"GroupId":"$"})", db));
  Ok("DeleteSecurityGroup", With(R"({"GroupId":"$"})", web));
}

TEST_F(SecurityGroupTest, ADryRunChangesNothing) {
  const std::string id = Group("web");
  EXPECT_EQ(Fault("DeleteSecurityGroup", With(R"({"GroupId":"$","DryRun":true})", id)).substr(0, 16),
            "DryRunOperation:");
  EXPECT_EQ(Fault("DescribeSecurityGroups", With(R"({"GroupIds":["$"],"DryRun":true})", id)).substr(0, 16),
            "DryRunOperation:");
  Ok("DescribeSecurityGroups", With(R"({"GroupIds":["$"]})", id));
}

TEST_F(SecurityGroupTest, RegionsAreApart) {
  const std::string id = Group("web");
  region_ = "eu-west-1";
  EXPECT_EQ(Fault("DescribeSecurityGroups", With(R"({"GroupIds":["$"]})", id)),
            "InvalidGroup.NotFound: The security group '" + id + "' does not exist");
}

TEST_F(SecurityGroupTest, SixtyRulesAreTheMost) {
  const std::string id = Group("web");
  std::string ranges;
  for (int i = 0; i < 61; ++i)
    ranges += (i == 0 ? "" : ",") + std::string(R"({"CidrIp":"10.0.)") + std::to_string(i) + R"(.0/24"})";
  EXPECT_EQ(
      Fault("AuthorizeSecurityGroupIngress",
            With(R"({"GroupId":"$","IpPermissions":[{"IpProtocol":"tcp","FromPort":1,"ToPort":1,"IpRanges":[)", id) +
                ranges + "]}]}"),
      "RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.");
}

TEST_F(SecurityGroupTest, ARuleKeepsTheKindOfItsPeer) {
  const std::string id = Group("web");
  const Value added = Ok("AuthorizeSecurityGroupIngress", With(kSsh, id));
  const std::string rule(added["SecurityGroupRules"].elements().at(0)["SecurityGroupRuleId"].Text());
  const auto change = [&](std::string_view peer) {
    return fmt::format(R"({{"GroupId":"{}","SecurityGroupRules":[{{"SecurityGroupRuleId":"{}","SecurityGroupRule":)"
                       R"({{"IpProtocol":"tcp","FromPort":22,"ToPort":22,{}}}}}]}})",
                       id, rule, peer);
  };
  Ok("ModifySecurityGroupRules", change(R"("CidrIpv4":"10.0.0.0/8")"));
  EXPECT_EQ(Fault("ModifySecurityGroupRules", change(R"("CidrIpv6":"::/0")")),
            "InvalidParameterValue: You may not specify an IPv6 CIDR for an existing IPv4 CIDR rule.");
  EXPECT_EQ(Fault("ModifySecurityGroupRules", change(fmt::format(R"("ReferencedGroupId":"{}")", id))),
            "InvalidParameterValue: You may not specify a referenced group id for an existing IPv4 CIDR rule.");
}

TEST_F(SecurityGroupTest, TagsAreForWhatTheOperationMakes) {
  EXPECT_EQ(Fault("CreateSecurityGroup", R"({"GroupName":"web","Description":"d","TagSpecifications":[{"ResourceType":)"
                                         R"("instance","Tags":[{"Key":"a","Value":"b"}]}]})"),
            "InvalidParameterValue: 'instance' is not a valid taggable resource type for this operation.");
}

TEST_F(SecurityGroupTest, TagsAreConditionKeysForWhoAsks) {
  const std::string id = Group("web");
  const std::string tag = With(R"({"Resources":["$"],"Tags":[{"Key":"team","Value":"red"}]})", id);
  Ok("CreateTags", tag);
  Call call{.operation = protocol::FindService("ec2")->Find("CreateTags")};
  call.account_id = "123456789012";
  call.region = region_;
  call.input = *codec::ParseJsonValue(tag);
  auto requests = FindHandler(service_, "CreateTags")->authorize(service_, call, state_);
  ASSERT_TRUE(requests.has_value());
  auto& request = requests->front();
  EXPECT_EQ(request.context.Find("ec2:ResourceTag/team"), nullptr) << "found out though nobody asked";
  request.CompleteContext();
  request.CompleteContext();  // once is enough
  for (const char* key : {"ec2:ResourceTag/team", "aws:ResourceTag/team", "aws:RequestTag/team"}) {
    ASSERT_NE(request.context.Find(key), nullptr) << key;
    EXPECT_EQ(*request.context.Find(key), std::vector<std::string>{"red"});
  }
  EXPECT_EQ(request.context.Find("ec2:Region")->front(), region_);
}

TEST_F(SecurityGroupTest, TagsAreCountedWhenTheyGrow) {
  const std::string id = Group("web");
  const auto tag = [&](int number, std::string_view value) {
    return fmt::format(R"({{"Resources":["{}"],"Tags":[{{"Key":"k{}","Value":"{}"}}]}})", id, number, value);
  };
  for (int i = 0; i < 50; ++i) Ok("CreateTags", tag(i, "a"));
  Ok("CreateTags", tag(7, "b"));
  EXPECT_TRUE(Fault("CreateTags", tag(50, "a")).starts_with("TagLimitExceeded"));
  const Value tags = Ok("DescribeTags", "{}")["Tags"];
  EXPECT_EQ(tags.elements().size(), 50u);
}

}  // namespace
}  // namespace opentrail::services::ec2
