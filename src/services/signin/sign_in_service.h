#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "services/iam/identity_directory.h"
#include "services/service.h"
#include "store/secrets.h"

namespace opentrail::services::signin {

// A password that nobody has yet, and its hash.
struct NewPassword {
  std::string password, hash;
};
// Slow, as password hashes are meant to be: some 40 ms. Thread-safe.
[[nodiscard]] NewPassword MakePassword(RandomSource& random);

// Signing in to the console. It has no operations of an AWS API: the gateway's console endpoints drive SignIn
// (sign_in.h) and the sessions (console_session.h); this holds what they share, and their tables.
class SignInService final : public Service {
 public:
  SignInService(Environment environment, const store::Secrets& secrets, iam::IdentityDirectory& directory)
      : environment_(std::move(environment)), secrets_(secrets), directory_(directory) {}

  [[nodiscard]] std::string_view id() const override { return "signin"; }
  [[nodiscard]] std::span<const store::Migration> migrations() const override;
  [[nodiscard]] std::span<const Handler> handlers() const override { return {}; }

  // A password for the root user where it has none: on the first start with a console. "" where it has one. `made`
  // gives it, and is asked only where it is wanted.
  [[nodiscard]] std::string EnsureRootPassword(store::Connection& state, const std::function<NewPassword()>& made);

  [[nodiscard]] const Environment& environment() const { return environment_; }
  [[nodiscard]] const store::Secrets& secrets() const { return secrets_; }
  [[nodiscard]] iam::IdentityDirectory& directory() { return directory_; }

 private:
  Environment environment_;
  const store::Secrets& secrets_;
  iam::IdentityDirectory& directory_;
};

}  // namespace opentrail::services::signin
