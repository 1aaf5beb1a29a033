// Any text as a policy of each kind: it is refused, or it is evaluated for every kind of principal, where a policy that
// denies nothing may not give an explicit denial, and one that denies still does where another allows everything.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "iam/evaluation.h"
#include "iam/policy_body.h"

namespace {

using namespace opentrail::iam;

Principal MakePrincipal(PrincipalType type) {
  Principal principal{.type = type,
                      .account_id = "123456789012",
                      .principal_id = "AROAEXAMPLEROLE000001:s",
                      .arn = "arn:aws:sts::123456789012:assumed-role/R/s",
                      .service = "cloudtrail.amazonaws.com"};
  principal.session.emplace().issuer = {"Role", "AROAEXAMPLEROLE000001", "arn:aws:iam::123456789012:role/R",
                                        "123456789012", "R"};
  return principal;
}

AccessRequest MakeRequest() {
  AccessRequest request{.action = "s3:GetObject",
                        .resource = "arn:aws:s3:::cafe/chaos/menu.txt",
                        .resource_account = {},
                        .rule = ResourcePolicyRule::kEither,
                        .resource_policy = nullptr,
                        .context = {}};
  request.context.Add("aws:username", "chaos");
  request.context.Add("aws:SourceIp", "198.51.100.7");
  request.context.Add("aws:CurrentTime", "2026-11-23T08:41:02Z");
  request.context.Add("aws:EpochTime", "1795424462");
  request.context.Add("aws:PrincipalArn", "arn:aws:iam::123456789012:role/R");
  request.context.Add("aws:SecureTransport", "true");
  request.context.Add("aws:TagKeys", std::vector<std::string>{"a", "b"});
  request.context.Add("s3:max-keys", "10");
  return request;
}

void Check(const PolicyPointer& policy, PolicyKind kind) {
  static const AccessRequest kRequest = MakeRequest();
  static const PolicyPointer kEverything = *Policy::Parse(
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", PolicyKind::kIdentity);
  const auto& statements = policy->body().statements;
  const bool denies =
      std::ranges::any_of(statements, [](const Statement& statement) { return statement.effect == Effect::kDeny; });
  for (const PrincipalType type : {PrincipalType::kRoot, PrincipalType::kIamUser, PrincipalType::kAssumedRole,
                                   PrincipalType::kAwsService, PrincipalType::kAnonymous}) {
    IdentityPolicies policies;
    AccessRequest request = kRequest;
    if (kind == PolicyKind::kIdentity) {
      policies.identity.push_back(policy);
      policies.boundary = {policy};
    } else {
      request.resource_policy = policy;
    }
    const Principal principal = MakePrincipal(type);
    const Decision decision = Evaluate(principal, policies, request);
    if (decision.verdict == Verdict::kExplicitDeny && !denies) std::abort();
    if (DenialMessage(principal, request, decision).empty()) std::abort();
    if (type == PrincipalType::kAwsService || type == PrincipalType::kAnonymous) continue;
    policies.boundary.reset();
    policies.identity.push_back(kEverything);
    const Decision wider = Evaluate(principal, policies, request);
    const bool is_denied = decision.verdict == Verdict::kExplicitDeny;
    if (wider.verdict != (is_denied ? Verdict::kExplicitDeny : Verdict::kAllowed)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const PolicyKind kind : {PolicyKind::kIdentity, PolicyKind::kResource}) {
    if (const auto policy = Policy::Parse(text, kind)) Check(*policy, kind);
  }
  return 0;
}
