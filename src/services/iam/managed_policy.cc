#include "services/iam/managed_policy.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "codec/text.h"
#include "codec/timestamp.h"
#include "iam/policy.h"
#include "services/iam/aws_policies.h"
#include "services/iam/page.h"
#include "services/iam/tags.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kMaxDocument = 6144;
constexpr int64_t kMaxVersions = 5;
constexpr std::string_view kSpaces = " \t\r\n";

std::string VersionId(int64_t version) { return fmt::format("v{}", version); }

// "v3" -> 3; 0 for anything else.
int64_t VersionNumber(std::string_view id) {
  int64_t number = 0;
  if (!id.starts_with('v')) return 0;
  const auto [end, error] = std::from_chars(id.data() + 1, id.data() + id.size(), number);
  return error == std::errc() && end == id.data() + id.size() ? number : 0;
}

int64_t CountAttachments(store::Connection& state, std::string_view arn) {
  return CountRows(state, "SELECT count(*) FROM iam_attachment WHERE policy_arn = ?", arn);
}

int64_t CountBoundaries(store::Connection& state, std::string_view arn) {
  return CountRows(state, "SELECT count(*) FROM iam_entity WHERE boundary = ? AND boundary <> ''", arn);
}

void DescribeUse(const Context& context, std::string_view arn, Value& value) {
  value.Set("AttachmentCount", CountAttachments(context.state, arn));
  value.Set("PermissionsBoundaryUsageCount", CountBoundaries(context.state, arn));
  value.Set("IsAttachable", true);
}

Value DescribeCustomerPolicy(const Context& context, const Entity& policy) {
  Value value = DescribeEntity(context, policy);
  value.Set("DefaultVersionId", VersionId(policy.default_version));
  DescribeUse(context, value["Arn"].Text(), value);
  value.Set("UpdateDate", FromMilliseconds(policy.updated));
  return value;
}

Value DescribeAwsPolicy(const Context& context, const AwsPolicy& policy) {
  Value value = Value::Object({{"PolicyName", policy.name},
                               {"PolicyId", policy.id},
                               {"Arn", policy.Arn()},
                               {"Path", policy.path},
                               {"DefaultVersionId", policy.version}});
  DescribeUse(context, policy.Arn(), value);
  const auto created = codec::ParseIso8601(policy.created);
  value.Set("CreateDate", *created);
  value.Set("UpdateDate", *created);
  return value;
}

Value DescribeVersion(const store::Rows& rows, int64_t default_version, bool with_document) {
  Value value;
  if (with_document) value.Set("Document", codec::UriEncode(rows.Text(1)));
  value.Set("VersionId", VersionId(rows.Integer(0)));
  value.Set("IsDefaultVersion", rows.Integer(0) == default_version);
  value.Set("CreateDate", FromMilliseconds(rows.Integer(2)));
  return value;
}

AwsStatus CheckManagedDocument(std::string_view document) {
  if (SizeWithoutSpace(document) > kMaxDocument) {
    return AwsFailure("LimitExceeded", "Cannot exceed quota for PolicySize: {}", kMaxDocument);
  }
  return CheckIdentityDocument(document);
}

void StoreVersion(const Context& context, const Entity& policy, std::string_view document) {
  context.state.Execute("INSERT INTO iam_policy_version (policy, version, document, created) VALUES (?, ?, ?, ?)",
                        policy.id, policy.last_version, document, context.now_ms());
}

std::unexpected<AwsError> NoSuchVersion(std::string_view arn, std::string_view version) {
  return AwsFailure("NoSuchEntity", "Policy {} version {} does not exist or is not attachable.", arn, version);
}

}  // namespace

std::optional<Entity> FindCustomerPolicy(store::Connection& state, std::string_view account_id, std::string_view arn) {
  const std::string prefix = fmt::format("arn:aws:iam::{}:policy/", account_id);
  if (!arn.starts_with(prefix)) return std::nullopt;
  auto policy = FindEntity(state, EntityKind::kPolicy, arn.substr(arn.rfind('/') + 1));
  if (!policy || ArnOf(account_id, *policy) != arn) return std::nullopt;
  return policy;
}

