#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "instances/network.h"
#include "instances/network_address.h"

// Security groups as nftables: the commands (nft(8)) that a VPC's router runs. Pure functions of their arguments.
//
// What a rule lets through is decided twice: by the sender's groups on its way out, then by the receiver's on its way
// in; a base chain each, since `accept` ends one chain of a hook and not the next. A group has four chains: each
// direction, all of its rules and only the open ones. An interface has two, which jump to those of its groups: a change
// of a rule touches one group's chains, however many instances are in it.
//
// Tracking is AWS's (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html): a
// flow that a rule let in goes on when the rule is gone, until it is idle. But TCP and UDP that a rule lets in from
// everywhere, where the answers may go everywhere too, are not tracked: each packet is judged anew, and the flow ends
// with its rule. A bit of the connection's mark says for each direction that a rule which tracks has let it through.
namespace opentrail::instances {

using Direction = SecurityGroupRule::Direction;

// Names in the router's namespace.
inline constexpr std::string_view kUplink = "up";  // the interface to the internet
inline constexpr uint32_t kEgressTracked = 1, kIngressTracked = 2;

struct RouterAddresses {
  Ipv4Prefix vpc;
  Ipv4 endpoint;        // of the AWS endpoints, out in the internet
  Ipv4 local_endpoint;  // and in the router, for instances without a public address
  std::vector<Ipv4> resolvers;
  Ipv4 metadata;
};

// Answers which protocols a group lets through from (or to) everywhere, on every port.
struct Openness {
  bool tcp = false, udp = false;
  friend bool operator==(const Openness&, const Openness&) = default;
};

// kInvalidArgument names what of the group is not as it should be: its id, a protocol, a port, a CIDR block.
[[nodiscard]] Status CheckSecurityGroup(const SecurityGroup& group);
[[nodiscard]] bool IsSecurityGroupId(std::string_view id);

[[nodiscard]] Openness OpennessOf(const SecurityGroup& group, Direction direction);

// The table as it is with no instance yet: nothing passes.
[[nodiscard]] std::string BaseCommands(const RouterAddresses& addresses);
// Makes the group's chains and its set of members where they are missing. Any group that is named must have them.
[[nodiscard]] std::string GroupDeclaration(std::string_view group_id);
// Puts the group's rules in place of those it had.
[[nodiscard]] std::string GroupCommands(const SecurityGroup& group);
[[nodiscard]] std::string GroupRemoval(std::string_view group_id);

// What an interface is to the filter.
struct FilteredInterface {
  std::string name;  // "i7"
  Ipv4 address;
  std::vector<std::string> groups;
  Openness egress, ingress;  // of all its groups together
};
// Puts the interface's chains in place of those it had.
[[nodiscard]] std::string InterfaceCommands(const FilteredInterface& interface);
// Lets its packets reach its chains, and its address stand for its groups.
[[nodiscard]] std::string InterfaceAdmission(const FilteredInterface& interface);
[[nodiscard]] std::string InterfaceRemoval(const FilteredInterface& interface);
enum class Membership : uint8_t { kAdd, kRemove };
[[nodiscard]] std::string MembershipCommands(Membership change, std::string_view group_id, Ipv4 address);

// One to one translation between a private address and its public one.
[[nodiscard]] std::string TranslationCommands(Membership change, Ipv4 private_address, Ipv4 public_address);

}  // namespace opentrail::instances
