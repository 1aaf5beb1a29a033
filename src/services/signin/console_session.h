#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "iam/principal.h"
#include "services/iam/identity_directory.h"
#include "store/connection.h"
#include "store/secrets.h"
#include "store/transaction.h"

// Sessions of the console. A browser holds a cookie that scripts cannot read, and a token that other origins cannot;
// both together give it the temporary credentials that its SDK signs with. A token counts once: whoever uses it names
// the one to follow. What the account keeps of both are digests.
namespace opentrail::services::signin {

inline constexpr std::chrono::hours kSessionLength{12};  // as on AWS

struct NewSession {
  std::string cookie;
  Time expires;
};

// Opens a session of `principal` with credentials that last as long as it.
[[nodiscard]] NewSession OpenSession(store::Transaction& transaction, const store::Secrets& secrets,
                                     RandomSource& random, opentrail::iam::Principal principal, std::string_view token,
                                     Time now);

// The access key of the session that cookie and token belong to; the token is used up, and `next` takes its place.
// nullopt: there is no such session, it has ended, or the token is not the present one. Nothing changes then.
[[nodiscard]] std::optional<std::string> UseSession(store::Connection& state, std::string_view cookie,
                                                    std::string_view token, std::string_view next, Time now);

// Ends the session of that access key: its credentials are worth nothing from the commit on.
void CloseSession(store::Transaction& transaction, iam::IdentityDirectory& directory, std::string_view access_key_id);

}  // namespace opentrail::services::signin
