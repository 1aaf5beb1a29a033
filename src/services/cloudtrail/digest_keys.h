#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "codec/rsa_key.h"
#include "store/connection.h"
#include "store/secrets.h"

// The key pairs that digests are signed with: one a region at a time, for 30 days. The private part is sealed.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
namespace opentrail::services::cloudtrail {

inline constexpr std::chrono::days kDigestKeyValidity{30};

struct PublicKey {
  Time valid_from;
  Time valid_to;
  std::string fingerprint;
  std::string public_der;
};

// Those that are valid at any moment from `start` to `end`, oldest first.
[[nodiscard]] std::vector<PublicKey> PublicKeysBetween(store::Connection& state, std::string_view region, Time start,
                                                       Time end);

// The key that is valid at `when`; kNotFound where there is none yet.
[[nodiscard]] Result<codec::RsaKey> FindDigestKey(store::Connection& state, const store::Secrets& secrets,
                                                  std::string_view region, Time when);
// A new key (codec::RsaKey::Generate, which takes long) becomes the region's, valid from `when` on.
void AddDigestKey(store::Connection& state, const store::Secrets& secrets, std::string_view region, Time when,
                  const codec::RsaKey& key);

}  // namespace opentrail::services::cloudtrail
