#include <algorithm>

#include "services/kms/handlers.h"
#include "services/kms/key.h"
#include "services/kms/page.h"

namespace opentrail::services::kms {
namespace {

constexpr std::string_view kPrefix = "alias/";
constexpr std::string_view kReserved = "alias/aws/";
constexpr int64_t kAliasesOnPage = 50;
constexpr int64_t kMaxAliasesOfKey = 50;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' || c == '-';
}

AwsStatus CheckName(std::string_view name) {
  if (!name.starts_with(kPrefix) || name.size() == kPrefix.size()) {
    return AwsFailure("ValidationException",
                      "Alias must start with the prefix \"alias/\". Please see "
                      "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
  }
  if (name.starts_with(kReserved)) {
    return AwsFailure("NotAuthorizedException", "Aliases that begin with alias/aws/ are reserved for AWS.");
  }
  if (!std::ranges::all_of(name, IsNameCharacter)) {
    return AwsFailure("InvalidAliasNameException", "{} contains invalid characters for an alias", name);
  }
  return {};
}

std::unexpected<AwsError> NoSuchAlias(const Call& call, std::string_view name) {
  return AwsFailure("NotFoundException", "Alias {} is not found.", AliasArn(call, name));
}

bool Exists(store::Connection& state, const Call& call, std::string_view name) {
  return state.Query("SELECT 1 FROM kms_alias WHERE region = ? AND name = ?", call.region, name).Next();
}

// The key that an alias shall be of from now on.
AwsResult<Key> FindTarget(const Call& call, store::Connection& state) {
  auto key = FindKey(state, call, call.input["TargetKeyId"].Text(), Naming::kIdOrArn);
  if (!key) return key;
  if (AwsStatus status = CheckNotPendingDeletion(*key); !status) return std::unexpected(std::move(status.error()));
  store::Rows rows =
      state.Query("SELECT count(*) FROM kms_alias WHERE region = ? AND key_id = ?", call.region, key->id);
  if (rows.Next() && rows.Integer(0) >= kMaxAliasesOfKey) {
    return AwsFailure("LimitExceededException", "A key has at most {} aliases.", kMaxAliasesOfKey);
  }
  return key;
}

Reply AliasReply(const Call& call, const Key& key, std::string_view name) {
  Reply reply = KeyReply(call, key);
  reply.resources.push_back({.type = "AWS::KMS::Alias", .arn = AliasArn(call, name), .account_id = call.account_id});
  return reply;
}

}  // namespace

AwsResult<Reply> CreateAlias(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["AliasName"].Text();
  RemoveDueKeys(state, call.now);
  if (AwsStatus status = CheckName(name); !status) return std::unexpected(std::move(status.error()));
  auto key = FindTarget(call, state);
  if (!key) return std::unexpected(std::move(key.error()));
  if (Exists(state, call, name)) {
    return AwsFailure("AlreadyExistsException", "An alias with the name {} already exists", AliasArn(call, name));
  }
  const int64_t now = call.now.time_since_epoch().count();
  state.Execute("INSERT INTO kms_alias(region, name, key_id, created, updated) VALUES(?, ?, ?, ?, ?)", call.region,
                name, key->id, now, now);
  return AliasReply(call, *key, name);
}

AwsResult<Reply> UpdateAlias(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["AliasName"].Text();
  if (AwsStatus status = CheckName(name); !status) return std::unexpected(std::move(status.error()));
  auto key = FindTarget(call, state);
  if (!key) return std::unexpected(std::move(key.error()));
  const int64_t changed = state.Execute("UPDATE kms_alias SET key_id = ?, updated = ? WHERE region = ? AND name = ?",
                                        key->id, call.now.time_since_epoch().count(), call.region, name);
  if (changed == 0) return NoSuchAlias(call, name);
  return AliasReply(call, *key, name);
}

AwsResult<Reply> DeleteAlias(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const std::string_view name = call.input["AliasName"].Text();
  if (AwsStatus status = CheckName(name); !status) return std::unexpected(std::move(status.error()));
  auto key = FindKey(state, call, name, Naming::kAliasToo);
  if (!key) return NoSuchAlias(call, name);
  state.Execute("DELETE FROM kms_alias WHERE region = ? AND name = ?", call.region, name);
  return AliasReply(call, *key, name);
}

AwsResult<Reply> ListAliases(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto page = Page::Of(call, kAliasesOnPage);
  if (!page) return std::unexpected(std::move(page.error()));
  std::optional<std::string> of_key;
  if (call.input.Has("KeyId")) {
    auto key = FindKey(state, call, call.input["KeyId"].Text(), Naming::kIdOrArn);
    if (!key) return std::unexpected(std::move(key.error()));
    of_key = key->id;
  }
  store::Rows rows = state.Query(
      "SELECT a.name, a.key_id, a.created, a.updated FROM kms_alias a JOIN kms_key k ON k.region = a.region AND k.id = "
      "a.key_id WHERE a.region = ?1 AND a.name > ?2 AND (?3 IS NULL OR a.key_id = ?3) AND (k.deletion_time IS NULL OR "
      "k.deletion_time > ?4) ORDER BY a.name LIMIT ?5",
      call.region, page->after(), of_key, call.now.time_since_epoch().count(), page->rows());
  while (rows.Next()) {
    const auto time = [&](int column) { return Time(std::chrono::milliseconds(rows.Integer(column))); };
    const std::string_view name = rows.Text(0);
    Value alias = Value::Object({{"AliasName", name},
                                 {"AliasArn", AliasArn(call, name)},
                                 {"TargetKeyId", rows.Text(1)},
                                 {"CreationDate", time(2)},
                                 {"LastUpdatedDate", time(3)}});
    if (!page->Add(std::move(alias), name)) break;
  }
  return Reply{.output = page->Finish("Aliases")};
}

}  // namespace opentrail::services::kms
