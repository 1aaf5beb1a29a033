#include "services/kms/handlers.h"
#include "services/kms/key.h"
#include "services/kms/material.h"

// https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
namespace opentrail::services::kms {
namespace {

constexpr int64_t kDefaultDays = 365, kMinDays = 90, kMaxDays = 2560;

AwsResult<Reply> SetRotation(Call& call, store::Transaction& transaction, std::optional<int64_t> days) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  AwsStatus status = CheckCustomerManaged(*key);
  if (status) status = CheckEnabled(*key);
  if (!status) return std::unexpected(std::move(status.error()));
  key->rotation_days = days;
  StoreKey(transaction.connection(), *key);
  return KeyReply(call, *key);
}

}  // namespace

AwsResult<Reply> EnableKeyRotation(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  const int64_t days = call.input["RotationPeriodInDays"].Integer(kDefaultDays);
  if (days < kMinDays || days > kMaxDays) {
    return AwsFailure("ValidationException", "RotationPeriodInDays is {} to {}; this is {}.", kMinDays, kMaxDays, days);
  }
  return SetRotation(call, transaction, days);
}

AwsResult<Reply> DisableKeyRotation(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  return SetRotation(call, transaction, std::nullopt);
}

AwsResult<Reply> GetKeyRotationStatus(KmsService& /*service*/, Call& call, store::Transaction& transaction) {
  auto key = FindKey(transaction.connection(), call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  const bool rotates = key->rotation_days.has_value() && key->state != KeyState::kPendingDeletion;
  Value output = Value::Object({{"KeyRotationEnabled", rotates}, {"KeyId", key->arn}});
  if (rotates) {
    const Material newest = DescribeMaterial(transaction.connection(), *key);
    output.Set("RotationPeriodInDays", *key->rotation_days);
    output.Set("NextRotationDate", newest.created + std::chrono::days(*key->rotation_days));
  }
  return KeyReply(call, *key, std::move(output));
}

}  // namespace opentrail::services::kms
