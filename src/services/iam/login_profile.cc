#include "services/iam/login_profile.h"

#include <algorithm>

#include "services/iam/entity.h"
#include "services/iam/password.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kMaxHistory = 24;  // PasswordReusePrevention's most

// What the worker thread found out.
struct PreparedPassword {
  std::string new_hash;
  std::string verified_hash;  // the stored one that the old password fits; ""
  bool reused = false;
};

std::unexpected<AwsError> NoSuchProfile(std::string_view user) {
  return AwsFailure("NoSuchEntity", "Login Profile for User {} cannot be found.", user);
}

bool IsReused(const StoredPassword& stored, std::string_view password) {
  std::vector<std::string> hashes = stored.former;
  hashes.insert(hashes.begin(), stored.current);
  hashes.resize(std::min(hashes.size(), static_cast<size_t>(stored.reuse_prevention)));
  return std::ranges::any_of(hashes, [&](const std::string& hash) { return VerifyPassword(hash, password); });
}

// The former password goes to the history; what the reuse rule can never ask for goes away.
void StorePassword(const Context& context, const std::string& owner, const std::string& hash) {
  context.state.Execute(
      "INSERT OR REPLACE INTO iam_password_history (owner, changed, hash) SELECT owner, changed, hash FROM "
      "iam_login_profile WHERE owner = ?",
      owner);
  context.state.Execute(
      "DELETE FROM iam_password_history WHERE owner = ? AND changed NOT IN (SELECT changed FROM iam_password_history "
      "WHERE owner = ? ORDER BY changed DESC LIMIT ?)",
      owner, owner, kMaxHistory);
  context.state.Execute("UPDATE iam_login_profile SET hash = ?, changed = ? WHERE owner = ?", hash, context.now_ms(),
                        owner);
}

struct Profile {
  std::string hash;
  int64_t created = 0;
  bool reset_required = false;
};

std::optional<Profile> FindProfile(store::Connection& state, std::string_view owner) {
  store::Rows rows = state.Query("SELECT hash, created, reset_required FROM iam_login_profile WHERE owner = ?", owner);
  if (!rows.Next()) return std::nullopt;
  return Profile{std::string(rows.Text(0)), rows.Integer(1), rows.Boolean(2)};
}

Reply ProfileReply(const Entity& user, const Profile& profile) {
  Reply reply;
  reply.output.Set("LoginProfile", Value::Object({{"UserName", user.name},
                                                  {"CreateDate", FromMilliseconds(profile.created)},
                                                  {"PasswordResetRequired", profile.reset_required}}));
  return reply;
}

const PreparedPassword& Prepared(const Context& context) {
  static const PreparedPassword kNone;
  const auto* prepared = std::any_cast<PreparedPassword>(&context.call.prepared);
  return prepared != nullptr ? *prepared : kNone;
}

}  // namespace

AwsStatus PrepareLoginProfile(Service& service, Call& call) {
  auto& iam = static_cast<IamService&>(service);
  if (!call.input.Has("Password")) return {};
  call.prepared = PreparedPassword{.new_hash = HashPassword(call.input["Password"].Text(), iam.environment().random),
                                   .verified_hash = {}};
  return {};
}

AwsStatus PrepareChangePassword(Service& service, Call& call) {
  auto& iam = static_cast<IamService&>(service);
  PreparedPassword prepared;
  if (const auto stored = iam.directory().FindPassword(call.principal.principal_id)) {
    if (VerifyPassword(stored->current, call.input["OldPassword"].Text())) {
      const std::string_view password = call.input["NewPassword"].Text();
      prepared = {.new_hash = HashPassword(password, iam.environment().random),
                  .verified_hash = stored->current,
                  .reused = IsReused(*stored, password)};
    }
  }
  call.prepared = std::move(prepared);
  return {};
}

AwsResult<Reply> CreateLoginProfile(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    if (FindProfile(context.state, user.id)) {
      return AwsFailure("EntityAlreadyExists", "Login Profile for user {} already exists.", user.name);
    }
    return Then(CheckPassword(context.state, context.input["Password"].Text(), user.name), [&]() -> AwsResult<Reply> {
      const Profile profile{Prepared(context).new_hash, context.now_ms(),
                            context.input["PasswordResetRequired"].Boolean()};
      context.state.Execute(
          "INSERT INTO iam_login_profile (owner, hash, created, changed, reset_required) VALUES (?, ?, ?, ?, ?)",
          user.id, profile.hash, profile.created, profile.created, profile.reset_required);
      return ProfileReply(user, profile);
    });
  });
}

AwsResult<Reply> GetLoginProfile(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const auto profile = FindProfile(context.state, user.id);
    if (!profile) return NoSuchProfile(user.name);
    return ProfileReply(user, *profile);
  });
}

AwsResult<Reply> UpdateLoginProfile(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    if (!FindProfile(context.state, user.id)) return NoSuchProfile(user.name);
    if (context.input.Has("Password")) {
      const auto good = CheckPassword(context.state, context.input["Password"].Text(), user.name);
      if (!good) return std::unexpected(good.error());
      StorePassword(context, user.id, Prepared(context).new_hash);
    }
    if (context.input.Has("PasswordResetRequired")) {
      context.state.Execute("UPDATE iam_login_profile SET reset_required = ? WHERE owner = ?",
                            context.input["PasswordResetRequired"].Boolean(), user.id);
    }
    return Reply{};
  });
}

AwsResult<Reply> DeleteLoginProfile(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    if (context.state.Execute("DELETE FROM iam_login_profile WHERE owner = ?", user.id) == 0) {
      return NoSuchProfile(user.name);
    }
    return Reply{};
  });
}

AwsResult<Reply> ChangePassword(Context& context) {
  if (context.call.principal.type != opentrail::iam::PrincipalType::kIamUser) {
    return AwsFailure("InvalidUserType", "{}", "Only IAM Users can change their own password");
  }
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const auto profile = FindProfile(context.state, user.id);
    if (!profile) return NoSuchProfile(user.name);
    const PreparedPassword& prepared = Prepared(context);
    if (prepared.verified_hash.empty() || prepared.verified_hash != profile->hash) {
      return std::unexpected(AwsError{"AccessDenied", "The old password was incorrect.", 403});
    }
    if (prepared.reused) {
      return AwsFailure("PasswordPolicyViolation", "{}", "Password was used recently. Choose another one.");
    }
    return Then(CheckPassword(context.state, context.input["NewPassword"].Text(), user.name),
                [&]() -> AwsResult<Reply> {
                  StorePassword(context, user.id, prepared.new_hash);
                  context.state.Execute("UPDATE iam_login_profile SET reset_required = 0 WHERE owner = ?", user.id);
                  return Reply{};
                });
  });
}

}  // namespace opentrail::services::iam
