#include "services/ec2/security_group.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "services/ec2/filter.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr size_t kMaxName = 255;
constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*";

constexpr FilterPath kGroupFilters[] = {
    {"description", "Description"},
    {"group-id", "GroupId"},
    {"group-name", "GroupName"},
    {"owner-id", "OwnerId"},
    {"vpc-id", "VpcId"},
    {"ip-permission.cidr", "IpPermissions.IpRanges.CidrIp"},
    {"ip-permission.ipv6-cidr", "IpPermissions.Ipv6Ranges.CidrIpv6"},
    {"ip-permission.from-port", "IpPermissions.FromPort"},
    {"ip-permission.to-port", "IpPermissions.ToPort"},
    {"ip-permission.protocol", "IpPermissions.IpProtocol"},
    {"ip-permission.group-id", "IpPermissions.UserIdGroupPairs.GroupId"},
    {"ip-permission.user-id", "IpPermissions.UserIdGroupPairs.UserId"},
    {"ip-permission.prefix-list-id", "IpPermissions.PrefixListIds.PrefixListId"},
    {"egress.ip-permission.cidr", "IpPermissionsEgress.IpRanges.CidrIp"},
    {"egress.ip-permission.ipv6-cidr", "IpPermissionsEgress.Ipv6Ranges.CidrIpv6"},
    {"egress.ip-permission.from-port", "IpPermissionsEgress.FromPort"},
    {"egress.ip-permission.to-port", "IpPermissionsEgress.ToPort"},
    {"egress.ip-permission.protocol", "IpPermissionsEgress.IpProtocol"},
    {"egress.ip-permission.group-id", "IpPermissionsEgress.UserIdGroupPairs.GroupId"},
    {"egress.ip-permission.prefix-list-id", "IpPermissionsEgress.PrefixListIds.PrefixListId"},
};
constexpr FilterPath kRuleFilters[] = {{"group-id", "GroupId"}, {"security-group-rule-id", "SecurityGroupRuleId"}};

AwsStatus CheckName(std::string_view name, std::string_view what) {
  if (name.size() > kMaxName) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter {} is invalid. Character sets beyond ASCII or more than {} "
                      "characters are not supported.",
                      name, what, kMaxName);
  }
  if (name.find_first_not_of(kNameCharacters) != std::string_view::npos) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter {} is invalid. Valid characters are "
                      "a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{{}}!$*",
                      name, what);
  }
  return {};
}

SecurityGroup Read(const store::Rows& rows) {
  return {std::string(rows.Text(0)), std::string(rows.Text(1)), std::string(rows.Text(2)), std::string(rows.Text(3))};
}

// Rules with the same protocol and ports are one permission with several sources.
Value Permissions(const Call& call, const std::vector<Rule>& rules, bool is_egress) {
  std::vector<Value> permissions;
  std::map<std::tuple<std::string, int64_t, int64_t>, size_t> places;
  for (const Rule& rule : rules) {
    if (rule.is_egress != is_egress) continue;
    const auto [place, is_new] = places.try_emplace({rule.protocol, rule.from_port, rule.to_port}, permissions.size());
    if (is_new) {
      Value& made = permissions.emplace_back(Value::Object({{"IpProtocol", rule.protocol}}));
      if (rule.protocol != "-1") made.Set("FromPort", rule.from_port).Set("ToPort", rule.to_port);
      for (const char* list : {"UserIdGroupPairs", "IpRanges", "Ipv6Ranges", "PrefixListIds"})
        made.Set(list, Value::List());
    }
    Value& permission = permissions[place->second];
    Value source = Value::Object();
    if (!rule.description.empty()) source.Set("Description", rule.description);
    if (!rule.cidr_ipv4.empty()) {
      permission.At("IpRanges").Append(source.Set("CidrIp", rule.cidr_ipv4));
    } else if (!rule.cidr_ipv6.empty()) {
      permission.At("Ipv6Ranges").Append(source.Set("CidrIpv6", rule.cidr_ipv6));
    } else if (!rule.prefix_list_id.empty()) {
      permission.At("PrefixListIds").Append(source.Set("PrefixListId", rule.prefix_list_id));
    } else {
      permission.At("UserIdGroupPairs")
          .Append(source.Set("UserId", call.account_id).Set("GroupId", rule.referenced_group_id));
    }
  }
  return Value::List(std::move(permissions));
}

