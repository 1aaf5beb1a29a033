#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/iam/identity_directory.h"
#include "store/connection.h"
#include "store/secrets.h"

// Temporary credentials at rest: STS writes them, the directory reads them.
namespace opentrail::services::iam {

// Table sts_session(access_key_id, expires, sealed). The whole credential is sealed: secret, token, who and what.
void StoreSession(store::Connection& state, const store::Secrets& secrets, const Credential& credential);
// Expired ones too, as long as they are kept. nullopt: unknown.
[[nodiscard]] std::optional<Credential> LoadSession(store::Connection& state, const store::Secrets& secrets,
                                                    std::string_view access_key_id);

}  // namespace opentrail::services::iam