AwsResult<Entity> RequireCustomerPolicy(const Context& context, std::string_view arn) {
  if (FindAwsPolicy(arn) != nullptr) {
    return std::unexpected(AwsError{"AccessDenied", "Cannot perform the operation on an AWS managed policy.", 403});
  }
  auto policy = FindCustomerPolicy(context.state, context.account_id(), arn);
  if (!policy) return NoSuchEntity(EntityKind::kPolicy, arn);
  return std::move(*policy);
}

AwsStatus RequireAttachable(const Context& context, std::string_view arn) {
  if (!arn.starts_with("arn:")) return AwsFailure("InvalidInput", "ARN {} is not valid.", arn);
  if (FindAwsPolicy(arn) != nullptr || FindCustomerPolicy(context.state, context.account_id(), arn)) return {};
  return AwsFailure("NoSuchEntity", "Policy {} does not exist or is not attachable.", arn);
}

std::optional<std::string> ManagedDocument(store::Connection& state, std::string_view account_id,
                                           std::string_view arn) {
  if (const AwsPolicy* policy = FindAwsPolicy(arn)) return std::string(policy->document);
  const auto policy = FindCustomerPolicy(state, account_id, arn);
  if (!policy) return std::nullopt;
  store::Rows rows = state.Query("SELECT document FROM iam_policy_version WHERE policy = ? AND version = ?", policy->id,
                                 policy->default_version);
  return rows.Next() ? std::optional<std::string>(rows.Text(0)) : std::nullopt;
}

size_t SizeWithoutSpace(std::string_view document) {
  return static_cast<size_t>(
      std::ranges::count_if(document, [](char c) { return kSpaces.find(c) == std::string_view::npos; }));
}

AwsStatus CheckIdentityDocument(std::string_view document) {
  return Then(opentrail::iam::Policy::Parse(document, opentrail::iam::PolicyKind::kIdentity),
              [](const auto&) { return AwsStatus(); });
}

AwsResult<Reply> CreatePolicy(Context& context) {
  const std::string document = context.Text("PolicyDocument");
  return Then(NewEntity(context, EntityKind::kPolicy), [&](Entity& policy) -> AwsResult<Reply> {
    return Then(CheckManagedDocument(document), [&]() -> AwsResult<Reply> {
      policy.default_version = policy.last_version = 1;
      StoreEntity(context.state, policy);
      StoreVersion(context, policy, document);
      return Then(AddTags(context, policy.id), [&]() -> AwsResult<Reply> {
        Value value = DescribeCustomerPolicy(context, policy);
        value.SetIfPresent("Tags", DescribeTags(context.state, policy.id));
        Reply reply;
        reply.output.Set("Policy", std::move(value));
        return reply;
      });
    });
  });
}

AwsResult<Reply> GetPolicy(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  Reply reply;
  if (const AwsPolicy* policy = FindAwsPolicy(arn)) {
    Value value = DescribeAwsPolicy(context, *policy);
    value.Set("Description", policy->description);
    value.Set("Tags", Value::List());
    reply.output.Set("Policy", std::move(value));
    return reply;
  }
  return Then(RequireCustomerPolicy(context, arn), [&](const Entity& policy) -> AwsResult<Reply> {
    Value value = DescribeCustomerPolicy(context, policy);
    if (!policy.description.empty()) value.Set("Description", policy.description);
    const Value tags = DescribeTags(context.state, policy.id);
    value.Set("Tags", tags.IsNull() ? Value::List() : tags);
    reply.output.Set("Policy", std::move(value));
    return std::move(reply);
  });
}

AwsResult<Reply> DeletePolicy(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  return Then(RequireCustomerPolicy(context, arn), [&](const Entity& policy) -> AwsResult<Reply> {
    if (CountAttachments(context.state, arn) + CountBoundaries(context.state, arn) > 0) {
      return AwsFailure("DeleteConflict", "{}", "Cannot delete a policy attached to entities.");
    }
    if (CountRows(context.state, "SELECT count(*) FROM iam_policy_version WHERE policy = ?", policy.id) > 1) {
      return AwsFailure("DeleteConflict", "{}",
                        "This policy has more than one version. Before you delete a policy, you must delete the "
                        "policy's versions. The default version is deleted with the policy.");
    }
    context.state.Execute("DELETE FROM iam_policy_version WHERE policy = ?", policy.id);
    DeleteEntity(context.state, policy);
    return Reply{};
  });
}

