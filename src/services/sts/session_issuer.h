#pragma once

#include <string>

#include "base/random.h"
#include "iam/principal.h"
#include "services/iam/identity_directory.h"
#include "store/secrets.h"
#include "store/transaction.h"

// Temporary credentials for those inside: STS itself, instance roles (IMDS), console sign-in.
namespace opentrail::services::sts {

struct SessionOrder {
  opentrail::iam::Principal principal;  // with its session; access_key_id is filled in
  Time now;
  int64_t seconds = 3600;
};

// Makes and stores an ASIA key with secret and token. The directory knows it as soon as the transaction is committed.
[[nodiscard]] iam::Credential IssueSession(store::Transaction& transaction, const store::Secrets& secrets,
                                           RandomSource& random, SessionOrder order);

// The principal of a role's session: "AROA...:name", the assumed-role ARN, the issuer, the role's tags under the
// session's. nullopt: there is no such role. For an instance role, set session->ec2_role_delivery and
// in_scope_of_instance on what comes back.
[[nodiscard]] std::optional<opentrail::iam::Principal> RolePrincipal(store::Connection& state,
                                                                     const std::string& account_id,
                                                                     std::string_view role_name,
                                                                     std::string_view session_name, Time now);

// Forgets what expired a day ago and before (until then it answers ExpiredToken). A bounded number a call.
void SweepSessions(store::Connection& state, Time now);

}  // namespace opentrail::services::sts
