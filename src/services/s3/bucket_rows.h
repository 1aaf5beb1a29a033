#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "services/s3/encryption.h"
#include "services/s3/public_access_block.h"
#include "services/service.h"
#include "store/connection.h"

namespace opentrail::services::s3 {

enum class Versioning : uint8_t { kNever = 0, kEnabled = 1, kSuspended = 2 };

struct Bucket {
  int64_t id = 0;
  std::string name;
  std::string region;
  Time created;
  Versioning versioning = Versioning::kNever;
  std::string ownership;  // "": no ownership controls
  std::optional<PublicAccessBlock> public_access_block;
  PublicAccessBlock account_block;  // the account's, which holds for every bucket beside its own
  std::string policy;               // JSON; "": none
  std::string tags;                 // JSON of a TagSet; "": none
  BucketEncryption encryption;

  [[nodiscard]] std::string Arn() const { return "arn:aws:s3:::" + name; }
  [[nodiscard]] bool RestrictsPublicAccess() const { return Blocks(&PublicAccessBlock::restrict_public_buckets); }
  [[nodiscard]] bool BlocksPublicPolicy() const { return Blocks(&PublicAccessBlock::block_public_policy); }
  // Whether the bucket or the account has the setting.
  [[nodiscard]] bool Blocks(bool PublicAccessBlock::* setting) const {
    return account_block.*setting || (public_access_block && (*public_access_block).*setting);
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
