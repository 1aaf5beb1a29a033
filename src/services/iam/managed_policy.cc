#include "services/iam/managed_policy.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "iam/policy.h"
#include "services/iam/entity.h"
#include "services/iam/handlers.h"

namespace opentrail::services::iam {
namespace {

constexpr std::string_view kAwsPrefix = "arn:aws:iam::aws:policy";
constexpr Time kAwsPolicyCreated = Time(std::chrono::seconds(1'423'161'600));  // 2015-02-05, when AWS made most of them

ManagedPolicy FromAws(const AwsPolicy& policy) {
  std::string id = "ANPA" + codec::HexEncode(codec::Sha256(policy.name)).substr(0, 17);
  std::ranges::transform(id, id.begin(), [](char c) {
    return c == '0' || c == '1' || c == '8' || c == '9' ? 'Q' : static_cast<char>(std::toupper(c));
  });
  return {.arn = fmt::format("{}{}{}", kAwsPrefix, policy.path, policy.name),
          .policy_id = std::move(id),
          .name = std::string(policy.name),
          .path = std::string(policy.path),
          .description = {},
          .document = std::string(policy.document),
          .created = kAwsPolicyCreated,
          .updated = kAwsPolicyCreated,
          .default_version = 1};
}

int64_t Count(store::Connection& state, std::string_view sql, std::string_view arn) {
  store::Rows rows = state.Query(sql, arn);
  return rows.Next() ? rows.Integer(0) : 0;
}

Value Describe(const ManagedPolicy& policy, store::Connection& state) {
  Value value =
      Value::Object({{"PolicyName", policy.name},
                     {"PolicyId", policy.policy_id},
                     {"Arn", policy.arn},
                     {"Path", policy.path},
                     {"DefaultVersionId", fmt::format("v{}", policy.default_version)},
                     {"AttachmentCount", Count(state, "SELECT count(*) FROM iam_attachment WHERE arn = ?", policy.arn)},
                     {"PermissionsBoundaryUsageCount",
                      Count(state, "SELECT count(*) FROM iam_entity WHERE boundary = ?", policy.arn)},
                     {"IsAttachable", true}});
  if (!policy.description.empty()) value.Set("Description", policy.description);
  return value.Set("CreateDate", policy.created).Set("UpdateDate", policy.updated);
}

AwsError NoPolicy(std::string_view arn) { return NoSuchEntity(fmt::format("Policy {} was not found.", arn)); }

}  // namespace

std::optional<ManagedPolicy> FindManagedPolicy(store::Connection& state, std::string_view arn) {
  if (arn.starts_with(kAwsPrefix)) {
    for (const AwsPolicy& policy : AwsPolicies()) {
      if (arn.substr(kAwsPrefix.size()) == fmt::format("{}{}", policy.path, policy.name)) return FromAws(policy);
    }
    return std::nullopt;
  }
  store::Rows rows = state.Query(
      "SELECT p.policy_id, p.name, p.path, p.description, v.document, p.created, p.updated, p.default_version "
      "FROM iam_policy p JOIN iam_policy_version v ON v.arn = p.arn AND v.version = p.default_version WHERE p.arn = ?",
      arn);
  if (!rows.Next()) return std::nullopt;
  const auto text = [&](int column) { return std::string(rows.Text(column)); };
  const auto time = [&](int column) { return Time(std::chrono::milliseconds(rows.Integer(column))); };
  return ManagedPolicy{.arn = std::string(arn),
                       .policy_id = text(0),
                       .name = text(1),
                       .path = text(2),
                       .description = text(3),
                       .document = text(4),
                       .created = time(5),
                       .updated = time(6),
                       .default_version = rows.Integer(7)};
}

AwsResult<Reply> CreatePolicy(IamService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view document = call.input["PolicyDocument"].Text();
  auto parsed = opentrail::iam::Policy::Parse(document, opentrail::iam::PolicyKind::kIdentity);
  if (!parsed) return std::unexpected(parsed.error());
  const std::string_view path = call.input["Path"].Text("/"), name = call.input["PolicyName"].Text();
  const std::string arn = fmt::format("arn:aws:iam::{}:policy{}{}", call.account_id, path, name);
  if (FindManagedPolicy(state, arn)) {
    return std::unexpected(
        AwsError{"EntityAlreadyExists",
                 fmt::format("A policy called {} already exists. Duplicate names are not allowed.", name), 409});
  }
  const int64_t now = call.now.time_since_epoch().count();
  state.Execute("INSERT INTO iam_policy VALUES(?, ?, ?, ?, ?, ?, ?, 1, 1)", arn,
                RandomIamId(service.environment().random, "ANPA", 21), name, path, call.input["Description"].Text(),
                now, now);
  state.Execute("INSERT INTO iam_policy_version VALUES(?, 1, ?, ?)", arn, document, now);
  Reply reply;
  reply.output.Set("Policy", Describe(*FindManagedPolicy(state, arn), state));
  return reply;
}

AwsResult<Reply> GetPolicy(IamService&, Call& call, store::Transaction& transaction) {
  const auto policy = FindManagedPolicy(transaction.connection(), call.input["PolicyArn"].Text());
  if (!policy) return std::unexpected(NoPolicy(call.input["PolicyArn"].Text()));
  Reply reply;
  reply.output.Set("Policy", Describe(*policy, transaction.connection()));
  return reply;
}

AwsResult<Reply> ListPolicies(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view scope = call.input["Scope"].Text("All");
  std::vector<std::string> arns;
  if (scope != "AWS") {
    store::Rows rows = state.Query("SELECT arn FROM iam_policy ORDER BY name");
    while (rows.Next()) arns.emplace_back(rows.Text(0));
  }
  if (scope != "Local") {
    for (const AwsPolicy& policy : AwsPolicies()) arns.push_back(FromAws(policy).arn);
  }
  Value::Elements all;
  for (const std::string& arn : arns) {
    Value policy = Describe(*FindManagedPolicy(state, arn), state);
    const bool attached = policy["AttachmentCount"].Integer(0) > 0;
    if (call.input["OnlyAttached"].Boolean() && !attached) continue;
    if (!policy["Path"].Text().starts_with(call.input["PathPrefix"].Text("/"))) continue;
    all.push_back(std::move(policy));
  }
  Reply reply;
  if (auto paged = Page(call.input, "Policies", std::move(all), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> DeletePolicy(IamService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view arn = call.input["PolicyArn"].Text();
  if (arn.starts_with(kAwsPrefix))
    return std::unexpected(AwsError{"AccessDenied", "Managed policies of AWS cannot be deleted.", 403});
  if (!FindManagedPolicy(state, arn)) return std::unexpected(NoPolicy(arn));
  if (Count(state, "SELECT count(*) FROM iam_attachment WHERE arn = ?", arn) > 0) {
    return std::unexpected(AwsError{"DeleteConflict", "Cannot delete a policy attached to entities.", 409});
  }
  state.Execute("DELETE FROM iam_policy_version WHERE arn = ?", arn);
  state.Execute("DELETE FROM iam_policy WHERE arn = ?", arn);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> GetPolicyVersion(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view arn = call.input["PolicyArn"].Text(), wanted = call.input["VersionId"].Text();
  const auto policy = FindManagedPolicy(state, arn);
  if (!policy) return std::unexpected(NoPolicy(arn));
  if (wanted != fmt::format("v{}", policy->default_version)) {
    return std::unexpected(
        NoSuchEntity(fmt::format("Policy {} version {} does not exist or is not attachable.", arn, wanted)));
  }
  Reply reply;
  reply.output.Set("PolicyVersion", Value::Object({{"Document", codec::UriEncode(policy->document)},
                                                   {"VersionId", wanted},
                                                   {"IsDefaultVersion", true},
                                                   {"CreateDate", policy->updated}}));
  return reply;
}

AwsResult<Reply> ListPolicyVersions(IamService&, Call& call, store::Transaction& transaction) {
  const auto policy = FindManagedPolicy(transaction.connection(), call.input["PolicyArn"].Text());
  if (!policy) return std::unexpected(NoPolicy(call.input["PolicyArn"].Text()));
  Value version = Value::Object({{"VersionId", fmt::format("v{}", policy->default_version)},
                                 {"IsDefaultVersion", true},
                                 {"CreateDate", policy->updated}});
  Reply reply;
  if (auto paged = Page(call.input, "Versions", {std::move(version)}, reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

}  // namespace opentrail::services::iam
