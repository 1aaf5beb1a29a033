#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "base/random.h"
#include "codec/value.h"

// A ciphertext blob: says which key's material it was made with, so that Decrypt need not be told. docs/formats/kms.md.
namespace opentrail::services::kms {

inline constexpr size_t kMaxCiphertextBytes = 6144;
inline constexpr size_t kMaxContextBytes = 8192;

// What a blob says of itself; `sealed` is a view into it.
struct Ciphertext {
  std::string key_id;
  int64_t material = 0;
  std::string_view header, nonce, sealed;
};

// InvalidCiphertextException where it is no blob of ours.
[[nodiscard]] AwsResult<Ciphertext> ParseCiphertext(std::string_view blob);

// An encryption context (an object of strings) as the bytes that are authenticated: the same for any order of its
// members. ValidationException past kMaxContextBytes.
[[nodiscard]] AwsResult<std::string> ContextBytes(const Value& context);

// material_key: 32 bytes. key_id: a UUID, or mrk- and 32 digits.
[[nodiscard]] std::string Seal(std::string_view key_id, int64_t material, std::string_view material_key,
                               std::string_view context, std::string_view plaintext, RandomSource& random);
// InvalidCiphertextException where key, context or blob differ from what was sealed.
[[nodiscard]] AwsResult<std::string> Open(const Ciphertext& ciphertext, std::string_view material_key,
                                          std::string_view context);

}  // namespace opentrail::services::kms
