#include "services/kms/handlers.h"
#include "services/kms/key.h"
#include "services/kms/key_policy.h"
#include "services/kms/page.h"
#include "services/kms/tag.h"

namespace opentrail::services::kms {
namespace {

constexpr int64_t kKeysOnPage = 100;
constexpr int64_t kMinWaitDays = 7, kMaxWaitDays = 30;

std::unexpected<AwsError> Unsupported(std::string_view what) {
  return AwsFailure("UnsupportedOperationException", "{} is not supported here.", what);
}

// Symmetric keys with material of our own.
AwsStatus CheckKind(const Value& input) {
  const std::string_view spec = input["KeySpec"].Text(input["CustomerMasterKeySpec"].Text("SYMMETRIC_DEFAULT"));
  if (input.Has("CustomKeyStoreId")) return Unsupported("A custom key store");
  if (const auto origin = input["Origin"].Text("AWS_KMS"); origin != "AWS_KMS") return Unsupported(origin);
  if (spec != "SYMMETRIC_DEFAULT") return Unsupported(spec);
  const std::string_view usage = input["KeyUsage"].Text("ENCRYPT_DECRYPT");
  if (usage == "ENCRYPT_DECRYPT") return {};
  return AwsFailure("ValidationException", "KeyUsage {} is not compatible with KeySpec {}", usage, spec);
}

std::string NewKeyId(RandomSource& random, bool is_multi_region) {
  std::string id = RandomUuid(random);
  if (!is_multi_region) return id;
  std::erase(id, '-');
  return "mrk-" + id;
}

AwsResult<Key> FindCustomerKey(Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return key;
  if (AwsStatus status = CheckCustomerManaged(*key); !status) return std::unexpected(std::move(status.error()));
  return key;
}

AwsResult<Reply> SetState(Call& call, store::Transaction& transaction, KeyState state) {
  auto key = FindCustomerKey(call, transaction);
  if (!key) return std::unexpected(std::move(key.error()));
  if (AwsStatus status = CheckNotPendingDeletion(*key); !status) return std::unexpected(std::move(status.error()));
  key->state = state;
  StoreKey(transaction.connection(), *key);
  return KeyReply(call, *key);
}

}  // namespace

AwsResult<Reply> CreateKey(KmsService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  RemoveDueKeys(state, call.now);
  if (AwsStatus kind = CheckKind(call.input); !kind) return std::unexpected(std::move(kind.error()));
  const bool is_multi_region = call.input["MultiRegion"].Boolean();
  Key key{.region = call.region, .id = NewKeyId(service.environment().random, is_multi_region)};
  key.arn = KeyArn(call, key.id);
  key.description = call.input["Description"].Text();
  key.created = call.now;
  key.is_multi_region = is_multi_region;
  key.policy = DefaultKeyPolicy(call);
  if (call.input.Has("Policy")) {
    key.policy = call.input["Policy"].Text();
    if (AwsStatus policy = CheckKeyPolicy(call, state, key.policy, key.arn); !policy) {
      return std::unexpected(std::move(policy.error()));
    }
  }
  MakeKey(service, state, key);
  if (AwsStatus tagged = AddTags(state, key, call.input["Tags"]); !tagged) {
    return std::unexpected(std::move(tagged.error()));
  }
  return KeyReply(call, key, Value::Object({{"KeyMetadata", DescribeKeyRow(state, call, key)}}));
}

AwsResult<Reply> DescribeKey(KmsService& service, Call& call, store::Transaction& transaction) {
  auto key = FindOrMakeKey(service, transaction.connection(), call, call.input["KeyId"].Text());
  if (!key) return std::unexpected(std::move(key.error()));
  return KeyReply(call, *key, Value::Object({{"KeyMetadata", DescribeKeyRow(transaction.connection(), call, *key)}}));
}

AwsResult<Reply> ListKeys(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto page = Page::Of(call, kKeysOnPage);
  if (!page) return std::unexpected(std::move(page.error()));
  store::Rows rows = transaction.connection().Query(
      "SELECT id FROM kms_key WHERE region = ? AND id > ? AND (deletion_time IS NULL OR deletion_time > ?) ORDER BY id "
      "LIMIT ?",
      call.region, page->after(), call.now.time_since_epoch().count(), page->rows());
  while (rows.Next()) {
    const std::string_view id = rows.Text(0);
    if (!page->Add(Value::Object({{"KeyId", id}, {"KeyArn", KeyArn(call, id)}}), id)) break;
  }
  return Reply{.output = page->Finish("Keys")};
}

AwsResult<Reply> EnableKey(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  return SetState(call, transaction, KeyState::kEnabled);
}

AwsResult<Reply> DisableKey(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  return SetState(call, transaction, KeyState::kDisabled);
}

AwsResult<Reply> ScheduleKeyDeletion(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  RemoveDueKeys(transaction.connection(), call.now);
  auto key = FindCustomerKey(call, transaction);
  if (!key) return std::unexpected(std::move(key.error()));
  if (AwsStatus status = CheckNotPendingDeletion(*key); !status) return std::unexpected(std::move(status.error()));
  const int64_t days = call.input["PendingWindowInDays"].Integer(kMaxWaitDays);
  if (days < kMinWaitDays || days > kMaxWaitDays) {
    return AwsFailure("ValidationException", "PendingWindowInDays is {} to {}; this is {}.", kMinWaitDays, kMaxWaitDays,
                      days);
  }
  key->state = KeyState::kPendingDeletion;
  key->deletion_days = days;
  key->deletion_time = call.now + std::chrono::days(days);
  StoreKey(transaction.connection(), *key);
  return KeyReply(call, *key,
                  Value::Object({{"KeyId", key->arn},
                                 {"DeletionDate", *key->deletion_time},
                                 {"KeyState", "PendingDeletion"},
                                 {"PendingWindowInDays", days}}));
}

AwsResult<Reply> CancelKeyDeletion(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindCustomerKey(call, transaction);
  if (!key) return std::unexpected(std::move(key.error()));
  if (key->state != KeyState::kPendingDeletion) {
    return AwsFailure("KMSInvalidStateException", "{} is not pending deletion.", key->arn);
  }
  key->state = KeyState::kDisabled;
  key->deletion_time.reset();
  key->deletion_days.reset();
  StoreKey(transaction.connection(), *key);
  return KeyReply(call, *key, Value::Object({{"KeyId", key->arn}}));
}

AwsResult<Reply> UpdateKeyDescription(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindCustomerKey(call, transaction);
  if (!key) return std::unexpected(std::move(key.error()));
  if (AwsStatus status = CheckNotPendingDeletion(*key); !status) return std::unexpected(std::move(status.error()));
  key->description = call.input["Description"].Text();
  StoreKey(transaction.connection(), *key);
  return KeyReply(call, *key);
}

}  // namespace opentrail::services::kms
