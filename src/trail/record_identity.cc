#include "codec/timestamp.h"
#include "trail/record_values.h"

namespace opentrail::trail {
namespace {

using iam::Principal;
using iam::PrincipalType;

std::string_view TypeName(PrincipalType type) {
  switch (type) {
    case PrincipalType::kRoot: return "Root";
    case PrincipalType::kIamUser: return "IAMUser";
    case PrincipalType::kAssumedRole: return "AssumedRole";
    case PrincipalType::kFederatedUser: return "FederatedUser";
    case PrincipalType::kAwsService: return "AWSService";
    case PrincipalType::kAnonymous: return "AWSAccount";
  }
  return "Unknown";
}

Value Session(const iam::SessionContext& session) {
  Value context = Value::Object();
  if (session.issuer) {
    const auto& issuer = *session.issuer;
    Value& member = context.At("sessionIssuer");
    member.Set("type", issuer.type);
    member.Set("principalId", issuer.principal_id);
    member.Set("arn", issuer.arn);
    member.Set("accountId", issuer.account_id);
    if (!issuer.user_name.empty()) member.Set("userName", issuer.user_name);
  }
  context.Set("attributes", Value::Object({{"creationDate", codec::FormatIso8601(session.creation)},
                                           {"mfaAuthenticated", session.mfa_authenticated ? "true" : "false"}}));
  if (!session.source_identity.empty()) context.Set("sourceIdentity", session.source_identity);
  if (!session.ec2_role_delivery.empty()) context.Set("ec2RoleDelivery", session.ec2_role_delivery);
  return context;
}

}  // namespace

Value UserIdentity(const Principal& principal, std::string_view invoked_by) {
  Value identity = Value::Object({{"type", TypeName(principal.type)}});
  if (principal.type == PrincipalType::kAwsService) return identity.Set("invokedBy", principal.service);
  if (principal.type == PrincipalType::kAnonymous) {
    return identity.Set("principalId", "").Set("accountId", "anonymous");
  }
  identity.Set("principalId", principal.principal_id);
  identity.Set("arn", principal.arn);
  identity.Set("accountId", principal.account_id);
  if (!principal.access_key_id.empty()) identity.Set("accessKeyId", principal.access_key_id);
  const bool named = principal.type == PrincipalType::kIamUser || principal.type == PrincipalType::kRoot;
  if (named && !principal.user_name.empty()) identity.Set("userName", principal.user_name);
  if (principal.session) identity.Set("sessionContext", Session(*principal.session));
  if (!invoked_by.empty()) identity.Set("invokedBy", invoked_by);
  if (principal.session && !principal.session->in_scope_of_instance.empty()) {
    identity.Set("inScopeOf", Value::Object({{"issuerType", "AWS::EC2::Instance"},
                                             {"credentialsIssuedTo", principal.session->in_scope_of_instance}}));
  }
  return identity;
}

}  // namespace opentrail::trail
