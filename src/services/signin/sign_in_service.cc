#include "services/signin/sign_in_service.h"

#include "services/iam/password.h"

namespace opentrail::services::signin {
namespace {

constexpr store::Migration kMigrations[] = {{.part = "signin", .version = 1, .sql = R"sql(
-- Sessions of the console. Cookie and token as SHA-256 in hexadecimal; times in epoch milliseconds.
CREATE TABLE signin_session (
  cookie TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  access_key_id TEXT NOT NULL,  -- of sts_session
  expires INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX signin_session_key ON signin_session (access_key_id);
-- Failures to sign in, by the digest of who tried from where.
CREATE TABLE signin_attempt (
  subject TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  last INTEGER NOT NULL,
  locked_until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX signin_attempt_last ON signin_attempt (last);
)sql"}};

// Without what looks alike: it may be typed from a screen.
constexpr std::string_view kPasswordAlphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
constexpr size_t kPasswordSize = 20;

}  // namespace

std::span<const store::Migration> SignInService::migrations() const { return kMigrations; }

NewPassword MakePassword(RandomSource& random) {
  NewPassword made{.password = RandomText(random, kPasswordAlphabet, kPasswordSize), .hash = {}};
  made.hash = iam::HashPassword(made.password, random);
  return made;
}

std::string SignInService::EnsureRootPassword(store::Connection& state, const std::function<NewPassword()>& made) {
  const std::string& root = environment_.account_id;
  {
    store::Rows rows = state.Query("SELECT 1 FROM iam_login_profile WHERE owner = ?", root);
    if (rows.Next()) return {};
  }
  NewPassword root_password = made();
  const int64_t now = environment_.clock.Now().time_since_epoch().count();
  state.Execute("INSERT INTO iam_login_profile (owner, hash, created, changed, reset_required) VALUES (?, ?, ?, ?, 0)",
                root, root_password.hash, now, now);
  return std::move(root_password.password);
}

}  // namespace opentrail::services::signin