namespace {

// ListPolicies shows the account's own first, then those of AWS; the key of a row is its place in that order.
void AddListedPolicy(const Context& context, Page& page, std::string_view key, Value value) {
  const Value& input = context.input;
  const bool as_boundary = input["PolicyUsageFilter"].Text() == "PermissionsBoundary";
  const std::string_view count = as_boundary ? "PermissionsBoundaryUsageCount" : "AttachmentCount";
  const bool only_used = input["OnlyAttached"].Boolean() || input.Has("PolicyUsageFilter");
  if (!value["Path"].Text().starts_with(input["PathPrefix"].Text("/"))) return;
  if (only_used && value[count].Integer(0) == 0) return;
  if (key > page.after()) page.Add(key, std::move(value));
}

}  // namespace

AwsResult<Reply> ListPolicies(Context& context) {
  Page page(context, "Policies");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  const std::string_view scope = context.input["Scope"].Text("All");
  constexpr int64_t kAll = 10'000;
  if (scope != "AWS") {
    for (const Entity& policy : ListEntities(context.state, EntityKind::kPolicy, "/", "", kAll)) {
      if (!page.WantsMore()) break;
      AddListedPolicy(context, page, "1" + policy.name, DescribeCustomerPolicy(context, policy));
    }
  }
  if (scope != "Local") {
    for (const AwsPolicy& policy : AwsPolicies()) {
      if (!page.WantsMore()) break;
      AddListedPolicy(context, page, "2" + std::string(policy.name), DescribeAwsPolicy(context, policy));
    }
  }
  return page.Finish();
}

AwsResult<Reply> CreatePolicyVersion(Context& context) {
  const std::string document = context.Text("PolicyDocument");
  return Then(
      RequireCustomerPolicy(context, context.input["PolicyArn"].Text()), [&](Entity& policy) -> AwsResult<Reply> {
        return Then(CheckManagedDocument(document), [&]() -> AwsResult<Reply> {
          if (CountRows(context.state, "SELECT count(*) FROM iam_policy_version WHERE policy = ?", policy.id) >=
              kMaxVersions) {
            return AwsFailure("LimitExceeded", "{}",
                              "A managed policy can have up to 5 versions. Before you create a new version, you must "
                              "delete an existing version.");
          }
          ++policy.last_version;
          policy.updated = context.now_ms();
          const bool is_default = context.input["SetAsDefault"].Boolean();
          if (is_default) policy.default_version = policy.last_version;
          StoreEntity(context.state, policy);
          StoreVersion(context, policy, document);
          Reply reply;
          reply.output.Set("PolicyVersion", Value::Object({{"VersionId", VersionId(policy.last_version)},
                                                           {"IsDefaultVersion", is_default},
                                                           {"CreateDate", context.call.now}}));
          return reply;
        });
      });
}

AwsResult<Reply> GetPolicyVersion(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  const std::string_view version = context.input["VersionId"].Text();
  Reply reply;
  if (const AwsPolicy* policy = FindAwsPolicy(arn)) {
    if (version != policy->version) return NoSuchVersion(arn, version);
    reply.output.Set("PolicyVersion", Value::Object({{"Document", codec::UriEncode(policy->document)},
                                                     {"VersionId", policy->version},
                                                     {"IsDefaultVersion", true},
                                                     {"CreateDate", *codec::ParseIso8601(policy->created)}}));
    return reply;
  }
  return Then(RequireCustomerPolicy(context, arn), [&](const Entity& policy) -> AwsResult<Reply> {
    store::Rows rows = context.state.Query(
        "SELECT version, document, created FROM iam_policy_version WHERE policy = ? AND version = ?", policy.id,
        VersionNumber(version));
    if (!rows.Next()) return NoSuchVersion(arn, version);
    reply.output.Set("PolicyVersion", DescribeVersion(rows, policy.default_version, true));
    return std::move(reply);
  });
}

AwsResult<Reply> DeletePolicyVersion(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  const std::string_view version = context.input["VersionId"].Text();
  return Then(RequireCustomerPolicy(context, arn), [&](const Entity& policy) -> AwsResult<Reply> {
    if (VersionNumber(version) == policy.default_version) {
      return AwsFailure("DeleteConflict", "{}", "Cannot delete the default version of a policy.");
    }
    if (context.state.Execute("DELETE FROM iam_policy_version WHERE policy = ? AND version = ?", policy.id,
                              VersionNumber(version)) == 0) {
      return NoSuchVersion(arn, version);
    }
    return Reply{};
  });
}

