#include "instances/filter.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace opentrail::instances {
namespace {

constexpr std::string_view kTable = "inet vpc";
constexpr size_t kMaxGroupIdBytes = 64;
constexpr int32_t kLastPort = 65535;
constexpr int32_t kLastIcmp = 255;
constexpr int kAllProtocols = -1, kIcmp = 1, kTcp = 6, kUdp = 17, kIcmpV6 = 58;

// An IP protocol number of a rule; nullopt where its text is none.
std::optional<int> ProtocolOf(std::string_view text) {
  if (text == "-1") return kAllProtocols;
  if (text == "tcp") return kTcp;
  if (text == "udp") return kUdp;
  if (text == "icmp") return kIcmp;
  if (text == "icmpv6") return kIcmpV6;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > 255) return std::nullopt;
  return number;
}

bool HasPorts(int protocol) { return protocol == kTcp || protocol == kUdp; }
bool IsFromEverywhere(const SecurityGroupRule& rule) {
  const auto cidr = Ipv4Prefix::Parse(rule.cidr);
  return cidr && cidr->length == 0;
}
bool IsAllPorts(const SecurityGroupRule& rule) {
  return rule.from_port < 0 || (rule.from_port == 0 && rule.to_port == kLastPort);
}

// No IPv6 packet passes the router: a rule about one lets nothing through.
bool IsAboutIpv6(const SecurityGroupRule& rule) {
  return rule.cidr.find(':') != std::string::npos || ProtocolOf(rule.protocol) == kIcmpV6;
}

std::string_view DirectionName(Direction direction) { return direction == Direction::kIngress ? "ingress" : "egress"; }
std::string GroupChain(std::string_view group, Direction direction) {
  return fmt::format("{}-{}", group, DirectionName(direction));
}
std::string OpenChain(std::string_view group, Direction direction) { return GroupChain(group, direction) + "-open"; }
std::string InterfaceChain(std::string_view interface, Direction direction) {
  return fmt::format("{}-{}", interface, DirectionName(direction));
}

std::string PortMatch(const SecurityGroupRule& rule) {
  const int protocol = *ProtocolOf(rule.protocol);
  if (protocol == kAllProtocols) return {};
  if (HasPorts(protocol) && !IsAllPorts(rule)) {
    const std::string_view name = protocol == kTcp ? "tcp" : "udp";
    if (rule.from_port == rule.to_port) return fmt::format("{} dport {} ", name, rule.from_port);
    return fmt::format("{} dport {}-{} ", name, rule.from_port, rule.to_port);
  }
  std::string match = fmt::format("meta l4proto {} ", protocol);
  if (protocol == kIcmp && rule.from_port >= 0) match += fmt::format("icmp type {} ", rule.from_port);
  if (protocol == kIcmp && rule.from_port >= 0 && rule.to_port >= 0)
    match += fmt::format("icmp code {} ", rule.to_port);
  return match;
}

std::string PeerMatch(const SecurityGroupRule& rule) {
  const std::string_view end = rule.direction == Direction::kIngress ? "saddr" : "daddr";
  if (!rule.group_id.empty()) return fmt::format("ip {} @{} ", end, rule.group_id);
  if (IsFromEverywhere(rule)) return {};
  return fmt::format("ip {} {} ", end, Ipv4Prefix::Parse(rule.cidr)->Text());
}

void AppendRule(std::string& out, const SecurityGroup& group, const SecurityGroupRule& rule) {
  if (IsAboutIpv6(rule)) return;
  const std::string match = PeerMatch(rule) + PortMatch(rule);
  const uint32_t tracked = rule.direction == Direction::kIngress ? kIngressTracked : kEgressTracked;
  out += fmt::format("add rule {} {} {}ct mark set ct mark or {} accept\n", kTable,
                     GroupChain(group.group_id, rule.direction), match, tracked);
  const int protocol = *ProtocolOf(rule.protocol);
  if (!IsFromEverywhere(rule) || (protocol != kAllProtocols && !HasPorts(protocol))) return;
  out += fmt::format("add rule {} {} {}accept\n", kTable, OpenChain(group.group_id, rule.direction), match);
}

