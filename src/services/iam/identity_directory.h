#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "iam/evaluation.h"
#include "iam/principal.h"
#include "store/connection.h"
#include "store/secrets.h"

namespace opentrail::services::iam {

// One access key, long-term or temporary, with the secret and whose it is.
struct Credential {
  std::string secret_access_key;
  std::string session_token;    // "" for long-term keys
  std::optional<Time> expires;  // temporary only
  bool active = true;           // an inactive key answers as an unknown one
  opentrail::iam::Principal principal;
};

// A user's console password, as VerifyPassword (password.h) takes it.
struct StoredPassword {
  std::string current;              // hashes
  std::vector<std::string> former;  // the newest first
  int64_t reuse_prevention = 0;     // of the password policy: how many may not come back
  bool reset_required = false;
};

// Who holds a key and what each principal may do, read from account.db and cached. Thread-safe: the gateway asks from
// every thread. What IAM and STS change is seen by every call that begins after the change was answered.
class IdentityDirectory {
 public:
  // `reader`: a read-only connection of its own.
  IdentityDirectory(std::string account_id, store::Connection reader, const store::Secrets& secrets);
  ~IdentityDirectory();

  // nullptr: there is no such key.
  [[nodiscard]] std::shared_ptr<const Credential> FindCredential(std::string_view access_key_id);
  // Never null. Users and roles by principal_id, and the session's own.
  [[nodiscard]] std::shared_ptr<const opentrail::iam::IdentityPolicies> PoliciesOf(
      const opentrail::iam::Principal& principal);

  // Not cached. nullopt: the user has no password.
  [[nodiscard]] std::optional<StoredPassword> FindPassword(std::string_view principal_id);

  // Everything cached is read anew. Handlers call it by Transaction::OnCommit after each change to identities.
  void Invalidate();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::services::iam
