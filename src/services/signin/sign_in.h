#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "http/message.h"
#include "iam/principal.h"
#include "services/signin/attempt_limit.h"
#include "services/signin/console_session.h"
#include "services/signin/sign_in_request.h"
#include "services/signin/sign_in_service.h"
#include "store/transaction.h"

namespace opentrail::services::signin {

enum class SignInStep : uint8_t {
  kSignedIn,          // `session` is open
  kNeedsMfa,          // the password is right; the code of a device is asked for
  kNeedsNewPassword,  // the password is right and must be changed
  kFailed,            // `message` says what may be told
  kLocked,            // too many failures: after `wait`, again
};

struct SignInAnswer {
  SignInStep step = SignInStep::kFailed;
  std::string message;
  std::chrono::seconds wait{0};
  NewSession session;
};

// One attempt to sign in, in three parts that run one after the other: Begin and Finish on the committer's thread,
// each in a transaction; CheckPassword, which is slow by intent, on another. It takes as long for a user that does not
// exist. What came of it is in the trail: ConsoleLogin, CheckMfa.
class SignIn {
 public:
  // `head` outlives the attempt.
  SignIn(SignInService& service, SignInRequest request, const http::RequestHead& head);

  void Begin(store::Transaction& transaction);
  void CheckPassword();
  [[nodiscard]] SignInAnswer Finish(store::Transaction& transaction);

 private:
  [[nodiscard]] bool FindWho(store::Connection& state);
  [[nodiscard]] bool IsMfaCodeRight(store::Connection& state);
  [[nodiscard]] AwsStatus ChangePassword(store::Transaction& transaction);
  [[nodiscard]] SignInAnswer Ask(store::Transaction& transaction, SignInStep step);
  [[nodiscard]] SignInAnswer Fail(store::Transaction& transaction, SignInStep step, std::string message);
  [[nodiscard]] SignInAnswer Open(store::Transaction& transaction);
  void Record(store::Transaction& transaction, std::string_view name, std::string_view error_message);

  SignInService& service_;
  SignInRequest request_;
  const http::RequestHead& head_;
  Time now_;
  AttemptSubject subject_;
  std::chrono::seconds wait_{0};
  opentrail::iam::Principal principal_;  // without a principal_id: nobody here
  std::optional<iam::StoredPassword> stored_;
  bool password_right_ = false;
  std::vector<std::string> devices_;  // serials of the MFA devices
  std::string used_device_;
};

}  // namespace opentrail::services::signin
