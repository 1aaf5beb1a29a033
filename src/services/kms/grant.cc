#include "services/kms/grant.h"

#include <algorithm>

#include "codec/json_value.h"
#include "services/iam/policy_principal.h"
#include "services/kms/handlers.h"
#include "services/kms/page.h"

namespace opentrail::services::kms {
namespace {

constexpr int64_t kGrantsOnPage = 50;
constexpr int64_t kMaxGrantsOfKey = 50'000;
constexpr size_t kIdDigits = 64;
constexpr size_t kTokenCharacters = 120;

// Of those that the model knows, what a symmetric key can do.
constexpr std::string_view kOperations[] = {"CreateGrant",   "Decrypt",         "DescribeKey",
                                            "Encrypt",       "GenerateDataKey", "GenerateDataKeyWithoutPlaintext",
                                            "ReEncryptFrom", "ReEncryptTo",     "RetireGrant"};

constexpr char kColumns[] =
    "SELECT key_id, id, token, name, grantee, retiring, operations, constraints, created FROM kms_grant ";

Grant ReadGrant(const store::Rows& rows) {
  const auto text_if_any = [&](int column) {
    return rows.IsNull(column) ? std::nullopt : std::optional(std::string(rows.Text(column)));
  };
  Grant grant{.key_id = std::string(rows.Text(0)),
              .id = std::string(rows.Text(1)),
              .token = std::string(rows.Text(2)),
              .name = text_if_any(3),
              .grantee = std::string(rows.Text(4)),
              .retiring = text_if_any(5),
              .operations = codec::ParseJsonValue(rows.Text(6)).value_or(Value::List()),
              .constraints = {},
              .created = Time(std::chrono::milliseconds(rows.Integer(8)))};
  if (!rows.IsNull(7)) grant.constraints = codec::ParseJsonValue(rows.Text(7)).value_or(Value());
  return grant;
}

bool HasOperation(const Grant& grant, std::string_view operation) {
  return std::ranges::any_of(grant.operations.elements(), [&](const Value& o) { return o.Text() == operation; });
}

// Every pair of `part` stands in `whole`.
bool Includes(const Value& whole, const Value& part) {
  return std::ranges::all_of(part.members(), [&](const Value::Member& pair) {
    return whole[pair.name].IsString() && whole[pair.name].Text() == pair.value.Text();
  });
}

bool MeetsConstraints(const Grant& grant, const Value& context) {
  const Value& equals = grant.constraints["EncryptionContextEquals"];
  const Value& subset = grant.constraints["EncryptionContextSubset"];
  if (equals.IsObject() && !(Includes(context, equals) && Includes(equals, context))) return false;
  return !subset.IsObject() || Includes(context, subset);
}

Value DescribeGrant(const Call& call, const Grant& grant) {
  Value entry = Value::Object({{"KeyId", KeyArn(call, grant.key_id)},
                               {"GrantId", grant.id},
                               {"Name", grant.name.value_or("")},
                               {"CreationDate", grant.created},
                               {"GranteePrincipal", grant.grantee}});
  if (grant.retiring) entry.Set("RetiringPrincipal", *grant.retiring);
  entry.Set("IssuingAccount", fmt::format("arn:aws:iam::{}:root", call.account_id));
  entry.Set("Operations", grant.operations);
  entry.SetIfPresent("Constraints", grant.constraints);
  return entry;
}

AwsStatus CheckGrant(const Call& call, store::Connection& state) {
  const Value& input = call.input;
  const auto is_principal = [](std::string_view text) {
    return text.starts_with("arn:") || text.find('.') != text.npos;
  };
  for (const std::string_view member : {"GranteePrincipal", "RetiringPrincipal"}) {
    if (input.Has(member) && !is_principal(input[member].Text())) {
      return AwsFailure("InvalidArnException", "{} is not a principal's ARN: {}", member, input[member].Text());
    }
    if (iam::IsMissingPrincipal(state, call.account_id, input[member].Text())) {
      return AwsFailure("InvalidArnException", "ARN does not refer to a valid principal: {}", input[member].Text());
    }
  }
  for (const Value& operation : input["Operations"].elements()) {
    if (std::ranges::find(kOperations, operation.Text()) == std::end(kOperations)) {
      return AwsFailure("ValidationException", "Grant operation {} is not possible with a symmetric encryption key.",
                        operation.Text());
    }
  }
  if (input["Operations"].elements().empty()) return AwsFailure("ValidationException", "A grant needs an operation.");
  return {};
}

// A grant of the same name that says the same: asking twice makes one.
std::optional<Grant> SameGrant(store::Connection& state, const Key& key, const Grant& grant) {
  store::Rows rows = state.Query(std::string(kColumns) + "WHERE region = ? AND key_id = ? AND name = ? AND grantee = ?",
                                 key.region, key.id, grant.name, grant.grantee);
  while (rows.Next()) {
    Grant other = ReadGrant(rows);
    if (other.retiring == grant.retiring && other.operations == grant.operations &&
        other.constraints == grant.constraints) {
      return other;
    }
  }
  return std::nullopt;
}

void InsertGrant(store::Connection& state, const Key& key, const Grant& grant) {
  const auto constraints =
      grant.constraints.IsNull() ? std::nullopt : std::optional(codec::WriteJson(grant.constraints));
  state.Execute(
      "INSERT INTO kms_grant(region, key_id, id, token, name, grantee, retiring, operations, constraints, created) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      key.region, key.id, grant.id, grant.token, grant.name, grant.grantee, grant.retiring,
      codec::WriteJson(grant.operations), constraints, grant.created.time_since_epoch().count());
}

Value GrantOutput(const Grant& grant) { return Value::Object({{"GrantToken", grant.token}, {"GrantId", grant.id}}); }

void DeleteGrant(store::Connection& state, const Call& call, const Grant& grant) {
  state.Execute("DELETE FROM kms_grant WHERE region = ? AND key_id = ? AND id = ?", call.region, grant.key_id,
                grant.id);
}

AwsResult<Reply> RemoveGrant(Call& call, store::Transaction& transaction) {
  const auto grant = FindGrant(transaction.connection(), call);
  if (!grant) return std::unexpected(grant.error());
  const auto key = LoadKey(transaction.connection(), call, grant->key_id);
  if (!key) return AwsFailure("NotFoundException", "Key '{}' does not exist", KeyArn(call, grant->key_id));
  if (AwsStatus dry = CheckDryRun(call); !dry) return std::unexpected(std::move(dry.error()));
  DeleteGrant(transaction.connection(), call, *grant);
  return KeyReply(call, *key);
}

}  // namespace

bool IsCaller(const Call& call, std::string_view principal) {
  const auto& caller = call.principal;
  if (principal.empty()) return false;
  return principal == caller.arn || principal == caller.service ||
         (caller.session && caller.session->issuer && principal == caller.session->issuer->arn) ||
         (!caller.account_id.empty() && principal == fmt::format("arn:aws:iam::{}:root", caller.account_id));
}

std::optional<std::string> GranteeFor(store::Connection& state, const Call& call, const Key& key,
                                      std::string_view operation, const Value& context) {
  store::Rows rows = state.Query(std::string(kColumns) + "WHERE region = ? AND key_id = ?", key.region, key.id);
  while (rows.Next()) {
    if (!IsCaller(call, rows.Text(4))) continue;
    Grant grant = ReadGrant(rows);
    if (HasOperation(grant, operation) && MeetsConstraints(grant, context)) return std::move(grant.grantee);
  }
  return std::nullopt;
}

AwsResult<Grant> FindGrant(store::Connection& state, const Call& call) {
  if (const std::string_view token = call.input["GrantToken"].Text(); !token.empty()) {
    store::Rows rows = state.Query(std::string(kColumns) + "WHERE region = ? AND token = ?", call.region, token);
    if (rows.Next()) return ReadGrant(rows);
    return AwsFailure("InvalidGrantTokenException", "The grant token is not valid.");
  }
  const auto key = FindKey(state, call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(key.error());
  store::Rows rows = state.Query(std::string(kColumns) + "WHERE region = ? AND key_id = ? AND id = ?", call.region,
                                 key->id, call.input["GrantId"].Text());
  if (rows.Next()) return ReadGrant(rows);
  return AwsFailure("NotFoundException", "Grant ID {} not found", call.input["GrantId"].Text());
}

AwsResult<Reply> CreateGrant(KmsService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto key = FindKey(state, call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  AwsStatus status = CheckEnabled(*key);
  if (status) status = CheckGrant(call, state);
  if (status) status = CheckDryRun(call);
  if (!status) return std::unexpected(std::move(status.error()));
  const auto text_if_any = [&](std::string_view member) {
    return call.input.Has(member) ? std::optional(std::string(call.input[member].Text())) : std::nullopt;
  };
  RandomSource& random = service.environment().random;
  const Grant grant{
      .key_id = key->id,
      .id = RandomText(random, "0123456789abcdef", kIdDigits),
      .token = "AQpA" +
               RandomText(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", kTokenCharacters),
      .name = text_if_any("Name"),
      .grantee = std::string(call.input["GranteePrincipal"].Text()),
      .retiring = text_if_any("RetiringPrincipal"),
      .operations = call.input["Operations"],
      .constraints = call.input["Constraints"],
      .created = call.now};
  if (grant.name) {
    if (const auto same = SameGrant(state, *key, grant)) return KeyReply(call, *key, GrantOutput(*same));
  }
  store::Rows count =
      state.Query("SELECT count(*) FROM kms_grant WHERE region = ? AND key_id = ?", key->region, key->id);
  if (count.Next() && count.Integer(0) >= kMaxGrantsOfKey) {
    return AwsFailure("LimitExceededException", "A key has at most {} grants.", kMaxGrantsOfKey);
  }
  InsertGrant(state, *key, grant);
  return KeyReply(call, *key, GrantOutput(grant));
}

AwsResult<Reply> ListGrants(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  auto page = Page::Of(call, kGrantsOnPage);
  if (!key) return std::unexpected(std::move(key.error()));
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = transaction.connection().Query(std::string(kColumns) +
                                                        "WHERE region = ?1 AND key_id = ?2 AND id > ?3 AND (?4 = '' OR "
                                                        "id = ?4) AND (?5 = '' OR grantee = ?5) ORDER BY id "
                                                        "LIMIT ?6",
                                                    key->region, key->id, page->after(), call.input["GrantId"].Text(),
                                                    call.input["GranteePrincipal"].Text(), page->rows());
  while (rows.Next()) {
    const Grant grant = ReadGrant(rows);
    if (!page->Add(DescribeGrant(call, grant), grant.id)) break;
  }
  return KeyReply(call, *key, page->Finish("Grants"));
}

AwsResult<Reply> ListRetirableGrants(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto page = Page::Of(call, kGrantsOnPage);
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = transaction.connection().Query(
      std::string(kColumns) + "WHERE region = ? AND retiring = ? AND id > ? ORDER BY id LIMIT ?", call.region,
      call.input["RetiringPrincipal"].Text(), page->after(), page->rows());
  while (rows.Next()) {
    const Grant grant = ReadGrant(rows);
    if (!page->Add(DescribeGrant(call, grant), grant.id)) break;
  }
  return Reply{.output = page->Finish("Grants")};
}

AwsResult<Reply> RevokeGrant(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  return RemoveGrant(call, transaction);
}

AwsResult<Reply> RetireGrant(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  return RemoveGrant(call, transaction);
}

}  // namespace opentrail::services::kms
