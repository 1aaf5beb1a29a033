#pragma once

#include <string>
#include <string_view>

#include "iam/principal.h"
#include "services/service.h"
#include "store/secrets.h"

// Temporary credentials: who they stand for is kept with them, as JSON.
namespace opentrail::services::iam {

struct TemporaryCredentials {
  std::string access_key_id, secret_access_key, session_token;
  Time expires;
  // As STS answers them.
  [[nodiscard]] Value Describe() const;
};

// Makes credentials for `principal` (its access_key_id is filled in) and keeps them; expired ones are swept.
[[nodiscard]] TemporaryCredentials IssueSession(const Environment& environment, const store::Secrets& secrets,
                                                store::Connection& state, opentrail::iam::Principal principal, Time now,
                                                Time expires);

[[nodiscard]] std::string PrincipalToJson(const opentrail::iam::Principal& principal);
[[nodiscard]] Result<opentrail::iam::Principal> PrincipalFromJson(std::string_view json);

}  // namespace opentrail::services::iam
