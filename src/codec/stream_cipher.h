#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "codec/cipher.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

// AES-256-GCM over one long message, piece by piece (NIST SP 800-38D, OpenSSL). Nothing else is authenticated.
namespace opentrail::codec {

inline constexpr uint64_t kMaxStreamBytes = (uint64_t{1} << 36) - 32;  // of one message
inline constexpr size_t kCipherBlockBytes = 16;

// Encrypts one message. One thread at a time.
class StreamSealer {
 public:
  // key: kCipherKeyBytes; nonce: kCipherNonceBytes, never used twice with one key.
  StreamSealer(std::string_view key, std::string_view nonce);
  ~StreamSealer();
  StreamSealer(const StreamSealer&) = delete;
  StreamSealer& operator=(const StreamSealer&) = delete;

  // Appends the ciphertext, which is as long; at most kMaxStreamBytes in all.
  void Write(std::string_view plaintext, std::string& out);
  // The tag, which follows the ciphertext. Once, at the end.
  [[nodiscard]] std::string Finish();

 private:
  evp_cipher_ctx_st* context_;
};

// Decrypts a whole message from its beginning, and says at its end whether it is the one that was encrypted. Until then
// nobody can say. One thread at a time.
class StreamVerifier {
 public:
  StreamVerifier(std::string_view key, std::string_view nonce);
  ~StreamVerifier();
  StreamVerifier(const StreamVerifier&) = delete;
  StreamVerifier& operator=(const StreamVerifier&) = delete;

  // The next piece, in place; at most kMaxStreamBytes in all.
  void Read(char* bytes, size_t size);
  // Whether the tag, kCipherTagBytes, is that of all that was read. Once, at the end.
  [[nodiscard]] bool IsGenuine(std::string_view tag);

 private:
  evp_cipher_ctx_st* context_;
};

// Decrypts a message from the middle on, and so without a look at its tag: of a part nobody can say whether it was
// changed. One thread at a time.
class StreamOpener {
 public:
  // offset: where the first piece stands in the message; a multiple of kCipherBlockBytes.
  StreamOpener(std::string_view key, std::string_view nonce, uint64_t offset);
  ~StreamOpener();
  StreamOpener(const StreamOpener&) = delete;
  StreamOpener& operator=(const StreamOpener&) = delete;

  // The next piece, in place.
  void Read(char* bytes, size_t size);

 private:
  evp_cipher_ctx_st* context_;
};

}  // namespace opentrail::codec
