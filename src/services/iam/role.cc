#include "services/iam/role.h"

#include <algorithm>

#include "codec/text.h"
#include "iam/policy_body.h"
#include "iam/same_name.h"
#include "services/iam/entity_policies.h"
#include "services/iam/managed_policy.h"
#include "services/iam/page.h"
#include "services/iam/policy_principal.h"
#include "services/iam/tags.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kMaxTrustPolicy = 2048;
constexpr int64_t kDefaultSessionSeconds = 3600;

constexpr std::string_view kTrustActions[] = {
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
    "sts:*",
    "*",
};

bool IsTrustAction(const opentrail::iam::Pattern& action) {
  return std::ranges::any_of(kTrustActions,
                             [&](std::string_view known) { return opentrail::iam::SameName(known, action.text()); }) ||
         (action.text().starts_with("sts:") && action.text().find('*') != std::string::npos);
}

AwsStatus SetTrustPolicy(const Context& context, Entity& role, std::string document) {
  if (SizeWithoutSpace(document) > kMaxTrustPolicy) {
    return AwsFailure("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: {}", kMaxTrustPolicy);
  }
  return Then(ParseTrustPolicy(document), [&](const opentrail::iam::PolicyPointer& policy) -> AwsStatus {
    if (const auto missing = FindMissingPrincipal(context.state, context.account_id(), *policy)) {
      return AwsFailure("MalformedPolicyDocument", "Invalid principal in policy: \"AWS\":\"{}\"", *missing);
    }
    role.document = std::move(document);
    return AwsStatus();
  });
}

Value DescribeWholeRole(const Context& context, const Entity& role) {
  Value value = DescribeRole(context, role);
  value.SetIfPresent("PermissionsBoundary", DescribeBoundary(role));
  value.SetIfPresent("Tags", DescribeTags(context.state, role.id));
  value.Set("RoleLastUsed", DescribeRoleLastUsed(role));
  return value;
}

// CreateRole answers what was asked for and no defaults.
Value DescribeNewRole(const Context& context, const Entity& role) {
  Value value = DescribeWholeRole(context, role);
  value.Remove("RoleLastUsed");
  if (!context.input.Has("MaxSessionDuration")) value.Remove("MaxSessionDuration");
  return value;
}

Reply RoleReply(Value role) {
  Reply reply;
  reply.output.Set("Role", std::move(role));
  return reply;
}

}  // namespace

AwsResult<opentrail::iam::PolicyPointer> ParseTrustPolicy(std::string_view document) {
  auto policy = opentrail::iam::Policy::Parse(document, opentrail::iam::PolicyKind::kResource);
  if (!policy) return policy;
  for (const opentrail::iam::Statement& statement : (*policy)->body().statements) {
    if (statement.resources) return AwsFailure("MalformedPolicyDocument", "{}", "Has prohibited field Resource");
    if (!std::ranges::all_of(statement.actions.patterns, IsTrustAction)) {
      return AwsFailure("MalformedPolicyDocument", "{}", "AssumeRole policy may only specify STS AssumeRole actions.");
    }
  }
  return policy;
}

Value DescribeRole(const Context& context, const Entity& role) {
  Value value = DescribeEntity(context, role);
  value.Set("AssumeRolePolicyDocument", codec::UriEncode(role.document));
  if (!role.description.empty()) value.Set("Description", role.description);
  value.Set("MaxSessionDuration", role.max_session_s);
  return value;
}

Value DescribeRoleLastUsed(const Entity& role) {
  if (role.last_used == 0) return Value::Object();
  return Value::Object({{"LastUsedDate", FromMilliseconds(role.last_used)}, {"Region", role.last_used_region}});
}

AwsResult<Reply> CreateRole(Context& context) {
  return Then(NewEntity(context, EntityKind::kRole), [&](Entity& role) -> AwsResult<Reply> {
    role.max_session_s = context.input["MaxSessionDuration"].Integer(kDefaultSessionSeconds);
    AwsStatus status = SetTrustPolicy(context, role, context.Text("AssumeRolePolicyDocument"));
    if (status) status = ReadBoundary(context, role);
    if (status) {
      StoreEntity(context.state, role);
      status = AddTags(context, role.id);
    }
    return Then(std::move(status), [&]() -> AwsResult<Reply> { return RoleReply(DescribeNewRole(context, role)); });
  });
}

AwsResult<Reply> GetRole(Context& context) {
  return Then(InputEntity(context, EntityKind::kRole),
              [&](const Entity& role) -> AwsResult<Reply> { return RoleReply(DescribeWholeRole(context, role)); });
}

AwsResult<Reply> ListRoles(Context& context) {
  Page page(context, "Roles");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  const std::string path = context.Text("PathPrefix");
  for (const Entity& role : ListEntities(context.state, EntityKind::kRole, path, page.after(), page.limit())) {
    page.Add(role.name, DescribeRole(context, role));
  }
  return page.Finish();
}

AwsResult<Reply> UpdateRole(Context& context) {
  return Then(InputEntity(context, EntityKind::kRole), [&](Entity& role) -> AwsResult<Reply> {
    if (context.input.Has("Description")) role.description = context.Text("Description");
    role.max_session_s = context.input["MaxSessionDuration"].Integer(role.max_session_s);
    StoreEntity(context.state, role);
    return Reply{};
  });
}

AwsResult<Reply> UpdateRoleDescription(Context& context) {
  return Then(InputEntity(context, EntityKind::kRole), [&](Entity& role) -> AwsResult<Reply> {
    role.description = context.Text("Description");
    StoreEntity(context.state, role);
    return RoleReply(DescribeWholeRole(context, role));
  });
}

AwsResult<Reply> UpdateAssumeRolePolicy(Context& context) {
  return Then(InputEntity(context, EntityKind::kRole), [&](Entity& role) -> AwsResult<Reply> {
    return Then(SetTrustPolicy(context, role, context.Text("PolicyDocument")), [&]() -> AwsResult<Reply> {
      StoreEntity(context.state, role);
      return Reply{};
    });
  });
}

AwsResult<Reply> DeleteRole(Context& context) {
  return Then(InputEntity(context, EntityKind::kRole), [&](const Entity& role) -> AwsResult<Reply> {
    constexpr const char* kConflict = "DeleteConflict";
    if (CountRows(context.state, "SELECT count(*) FROM iam_member WHERE member = ?", role.id) > 0) {
      return AwsFailure(kConflict, "{}", "Cannot delete entity, must remove roles from instance profile first.");
    }
    if (HasAttachments(context.state, role.id)) {
      return AwsFailure(kConflict, "{}", "Cannot delete entity, must detach all policies first.");
    }
    if (HasInlinePolicies(context.state, role.id)) {
      return AwsFailure(kConflict, "{}", "Cannot delete entity, must delete policies first.");
    }
    DeleteEntity(context.state, role);
    return Reply{};
  });
}

}  // namespace opentrail::services::iam
