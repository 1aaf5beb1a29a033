#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "services/ec2/resources.h"
#include "services/ec2/security_group.h"

namespace opentrail::services::ec2 {
namespace {

struct ProtocolNumber {
  std::string_view number, name;
};
constexpr ProtocolNumber kProtocols[] = {{"1", "icmp"}, {"6", "tcp"}, {"17", "udp"}, {"58", "icmpv6"}};
constexpr int64_t kMaxPort = 65535;
constexpr size_t kMaxDescription = 255;

AwsResult<std::string> CanonicalProtocol(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  if (lower == "-1" || lower == "all") return "-1";
  for (const auto& [number, name] : kProtocols) {
    if (lower == number || lower == name) return std::string(name);
  }
  int value = -1;
  const auto [end, error] = std::from_chars(lower.data(), lower.data() + lower.size(), value);
  if (error == std::errc() && end == lower.data() + lower.size() && value >= 0 && value <= 255)
    return std::to_string(value);
  return AwsFailure("InvalidParameterValue", "Invalid value '{}' for IP protocol. Unknown protocol.", text);
}

AwsStatus CheckPorts(const Value& permission, Rule& rule) {
  const auto from = permission["FromPort"].Integer();
  const auto to = permission["ToPort"].Integer();
  const bool ports = rule.protocol == "tcp" || rule.protocol == "udp";
  const bool icmp = rule.protocol == "icmp" || rule.protocol == "icmpv6";
  if (!ports && !icmp) return {};  // all ports
  if (ports && (!from || !to)) {
    return AwsFailure("InvalidParameterValue",
                      "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
  }
  rule.from_port = from.value_or(-1);
  rule.to_port = to.value_or(-1);
  for (const int64_t port : {rule.from_port, rule.to_port}) {
    if (port < -1 || port > (icmp ? 255 : kMaxPort)) {
      return AwsFailure("InvalidParameterValue",
                        "Invalid value '{}' for portRange. Must specify a port between 0 and 65535", port);
    }
  }
  if (ports && rule.from_port == -1 && rule.to_port == -1) {
    rule.from_port = 0;
    rule.to_port = kMaxPort;
  }
  if (ports && rule.from_port > rule.to_port) {
    return AwsFailure("InvalidParameterValue", "Invalid TCP/UDP port range ({}:{})", rule.from_port, rule.to_port);
  }
  return {};
}

// Host bits are cleared: 100.68.0.18/18 is 100.68.0.0/18.
AwsResult<std::string> CanonicalCidr(std::string_view text, int family) {
  const auto malformed = [&] { return AwsFailure("InvalidParameterValue", "CIDR block {} is malformed", text); };
  const int width = family == AF_INET ? 32 : 128;
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return malformed();
  int bits = -1;
  const std::string_view size = text.substr(slash + 1);
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), bits);
  unsigned char address[sizeof(in6_addr)] = {};
  const bool good = error == std::errc() && end == size.data() + size.size() && bits >= 0 && bits <= width &&
                    inet_pton(family, std::string(text.substr(0, slash)).c_str(), address) == 1;
  if (!good) return malformed();
  for (int bit = bits; bit < width; ++bit) address[bit / 8] &= static_cast<unsigned char>(~(0x80 >> (bit % 8)));
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(family, address, buffer, sizeof buffer);
  return fmt::format("{}/{}", buffer, bits);
}

// One permission with its many sources becomes as many rules.
class PermissionParser {
 public:
  PermissionParser(const Call& call, bool is_egress, store::Connection& state)
      : call_(call), is_egress_(is_egress), state_(state) {}

  AwsStatus Add(const Value& permission) {
    Rule base{.is_egress = is_egress_};
    auto protocol = CanonicalProtocol(permission["IpProtocol"].Text());
    if (!protocol) return std::unexpected(protocol.error());
    base.protocol = std::move(*protocol);
    if (auto good = CheckPorts(permission, base); !good) return good;
    const size_t before = rules_.size();
    for (const Value& range : permission["IpRanges"].elements()) {
      if (auto added = AddCidr(base, range, range["CidrIp"].Text(), AF_INET); !added) return added;
    }
    for (const Value& range : permission["Ipv6Ranges"].elements()) {
      if (auto added = AddCidr(base, range, range["CidrIpv6"].Text(), AF_INET6); !added) return added;
    }
    for (const Value& list : permission["PrefixListIds"].elements()) {
      return AwsFailure("InvalidPrefixListID.NotFound", "The prefix list ID '{}' does not exist",
                        list["PrefixListId"].Text());
    }
    for (const Value& pair : permission["UserIdGroupPairs"].elements()) {
      if (auto added = AddGroup(base, pair); !added) return added;
    }
    if (rules_.size() == before) {
      return AwsFailure("InvalidParameterValue",
                        "Invalid value '' for source. A CIDR, a prefix list or a security group must be given.");
    }
    return {};
  }

