#include "gateway/authorize.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "iam/policy_body.h"

namespace opentrail::gateway {
namespace {

using iam::ContextKeys;
using iam::Principal;
using iam::PrincipalType;

std::string_view PrincipalTypeName(PrincipalType type) {
  switch (type) {
    case PrincipalType::kRoot: return "Account";
    case PrincipalType::kIamUser: return "User";
    case PrincipalType::kAssumedRole: return "AssumedRole";
    case PrincipalType::kFederatedUser: return "FederatedUser";
    case PrincipalType::kAwsService: return "Service";
    case PrincipalType::kAnonymous: return "Anonymous";
  }
  return "";
}

void AddPrincipalKeys(ContextKeys& keys, const Principal& principal) {
  keys.Add("aws:PrincipalType", std::string(PrincipalTypeName(principal.type)));
  keys.Add("aws:PrincipalIsAWSService", principal.type == PrincipalType::kAwsService ? "true" : "false");
  if (principal.type == PrincipalType::kAwsService) {
    keys.Add("aws:PrincipalServiceName", principal.service);
    return;
  }
  if (principal.type == PrincipalType::kAnonymous) return;
  // A role's session is known to policies by its role.
  const bool role = principal.session && principal.session->issuer && principal.session->issuer->type == "Role";
  keys.Add("aws:PrincipalArn", role ? principal.session->issuer->arn : principal.arn);
  keys.Add("aws:PrincipalAccount", principal.account_id);
  keys.Add("aws:userid", principal.principal_id);
  if (principal.type == PrincipalType::kIamUser) keys.Add("aws:username", principal.user_name);
  for (const auto& [key, value] : principal.tags) keys.Add("aws:PrincipalTag/" + key, value);
}

void AddSessionKeys(ContextKeys& keys, const iam::SessionContext& session, Time now) {
  keys.Add("aws:TokenIssueTime", codec::FormatIso8601(session.creation));
  keys.Add("aws:MultiFactorAuthPresent", session.mfa_authenticated ? "true" : "false");
  if (session.mfa_time) {
    const auto age = std::chrono::floor<std::chrono::seconds>(now - *session.mfa_time);
    keys.Add("aws:MultiFactorAuthAge", std::to_string(age.count()));
  }
  if (!session.source_identity.empty()) keys.Add("aws:SourceIdentity", session.source_identity);
}

ContextKeys GlobalKeys(const services::Call& call) {
  ContextKeys keys = call.context;
  AddPrincipalKeys(keys, call.principal);
  if (call.principal.session) AddSessionKeys(keys, *call.principal.session, call.now);
  keys.Add("aws:CurrentTime", codec::FormatIso8601(call.now));
  keys.Add("aws:EpochTime",
           std::to_string(std::chrono::floor<std::chrono::seconds>(call.now).time_since_epoch().count()));
  keys.Add("aws:RequestedRegion", call.region);
  keys.Add("aws:ViaAWSService", call.invoked_by.empty() ? "false" : "true");
  if (!call.invoked_by.empty()) keys.Add("aws:CalledVia", call.invoked_by);
  if (call.head == nullptr) return keys;
  keys.Add("aws:SecureTransport", call.secure_transport ? "true" : "false");
  keys.Add("aws:SourceIp", call.source_address);
  keys.Add("aws:UserAgent", std::string(call.head->fields.Get("user-agent")));
  if (const auto referer = call.head->fields.Find("referer")) keys.Add("aws:Referer", std::string(*referer));
  return keys;
}

bool AsksForKeys(const iam::Policy& policy) {
  const auto has_variable = [](const iam::PatternSet& set) {
    return std::ranges::any_of(
        set.patterns, [](const iam::Pattern& pattern) { return pattern.text().find("${") != std::string::npos; });
  };
  return std::ranges::any_of(policy.body().statements, [&](const iam::Statement& statement) {
    return !statement.conditions.empty() || has_variable(statement.actions) ||
           (statement.resources && has_variable(*statement.resources));
  });
}

bool AsksForKeys(const std::vector<iam::PolicyPointer>& policies) {
  return std::ranges::any_of(policies, [](const iam::PolicyPointer& policy) { return AsksForKeys(*policy); });
}

// Whether any policy that decides has a condition or a variable. Most have none, and the global keys are many.
bool AsksForKeys(const iam::IdentityPolicies& policies, const iam::AccessRequest& request) {
  return AsksForKeys(policies.identity) || (policies.boundary && AsksForKeys(*policies.boundary)) ||
         (policies.session && AsksForKeys(*policies.session)) ||
         (request.resource_policy != nullptr && AsksForKeys(*request.resource_policy));
}

AwsError Denial(const services::Call& call, const iam::AccessRequest& request, const iam::Decision& decision) {
  const std::string message = iam::DenialMessage(call.principal, request, decision);
  switch (call.operation->service->protocol) {
    case protocol::Protocol::kEc2: {
      // What it encodes can be read with DecodeAuthorizationMessage on AWS; here it only tells denials apart.
      const std::string encoded = codec::Base64Encode(codec::Sha256(message + call.request_id));
      return {"UnauthorizedOperation",
              fmt::format("You are not authorized to perform this operation. {}. Encoded authorization failure "
                          "message: {}",
                          message, encoded)};
    }
    case protocol::Protocol::kJson:
    case protocol::Protocol::kRestJson: return {"AccessDeniedException", message};
    case protocol::Protocol::kRestXml:
      return {"AccessDenied", call.principal.type == PrincipalType::kAnonymous ? "Access Denied" : message, 403};
    case protocol::Protocol::kQuery: break;
  }
  return {"AccessDenied", message, 403};
}

}  // namespace

AwsStatus Authorize(const services::Call& call, std::vector<iam::AccessRequest>& requests,
                    services::iam::IdentityDirectory& directory) {
  if (requests.empty()) return {};
  const auto policies = directory.PoliciesOf(call.principal);
  std::optional<ContextKeys> global;
  for (iam::AccessRequest& request : requests) {
    if (AsksForKeys(*policies, request)) {
      if (!global) global = GlobalKeys(call);
      request.CompleteContext();
      request.context.Append(*global);
    }
    const iam::Decision decision = iam::Evaluate(call.principal, *policies, request);
    if (decision.verdict != iam::Verdict::kAllowed) return std::unexpected(Denial(call, request, decision));
  }
  return {};
}

}  // namespace opentrail::gateway
