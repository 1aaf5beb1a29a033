#include <charconv>

#include "services/kms/handlers.h"
#include "services/kms/key.h"
#include "services/kms/material.h"
#include "services/kms/page.h"

// https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
namespace opentrail::services::kms {
namespace {

constexpr int64_t kDefaultDays = 365, kMinDays = 90, kMaxDays = 2560;
constexpr int64_t kMaxOnDemand = 10;  // of a key, ever
constexpr int64_t kDefaultPage = 100;

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
    output.Set("RotationPeriodInDays", *key->rotation_days);
    output.Set("NextRotationDate", *NextRotation(transaction.connection(), *key));
  }
  return KeyReply(call, *key, std::move(output));
}

// https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html
AwsResult<Reply> RotateKeyOnDemand(KmsService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto key = FindKey(state, call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  AwsStatus status = CheckCustomerManaged(*key);
  if (status) status = CheckEnabled(*key);
  if (!status) return std::unexpected(std::move(status.error()));
  store::Rows count = state.Query("SELECT count(*) FROM kms_material WHERE region = ? AND key_id = ? AND on_demand = 1",
                                  key->region, key->id);
  if (count.Next() && count.Integer(0) >= kMaxOnDemand) {
    return AwsFailure("LimitExceededException", "{} has been rotated on demand {} times, which is the most.", key->arn,
                      kMaxOnDemand);
  }
  RotateWhereDue(service, state, *key, call.now);
  AddMaterial(service, state, *key, call.now, Rotation::kOnDemand);
  return KeyReply(call, *key, Value::Object({{"KeyId", key->arn}}));
}

// Oldest first; the first material came of no rotation and is listed only where all are asked for.
// https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html
AwsResult<Reply> ListKeyRotations(KmsService& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto key = FindKey(state, call, call.input["KeyId"].Text(), Naming::kIdOrArn);
  if (!key) return std::unexpected(std::move(key.error()));
  auto page = Page::Of(call, kDefaultPage);
  if (!page) return std::unexpected(std::move(page.error()));
  if (key->state == KeyState::kEnabled) RotateWhereDue(service, state, *key, call.now);
  const bool all = call.input["IncludeKeyMaterial"].Text() == "ALL_KEY_MATERIAL";
  const int64_t current = DescribeMaterial(state, *key).number;
  int64_t after = all ? 0 : 1;
  std::from_chars(page->after().data(), page->after().data() + page->after().size(), after);
  store::Rows rows = state.Query(
      "SELECT number, material_id, created, on_demand FROM kms_material WHERE region = ? AND key_id = ? AND number > ? "
      "ORDER BY number LIMIT ?",
      key->region, key->id, after, page->rows());
  while (rows.Next()) {
    const int64_t number = rows.Integer(0);
    Value entry = Value::Object({{"KeyId", key->arn},
                                 {"KeyMaterialId", rows.Text(1)},
                                 {"KeyMaterialState", number == current ? "CURRENT" : "NON_CURRENT"}});
    if (number > 1) {
      entry.Set("RotationDate", Time(std::chrono::milliseconds(rows.Integer(2))));
      entry.Set("RotationType", rows.Boolean(3) ? "ON_DEMAND" : "AUTOMATIC");
    }
    if (!page->Add(std::move(entry), std::to_string(number))) break;
  }
  return KeyReply(call, *key, page->Finish("Rotations"));
}

}  // namespace opentrail::services::kms
