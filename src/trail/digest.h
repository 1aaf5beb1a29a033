#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "codec/rsa_key.h"

// Digest files: what was delivered in an hour, hashed, signed, and chained to the digest before. Pure; thread-safe.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
namespace opentrail::trail {

inline constexpr std::string_view kDigestSignatureAlgorithm = "SHA256withRSA";
inline constexpr unsigned kDigestKeyBits = 2048;

// One log file that a digest lists.
struct DigestedFile {
  std::string bucket;
  std::string object;
  std::string sha256;  // of the uncompressed file, in lower-case hex
  std::string newest_event_time;
  std::string oldest_event_time;
};

// The digest before.
struct DigestLink {
  std::string bucket;
  std::string object;
  std::string sha256;
  std::string signature;  // hex
};

struct Digest {
  std::string account_id;
  Time start;
  Time end;
  std::string bucket;
  std::string object;
  std::optional<DigestLink> previous;  // nullopt: a starting digest
  std::vector<DigestedFile> files;
};

struct SignedDigest {
  std::string bytes;      // gzip
  std::string sha256;     // of the text
  std::string signature;  // hex: the object's metadata "signature"
};

// The 32 hex digits that name a public key: MD5 of its PKCS #1 DER.
[[nodiscard]] std::string KeyFingerprint(std::string_view public_der);

// The document's JSON text, members in AWS's order.
[[nodiscard]] std::string DigestText(const Digest& digest, std::string_view fingerprint);
// What is signed: the end, where it lies, its hash, and the signature before.
[[nodiscard]] std::string SigningText(const Digest& digest, std::string_view sha256);

[[nodiscard]] SignedDigest SignDigest(const Digest& digest, const codec::RsaKey& key);

}  // namespace opentrail::trail
