#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

inline constexpr size_t kMaxRules = 60;  // each way

struct SecurityGroup {
  std::string id, vpc_id, name, description;
};

// One rule: one source. Ports are -1 for all.
struct Rule {
  std::string id;
  bool is_egress = false;
  std::string protocol;  // tcp, udp, icmp, icmpv6, a number, or -1
  int64_t from_port = -1, to_port = -1;
  std::string cidr_ipv4, cidr_ipv6, prefix_list_id, referenced_group_id;  // one of them
  std::string description;

  [[nodiscard]] bool SameTraffic(const Rule& other) const;
};

// By GroupId, or GroupName in the default VPC. InvalidGroupId.Malformed, InvalidGroup.NotFound, MissingParameter.
[[nodiscard]] AwsResult<SecurityGroup> FindGroup(const Environment& environment, const Call& call,
                                                 store::Connection& state);
[[nodiscard]] AwsResult<SecurityGroup> FindGroupById(std::string_view region, std::string_view id,
                                                     store::Connection& state);

[[nodiscard]] std::vector<Rule> RulesOf(store::Connection& state, std::string_view group_id,
                                        std::optional<bool> is_egress = std::nullopt);
// As DescribeSecurityGroupRules and the Authorize operations show it.
[[nodiscard]] Value DescribeRule(const Call& call, std::string_view group_id, const Rule& rule,
                                 store::Connection& state);

// Rules from IpPermissions, or the flat members; canonical. InvalidParameterValue, InvalidPermission.Malformed,
// InvalidGroup.NotFound.
[[nodiscard]] AwsResult<std::vector<Rule>> ParseRules(const Call& call, bool is_egress, store::Connection& state);
// One SecurityGroupRuleRequest.
[[nodiscard]] AwsResult<Rule> ParseRuleRequest(const Value& request, bool is_egress);

}  // namespace opentrail::services::ec2
