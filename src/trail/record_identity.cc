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

void WriteSession(RecordWriter& writer, const iam::SessionContext& session) {
  writer.Begin("sessionContext");
  if (session.issuer) {
    const auto& issuer = *session.issuer;
    writer.Begin("sessionIssuer");
    writer.Text("type", issuer.type);
    writer.Text("principalId", issuer.principal_id);
    writer.Text("arn", issuer.arn);
    writer.Text("accountId", issuer.account_id);
    if (!issuer.user_name.empty()) writer.Text("userName", issuer.user_name);
    writer.End();
  }
  writer.Begin("attributes");
  writer.Text("creationDate", codec::FormatIso8601(session.creation));
  writer.Text("mfaAuthenticated", session.mfa_authenticated ? "true" : "false");
  writer.End();
  if (!session.source_identity.empty()) writer.Text("sourceIdentity", session.source_identity);
  if (!session.ec2_role_delivery.empty()) writer.Text("ec2RoleDelivery", session.ec2_role_delivery);
  writer.End();
}

// Of a principal of the account.
void WriteNamed(RecordWriter& writer, const Principal& principal, std::string_view invoked_by) {
  writer.Text("principalId", principal.principal_id);
  writer.Text("arn", principal.arn);
  writer.Text("accountId", principal.account_id);
  if (!principal.access_key_id.empty()) writer.Text("accessKeyId", principal.access_key_id);
  const bool named = principal.type == PrincipalType::kIamUser || principal.type == PrincipalType::kRoot;
  if (named && !principal.user_name.empty()) writer.Text("userName", principal.user_name);
  if (principal.session) WriteSession(writer, *principal.session);
  if (!invoked_by.empty()) writer.Text("invokedBy", invoked_by);
  if (principal.session && !principal.session->in_scope_of_instance.empty()) {
    writer.Begin("inScopeOf");
    writer.Text("issuerType", "AWS::EC2::Instance");
    writer.Text("credentialsIssuedTo", principal.session->in_scope_of_instance);
    writer.End();
  }
}

}  // namespace

void WriteUserIdentity(RecordWriter& writer, const Principal& principal, std::string_view invoked_by) {
  writer.Begin("userIdentity");
  writer.Plain("type", TypeName(principal.type));
  if (principal.type == PrincipalType::kAwsService) {
    writer.Text("invokedBy", principal.service);
  } else if (principal.type == PrincipalType::kAnonymous) {
    writer.Text("principalId", "");
    writer.Text("accountId", "anonymous");
  } else {
    WriteNamed(writer, principal, invoked_by);
  }
  writer.End();
}

}  // namespace opentrail::trail
