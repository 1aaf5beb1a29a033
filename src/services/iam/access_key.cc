#include "services/iam/access_key.h"

#include <fmt/format.h>

#include "services/iam/entity.h"
#include "services/iam/page.h"

namespace opentrail::services::iam {
namespace {

constexpr int64_t kMaxKeysPerUser = 2;
constexpr size_t kIdSize = 20;
constexpr size_t kSecretSize = 40;

std::string_view StatusText(bool active) { return active ? "Active" : "Inactive"; }

std::unexpected<AwsError> NoSuchKey(std::string_view id) {
  return AwsFailure("NoSuchEntity", "The Access Key with id {} cannot be found.", id);
}

// Root's own keys carry no user name.
void SetUserName(Value& value, const Entity& user) {
  if (!IsRootEntity(user)) value.Set("UserName", user.name);
}

}  // namespace

std::string RandomSecretKey(RandomSource& random) {
  return RandomText(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", kSecretSize);
}

std::string AccessKeyPurpose(std::string_view access_key_id) { return "iam.access-key " + std::string(access_key_id); }

IamService::RootCredentials MakeAccessKey(const IamService& iam, store::Connection& state, std::string_view owner,
                                          Time now) {
  RandomSource& random = iam.environment().random;
  IamService::RootCredentials key{.access_key_id = RandomIamId(random, "AKIA", kIdSize),
                                  .secret_access_key = RandomSecretKey(random)};
  const std::string sealed = iam.secrets().Seal(key.secret_access_key, AccessKeyPurpose(key.access_key_id));
  state.Execute("INSERT INTO iam_access_key (id, owner, active, created, secret) VALUES (?, ?, 1, ?, ?)",
                key.access_key_id, owner, ToMilliseconds(now), store::Blob{sealed});
  return key;
}

AwsResult<Reply> CreateAccessKey(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const int64_t count = CountRows(context.state, "SELECT count(*) FROM iam_access_key WHERE owner = ?", user.id);
    return Then(CheckQuota(count, kMaxKeysPerUser, "AccessKeysPerUser"), [&]() -> AwsResult<Reply> {
      const auto key = MakeAccessKey(context.iam, context.state, user.id, context.call.now);
      Value value;
      SetUserName(value, user);
      value.Set("AccessKeyId", key.access_key_id);
      value.Set("Status", "Active");
      value.Set("SecretAccessKey", key.secret_access_key);
      value.Set("CreateDate", context.call.now);
      Reply reply;
      reply.output.Set("AccessKey", std::move(value));
      return reply;
    });
  });
}

AwsResult<Reply> ListAccessKeys(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    Page page(context, "AccessKeyMetadata");
    if (auto status = page.Begin(); !status) return std::unexpected(std::move(status.error()));
    store::Rows rows = context.state.Query(
        "SELECT id, active, created FROM iam_access_key WHERE owner = ? AND id > ? ORDER BY id LIMIT ?", user.id,
        page.after(), page.limit());
    while (rows.Next()) {
      Value value;
      SetUserName(value, user);
      value.Set("AccessKeyId", rows.Text(0));
      value.Set("Status", StatusText(rows.Boolean(1)));
      value.Set("CreateDate", FromMilliseconds(rows.Integer(2)));
      page.Add(rows.Text(0), std::move(value));
    }
    return page.Finish();
  });
}

AwsResult<Reply> UpdateAccessKey(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string_view id = context.input["AccessKeyId"].Text();
    const std::string_view status = context.input["Status"].Text();
    if (status != "Active" && status != "Inactive") {
      return AwsFailure("ValidationError", "{}", "Status can only be Active or Inactive.");
    }
    if (context.state.Execute("UPDATE iam_access_key SET active = ? WHERE owner = ? AND id = ?", status == "Active",
                              user.id, id) == 0) {
      return NoSuchKey(id);
    }
    return Reply{};
  });
}

AwsResult<Reply> DeleteAccessKey(Context& context) {
  return Then(UserOrSelf(context), [&](const Entity& user) -> AwsResult<Reply> {
    const std::string_view id = context.input["AccessKeyId"].Text();
    if (context.state.Execute("DELETE FROM iam_access_key WHERE owner = ? AND id = ?", user.id, id) == 0) {
      return NoSuchKey(id);
    }
    return Reply{};
  });
}

AwsResult<Reply> GetAccessKeyLastUsed(Context& context) {
  const std::string_view id = context.input["AccessKeyId"].Text();
  store::Rows rows = context.state.Query(
      "SELECT e.name, k.last_used, k.last_used_region, k.last_used_service FROM iam_access_key k LEFT JOIN iam_entity "
      "e ON e.id = k.owner WHERE k.id = ?",
      id);
  if (!rows.Next()) {
    return std::unexpected(AwsError{
        "AccessDenied",
        fmt::format("User: {} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key {}",
                    context.call.principal.arn, id),
        403});
  }
  Value used;
  const bool was_used = rows.Integer(1) != 0;
  if (was_used) used.Set("LastUsedDate", FromMilliseconds(rows.Integer(1)));
  used.Set("ServiceName", was_used ? rows.Text(3) : "N/A");
  used.Set("Region", was_used ? rows.Text(2) : "N/A");
  Reply reply;
  if (!rows.IsNull(0)) reply.output.Set("UserName", rows.Text(0));
  reply.output.Set("AccessKeyLastUsed", std::move(used));
  return reply;
}

void NoteAccessKeyUse(store::Connection& state, std::string_view access_key_id, std::string_view service,
                      std::string_view region, Time now) {
  state.Execute("UPDATE iam_access_key SET last_used = ?, last_used_service = ?, last_used_region = ? WHERE id = ?",
                ToMilliseconds(now), service, region, access_key_id);
}

}  // namespace opentrail::services::iam