Value Describe(const Call& call, const SecurityGroup& group, store::Connection& state) {
  const std::vector<Rule> rules = RulesOf(state, group.id);
  return Value::Object({{"GroupId", group.id},
                        {"IpPermissionsEgress", Permissions(call, rules, true)},
                        {"Tags", TagsOf(state, group.id)},
                        {"VpcId", group.vpc_id},
                        {"SecurityGroupArn", Arn(call, "security-group", group.id)},
                        {"OwnerId", call.account_id},
                        {"GroupName", group.name},
                        {"Description", group.description},
                        {"IpPermissions", Permissions(call, rules, false)}});
}

std::vector<SecurityGroup> GroupsOf(std::string_view region, store::Connection& state) {
  std::vector<SecurityGroup> groups;
  store::Rows rows =
      state.Query("SELECT group_id, vpc_id, name, description FROM ec2_group WHERE region = ? ORDER BY rowid", region);
  while (rows.Next()) groups.push_back(Read(rows));
  return groups;
}

bool Has(store::Connection& state, std::string_view sql, std::string_view id) { return state.Query(sql, id).Next(); }

}  // namespace

bool Rule::SameTraffic(const Rule& other) const {
  return is_egress == other.is_egress && protocol == other.protocol && from_port == other.from_port &&
         to_port == other.to_port && cidr_ipv4 == other.cidr_ipv4 && cidr_ipv6 == other.cidr_ipv6 &&
         prefix_list_id == other.prefix_list_id && referenced_group_id == other.referenced_group_id;
}

AwsResult<SecurityGroup> FindGroupById(std::string_view region, std::string_view id, store::Connection& state) {
  if (!id.starts_with("sg-"))
    return AwsFailure("InvalidGroupId.Malformed", "Invalid id: \"{}\" (expecting \"sg-...\")", id);
  store::Rows rows = state.Query(
      "SELECT group_id, vpc_id, name, description FROM ec2_group WHERE group_id = ? AND region = ?", id, region);
  if (rows.Next()) return Read(rows);
  return AwsFailure("InvalidGroup.NotFound", "The security group '{}' does not exist", id);
}

AwsResult<SecurityGroup> FindGroup(const Environment& environment, const Call& call, store::Connection& state) {
  if (call.input.Has("GroupId")) return FindGroupById(call.region, call.input["GroupId"].Text(), state);
  const std::string_view name = call.input["GroupName"].Text();
  if (name.empty()) {
    return AwsFailure("MissingParameter", "The request must contain the parameter groupName or groupId");
  }
  const std::string vpc = EnsureRegion(environment, call.region, state);
  store::Rows rows =
      state.Query("SELECT group_id, vpc_id, name, description FROM ec2_group WHERE vpc_id = ? AND name = ?", vpc, name);
  if (rows.Next()) return Read(rows);
  return AwsFailure("InvalidGroup.NotFound", "The security group '{}' does not exist in default VPC '{}'", name, vpc);
}

