#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "codec/value.h"
#include "http/message.h"
#include "services/athena/caller_calls.h"
#include "services/service.h"

// Results under CSE_KMS: encrypted before they reach S3, each object with a data key of its own. What is needed to read
// one stands in the object's metadata, as the Amazon S3 encryption client has it (its version 2, with the key wrapped
// by "kms"). https://docs.aws.amazon.com/amazon-s3-encryption-client/latest/developerguide/concepts.html
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
};

// A new data key under the caller's KMS key, by kms:GenerateDataKey. `kms_key`: EncryptionConfiguration's.
struct ResultKey {
  std::string key;
  ResultEnvelope envelope;
};
[[nodiscard]] AwsResult<ResultKey> MakeResultKey(CallerCalls& calls, RandomSource& random, std::string_view kms_key);

// Encrypts what passes through, and writes the tag at the end. `sealed` outlives it.
[[nodiscard]] std::unique_ptr<BodySink> SealingSink(BodySink& sealed, const ResultKey& key);

// The plaintext from `offset` on. `sealed`: the object's bytes from SealedOffset(offset) on.
[[nodiscard]] std::unique_ptr<http::BodySource> OpeningSource(std::unique_ptr<http::BodySource> sealed,
                                                              const ResultKey& key, uint64_t offset);
[[nodiscard]] uint64_t SealedOffset(uint64_t offset);

}  // namespace opentrail::services::athena
