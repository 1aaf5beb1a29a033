#pragma once

#include <string>

#include "services/kms/key.h"

// The bytes that a key encrypts with. A key has one, and one more for each rotation.
namespace opentrail::services::kms {

struct Material {
  int64_t number = 0;
  std::string id;   // 64 hexadecimal digits
  std::string key;  // 32 bytes
  Time created;
};

enum class Rotation : uint8_t { kAutomatic, kOnDemand };

// rotation: why; of no meaning for a key's first.
void AddMaterial(KmsService& service, store::Connection& state, const Key& key, Time now,
                 Rotation rotation = Rotation::kAutomatic);
// The newest, without its bytes.
[[nodiscard]] Material DescribeMaterial(store::Connection& state, const Key& key);
// When the automatic rotation is due, where it is on: rotations on demand do not move it.
[[nodiscard]] std::optional<Time> NextRotation(store::Connection& state, const Key& key);
// Rotates the key where that is due.
void RotateWhereDue(KmsService& service, store::Connection& state, const Key& key, Time now);
// What to encrypt with: the newest, or a new one where the rotation is due.
[[nodiscard]] AwsResult<Material> CurrentMaterial(KmsService& service, store::Connection& state, const Key& key,
                                                  Time now);
// KMSInternalException where it cannot be unsealed; InvalidCiphertextException where there is none of that number.
[[nodiscard]] AwsResult<Material> MaterialOf(KmsService& service, store::Connection& state, const Key& key,
                                             int64_t number);

}  // namespace opentrail::services::kms
