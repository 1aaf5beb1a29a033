#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

// Authenticated encryption: AES-256-GCM (NIST SP 800-38D, OpenSSL).
namespace opentrail::codec {

inline constexpr size_t kCipherKeyBytes = 32;
inline constexpr size_t kCipherNonceBytes = 12;
inline constexpr size_t kCipherTagBytes = 16;

// One key, ready for many messages. Movable; one thread at a time.
class Cipher {
 public:
  // key: kCipherKeyBytes.
  explicit Cipher(std::string_view key);
  ~Cipher();
  Cipher(Cipher&& other) noexcept;
  Cipher& operator=(Cipher&& other) noexcept;

  // Appends ciphertext and tag (plaintext + kCipherTagBytes) to `out`. nonce: kCipherNonceBytes, never used twice with
  // one key. aad: authenticated, not encrypted; must be the same at Open.
  void Seal(std::string_view nonce, std::string_view aad, std::string_view plaintext, std::string& out);
  // The plaintext; nullopt where anything differs from what was sealed.
  [[nodiscard]] std::optional<std::string> Open(std::string_view nonce, std::string_view aad, std::string_view sealed);

 private:
  std::string key_;
  // Each has the key in it, so that a message sets only its nonce; made when it is first needed: most keys serve one
  // message in one direction.
  evp_cipher_ctx_st* seal_ = nullptr;
  evp_cipher_ctx_st* open_ = nullptr;
};

}  // namespace opentrail::codec
