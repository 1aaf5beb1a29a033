#pragma once

#include <cstdint>
#include <optional>

#include "codec/value.h"
#include "store/connection.h"

namespace opentrail::services::s3 {

// The four settings that keep a bucket, or all of an account's, from the public.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
struct PublicAccessBlock {
  bool block_public_acls = false;
  bool ignore_public_acls = false;
  bool block_public_policy = false;
  bool restrict_public_buckets = false;
  // As one column.
  [[nodiscard]] int64_t ToBits() const;
  [[nodiscard]] static PublicAccessBlock FromBits(int64_t bits);
  // As the API's PublicAccessBlockConfiguration.
  [[nodiscard]] Value ToValue() const;
  [[nodiscard]] static PublicAccessBlock FromValue(const Value& configuration);
};

// The account's. nullopt: it has none.
[[nodiscard]] std::optional<PublicAccessBlock> LoadAccountBlock(store::Connection& state);
void StoreAccountBlock(store::Connection& state, const std::optional<PublicAccessBlock>& block);

}  // namespace opentrail::services::s3
