#include "instances/filter.h"

#include <gtest/gtest.h>

#include "instances/network_wire.h"

namespace opentrail::instances {
namespace {

SecurityGroupRule Rule(Direction direction, std::string_view protocol, int from, int to, std::string_view cidr,
                       std::string_view group = {}) {
  return {.direction = direction,
          .protocol = std::string(protocol),
          .from_port = from,
          .to_port = to,
          .cidr = std::string(cidr),
          .group_id = std::string(group)};
}

SecurityGroup Group(std::vector<SecurityGroupRule> rules) { return {"sg-0a", "vpc-0a", std::move(rules)}; }

// The rules that a group's chains get, a line each.
std::string RulesOf(const SecurityGroupRule& rule) {
  const std::string commands = GroupCommands(Group({rule}));
  std::string rules;
  for (size_t at = 0; at < commands.size();) {
    const size_t end = commands.find('\n', at);
    const std::string line = commands.substr(at, end - at);
    constexpr std::string_view kAdd = "add rule inet vpc ";
    if (line.starts_with(kAdd)) rules += line.substr(kAdd.size()) + "\n";
    at = end + 1;
  }
  return rules;
}

TEST(FilterTest, WritesARuleAsAMatch) {
  using enum Direction;
  EXPECT_EQ(RulesOf(Rule(kIngress, "tcp", 22, 22, "198.51.100.7/32")),
            "sg-0a-ingress ip saddr 198.51.100.7/32 tcp dport 22 ct mark set ct mark or 2 accept\n");
  EXPECT_EQ(RulesOf(Rule(kEgress, "udp", 1000, 2000, "10.1.2.3/8")),
            "sg-0a-egress ip daddr 10.0.0.0/8 udp dport 1000-2000 ct mark set ct mark or 1 accept\n");
  EXPECT_EQ(RulesOf(Rule(kIngress, "tcp", 0, 65535, "", "sg-0b")),
            "sg-0a-ingress ip saddr @sg-0b meta l4proto 6 ct mark set ct mark or 2 accept\n");
  EXPECT_EQ(RulesOf(Rule(kIngress, "icmp", 8, -1, "0.0.0.0/0")),
            "sg-0a-ingress meta l4proto 1 icmp type 8 ct mark set ct mark or 2 accept\n");
  EXPECT_EQ(RulesOf(Rule(kIngress, "50", -1, -1, "10.0.0.0/8")),
            "sg-0a-ingress ip saddr 10.0.0.0/8 meta l4proto 50 ct mark set ct mark or 2 accept\n");
  EXPECT_EQ(RulesOf(Rule(kIngress, "tcp", 22, 22, "::/0")), "");
  EXPECT_EQ(RulesOf(Rule(kIngress, "icmpv6", -1, -1, "0.0.0.0/0")), "");
}

TEST(FilterTest, WhatIsOpenToAllIsWrittenTwice) {
  using enum Direction;
  EXPECT_EQ(RulesOf(Rule(kIngress, "tcp", 80, 80, "0.0.0.0/0")),
            "sg-0a-ingress tcp dport 80 ct mark set ct mark or 2 accept\nsg-0a-ingress-open tcp dport 80 accept\n");
  EXPECT_EQ(RulesOf(Rule(kEgress, "-1", -1, -1, "0.0.0.0/0")),
            "sg-0a-egress ct mark set ct mark or 1 accept\nsg-0a-egress-open accept\n");
}

TEST(FilterTest, KnowsWhereAnswersMayGoEverywhere) {
  using enum Direction;
  EXPECT_EQ(OpennessOf(Group({Rule(kEgress, "-1", -1, -1, "0.0.0.0/0")}), kEgress), (Openness{true, true}));
  EXPECT_EQ(OpennessOf(Group({Rule(kEgress, "-1", -1, -1, "0.0.0.0/0")}), kIngress), Openness());
  EXPECT_EQ(OpennessOf(Group({Rule(kEgress, "tcp", 0, 65535, "0.0.0.0/0")}), kEgress), (Openness{true, false}));
  EXPECT_EQ(OpennessOf(Group({Rule(kEgress, "tcp", 1, 65535, "0.0.0.0/0")}), kEgress), Openness());
  EXPECT_EQ(OpennessOf(Group({Rule(kEgress, "-1", -1, -1, "0.0.0.0/1")}), kEgress), Openness());
  EXPECT_EQ(OpennessOf(Group({Rule(kEgress, "icmp", -1, -1, "0.0.0.0/0")}), kEgress), Openness());
}

// What reaches nft is made of numbers and ids that were checked: no text of a caller's.
TEST(FilterTest, RefusesWhatIsNoRule) {
  using enum Direction;
  const auto is_good = [](SecurityGroupRule rule) { return CheckSecurityGroup(Group({std::move(rule)})).has_value(); };
  EXPECT_TRUE(is_good(Rule(kIngress, "tcp", 0, 65535, "0.0.0.0/0")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp", 23, 22, "0.0.0.0/0")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp", 0, 65536, "0.0.0.0/0")));
  EXPECT_FALSE(is_good(Rule(kIngress, "icmp", 256, 0, "0.0.0.0/0")));
  EXPECT_FALSE(is_good(Rule(kIngress, "256", -1, -1, "0.0.0.0/0")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp; flush ruleset", 1, 1, "0.0.0.0/0")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp", 1, 1, "0.0.0.0/33")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp", 1, 1, "10.0.0.0/8 accept")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp", 1, 1, "")));
  EXPECT_FALSE(is_good(Rule(kIngress, "tcp", 1, 1, "", "sg-0b }")));
  EXPECT_FALSE(CheckSecurityGroup({"group", "vpc-0a", {}}));
}

