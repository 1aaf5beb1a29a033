#include "services/iam/account.h"

#include <algorithm>

#include "codec/json_value.h"
#include "services/iam/aws_policies.h"
#include "services/iam/entity.h"
#include "services/iam/entity_policies.h"
#include "services/iam/managed_policy.h"
#include "services/iam/page.h"
#include "services/iam/role.h"
#include "services/iam/tags.h"
#include "services/iam/user.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kAll = 10'000;

struct Counter {
  std::string_view name;
  std::string_view sql;
};

constexpr Counter kCounters[] = {
    {"Users", "SELECT count(*) FROM iam_entity WHERE kind = 'user'"},
    {"Groups", "SELECT count(*) FROM iam_entity WHERE kind = 'group'"},
    {"Roles", "SELECT count(*) FROM iam_entity WHERE kind = 'role'"},
    {"InstanceProfiles", "SELECT count(*) FROM iam_entity WHERE kind = 'instance-profile'"},
    {"Policies", "SELECT count(*) FROM iam_entity WHERE kind = 'policy'"},
    {"PolicyVersionsInUse", "SELECT count(*) FROM iam_policy_version"},
    {"MFADevices", "SELECT count(*) FROM iam_mfa_device"},
    {"MFADevicesInUse", "SELECT count(*) FROM iam_mfa_device WHERE owner <> ''"},
    {"AccountMFAEnabled", "SELECT count(*) FROM iam_mfa_device WHERE owner <> '' AND owner NOT LIKE 'AIDA%'"},
    {"AccountAccessKeysPresent", "SELECT count(*) > 0 FROM iam_access_key WHERE owner NOT LIKE 'AIDA%'"},
};

struct Quota {
  std::string_view name;
  int64_t value;
};

constexpr Quota kQuotas[] = {
    {"AccessKeysPerUserQuota", 2},
    {"AccountPasswordPresent", 0},
    {"AccountSigningCertificatesPresent", 0},
    {"AssumeRolePolicySizeQuota", 2048},
    {"AttachedPoliciesPerGroupQuota", 10},
    {"AttachedPoliciesPerRoleQuota", 10},
    {"AttachedPoliciesPerUserQuota", 10},
    {"GlobalEndpointTokenVersion", 1},
    {"GroupPolicySizeQuota", 5120},
    {"GroupsPerUserQuota", 10},
    {"GroupsQuota", 300},
    {"InstanceProfilesQuota", 1000},
    {"PoliciesQuota", 1500},
    {"PolicySizeQuota", 6144},
    {"PolicyVersionsInUseQuota", 10000},
    {"Providers", 0},
    {"RolePolicySizeQuota", 10240},
    {"RolesQuota", 1000},
    {"ServerCertificates", 0},
    {"ServerCertificatesQuota", 20},
    {"SigningCertificatesPerUserQuota", 2},
    {"UserPolicySizeQuota", 2048},
    {"UsersQuota", 5000},
    {"VersionsPerPolicyQuota", 5},
};

std::string Alias(store::Connection& state) {
  store::Rows rows = state.Query("SELECT value FROM iam_account WHERE name = 'alias'");
  return rows.Next() ? std::string(rows.Text(0)) : std::string();
}

Value GroupNames(const Context& context, const Entity& user) {
  Value names = Value::List();
  for (const Entity& group :
       ListMembers(context.state, user.id, MemberSide::kContainers, EntityKind::kGroup, "", kAll)) {
    names.Append(group.name);
  }
  return names;
}

Value UserDetail(const Context& context, const Entity& user) {
  Value value = DescribeUser(context, user);
  value.Remove("PasswordLastUsed");
  const Value inline_policies = DescribeInlinePolicies(context.state, user.id);
  if (!inline_policies.elements().empty()) value.Set("UserPolicyList", inline_policies);
  value.Set("GroupList", GroupNames(context, user));
  value.Set("AttachedManagedPolicies", DescribeAttachments(context.state, user.id));
  value.SetIfPresent("PermissionsBoundary", DescribeBoundary(user));
  const Value tags = DescribeTags(context.state, user.id);
  value.Set("Tags", tags.IsNull() ? Value::List() : tags);
  return value;
}

Value GroupDetail(const Context& context, const Entity& group) {
  Value value = DescribeEntity(context, group);
  value.Set("GroupPolicyList", DescribeInlinePolicies(context.state, group.id));
  value.Set("AttachedManagedPolicies", DescribeAttachments(context.state, group.id));
  return value;
}

Value RoleDetail(const Context& context, const Entity& role) {
  Value value = DescribeRole(context, role);
  value.Remove("Description");
  value.Remove("MaxSessionDuration");
  Value profiles = Value::List();
  for (const Entity& profile :
       ListMembers(context.state, role.id, MemberSide::kContainers, EntityKind::kInstanceProfile, "", kAll)) {
    profiles.Append(DescribeInstanceProfile(context, profile));
  }
  value.Set("InstanceProfileList", std::move(profiles));
  value.Set("RolePolicyList", DescribeInlinePolicies(context.state, role.id));
  value.Set("AttachedManagedPolicies", DescribeAttachments(context.state, role.id));
  value.SetIfPresent("PermissionsBoundary", DescribeBoundary(role));
  const Value tags = DescribeTags(context.state, role.id);
  value.Set("Tags", tags.IsNull() ? Value::List() : tags);
  value.Set("RoleLastUsed", DescribeRoleLastUsed(role));
  return value;
}

