#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"
#include "services/ec2/security_group.h"

namespace opentrail::services::ec2 {
namespace {

// "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW"
std::string Spoken(const Rule& rule) {
  const std::string peer = rule.cidr_ipv4 + rule.cidr_ipv6 + rule.prefix_list_id + rule.referenced_group_id;
  if (rule.protocol == "-1") return fmt::format("peer: {}, ALL, ALLOW", peer);
  if (rule.protocol.front() >= '0' && rule.protocol.front() <= '9') {
    return fmt::format("peer: {}, protocol: {}, ALLOW", peer, rule.protocol);
  }
  std::string upper = rule.protocol;
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
  return fmt::format("peer: {}, {}, from port: {}, to port: {}, ALLOW", peer, upper, rule.from_port, rule.to_port);
}

std::optional<std::string_view> OrNull(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

void Insert(store::Connection& state, std::string_view group_id, const Rule& rule) {
  state.Execute(
      "INSERT INTO ec2_rule VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "(SELECT coalesce(max(number), 0) + 1 FROM ec2_rule WHERE group_id = ?))",
      rule.id, group_id, rule.is_egress, rule.protocol, rule.from_port, rule.to_port, OrNull(rule.cidr_ipv4),
      OrNull(rule.cidr_ipv6), OrNull(rule.prefix_list_id), OrNull(rule.referenced_group_id), OrNull(rule.description),
      group_id);
}

void ApplyAfterCommit(Ec2Service& service, store::Transaction& transaction, const std::string& group_id) {
  transaction.OnCommit([&service, group_id] { service.hosts().ApplySecurityGroup(group_id); });
}

AwsResult<Reply> Authorize(Ec2Service& service, Call& call, store::Transaction& transaction, bool is_egress) {
  store::Connection& state = transaction.connection();
  auto group = FindGroup(service.environment(), call, state);
  if (!group) return std::unexpected(group.error());
  auto rules = ParseRules(call, is_egress, state);
  if (!rules) return std::unexpected(rules.error());
  std::vector<Rule> all = RulesOf(state, group->id, is_egress);
  Value shown = Value::List();
  for (Rule& rule : *rules) {
    if (std::ranges::any_of(all, [&](const Rule& other) { return other.SameTraffic(rule); })) {
      return AwsFailure("InvalidPermission.Duplicate", "the specified rule \"{}\" already exists", Spoken(rule));
    }
    all.push_back(rule);
    if (all.size() > kMaxRules) {
      return AwsFailure("RulesPerSecurityGroupLimitExceeded",
                        "The maximum number of rules per security group has been reached.");
    }
    rule.id = RandomHexId(service.environment().random, "sgr-");
    Insert(state, group->id, rule);
    if (auto tagged = AddTagSpecifications(call, "security-group-rule", rule.id, state); !tagged)
      return std::unexpected(tagged.error());
    shown.Append(DescribeRule(call, group->id, rule, state));
  }
  ApplyAfterCommit(service, transaction, group->id);
  Reply reply;
  reply.output.Set("Return", true).Set("SecurityGroupRules", std::move(shown));
  return reply;
}

// The rules of the group that the call names, by id or by what they allow. All or none.
AwsResult<std::vector<Rule>> RulesToRevoke(const Call& call, const SecurityGroup& group, bool is_egress,
                                           store::Connection& state) {
  const std::vector<Rule> there = RulesOf(state, group.id, is_egress);
  std::vector<Rule> found;
  for (const Value& id : call.input["SecurityGroupRuleIds"].elements()) {
    const auto at = std::ranges::find(there, id.Text(), &Rule::id);
    if (at == there.end()) {
      return AwsFailure("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist",
                        id.Text());
    }
    found.push_back(*at);
  }
  if (!found.empty()) return found;
  auto wanted = ParseRules(call, is_egress, state);
  if (!wanted) return std::unexpected(wanted.error());
  for (const Rule& rule : *wanted) {
    const auto at = std::ranges::find_if(there, [&](const Rule& other) { return other.SameTraffic(rule); });
    if (at == there.end()) {
      return AwsFailure("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
    }
    found.push_back(*at);
  }
  return found;
}

Value DescribeRevoked(const std::string& group_id, const Rule& rule) {
  Value value = Value::Object({{"SecurityGroupRuleId", rule.id},
                               {"GroupId", group_id},
                               {"IsEgress", rule.is_egress},
                               {"IpProtocol", rule.protocol},
                               {"FromPort", rule.from_port},
                               {"ToPort", rule.to_port}});
  if (!rule.cidr_ipv4.empty()) value.Set("CidrIpv4", rule.cidr_ipv4);
  if (!rule.cidr_ipv6.empty()) value.Set("CidrIpv6", rule.cidr_ipv6);
  if (!rule.prefix_list_id.empty()) value.Set("PrefixListId", rule.prefix_list_id);
  if (!rule.referenced_group_id.empty()) value.Set("ReferencedGroupId", rule.referenced_group_id);
  if (!rule.description.empty()) value.Set("Description", rule.description);
  return value;
}

AwsResult<Reply> Revoke(Ec2Service& service, Call& call, store::Transaction& transaction, bool is_egress) {
  store::Connection& state = transaction.connection();
  auto group = FindGroup(service.environment(), call, state);
  if (!group) return std::unexpected(group.error());
  auto rules = RulesToRevoke(call, *group, is_egress, state);
  if (!rules) return std::unexpected(rules.error());
  Value revoked = Value::List();
  for (const Rule& rule : *rules) {
    state.Execute("DELETE FROM ec2_rule WHERE rule_id = ?", rule.id);
    RemoveTags(state, rule.id);
    revoked.Append(DescribeRevoked(group->id, rule));
  }
  ApplyAfterCommit(service, transaction, group->id);
  Reply reply;
  reply.output.Set("Return", true)
      .Set("UnknownIpPermissions", Value::List())
      .Set("RevokedSecurityGroupRules", std::move(revoked));
  return reply;
}

// What kind of source or destination a rule has, as EC2's words name it.
std::string_view PeerKind(const Rule& rule) {
  if (!rule.cidr_ipv4.empty()) return "IPv4 CIDR";
  if (!rule.cidr_ipv6.empty()) return "IPv6 CIDR";
  return rule.prefix_list_id.empty() ? "referenced group id" : "prefix list";
}

// A rule's peer may become another of its kind only.
AwsStatus CheckSameKind(const Rule& old, const Rule& changed) {
  if (PeerKind(old) == PeerKind(changed)) return {};
  return AwsFailure("InvalidParameterValue", "You may not specify {} {} for an existing {} rule.",
                    PeerKind(changed).starts_with("IPv") ? "an" : "a", PeerKind(changed), PeerKind(old));
}

AwsResult<Reply> UpdateDescriptions(Ec2Service& service, Call& call, store::Transaction& transaction, bool is_egress) {
  store::Connection& state = transaction.connection();
  auto group = FindGroup(service.environment(), call, state);
  if (!group) return std::unexpected(group.error());
  std::vector<std::pair<std::string, std::string>> changes;
  const auto& by_id = call.input["SecurityGroupRuleDescriptions"].elements();
  for (const Value& change : by_id)
    changes.emplace_back(Text(change["SecurityGroupRuleId"]), Text(change["Description"]));
  const std::vector<Rule> there = RulesOf(state, group->id, is_egress);
  if (by_id.empty()) {
    auto wanted = ParseRules(call, is_egress, state);
    if (!wanted) return std::unexpected(wanted.error());
    for (const Rule& rule : *wanted) {
      const auto at = std::ranges::find_if(there, [&](const Rule& other) { return other.SameTraffic(rule); });
      if (at == there.end())
        return AwsFailure("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      changes.emplace_back(at->id, rule.description);
    }
  }
  for (const auto& [id, description] : changes) {
    if (std::ranges::find(there, id, &Rule::id) == there.end()) {
      return AwsFailure("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist", id);
    }
    state.Execute("UPDATE ec2_rule SET description = ? WHERE rule_id = ?", OrNull(description), id);
  }
  Reply reply;
  reply.output.Set("Return", true);
  return reply;
}

}  // namespace

AwsResult<Reply> AuthorizeSecurityGroupIngress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Authorize(service, call, transaction, false);
}
AwsResult<Reply> AuthorizeSecurityGroupEgress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Authorize(service, call, transaction, true);
}
AwsResult<Reply> RevokeSecurityGroupIngress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Revoke(service, call, transaction, false);
}
AwsResult<Reply> RevokeSecurityGroupEgress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return Revoke(service, call, transaction, true);
}
AwsResult<Reply> UpdateRuleDescriptionsIngress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return UpdateDescriptions(service, call, transaction, false);
}
AwsResult<Reply> UpdateRuleDescriptionsEgress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  return UpdateDescriptions(service, call, transaction, true);
}

