#include "services/signin/sign_in.h"

#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/mfa.h"
#include "services/iam/password.h"
#include "services/iam/tags.h"
#include "trail/record_sign_in.h"

namespace opentrail::services::signin {
namespace {

using opentrail::iam::PrincipalType;

// Sign-in has one endpoint, in this region.
constexpr std::string_view kSignInRegion = "us-east-1";
// The sign-in page's own words, which do not tell what was wrong.
constexpr const char* kIncorrect = "Your authentication information is incorrect. Please try again.";
// As costly to check as a password that exists.
constexpr std::string_view kNobodysHash =
    "scrypt$14$8$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

std::string AliasOf(store::Connection& state) {
  store::Rows rows = state.Query("SELECT value FROM iam_account WHERE name = 'alias'");
  return rows.Next() ? std::string(rows.Text(0)) : std::string();
}

}  // namespace

SignIn::SignIn(SignInService& service, SignInRequest request, const http::RequestHead& head)
    : service_(service),
      request_(std::move(request)),
      head_(head),
      now_(service.environment().clock.Now()),
      subject_(SubjectOf(request_.root ? "root" : "user " + request_.user, head.peer.address)) {}

// Whoever is meant; false: there is nobody of that name, or the account is another.
bool SignIn::FindWho(store::Connection& state) {
  const std::string& account_id = service_.environment().account_id;
  const std::string alias = AliasOf(state);
  principal_.account_id = account_id;
  principal_.type = request_.root ? PrincipalType::kRoot : PrincipalType::kIamUser;
  if (!request_.account.empty() && request_.account != account_id && request_.account != alias) return false;
  if (request_.root) {
    principal_.principal_id = account_id;
    principal_.arn = fmt::format("arn:aws:iam::{}:root", account_id);
    principal_.user_name = alias;
    return true;
  }
  const auto user = iam::FindEntity(state, iam::EntityKind::kUser, request_.user);
  if (!user) return false;
  principal_.principal_id = user->id;
  principal_.arn = iam::ArnOf(account_id, *user);
  principal_.user_name = user->name;
  principal_.tags = iam::ReadTags(state, user->id);
  return true;
}

void SignIn::Begin(store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  wait_ = BeginAttempt(state, subject_, now_);
  if (!FindWho(state)) return;
  store::Rows devices =
      state.Query("SELECT serial FROM iam_mfa_device WHERE owner = ? AND enabled <> 0", principal_.principal_id);
  while (devices.Next()) devices_.emplace_back(devices.Text(0));
}

void SignIn::CheckPassword() {
  if (wait_.count() > 0) return;
  if (!principal_.principal_id.empty()) stored_ = service_.directory().FindPassword(principal_.principal_id);
  const std::string hash = stored_ ? stored_->current : std::string(kNobodysHash);
  password_right_ = iam::VerifyPassword(hash, request_.password) && stored_.has_value();
}

bool SignIn::IsMfaCodeRight(store::Connection& state) {
  for (const std::string& device : devices_) {
    if (!iam::CheckMfaCode(service_.secrets(), state, principal_.principal_id, device, request_.mfa_code, now_))
      continue;
    used_device_ = device;
    return true;
  }
  used_device_ = devices_.front();
  return false;
}

SignInAnswer SignIn::Finish(store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  if (wait_.count() > 0) {
    return Fail(transaction, SignInStep::kLocked,
                fmt::format("Too many failed attempts. Try again in {} seconds.", wait_.count()));
  }
  // The password may have been changed while it was checked.
  store::Rows rows = state.Query("SELECT hash FROM iam_login_profile WHERE owner = ?", principal_.principal_id);
  const bool unchanged = rows.Next() && stored_ && rows.Text(0) == stored_->current;
  if (!password_right_ || !unchanged) return Fail(transaction, SignInStep::kFailed, kIncorrect);
  if (!devices_.empty()) {
    if (request_.mfa_code.empty()) return Ask(transaction, SignInStep::kNeedsMfa);
    if (!IsMfaCodeRight(state)) return Fail(transaction, SignInStep::kFailed, kIncorrect);
  }
  if (stored_->reset_required) {
    if (request_.new_password.empty()) return Ask(transaction, SignInStep::kNeedsNewPassword);
    if (const AwsStatus changed = ChangePassword(transaction); !changed) {
      SignInAnswer answer = Ask(transaction, SignInStep::kNeedsNewPassword);
      answer.message = changed.error().message;
      return answer;
    }
  }
  return Open(transaction);
}

// As the user itself, which must be allowed to: the account's policy for passwords holds, and the call is recorded.
AwsStatus SignIn::ChangePassword(store::Transaction& transaction) {
  auto reply = service_.environment().inside.Invoke(
      transaction,
      {.service = "iam",
       .operation = "ChangePassword",
       .region = std::string(kSignInRegion),
       .principal = principal_,
       .invoked_by = "signin.amazonaws.com",
       .input = Value::Object({{"OldPassword", request_.password}, {"NewPassword", request_.new_password}}),
       .body = nullptr,
       .context = {}});
  if (!reply) return std::unexpected(std::move(reply.error()));
  return {};
}

SignInAnswer SignIn::Ask(store::Transaction& transaction, SignInStep step) {
  ForgiveAttempt(transaction.connection(), subject_);
  if (step == SignInStep::kNeedsMfa) Record(transaction, "CheckMfa", "");
  return {.step = step, .message = {}, .session = {}};
}

SignInAnswer SignIn::Fail(store::Transaction& transaction, SignInStep step, std::string message) {
  const bool known = !principal_.principal_id.empty();
  Record(transaction, "ConsoleLogin", known ? "Failed authentication" : "No username found in supplied account");
  return {.step = step, .message = std::move(message), .wait = wait_, .session = {}};
}

SignInAnswer SignIn::Open(store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  ClearAttempts(state, subject_);
  if (!used_device_.empty()) {  // only now: a code that was given along with a new password that was refused is kept
    (void)iam::UseMfaCode(service_.secrets(), state, principal_.principal_id, used_device_, request_.mfa_code, now_);
  }
  Record(transaction, "ConsoleLogin", "");
  const auto second = std::chrono::floor<std::chrono::seconds>(now_);
  state.Execute("UPDATE iam_entity SET last_used = ? WHERE id = ?",
                std::chrono::milliseconds(second.time_since_epoch()).count(), principal_.principal_id);
  auto& session = principal_.session.emplace();
  session.creation = second;
  session.from_console = true;
  session.mfa_authenticated = !used_device_.empty();
  if (session.mfa_authenticated) session.mfa_time = now_;
  SignInAnswer answer{.step = SignInStep::kSignedIn, .message = {}, .session = {}};
  answer.session =
      OpenSession(transaction, service_.secrets(), service_.environment().random, principal_, request_.token, now_);
  return answer;
}

void SignIn::Record(store::Transaction& transaction, std::string_view name, std::string_view error_message) {
  const Environment& environment = service_.environment();
  Value data = Value::Object();
  if (name == "CheckMfa") {
    data.Set("MfaType", devices_.size() > 1 ? "Multiple MFA Devices" : "Virtual MFA");
  } else {
    const bool tls = !head_.peer.tls_version.empty();
    data.Set("LoginTo", fmt::format("{}://{}/_console/home", tls ? "https" : "http", head_.Host()));
    data.Set("MobileVersion", "No");
    if (!used_device_.empty()) data.Set("MFAIdentifier", used_device_);
    data.Set("MFAUsed", used_device_.empty() ? "No" : "Yes");
  }
  const std::string event_id = RandomUuid(environment.random);
  const Time completed = environment.clock.Now();
  trail::Record record = trail::BuildSignInRecord({
      .name = name,
      .account_id = environment.account_id,
      .region = kSignInRegion,
      .event_id = event_id,
      .completed = completed,
      .principal = &principal_,
      .head = &head_,
      .outcome = error_message.empty() ? trail::SignInOutcome::kSuccess : trail::SignInOutcome::kFailure,
      .error_message = error_message,
      .additional_event_data = std::move(data),
  });
  transaction.Append(
      {.region = std::string(kSignInRegion), .time = completed, .management = true, .record = std::move(record.json)});
}

}  // namespace opentrail::services::signin