// The four lists are one sequence for the paging; each item says whose it is.
struct DetailList {
  std::string_view filter;
  std::string_view member;
  EntityKind kind;
  Value (*describe)(const Context&, const Entity&);
};

constexpr DetailList kDetailLists[] = {
    {"User", "UserDetailList", EntityKind::kUser, UserDetail},
    {"Group", "GroupDetailList", EntityKind::kGroup, GroupDetail},
    {"Role", "RoleDetailList", EntityKind::kRole, RoleDetail},
    {"LocalManagedPolicy", "Policies", EntityKind::kPolicy, DescribePolicyWithVersions},
};

bool Wants(const Value& filter, std::string_view name) {
  return filter.elements().empty() ||
         std::ranges::any_of(filter.elements(), [&](const Value& wanted) { return wanted.Text() == name; });
}

void AddDetails(const Context& context, Page& page, size_t index) {
  const DetailList& list = kDetailLists[index];
  const char place = static_cast<char>('1' + index);
  const std::string& after = page.after();
  if (!Wants(context.input["Filter"], list.filter) || (!after.empty() && after[0] > place)) return;
  const std::string_view after_name = !after.empty() && after[0] == place ? std::string_view(after).substr(1) : "";
  for (const Entity& entity : ListEntities(context.state, list.kind, "", after_name, page.limit())) {
    if (!page.WantsMore()) return;
    page.Add(place + entity.name, Value::Object({{"List", list.member}, {"Item", list.describe(context, entity)}}));
  }
}

}  // namespace

Time AccountCreated(store::Connection& state) {
  store::Rows rows = state.Query("SELECT CAST(value AS INTEGER) FROM iam_account WHERE name = 'created'");
  return FromMilliseconds(rows.Next() ? rows.Integer(0) : 0);
}

AwsResult<Reply> CreateAccountAlias(Context& context) {
  context.state.Execute(
      "INSERT INTO iam_account (name, value) VALUES ('alias', ?) ON CONFLICT (name) DO UPDATE SET value = "
      "excluded.value",
      context.Text("AccountAlias"));
  return Reply{};
}

AwsResult<Reply> DeleteAccountAlias(Context& context) {
  const std::string alias = context.Text("AccountAlias");
  if (context.state.Execute("DELETE FROM iam_account WHERE name = 'alias' AND value = ?", alias) == 0) {
    return AwsFailure("NoSuchEntity", "The account alias {} cannot be found.", alias);
  }
  return Reply{};
}

AwsResult<Reply> ListAccountAliases(Context& context) {
  Reply reply;
  Value aliases = Value::List();
  if (const std::string alias = Alias(context.state); !alias.empty()) aliases.Append(alias);
  reply.output.Set("AccountAliases", std::move(aliases));
  reply.output.Set("IsTruncated", false);
  return reply;
}

AwsResult<Reply> GetAccountSummary(Context& context) {
  Value map = Value::Object();
  for (const Counter& counter : kCounters) {
    store::Rows rows = context.state.Query(counter.sql);
    if (rows.Next()) map.Set(counter.name, rows.Integer(0));
  }
  for (const Quota& quota : kQuotas) map.Set(quota.name, quota.value);
  Reply reply;
  reply.output.Set("SummaryMap", std::move(map));
  return reply;
}

AwsResult<Reply> GetAccountAuthorizationDetails(Context& context) {
  Page page(context, "Items");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  for (size_t i = 0; i < std::size(kDetailLists); ++i) AddDetails(context, page, i);
  Reply items = page.Finish();
  Reply reply;
  for (const DetailList& list : kDetailLists) reply.output.Set(list.member, Value::List());
  for (Value& item : items.output.At("Items").mutable_elements()) {
    reply.output.At(item["List"].Text()).Append(std::move(item.At("Item")));
  }
  reply.output.Set("IsTruncated", items.output["IsTruncated"]);
  reply.output.SetIfPresent("Marker", items.output["Marker"]);
  return reply;
}

AwsResult<Reply> ListSamlProviders(Context& /*context*/) {
  return Reply{.output = Value::Object({{"SAMLProviderList", Value::List()}})};
}

AwsResult<Reply> ListOpenIdConnectProviders(Context& /*context*/) {
  return Reply{.output = Value::Object({{"OpenIDConnectProviderList", Value::List()}})};
}

AwsResult<Reply> ListServerCertificates(Context& context) {
  Page page(context, "ServerCertificateMetadataList");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  return page.Finish();
}

}  // namespace opentrail::services::iam