  [[nodiscard]] std::vector<Rule> Take() { return std::move(rules_); }

 private:
  AwsStatus Push(Rule rule, const Value& source) {
    rule.description = Text(source["Description"]);
    if (rule.description.size() > kMaxDescription) {
      return AwsFailure("InvalidParameterValue", "Invalid rule description. Descriptions may have up to {} characters.",
                        kMaxDescription);
    }
    rules_.push_back(std::move(rule));
    return {};
  }

  AwsStatus AddCidr(const Rule& base, const Value& source, std::string_view text, int family) {
    auto cidr = CanonicalCidr(text, family);
    if (!cidr) return std::unexpected(cidr.error());
    Rule rule = base;
    (family == AF_INET ? rule.cidr_ipv4 : rule.cidr_ipv6) = std::move(*cidr);
    return Push(std::move(rule), source);
  }

  AwsStatus AddGroup(const Rule& base, const Value& pair) {
    Rule rule = base;
    if (pair.Has("GroupId")) {
      auto group = FindGroupById(call_.region, pair["GroupId"].Text(), state_);
      if (!group) return std::unexpected(group.error());
      rule.referenced_group_id = group->id;
    } else {
      store::Rows rows = state_.Query("SELECT group_id FROM ec2_group WHERE region = ? AND name = ?", call_.region,
                                      pair["GroupName"].Text());
      if (!rows.Next())
        return AwsFailure("InvalidGroup.NotFound", "The security group '{}' does not exist", pair["GroupName"].Text());
      rule.referenced_group_id = rows.Text(0);
    }
    return Push(std::move(rule), pair);
  }

  const Call& call_;
  bool is_egress_;
  store::Connection& state_;
  std::vector<Rule> rules_;
};

// The flat members as one permission.
Value FlatPermission(const Value& input) {
  Value permission = Value::Object(
      {{"IpProtocol", input["IpProtocol"]}, {"FromPort", input["FromPort"]}, {"ToPort", input["ToPort"]}});
  if (input.Has("CidrIp")) permission.At("IpRanges").Append(Value::Object({{"CidrIp", input["CidrIp"]}}));
  if (input.Has("SourceSecurityGroupName")) {
    permission.At("UserIdGroupPairs").Append(Value::Object({{"GroupName", input["SourceSecurityGroupName"]}}));
    if (!input.Has("IpProtocol")) permission.Set("IpProtocol", "-1");
  }
  return permission;
}

}  // namespace

AwsResult<std::vector<Rule>> ParseRules(const Call& call, bool is_egress, store::Connection& state) {
  PermissionParser parser(call, is_egress, state);
  const Value& input = call.input;
  for (const Value& permission : input["IpPermissions"].elements()) {
    if (auto added = parser.Add(permission); !added) return std::unexpected(added.error());
  }
  if (input.Has("CidrIp") || input.Has("IpProtocol") || input.Has("SourceSecurityGroupName")) {
    if (auto added = parser.Add(FlatPermission(input)); !added) return std::unexpected(added.error());
  }
  std::vector<Rule> rules = parser.Take();
  if (rules.empty()) {
    return AwsFailure("MissingParameter", "The request must contain the parameter ipPermissions or ipProtocol");
  }
  return rules;
}

AwsResult<Rule> ParseRuleRequest(const Value& request, bool is_egress) {
  Rule rule{.is_egress = is_egress};
  auto protocol = CanonicalProtocol(request["IpProtocol"].Text());
  if (!protocol) return std::unexpected(protocol.error());
  rule.protocol = std::move(*protocol);
  if (auto good = CheckPorts(request, rule); !good) return std::unexpected(good.error());
  for (const auto& [name, family] : {std::pair{"CidrIpv4", AF_INET}, std::pair{"CidrIpv6", AF_INET6}}) {
    if (!request.Has(name)) continue;
    auto cidr = CanonicalCidr(request[name].Text(), family);
    if (!cidr) return std::unexpected(cidr.error());
    (family == AF_INET ? rule.cidr_ipv4 : rule.cidr_ipv6) = std::move(*cidr);
  }
  rule.prefix_list_id = Text(request["PrefixListId"]);
  rule.referenced_group_id = Text(request["ReferencedGroupId"]);
  rule.description = Text(request["Description"]);
  return rule;
}

}  // namespace opentrail::services::ec2