AwsResult<Reply> ListPolicyVersions(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  Page page(context, "Versions");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  if (const AwsPolicy* policy = FindAwsPolicy(arn)) {
    page.Add(policy->version, Value::Object({{"VersionId", policy->version},
                                             {"IsDefaultVersion", true},
                                             {"CreateDate", *codec::ParseIso8601(policy->created)}}));
    return page.Finish();
  }
  return Then(RequireCustomerPolicy(context, arn), [&](const Entity& policy) -> AwsResult<Reply> {
    const int64_t before = page.after().empty() ? INT64_MAX : VersionNumber(page.after());
    store::Rows rows = context.state.Query(
        "SELECT version, document, created FROM iam_policy_version WHERE policy = ? AND version < ? ORDER BY version "
        "DESC LIMIT ?",
        policy.id, before, page.limit());
    while (rows.Next()) {
      page.Add(VersionId(rows.Integer(0)), DescribeVersion(rows, policy.default_version, false));
    }
    return page.Finish();
  });
}

AwsResult<Reply> SetDefaultPolicyVersion(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  const std::string_view version = context.input["VersionId"].Text();
  return Then(RequireCustomerPolicy(context, arn), [&](Entity& policy) -> AwsResult<Reply> {
    const int64_t number = VersionNumber(version);
    store::Rows rows =
        context.state.Query("SELECT 1 FROM iam_policy_version WHERE policy = ? AND version = ?", policy.id, number);
    if (!rows.Next()) return NoSuchVersion(arn, version);
    policy.default_version = number;
    policy.updated = context.now_ms();
    StoreEntity(context.state, policy);
    return Reply{};
  });
}

AwsResult<Reply> ListEntitiesForPolicy(Context& context) {
  const std::string_view arn = context.input["PolicyArn"].Text();
  if (auto status = RequireAttachable(context, arn); !status) return NoSuchEntity(EntityKind::kPolicy, arn);
  struct Side {
    EntityKind kind;
    std::string_view member, filter;
  };
  static constexpr Side kSides[] = {{EntityKind::kGroup, "PolicyGroups", "Group"},
                                    {EntityKind::kUser, "PolicyUsers", "User"},
                                    {EntityKind::kRole, "PolicyRoles", "Role"}};
  const std::string_view filter = context.input["EntityFilter"].Text();
  const std::string_view usage = context.input["PolicyUsageFilter"].Text();
  const std::string path = context.Text("PathPrefix");
  Reply reply;
  for (const Side& side : kSides) {
    Value list = Value::List();
    store::Rows rows = context.state.Query(
        "SELECT name, id FROM iam_entity WHERE kind = ? AND substr(path, 1, length(?)) = ? AND ((? <> 1 AND id IN "
        "(SELECT owner FROM iam_attachment WHERE policy_arn = ?)) OR (? <> 2 AND boundary = ?)) ORDER BY name",
        InfoOf(side.kind).key, path, path, usage == "PermissionsBoundary" ? 1 : 0, arn,
        usage == "PermissionsPolicy" ? 2 : 0, arn);
    while (rows.Next() && (filter.empty() || filter == side.filter)) {
      Value entity;
      entity.Set(std::string(side.filter) + "Name", rows.Text(0));
      entity.Set(std::string(side.filter) + "Id", rows.Text(1));
      list.Append(std::move(entity));
    }
    reply.output.Set(side.member, std::move(list));
  }
  reply.output.Set("IsTruncated", false);
  return reply;
}

Value DescribePolicyWithVersions(const Context& context, const Entity& policy) {
  Value value = DescribeCustomerPolicy(context, policy);
  Value versions = Value::List();
  store::Rows rows = context.state.Query(
      "SELECT version, document, created FROM iam_policy_version WHERE policy = ? ORDER BY version DESC", policy.id);
  while (rows.Next()) versions.Append(DescribeVersion(rows, policy.default_version, true));
  value.Set("PolicyVersionList", std::move(versions));
  return value;
}

}  // namespace opentrail::services::iam