Status CheckRule(const SecurityGroupRule& rule) {
  const auto protocol = ProtocolOf(rule.protocol);
  if (!protocol) return MakeError(ErrorCode::kInvalidArgument, "'{}' is no IP protocol", rule.protocol);
  const int32_t last = HasPorts(*protocol) ? kLastPort : kLastIcmp;
  const bool in_order = !HasPorts(*protocol) || rule.from_port <= rule.to_port;
  if (rule.from_port < -1 || rule.to_port < -1 || rule.from_port > last || rule.to_port > last || !in_order) {
    return MakeError(ErrorCode::kInvalidArgument, "ports {} to {}: -1, or 0 to {} in order", rule.from_port,
                     rule.to_port, last);
  }
  if (!rule.group_id.empty()) {
    if (IsSecurityGroupId(rule.group_id)) return {};
    return MakeError(ErrorCode::kInvalidArgument, "'{}' is no id of a security group", rule.group_id);
  }
  if (IsAboutIpv6(rule) || Ipv4Prefix::Parse(rule.cidr)) return {};
  return MakeError(ErrorCode::kInvalidArgument, "'{}' is no CIDR block", rule.cidr);
}

void AppendDirection(std::string& out, const FilteredInterface& interface, Direction direction) {
  const bool is_ingress = direction == Direction::kIngress;
  const Openness& same = is_ingress ? interface.ingress : interface.egress;
  const Openness& other = is_ingress ? interface.egress : interface.ingress;
  const std::string chain = InterfaceChain(interface.name, direction);
  const auto add = [&](std::string_view rule) { out += fmt::format("add rule {} {} {}\n", kTable, chain, rule); };
  out += fmt::format("add chain {0} {1}\nflush chain {0} {1}\n", kTable, chain);
  // Answers to what is not tracked need a rule of their own: the one for everywhere.
  if (same.tcp) add("ct direction reply meta l4proto tcp accept");
  if (same.udp) add("ct direction reply meta l4proto udp accept");
  add("ct direction reply drop");
  for (const std::string& group : interface.groups) {
    if (other.tcp) add(fmt::format("meta l4proto tcp jump {}", OpenChain(group, direction)));
    if (other.udp) add(fmt::format("meta l4proto udp jump {}", OpenChain(group, direction)));
  }
  for (const std::string& group : interface.groups) add(fmt::format("jump {}", GroupChain(group, direction)));
}

}  // namespace

bool IsSecurityGroupId(std::string_view id) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'); };
  return id.starts_with("sg-") && id.size() > 3 && id.size() <= kMaxGroupIdBytes &&
         std::ranges::all_of(id.substr(3), allowed);
}

Status CheckSecurityGroup(const SecurityGroup& group) {
  if (!IsSecurityGroupId(group.group_id)) {
    return MakeError(ErrorCode::kInvalidArgument, "'{}' is no id of a security group", group.group_id);
  }
  for (const SecurityGroupRule& rule : group.rules) {
    if (const Status good = CheckRule(rule); !good) {
      return MakeError(good.error().code, "{}: {}", group.group_id, good.error().message);
    }
  }
  return {};
}

Openness OpennessOf(const SecurityGroup& group, Direction direction) {
  Openness open;
  for (const SecurityGroupRule& rule : group.rules) {
    if (rule.direction != direction || !IsFromEverywhere(rule)) continue;
    const int protocol = ProtocolOf(rule.protocol).value_or(kIcmp);
    open.tcp |= protocol == kAllProtocols || (protocol == kTcp && IsAllPorts(rule));
    open.udp |= protocol == kAllProtocols || (protocol == kUdp && IsAllPorts(rule));
  }
  return open;
}

std::string BaseCommands(const RouterAddresses& addresses) {
  std::vector<std::string> resolvers;
  for (const Ipv4 address : addresses.resolvers) resolvers.push_back(address.Text());
  return fmt::format(
      R"(table inet vpc {{
  set sources {{ type ifname . ipv4_addr; }}
  set addressed {{ type ipv4_addr; }}
  map public_of {{ type ipv4_addr : ipv4_addr; }}
  map private_of {{ type ipv4_addr : ipv4_addr; }}
  map egress_chains {{ type ifname : verdict; }}
  map ingress_chains {{ type ifname : verdict; }}
  chain sources_checked {{
    type filter hook prerouting priority raw; policy drop;
    iifname "lo" accept
    iifname . ip saddr @sources accept
    iifname "{uplink}" ip saddr != {{ {vpc}, 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 }} accept
  }}
  chain to_private {{
    type nat hook prerouting priority dstnat;
    iifname "{uplink}" dnat ip to ip daddr map @private_of
    iifname != "{uplink}" ip daddr {endpoint} ip saddr != @addressed dnat ip to {local_endpoint}
  }}
  chain to_public {{
    type nat hook postrouting priority srcnat;
    oifname "{uplink}" snat ip to ip saddr map @public_of
  }}
  chain egress {{
    type filter hook forward priority filter; policy drop;
    ct state invalid drop
    ct state related accept
    iifname "{uplink}" accept
    ct direction original ct mark and {egress} == {egress} accept
    ct direction reply ct mark and {ingress} == {ingress} accept
    iifname vmap @egress_chains
  }}
  chain ingress {{
    type filter hook forward priority filter + 10; policy drop;
    oifname "{uplink}" iifname != "{uplink}" ip saddr @addressed accept
    oifname "{uplink}" drop
    ct state related accept
    ct direction original ct mark and {ingress} == {ingress} accept
    ct direction reply ct mark and {egress} == {egress} accept
    oifname vmap @ingress_chains
  }}
  chain input {{
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    iifname "{uplink}" drop
    ct state invalid drop
    ct state related accept
    ip daddr {metadata} tcp dport 80 accept
    ip daddr {{ {resolvers} }} meta l4proto {{ tcp, udp }} th dport 53 accept
    ip daddr != {local_endpoint} drop
    tcp dport != {{ 80, 443 }} drop
    ct direction original ct mark and {egress} == {egress} accept
    iifname vmap @egress_chains
  }}
}}
)",
      fmt::arg("uplink", kUplink), fmt::arg("vpc", addresses.vpc.Text()),
      fmt::arg("endpoint", addresses.endpoint.Text()), fmt::arg("local_endpoint", addresses.local_endpoint.Text()),
      fmt::arg("egress", kEgressTracked), fmt::arg("ingress", kIngressTracked),
      fmt::arg("metadata", addresses.metadata.Text()), fmt::arg("resolvers", fmt::join(resolvers, ", ")));
}