std::vector<Rule> RulesOf(store::Connection& state, std::string_view group_id, std::optional<bool> is_egress) {
  std::vector<Rule> rules;
  store::Rows rows = state.Query(
      "SELECT rule_id, is_egress, protocol, from_port, to_port, cidr_ipv4, cidr_ipv6, prefix_list_id, "
      "referenced_group_id, description "
      "FROM ec2_rule WHERE group_id = ? ORDER BY is_egress, number",
      group_id);
  while (rows.Next()) {
    if (is_egress && rows.Boolean(1) != *is_egress) continue;
    rules.push_back({.id = std::string(rows.Text(0)),
                     .is_egress = rows.Boolean(1),
                     .protocol = std::string(rows.Text(2)),
                     .from_port = rows.Integer(3),
                     .to_port = rows.Integer(4),
                     .cidr_ipv4 = std::string(rows.Text(5)),
                     .cidr_ipv6 = std::string(rows.Text(6)),
                     .prefix_list_id = std::string(rows.Text(7)),
                     .referenced_group_id = std::string(rows.Text(8)),
                     .description = std::string(rows.Text(9))});
  }
  return rules;
}

Value DescribeRule(const Call& call, std::string_view group_id, const Rule& rule, store::Connection& state) {
  Value value = Value::Object({{"SecurityGroupRuleId", rule.id},
                               {"GroupId", group_id},
                               {"GroupOwnerId", call.account_id},
                               {"IsEgress", rule.is_egress},
                               {"IpProtocol", rule.protocol},
                               {"FromPort", rule.from_port},
                               {"ToPort", rule.to_port}});
  if (!rule.cidr_ipv4.empty()) value.Set("CidrIpv4", rule.cidr_ipv4);
  if (!rule.cidr_ipv6.empty()) value.Set("CidrIpv6", rule.cidr_ipv6);
  if (!rule.prefix_list_id.empty()) value.Set("PrefixListId", rule.prefix_list_id);
  if (!rule.referenced_group_id.empty()) {
    value.Set("ReferencedGroupInfo",
              Value::Object({{"GroupId", rule.referenced_group_id}, {"UserId", call.account_id}}));
  }
  if (!rule.description.empty()) value.Set("Description", rule.description);
  value.Set("Tags", TagsOf(state, rule.id));
  return value.Set("SecurityGroupRuleArn", Arn(call, "security-group-rule", rule.id));
}

AwsResult<Reply> CreateSecurityGroup(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  std::string_view name = call.input["GroupName"].Text();
  const std::string_view description = call.input["Description"].Text();
  while (name.ends_with(' ')) name.remove_suffix(1);
  if (description.empty())
    return AwsFailure("MissingParameter", "The request must contain the parameter GroupDescription");
  if (name.empty()) return AwsFailure("MissingParameter", "The request must contain the parameter GroupName");
  if (name.starts_with("sg-")) return AwsFailure("InvalidParameterValue", "Group names may not be in the format sg-*.");
  if (name == "default") return AwsFailure("InvalidGroup.Reserved", "The security group 'default' is reserved");
  for (const auto& [text, what] : {std::pair{name, "GroupName"}, std::pair{description, "GroupDescription"}}) {
    if (auto good = CheckName(text, what); !good) return std::unexpected(good.error());
  }
  std::string vpc = EnsureRegion(service.environment(), call.region, state);
  if (call.input.Has("VpcId")) {
    vpc = Text(call.input["VpcId"]);
    if (!Has(state, "SELECT 1 FROM ec2_vpc WHERE vpc_id = ?", vpc)) {
      return AwsFailure("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist", vpc);
    }
  }
  if (vpc.empty()) return AwsFailure("VPCIdNotSpecified", "No default VPC for this user");
  if (state.Query("SELECT 1 FROM ec2_group WHERE vpc_id = ? AND name = ?", vpc, name).Next()) {
    return AwsFailure("InvalidGroup.Duplicate", "The security group '{}' already exists for VPC '{}'", name, vpc);
  }
  const std::string id = RandomHexId(service.environment().random, "sg-");
  state.Execute("INSERT INTO ec2_group VALUES(?, ?, ?, ?, ?)", id, call.region, vpc, name, description);
  state.Execute("INSERT INTO ec2_rule VALUES(?, ?, 1, '-1', -1, -1, '0.0.0.0/0', NULL, NULL, NULL, NULL, 1)",
                RandomHexId(service.environment().random, "sgr-"), id);
  if (auto tagged = AddTagSpecifications(call, "security-group", id, state); !tagged)
    return std::unexpected(tagged.error());
  transaction.OnCommit([&service, id] { service.hosts().ApplySecurityGroup(id); });
  Reply reply;
  reply.output.Set("GroupId", id)
      .Set("Tags", TagsOf(state, id))
      .Set("SecurityGroupArn", Arn(call, "security-group", id));
  return reply;
}

