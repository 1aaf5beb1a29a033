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

void AddMaterial(KmsService& service, store::Connection& state, const Key& key, Time now);
// The newest, without its bytes.
[[nodiscard]] Material DescribeMaterial(store::Connection& state, const Key& key);
// What to encrypt with: the newest, or a new one where the rotation is due.
[[nodiscard]] AwsResult<Material> CurrentMaterial(KmsService& service, store::Connection& state, const Key& key,
                                                  Time now);
// KMSInternalException where it cannot be unsealed; InvalidCiphertextException where there is none of that number.
[[nodiscard]] AwsResult<Material> MaterialOf(KmsService& service, store::Connection& state, const Key& key,
                                             int64_t number);

}  // namespace opentrail::services::kms
