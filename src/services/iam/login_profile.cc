#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/handlers.h"
#include "services/iam/password.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kMinPassword = 8;

AwsError NoProfile(const Entity& user) {
  return NoSuchEntity(fmt::format("Login Profile for User {} cannot be found.", user.name));
}

// The profile as Get and Create answer it; nullopt where there is none.
std::optional<Value> Profile(store::Connection& state, const Entity& user) {
  store::Rows rows = state.Query("SELECT created, reset_required FROM iam_login_profile WHERE user_id = ?", user.id);
  if (!rows.Next()) return std::nullopt;
  return Value::Object({{"UserName", user.name},
                        {"CreateDate", Time(std::chrono::milliseconds(rows.Integer(0)))},
                        {"PasswordResetRequired", rows.Boolean(1)}});
}

}  // namespace

AwsStatus PrepareLoginProfile(Service& service, Call& call) {
  const std::string_view password = call.input["Password"].Text();
  if (!call.input.Has("Password")) return {};
  if (password.size() < kMinPassword) {
    return std::unexpected(AwsError{"PasswordPolicyViolation",
                                    fmt::format("Password should have a minimum length of {}", kMinPassword), 400});
  }
  call.prepared = HashPassword(password, static_cast<IamService&>(service).environment().random);
  return {};
}

AwsResult<Reply> CreateLoginProfile(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto user = NeedEntity(call, kUser, state);
  if (!user) return std::unexpected(user.error());
  if (Profile(state, *user)) {
    return std::unexpected(
        AwsError{"EntityAlreadyExists", fmt::format("Login Profile for user {} already exists.", user->name), 409});
  }
  state.Execute("INSERT INTO iam_login_profile VALUES(?, ?, ?, ?)", user->id,
                store::Blob{std::any_cast<const std::string&>(call.prepared)}, call.now.time_since_epoch().count(),
                call.input["PasswordResetRequired"].Boolean());
  Reply reply;
  reply.output.Set("LoginProfile", *Profile(state, *user));
  return reply;
}

AwsResult<Reply> GetLoginProfile(IamService&, Call& call, store::Transaction& transaction) {
  auto user = NeedEntity(call, kUser, transaction.connection());
  if (!user) return std::unexpected(user.error());
  auto profile = Profile(transaction.connection(), *user);
  if (!profile) return std::unexpected(NoProfile(*user));
  Reply reply;
  reply.output.Set("LoginProfile", std::move(*profile));
  return reply;
}

AwsResult<Reply> UpdateLoginProfile(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto user = NeedEntity(call, kUser, state);
  if (!user) return std::unexpected(user.error());
  if (!Profile(state, *user)) return std::unexpected(NoProfile(*user));
  if (call.prepared.has_value()) {
    state.Execute("UPDATE iam_login_profile SET password_hash = ? WHERE user_id = ?",
                  store::Blob{std::any_cast<const std::string&>(call.prepared)}, user->id);
  }
  if (call.input.Has("PasswordResetRequired")) {
    state.Execute("UPDATE iam_login_profile SET reset_required = ? WHERE user_id = ?",
                  call.input["PasswordResetRequired"].Boolean(), user->id);
  }
  return Reply{};
}

AwsResult<Reply> DeleteLoginProfile(IamService&, Call& call, store::Transaction& transaction) {
  auto user = NeedEntity(call, kUser, transaction.connection());
  if (!user) return std::unexpected(user.error());
  if (transaction.connection().Execute("DELETE FROM iam_login_profile WHERE user_id = ?", user->id) == 0)
    return std::unexpected(NoProfile(*user));
  return Reply{};
}

}  // namespace opentrail::services::iam