AwsResult<Reply> DescribeSecurityGroups(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string vpc = EnsureRegion(service.environment(), call.region, state);
  std::vector<SecurityGroup> groups;
  for (const Value& id : call.input["GroupIds"].elements()) {
    auto group = FindGroupById(call.region, id.Text(), state);
    if (!group) return std::unexpected(group.error());
    groups.push_back(std::move(*group));
  }
  for (const Value& name : call.input["GroupNames"].elements()) {
    store::Rows rows = state.Query(
        "SELECT group_id, vpc_id, name, description FROM ec2_group WHERE vpc_id = ? AND name = ?", vpc, name.Text());
    if (!rows.Next()) {
      return AwsFailure("InvalidGroup.NotFound", "The security group '{}' does not exist in default VPC '{}'",
                        name.Text(), vpc);
    }
    groups.push_back(Read(rows));
  }
  if (call.input["GroupIds"].elements().empty() && call.input["GroupNames"].elements().empty())
    groups = GroupsOf(call.region, state);
  Value::Elements all;
  for (const SecurityGroup& group : groups) all.push_back(Describe(call, group, state));
  if (auto kept = ApplyFilters(call.input["Filters"], kGroupFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  if (auto paged = Page(call.input, "SecurityGroups", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> DescribeSecurityGroupRules(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  const auto& wanted = call.input["SecurityGroupRuleIds"].elements();
  Value::Elements all;
  for (const SecurityGroup& group : GroupsOf(call.region, state)) {
    for (const Rule& rule : RulesOf(state, group.id)) all.push_back(DescribeRule(call, group.id, rule, state));
  }
  const auto id_of = [](const Value& rule) { return rule["SecurityGroupRuleId"].Text(); };
  for (const Value& id : wanted) {
    if (std::ranges::find(all, id.Text(), id_of) == all.end()) {
      return AwsFailure("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist",
                        id.Text());
    }
  }
  if (!wanted.empty()) {
    std::erase_if(all, [&](const Value& rule) {
      return std::ranges::none_of(wanted, [&](const Value& id) { return id.Text() == id_of(rule); });
    });
  }
  if (auto kept = ApplyFilters(call.input["Filters"], kRuleFilters, all); !kept) return std::unexpected(kept.error());
  Reply reply;
  if (auto paged = Page(call.input, "SecurityGroupRules", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> DeleteSecurityGroup(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto group = FindGroup(service.environment(), call, state);
  if (!group) return std::unexpected(group.error());
  if (group->name == "default") {
    return AwsFailure("CannotDelete", "the specified group: \"{}\" name: \"default\" cannot be deleted by a user",
                      group->id);
  }
  const bool referenced =
      state.Query("SELECT 1 FROM ec2_rule WHERE referenced_group_id = ? AND group_id <> ?", group->id, group->id)
          .Next();
  if (referenced || Has(state, "SELECT 1 FROM ec2_instance_group WHERE group_id = ?", group->id)) {
    return AwsFailure("DependencyViolation", "resource {} has a dependent object", group->id);
  }
  for (const Rule& rule : RulesOf(state, group->id)) RemoveTags(state, rule.id);
  state.Execute("DELETE FROM ec2_rule WHERE group_id = ?", group->id);
  state.Execute("DELETE FROM ec2_group WHERE group_id = ?", group->id);
  RemoveTags(state, group->id);
  Reply reply;
  reply.output.Set("Return", true).Set("GroupId", group->id);
  return reply;
}

}  // namespace opentrail::services::ec2
