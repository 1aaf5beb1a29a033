#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace opentrail::iam {

// Who makes a call, as signature verification or a service found it out. Named as userIdentity.type.
enum class PrincipalType : uint8_t {
  kRoot,
  kIamUser,
  kAssumedRole,
  kFederatedUser,
  kAwsService,  // a service acting for itself; `service` says which
  kAnonymous,   // an unsigned request, where a service takes such
};

// What temporary credentials carry with them.
struct SessionContext {
  // Who issued the session: the role of an assumed role, the user (or root) of a federated user.
  struct Issuer {
    std::string type;  // "Role", "IAMUser", "Root"
    std::string principal_id, arn, account_id, user_name;
  };
  std::optional<Issuer> issuer;
  Time creation;
  bool mfa_authenticated = false;
  std::optional<Time> mfa_time;
  bool from_console = false;  // sessionCredentialFromConsole
  std::string source_identity;
  std::string ec2_role_delivery;         // "", "1.0" (IMDSv1), "2.0" (IMDSv2)
  std::string in_scope_of_instance;      // ARN of the EC2 instance that the credentials were issued to
  std::vector<std::string> policies;     // session policies (JSON texts)
  std::vector<std::string> policy_arns;  // managed policies given as session policies
  std::vector<std::pair<std::string, std::string>> tags;
};

struct Principal {
  PrincipalType type = PrincipalType::kAnonymous;
  std::string account_id;     // 12 digits; "" for kAnonymous
  std::string principal_id;   // AIDA..., AROA...:session, the account id of root, account:name of a federated user
  std::string arn;            // as userIdentity.arn
  std::string user_name;      // of a user; of root only with an account alias
  std::string access_key_id;  // AKIA... or ASIA...; "" where none was used
  std::string service;        // kAwsService: "cloudtrail.amazonaws.com"
  std::optional<SessionContext> session;  // temporary credentials only
  // Tags of the user or role, for aws:PrincipalTag.
  std::vector<std::pair<std::string, std::string>> tags;

  [[nodiscard]] bool IsRoot() const { return type == PrincipalType::kRoot; }
};

}  // namespace opentrail::iam
