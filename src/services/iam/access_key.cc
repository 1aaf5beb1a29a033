#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/handlers.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kMaxKeys = 2;
constexpr std::string_view kSecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The user that a call names, or its caller; the root user's id is "".
AwsResult<Entity> Owner(const Call& call, store::Connection& state) {
  if (call.input.Has("UserName")) return NeedEntity(call, kUser, state);
  if (call.principal.IsRoot()) return Entity{};
  auto user = FindEntity(state, kUser, call.principal.user_name);
  if (call.principal.user_name.empty() || !user)
    return AwsFailure("ValidationError", "Must specify userName when calling with non-User credentials");
  return std::move(*user);
}

// The key, if it is the owner's.
AwsResult<std::string> OwnedKey(const Call& call, store::Connection& state) {
  auto owner = Owner(call, state);
  if (!owner) return std::unexpected(owner.error());
  const std::string_view id = call.input["AccessKeyId"].Text();
  if (!state.Query("SELECT 1 FROM iam_access_key WHERE access_key_id = ? AND user_id = ?", id, owner->id).Next()) {
    return std::unexpected(NoSuchEntity(fmt::format("The Access Key with id {} cannot be found.", id)));
  }
  return std::string(id);
}

}  // namespace

AwsResult<Reply> CreateAccessKey(IamService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto owner = Owner(call, state);
  if (!owner) return std::unexpected(owner.error());
  {
    store::Rows count = state.Query("SELECT count(*) FROM iam_access_key WHERE user_id = ?", owner->id);
    if (count.Next() && count.Integer(0) >= kMaxKeys) {
      return std::unexpected(
          AwsError{"LimitExceeded", fmt::format("Cannot exceed quota for AccessKeysPerUser: {}", kMaxKeys), 409});
    }
  }
  RandomSource& random = service.environment().random;
  const std::string id = RandomIamId(random, "AKIA", 20);
  const std::string secret = RandomText(random, kSecretAlphabet, 40);
  state.Execute("INSERT INTO iam_access_key VALUES(?, ?, ?, 1, ?)", id, owner->id,
                store::Blob{service.secrets().Seal(secret, SealPurpose(id))}, call.now.time_since_epoch().count());
  service.InvalidateAfterCommit(transaction);
  Value key = Value::Object();
  if (!owner->name.empty()) key.Set("UserName", owner->name);
  key.Set("AccessKeyId", id).Set("Status", "Active").Set("SecretAccessKey", secret).Set("CreateDate", call.now);
  Reply reply;
  reply.output.Set("AccessKey", std::move(key));
  return reply;
}

AwsResult<Reply> ListAccessKeys(IamService&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto owner = Owner(call, state);
  if (!owner) return std::unexpected(owner.error());
  Value::Elements keys;
  store::Rows rows = state.Query(
      "SELECT access_key_id, is_active, created FROM iam_access_key WHERE user_id = ? ORDER BY created", owner->id);
  while (rows.Next()) {
    keys.push_back(Value::Object({{"UserName", owner->name},
                                  {"AccessKeyId", rows.Text(0)},
                                  {"Status", rows.Boolean(1) ? "Active" : "Inactive"},
                                  {"CreateDate", Time(std::chrono::milliseconds(rows.Integer(2)))}}));
  }
  Reply reply;
  if (auto paged = Page(call.input, "AccessKeyMetadata", std::move(keys), reply.output); !paged)
    return std::unexpected(paged.error());
  return reply;
}

AwsResult<Reply> UpdateAccessKey(IamService& service, Call& call, store::Transaction& transaction) {
  auto id = OwnedKey(call, transaction.connection());
  if (!id) return std::unexpected(id.error());
  transaction.connection().Execute("UPDATE iam_access_key SET is_active = ? WHERE access_key_id = ?",
                                   call.input["Status"].Text() == "Active", *id);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsResult<Reply> DeleteAccessKey(IamService& service, Call& call, store::Transaction& transaction) {
  auto id = OwnedKey(call, transaction.connection());
  if (!id) return std::unexpected(id.error());
  transaction.connection().Execute("DELETE FROM iam_access_key WHERE access_key_id = ?", *id);
  service.InvalidateAfterCommit(transaction);
  return Reply{};
}

AwsStatus IamService::Initialize(store::Transaction& transaction) {
  RandomSource& random = environment_.random;
  root_credentials_ = {RandomIamId(random, "AKIA", 20), RandomText(random, kSecretAlphabet, 40)};
  const auto& [id, secret] = root_credentials_;
  transaction.connection().Execute("INSERT INTO iam_access_key VALUES(?, '', ?, 1, ?)", id,
                                   store::Blob{secrets_.Seal(secret, SealPurpose(id))},
                                   environment_.clock.Now().time_since_epoch().count());
  return {};
}

std::string SealPurpose(std::string_view access_key_id) { return fmt::format("iam.access-key {}", access_key_id); }

}  // namespace opentrail::services::iam
