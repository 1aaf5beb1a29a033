#include "iam/evaluation.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "iam/policy_body.h"
#include "iam/same_name.h"

namespace opentrail::iam {
namespace {

// How closely a policy's Principal names the caller: it decides what else must allow.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-id-rdp.html
enum class Named : uint8_t {
  kNot,
  kByAccount,  // the account: it delegates to identity policies
  kByIssuer,   // a session's role or user: the boundary and the session policies limit it
  kDirectly,   // this user, this session, this service
};

struct Findings {
  bool denied = false;
  Named allowed = Named::kNot;
};

Named NamedByArn(const std::string& arn, const Principal& principal) {
  if (arn == principal.arn) return Named::kDirectly;
  const bool issuer = principal.session && principal.session->issuer && principal.session->issuer->arn == arn;
  return issuer ? Named::kByIssuer : Named::kNot;
}

Named NamedById(const std::string& id, const Principal& principal) {
  if (id == principal.principal_id) return Named::kDirectly;
  const bool issuer = principal.session && principal.session->issuer && principal.session->issuer->principal_id == id;
  return issuer ? Named::kByIssuer : Named::kNot;
}

bool IsSession(const Principal& principal) {
  return principal.type == PrincipalType::kAssumedRole || principal.type == PrincipalType::kFederatedUser;
}

bool BelongsToAccount(const Principal& principal) {
  return principal.type != PrincipalType::kAwsService && principal.type != PrincipalType::kAnonymous;
}

Named NamedBy(const PolicyPrincipal& named, const Principal& principal) {
  switch (named.kind) {
    case PrincipalKind::kEveryone: return IsSession(principal) ? Named::kByIssuer : Named::kDirectly;
    case PrincipalKind::kAccount:
      if (!BelongsToAccount(principal) || named.value != principal.account_id) return Named::kNot;
      return principal.IsRoot() ? Named::kDirectly : Named::kByAccount;
    case PrincipalKind::kArn: return BelongsToAccount(principal) ? NamedByArn(named.value, principal) : Named::kNot;
    case PrincipalKind::kUniqueId: return BelongsToAccount(principal) ? NamedById(named.value, principal) : Named::kNot;
    case PrincipalKind::kService:
      return principal.type == PrincipalType::kAwsService && named.value == principal.service ? Named::kDirectly
                                                                                              : Named::kNot;
    case PrincipalKind::kFederated:
    case PrincipalKind::kCanonical: break;
  }
  return Named::kNot;
}

Named NamedBy(const Statement& statement, const Principal& principal) {
  Named best = Named::kNot;
  for (const PolicyPrincipal& named : statement.principals) best = std::max(best, NamedBy(named, principal));
  if (!statement.principals_inverted) return best;
  return best != Named::kNot ? Named::kNot : IsSession(principal) ? Named::kByIssuer : Named::kDirectly;
}

bool Contains(const PatternSet& set, std::string_view value, const ContextKeys& keys, LetterCase letter_case) {
  const bool found = std::ranges::any_of(
      set.patterns, [&](const Pattern& pattern) { return pattern.Matches(value, keys, Wildcards::kOn, letter_case); });
  return found != set.inverted;
}

bool Applies(const Statement& statement, const AccessRequest& request) {
  const ContextKeys& keys = request.context;
  if (!Contains(statement.actions, request.action, keys, LetterCase::kIgnored)) return false;
  if (statement.resources && !Contains(*statement.resources, request.resource, keys, LetterCase::kMatters)) {
    return false;
  }
  return std::ranges::all_of(statement.conditions, [&](const Condition& condition) { return condition.Holds(keys); });
}

Findings ExamineIdentity(const std::vector<PolicyPointer>& policies, const AccessRequest& request) {
  Findings findings;
  for (const PolicyPointer& policy : policies) {
    for (const Statement& statement : policy->body().statements) {
      // What is allowed already need not be allowed again: only a denial could change the outcome.
      if (statement.effect == Effect::kAllow && findings.allowed != Named::kNot) continue;
      if (!Applies(statement, request)) continue;
      if (statement.effect == Effect::kDeny) findings.denied = true;
      if (statement.effect == Effect::kAllow) findings.allowed = Named::kDirectly;
    }
  }
  return findings;
}

Findings ExamineResource(const Principal& principal, const AccessRequest& request) {
  Findings findings;
  if (request.resource_policy == nullptr) return findings;
  for (const Statement& statement : request.resource_policy->body().statements) {
    const Named named = NamedBy(statement, principal);
    if (named == Named::kNot || !Applies(statement, request)) continue;
    if (statement.effect == Effect::kDeny) findings.denied = true;
    if (statement.effect == Effect::kAllow) findings.allowed = std::max(findings.allowed, named);
  }
  return findings;
}

Decision ImplicitDeny(DecidedBy by) { return {.verdict = Verdict::kImplicitDeny, .by = by}; }

// Boundary and session policies grant nothing: they must allow what was granted elsewhere.
Decision Limit(const std::optional<Findings>& boundary, const std::optional<Findings>& session, DecidedBy granted_by) {
  if (boundary && boundary->allowed == Named::kNot) return ImplicitDeny(DecidedBy::kBoundary);
  if (session && session->allowed == Named::kNot) return ImplicitDeny(DecidedBy::kSessionPolicy);
  return {.verdict = Verdict::kAllowed, .by = granted_by};
}

}  // namespace

void ContextKeys::Add(std::string name, std::vector<std::string> values) {
  keys_.emplace_back(std::move(name), std::move(values));
}

const std::vector<std::string>* ContextKeys::Find(std::string_view name) const {
  const auto found = std::ranges::find_if(keys_, [&](const auto& key) { return SameName(key.first, name); });
  return found != keys_.end() ? &found->second : nullptr;
}

Decision Evaluate(const Principal& principal, const IdentityPolicies& policies, const AccessRequest& request) {
  const Findings resource = ExamineResource(principal, request);
  if (!BelongsToAccount(principal)) {
    if (resource.denied) return {.verdict = Verdict::kExplicitDeny, .by = DecidedBy::kResourcePolicy};
    const bool allowed = resource.allowed != Named::kNot;
    return {.verdict = allowed ? Verdict::kAllowed : Verdict::kImplicitDeny, .by = DecidedBy::kResourcePolicy};
  }
  Findings identity = ExamineIdentity(policies.identity, request);
  if (principal.IsRoot()) identity.allowed = Named::kDirectly;
  const auto examine = [&](const auto& list) {
    return list ? std::optional(ExamineIdentity(*list, request)) : std::nullopt;
  };
  const std::optional<Findings> boundary = examine(policies.boundary);
  const std::optional<Findings> session = examine(policies.session);

  if (identity.denied) return {.verdict = Verdict::kExplicitDeny, .by = DecidedBy::kIdentityPolicy};
  if (resource.denied) return {.verdict = Verdict::kExplicitDeny, .by = DecidedBy::kResourcePolicy};
  if (boundary && boundary->denied) return {.verdict = Verdict::kExplicitDeny, .by = DecidedBy::kBoundary};
  if (session && session->denied) return {.verdict = Verdict::kExplicitDeny, .by = DecidedBy::kSessionPolicy};

  const bool same_account = request.resource_account.empty() || request.resource_account == principal.account_id;
  const bool identity_allows = identity.allowed != Named::kNot;
  if (!same_account) {
    if (!identity_allows) return ImplicitDeny(DecidedBy::kIdentityPolicy);
    if (resource.allowed == Named::kNot) return ImplicitDeny(DecidedBy::kResourcePolicy);
    return Limit(boundary, session, DecidedBy::kIdentityPolicy);
  }
  if (request.rule == ResourcePolicyRule::kMustAllow && resource.allowed == Named::kNot) {
    return ImplicitDeny(DecidedBy::kResourcePolicy);
  }
  if (resource.allowed == Named::kDirectly) return {.verdict = Verdict::kAllowed, .by = DecidedBy::kResourcePolicy};
  if (resource.allowed == Named::kByIssuer) return Limit(boundary, session, DecidedBy::kResourcePolicy);
  if (!identity_allows) return ImplicitDeny(DecidedBy::kIdentityPolicy);
  return Limit(boundary, session, DecidedBy::kIdentityPolicy);
}

std::string DenialMessage(const Principal& principal, const AccessRequest& request, const Decision& decision) {
  struct Words {
    std::string_view article;
    std::string_view noun;
  };
  static constexpr std::array<Words, 4> kWords = {Words{"an", "identity-based policy"},
                                                  {"a", "resource-based policy"},
                                                  {"a", "permissions boundary"},
                                                  {"a", "session policy"}};  // in the order of DecidedBy
  const std::string_view who = principal.type == PrincipalType::kAwsService  ? std::string_view(principal.service)
                               : principal.type == PrincipalType::kAnonymous ? "anonymous"
                                                                             : std::string_view(principal.arn);
  std::string text = fmt::format("User: {} is not authorized to perform: {}", who, request.action);
  // S3 quotes the ARN; actions that know no resource leave it out, but for IAM's.
  const std::string_view quote = request.action.starts_with("s3:") ? "\"" : "";
  if (request.resource != "*" || request.action.starts_with("iam:"))
    text += fmt::format(" on resource: {}{}{}", quote, request.resource, quote);
  const Words& words = kWords[static_cast<size_t>(decision.by)];
  if (decision.verdict == Verdict::kExplicitDeny) {
    text += fmt::format(" with an explicit deny in {} {}", words.article, words.noun);
  } else if (!request.action.starts_with("sts:AssumeRole")) {  // STS does not tell whose silence it was
    text += fmt::format(" because no {} allows the {} action", words.noun, request.action);
  }
  return text;
}

}  // namespace opentrail::iam