std::string GroupDeclaration(std::string_view group_id) {
  std::string out = fmt::format("add set {} {} {{ type ipv4_addr; }}\n", kTable, group_id);
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    out += fmt::format("add chain {0} {1}\nadd chain {0} {2}\n", kTable, GroupChain(group_id, direction),
                       OpenChain(group_id, direction));
  }
  return out;
}

std::string GroupCommands(const SecurityGroup& group) {
  std::string out;
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    out += fmt::format("flush chain {0} {1}\nflush chain {0} {2}\n", kTable, GroupChain(group.group_id, direction),
                       OpenChain(group.group_id, direction));
  }
  for (const SecurityGroupRule& rule : group.rules) AppendRule(out, group, rule);
  return out;
}

std::string GroupRemoval(std::string_view group_id) {
  std::string out;
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    out += fmt::format("delete chain {0} {1}\ndelete chain {0} {2}\n", kTable, GroupChain(group_id, direction),
                       OpenChain(group_id, direction));
  }
  return out + fmt::format("delete set {} {}\n", kTable, group_id);
}

std::string InterfaceCommands(const FilteredInterface& interface) {
  std::string out;
  AppendDirection(out, interface, Direction::kEgress);
  AppendDirection(out, interface, Direction::kIngress);
  return out;
}

std::string InterfaceAdmission(const FilteredInterface& interface) {
  const std::string_view name = interface.name;
  return fmt::format(
      "add element {0} egress_chains {{ \"{1}\" : jump {2} }}\nadd element {0} ingress_chains {{ \"{1}\" : jump {3} "
      "}}\n"
      "add element {0} sources {{ \"{1}\" . {4} }}\n",
      kTable, name, InterfaceChain(name, Direction::kEgress), InterfaceChain(name, Direction::kIngress),
      interface.address.Text());
}

std::string InterfaceRemoval(const FilteredInterface& interface) {
  const std::string_view name = interface.name;
  return fmt::format(
      "delete element {0} egress_chains {{ \"{1}\" }}\ndelete element {0} ingress_chains {{ \"{1}\" }}\n"
      "delete element {0} sources {{ \"{1}\" . {4} }}\nflush chain {0} {2}\nflush chain {0} {3}\n"
      "delete chain {0} {2}\ndelete chain {0} {3}\n",
      kTable, name, InterfaceChain(name, Direction::kEgress), InterfaceChain(name, Direction::kIngress),
      interface.address.Text());
}

std::string MembershipCommands(Membership change, std::string_view group_id, Ipv4 address) {
  return fmt::format("{} element {} {} {{ {} }}\n", change == Membership::kAdd ? "add" : "delete", kTable, group_id,
                     address.Text());
}

std::string TranslationCommands(Membership change, Ipv4 private_address, Ipv4 public_address) {
  const std::string inside = private_address.Text(), outside = public_address.Text();
  if (change == Membership::kAdd) {
    return fmt::format(
        "add element {0} public_of {{ {1} : {2} }}\nadd element {0} private_of {{ {2} : {1} }}\n"
        "add element {0} addressed {{ {1} }}\n",
        kTable, inside, outside);
  }
  return fmt::format(
      "delete element {0} public_of {{ {1} }}\ndelete element {0} private_of {{ {2} }}\n"
      "delete element {0} addressed {{ {1} }}\n",
      kTable, inside, outside);
}

}  // namespace opentrail::instances