TEST(FilterTest, AGroupGoesOverTheWireAsItIs) {
  using enum Direction;
  const SecurityGroup group =
      Group({Rule(kIngress, "tcp", 22, 80, "10.0.0.0/8"), Rule(kEgress, "-1", -1, -1, "", "sg-0b")});
  const SecurityGroup back = SecurityGroupOf(ToValue(group));
  EXPECT_EQ(GroupCommands(back), GroupCommands(group));
  EXPECT_EQ(back.vpc_id, "vpc-0a");
}

TEST(NetworkAddressTest, ReadsAddressesStrictly) {
  EXPECT_EQ(Ipv4::Parse("172.31.0.10")->Text(), "172.31.0.10");
  for (const std::string_view bad :
       {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.4 ", "a.b.c.d", "1..2.3"}) {
    EXPECT_FALSE(Ipv4::Parse(bad)) << bad;
  }
  EXPECT_EQ(Ipv4Prefix::Parse("10.1.2.3/8")->Text(), "10.0.0.0/8");
  EXPECT_EQ(Ipv4Prefix::Parse("0.0.0.0/0")->mask(), 0U);
  for (const std::string_view bad : {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/8x", "/8"}) {
    EXPECT_FALSE(Ipv4Prefix::Parse(bad)) << bad;
  }
}

TEST(NetworkAddressTest, KnowsWhatOverlaps) {
  const Ipv4Prefix wide = *Ipv4Prefix::Parse("10.0.0.0/8"), narrow = *Ipv4Prefix::Parse("10.9.0.0/16");
  EXPECT_TRUE(wide.Overlaps(narrow));
  EXPECT_TRUE(narrow.Overlaps(wide));
  EXPECT_FALSE(narrow.Overlaps(*Ipv4Prefix::Parse("10.8.0.0/16")));
  EXPECT_TRUE(narrow.Contains(*Ipv4::Parse("10.9.255.255")));
  EXPECT_EQ(narrow.At(2).Text(), "10.9.0.2");
}

}  // namespace
}  // namespace opentrail::instances
