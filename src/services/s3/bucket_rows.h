#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/s3/encryption.h"
#include "services/service.h"
#include "store/connection.h"

namespace opentrail::services::s3 {

enum class Versioning : uint8_t { kNever = 0, kEnabled = 1, kSuspended = 2 };

// The four settings of a bucket's public access block, as bits of one column.
struct PublicAccessBlock {
  bool block_public_acls = false;
  bool ignore_public_acls = false;
  bool block_public_policy = false;
  bool restrict_public_buckets = false;
  [[nodiscard]] int64_t ToBits() const;
  [[nodiscard]] static PublicAccessBlock FromBits(int64_t bits);
};

struct Bucket {
  int64_t id = 0;
  std::string name;
  std::string region;
  Time created;
  Versioning versioning = Versioning::kNever;
  std::string ownership;  // "": no ownership controls
  std::optional<PublicAccessBlock> public_access_block;
  std::string policy;  // JSON; "": none
  std::string tags;    // JSON of a TagSet; "": none
  BucketEncryption encryption;

  [[nodiscard]] std::string Arn() const { return "arn:aws:s3:::" + name; }
  [[nodiscard]] bool RestrictsPublicAccess() const {
    return public_access_block && public_access_block->restrict_public_buckets;
  }
};

// Keys have at most so many bytes.
inline constexpr size_t kMaxKeyBytes = 1024;

enum class RegionCheck : uint8_t { kSame, kAny };

// The bucket that input.Bucket names. KeyTooLongError for input.Key; NoSuchBucket; AccessDenied where the caller
// expects another owner; for a call from outside that came to another region's endpoint, the redirect.
[[nodiscard]] AwsResult<Bucket> FindBucket(const Call& call, store::Connection& state,
                                           RegionCheck check = RegionCheck::kSame);
// By name alone. nullopt: there is none.
[[nodiscard]] std::optional<Bucket> LoadBucket(store::Connection& state, std::string_view name);
// The source of a copy: it may be in any region.
[[nodiscard]] AwsResult<Bucket> FindSourceBucket(const Call& call, store::Connection& state, std::string_view name);

}  // namespace opentrail::services::s3
