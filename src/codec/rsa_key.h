#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct evp_pkey_st;

namespace opentrail::codec {

// An RSA key pair (OpenSSL). Immutable and movable; thread-safe.
class RsaKey {
 public:
  // Takes long (a tenth of a second for 2048 bits): never on a thread that others wait for. kInternal where OpenSSL
  // fails.
  static Result<RsaKey> Generate(unsigned bits);
  // From PrivateDer. kCorrupt where it is none.
  static Result<RsaKey> FromPrivateDer(std::string_view der);

  // PKCS #1 (RFC 8017, appendix A.1): RSAPrivateKey and RSAPublicKey.
  [[nodiscard]] std::string PrivateDer() const;
  [[nodiscard]] std::string PublicDer() const;

  // RSASSA-PKCS1-v1_5 with SHA-256: raw bytes, as many as the modulus has.
  [[nodiscard]] std::string SignSha256(std::string_view message) const;
  // Whether `signature` is of this key over `message`.
  [[nodiscard]] bool VerifySha256(std::string_view message, std::string_view signature) const;

 private:
  explicit RsaKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;  // shared by copies: OpenSSL's key is never changed once made
};

}  // namespace opentrail::codec
