#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/cipher.h"
#include "codec/value.h"
#include "http/message.h"
#include "services/athena/caller_calls.h"
#include "services/service.h"

// Objects under CSE_KMS, results and tables' files: encrypted before they reach S3, each object with a data key of its
// own. What is needed to read one stands in the object's metadata, as the Amazon S3 encryption client has it (its
// version 2, with the key wrapped by "kms").
// https://docs.aws.amazon.com/amazon-s3-encryption-client/latest/developerguide/concepts.html
namespace opentrail::services::athena {

struct ResultEnvelope {
  std::string wrapped_key;  // what KMS gave for the data key
  std::string nonce;
  Value context;        // the encryption context under which KMS gave it
  uint64_t length = 0;  // of the plaintext

  // The object's user metadata.
  [[nodiscard]] Value Metadata() const;
  // nullopt: the metadata is of no such object.
  static std::optional<ResultEnvelope> Read(const Value& metadata);
  // Of the object, its tag included.
  [[nodiscard]] uint64_t SealedBytes() const { return length + codec::kCipherTagBytes; }
  // What tells this object, of such an ETag, from every other that somebody may put in its place.
  [[nodiscard]] std::string SealOf(std::string_view etag) const;
  // kms:Decrypt of the data key.
  [[nodiscard]] Value DecryptInput() const;
};

// A new data key under the caller's KMS key, by kms:GenerateDataKey. `kms_key`: EncryptionConfiguration's.
struct ResultKey {
  std::string key;
  ResultEnvelope envelope;
};
[[nodiscard]] AwsResult<ResultKey> MakeResultKey(CallerCalls& calls, RandomSource& random, std::string_view kms_key);

// The key of an object that is there, by kms:Decrypt.
[[nodiscard]] AwsResult<ResultKey> OpenResultKey(CallerCalls& calls, ResultEnvelope envelope);
// The same of what KMS answered; nullopt: what it opened is no data key.
[[nodiscard]] std::optional<ResultKey> ResultKeyOf(const Value& decrypted, ResultEnvelope envelope);

// Reads the whole object, and says whether it is what was encrypted under the key. In pieces: of any size.
[[nodiscard]] bool IsGenuine(http::BodySource& sealed, const ResultKey& key);
// The same of one in memory, which becomes its plaintext.
[[nodiscard]] bool OpenWhole(std::vector<uint8_t>& sealed, const ResultKey& key);

// Encrypts what passes through, and writes the tag at the end. `sealed` outlives it.
[[nodiscard]] std::unique_ptr<BodySink> SealingSink(BodySink& sealed, const ResultKey& key);

// The plaintext from `offset` on. `sealed`: the object's bytes from SealedOffset(offset) on.
[[nodiscard]] std::unique_ptr<http::BodySource> OpeningSource(std::unique_ptr<http::BodySource> sealed,
                                                              const ResultKey& key, uint64_t offset);
[[nodiscard]] uint64_t SealedOffset(uint64_t offset);

}  // namespace opentrail::services::athena
