#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/kms/kms_service.h"

namespace opentrail::services::kms {

struct Key {
  std::string id, arn, description, state, policy, manager, sealed_material;
  Time created;
  std::optional<Time> deletion;
};

enum class Aliases : uint8_t { kAllowed, kRefused };
// By key id, key ARN, and (kAllowed) alias name or alias ARN. NotFoundException. An alias of AWS's own (alias/aws/s3)
// gets its key at the first use by that service.
[[nodiscard]] AwsResult<Key> FindKey(KmsService& service, const Call& call, store::Connection& state,
                                     std::string_view id, Aliases aliases = Aliases::kAllowed);
[[nodiscard]] std::optional<Key> FindKeyById(store::Connection& state, std::string_view region, std::string_view id);
// DisabledException, KMSInvalidStateException.
[[nodiscard]] AwsStatus CheckUsable(const Key& key);
[[nodiscard]] Value DescribeKeyMetadata(const Call& call, const Key& key);
[[nodiscard]] Key MakeKey(KmsService& service, const Call& call, store::Connection& state, std::string policy,
                          std::string_view description, std::string_view manager);

// The key and context of a ciphertext. InvalidCiphertextException.
[[nodiscard]] std::string Encrypted(KmsService& service, const Key& key, std::string_view plaintext,
                                    const Value& context);
[[nodiscard]] std::optional<std::string_view> KeyIdOf(std::string_view ciphertext);
[[nodiscard]] AwsResult<std::string> Decrypted(KmsService& service, const Key& key, std::string_view ciphertext,
                                               const Value& context);

}  // namespace opentrail::services::kms
