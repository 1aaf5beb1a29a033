#include <algorithm>

#include <fmt/format.h>

#include "iam/evaluation.h"
#include "services/iam/account.h"
#include "services/iam/entity.h"
#include "services/iam/managed_policy.h"
#include "services/iam/page.h"
#include "services/iam/policy_source.h"

namespace opentrail::services::iam {
namespace {

using opentrail::iam::AccessRequest;
using opentrail::iam::IdentityPolicies;
using opentrail::iam::Policy;
using opentrail::iam::PolicyKind;
using opentrail::iam::PolicyPointer;
using opentrail::iam::Verdict;

AwsResult<std::vector<PolicyPointer>> ParseAll(const Value& documents) {
  std::vector<PolicyPointer> policies;
  for (const Value& document : documents.elements()) {
    auto policy = Policy::Parse(document.Text(), PolicyKind::kIdentity);
    if (!policy) return AwsFailure("InvalidInput", "Invalid input policy document: {}", policy.error().message);
    policies.push_back(std::move(*policy));
  }
  return policies;
}

std::string_view DecisionText(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllowed: return "allowed";
    case Verdict::kExplicitDeny: return "explicitDeny";
    case Verdict::kImplicitDeny: break;
  }
  return "implicitDeny";
}

opentrail::iam::ContextKeys ContextOf(const Value& entries) {
  opentrail::iam::ContextKeys keys;
  for (const Value& entry : entries.elements()) {
    std::vector<std::string> values;
    for (const Value& value : entry["ContextKeyValues"].elements()) values.emplace_back(value.Text());
    keys.Add(std::string(entry["ContextKeyName"].Text()), std::move(values));
  }
  return keys;
}

Value EvaluateOne(const opentrail::iam::Principal& principal, const IdentityPolicies& policies,
                  const AccessRequest& request) {
  const auto decision = Evaluate(principal, policies, request);
  return Value::Object({{"EvalActionName", request.action},
                        {"EvalResourceName", request.resource},
                        {"EvalDecision", DecisionText(decision.verdict)},
                        {"MatchedStatements", Value::List()},
                        {"MissingContextValues", Value::List()}});
}

AwsResult<Reply> Simulate(const Context& context, const opentrail::iam::Principal& principal,
                          IdentityPolicies policies) {
  Page page(context, "EvaluationResults");
  if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
  auto given = ParseAll(context.input["PolicyInputList"]);
  if (!given) return std::unexpected(std::move(given.error()));
  policies.identity.insert(policies.identity.end(), given->begin(), given->end());
  if (context.input.Has("PermissionsBoundaryPolicyInputList")) {
    auto boundary = ParseAll(context.input["PermissionsBoundaryPolicyInputList"]);
    if (!boundary) return std::unexpected(std::move(boundary.error()));
    policies.boundary = std::move(*boundary);
  }
  AccessRequest request;
  request.context = ContextOf(context.input["ContextEntries"]);
  if (context.input.Has("ResourcePolicy")) {
    auto policy = Policy::Parse(context.input["ResourcePolicy"].Text(), PolicyKind::kResource);
    if (!policy) return AwsFailure("InvalidInput", "Invalid input policy document: {}", policy.error().message);
    request.resource_policy = std::move(*policy);
    request.rule = opentrail::iam::ResourcePolicyRule::kEither;
  }
  Value resources = context.input["ResourceArns"];
  if (resources.elements().empty()) resources = Value::List({"*"});
  size_t place = 0;
  for (const Value& action : context.input["ActionNames"].elements()) {
    for (const Value& resource : resources.elements()) {
      const std::string key = fmt::format("{:06}", ++place);
      if (key <= page.after() || !page.WantsMore()) continue;
      request.action = action.Text();
      request.resource = resource.Text();
      page.Add(key, EvaluateOne(principal, policies, request));
    }
  }
  return page.Finish();
}

}  // namespace

AwsResult<Reply> SimulateCustomPolicy(Context& context) {
  opentrail::iam::Principal principal;
  principal.type = opentrail::iam::PrincipalType::kIamUser;
  principal.account_id = context.account_id();
  principal.arn = context.input["CallerArn"].Text();
  return Simulate(context, principal, {});
}

AwsResult<Reply> SimulatePrincipalPolicy(Context& context) {
  const std::string arn = context.Text("PolicySourceArn");
  const std::string name = arn.substr(arn.rfind('/') + 1);
  for (const EntityKind kind : {EntityKind::kUser, EntityKind::kGroup, EntityKind::kRole}) {
    const auto entity = FindEntity(context.state, kind, name);
    if (!entity || ArnOf(context.account_id(), *entity) != arn) continue;
    opentrail::iam::Principal principal;
    principal.type = opentrail::iam::PrincipalType::kIamUser;
    principal.account_id = context.account_id();
    principal.principal_id = entity->id;
    principal.arn = context.input["CallerArn"].Text(arn);
    return Simulate(context, principal, ReadPolicies(context.state, context.account_id(), entity->id));
  }
  return AwsFailure("NoSuchEntity", "The entity with ARN {} cannot be found.", arn);
}

}  // namespace opentrail::services::iam