AwsResult<Reply> ModifySecurityGroupRules(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto group = FindGroup(service.environment(), call, state);
  if (!group) return std::unexpected(group.error());
  for (const Value& update : call.input["SecurityGroupRules"].elements()) {
    const std::vector<Rule> there = RulesOf(state, group->id);
    const std::string_view id = update["SecurityGroupRuleId"].Text();
    const auto old = std::ranges::find(there, id, &Rule::id);
    if (old == there.end())
      return AwsFailure("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist", id);
    auto rule = ParseRuleRequest(update["SecurityGroupRule"], old->is_egress);
    if (!rule) return std::unexpected(rule.error());
    if (auto same = CheckSameKind(*old, *rule); !same) return std::unexpected(same.error());
    const bool duplicate =
        std::ranges::any_of(there, [&](const Rule& other) { return other.id != id && other.SameTraffic(*rule); });
    if (duplicate)
      return AwsFailure("InvalidPermission.Duplicate", "the specified rule \"{}\" already exists", Spoken(*rule));
    if (!rule->referenced_group_id.empty()) {
      auto referenced = FindGroupById(call.region, rule->referenced_group_id, state);
      if (!referenced) return std::unexpected(referenced.error());
    }
    state.Execute(
        "UPDATE ec2_rule SET protocol = ?, from_port = ?, to_port = ?, cidr_ipv4 = ?, cidr_ipv6 = ?, prefix_list_id = "
        "?, "
        "referenced_group_id = ?, description = ? WHERE rule_id = ?",
        rule->protocol, rule->from_port, rule->to_port, OrNull(rule->cidr_ipv4), OrNull(rule->cidr_ipv6),
        OrNull(rule->prefix_list_id), OrNull(rule->referenced_group_id), OrNull(rule->description), id);
  }
  ApplyAfterCommit(service, transaction, group->id);
  Reply reply;
  reply.output.Set("Return", true);
  return reply;
}

}  // namespace opentrail::services::ec2
