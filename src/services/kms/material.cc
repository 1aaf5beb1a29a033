#include "services/kms/material.h"

#include "codec/text.h"

namespace opentrail::services::kms {
namespace {

constexpr size_t kMaterialBytes = 32;

std::string Purpose(const Key& key, int64_t number) { return fmt::format("kms.material {} {}", key.arn, number); }

std::string RandomBytes(RandomSource& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return bytes;
}

}  // namespace

void AddMaterial(KmsService& service, store::Connection& state, const Key& key, Time now, Rotation rotation) {
  RandomSource& random = service.environment().random;
  const int64_t number = DescribeMaterial(state, key).number + 1;
  const std::string sealed = service.secrets().Seal(RandomBytes(random, kMaterialBytes), Purpose(key, number));
  state.Execute(
      "INSERT INTO kms_material(region, key_id, number, material_id, sealed, created, on_demand) "
      "VALUES(?, ?, ?, ?, ?, ?, ?)",
      key.region, key.id, number, codec::HexEncode(RandomBytes(random, kMaterialBytes)), store::Blob{sealed},
      now.time_since_epoch().count(), rotation == Rotation::kOnDemand);
}

Material DescribeMaterial(store::Connection& state, const Key& key) {
  store::Rows rows = state.Query(
      "SELECT number, material_id, created FROM kms_material WHERE region = ? AND key_id = ? ORDER BY number DESC "
      "LIMIT 1",
      key.region, key.id);
  if (!rows.Next()) return {};
  return {.number = rows.Integer(0),
          .id = std::string(rows.Text(1)),
          .key = {},
          .created = Time(std::chrono::milliseconds(rows.Integer(2)))};
}

std::optional<Time> NextRotation(store::Connection& state, const Key& key) {
  if (!key.rotation_days) return std::nullopt;
  store::Rows rows = state.Query(
      "SELECT max(created) FROM kms_material WHERE region = ? AND key_id = ? AND on_demand = 0", key.region, key.id);
  const int64_t last = rows.Next() ? rows.Integer(0) : 0;
  return Time(std::chrono::milliseconds(last)) + std::chrono::days(*key.rotation_days);
}

void RotateWhereDue(KmsService& service, store::Connection& state, const Key& key, Time now) {
  const auto due = NextRotation(state, key);
  if (due && now >= *due) AddMaterial(service, state, key, now);
}

AwsResult<Material> CurrentMaterial(KmsService& service, store::Connection& state, const Key& key, Time now) {
  RotateWhereDue(service, state, key, now);
  return MaterialOf(service, state, key, DescribeMaterial(state, key).number);
}

AwsResult<Material> MaterialOf(KmsService& service, store::Connection& state, const Key& key, int64_t number) {
  store::Rows rows = state.Query(
      "SELECT material_id, sealed, created FROM kms_material WHERE region = ? AND key_id = ? AND number = ?",
      key.region, key.id, number);
  if (!rows.Next()) return std::unexpected(AwsError{"InvalidCiphertextException", ""});
  auto bytes = service.secrets().Unseal(rows.Text(1), Purpose(key, number));
  if (!bytes) return AwsFailure("KMSInternalException", "The key material cannot be read: {}", bytes.error().message);
  return Material{.number = number,
                  .id = std::string(rows.Text(0)),
                  .key = std::move(*bytes),
                  .created = Time(std::chrono::milliseconds(rows.Integer(2)))};
}

}  // namespace opentrail::services::kms
