#include "codec/cipher.h"

#include <cassert>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace opentrail::codec {
namespace {

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }
int Size(std::string_view text) { return static_cast<int>(text.size()); }

EVP_CIPHER_CTX* NewContext(std::string_view key, int encrypt) {
  // Fetched once: EVP_aes_256_gcm() would be looked up anew for each context.
  static EVP_CIPHER* const kAlgorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  EVP_CipherInit_ex(context, kAlgorithm, nullptr, Bytes(key), nullptr, encrypt);
  return context;
}

// Starts a message: nonce and what is authenticated only.
bool Begin(EVP_CIPHER_CTX* context, std::string_view nonce, std::string_view aad) {
  assert(nonce.size() == kCipherNonceBytes);
  int size = 0;
  return EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, Bytes(nonce), -1) == 1 &&
         EVP_CipherUpdate(context, nullptr, &size, Bytes(aad), Size(aad)) == 1;
}

}  // namespace

Cipher::Cipher(std::string_view key) : key_(key) { assert(key.size() == kCipherKeyBytes); }

Cipher::~Cipher() {
  EVP_CIPHER_CTX_free(seal_);  // OpenSSL wipes the key
  EVP_CIPHER_CTX_free(open_);
  OPENSSL_cleanse(key_.data(), key_.size());
}

Cipher::Cipher(Cipher&& other) noexcept { *this = std::move(other); }

Cipher& Cipher::operator=(Cipher&& other) noexcept {
  std::swap(key_, other.key_);
  std::swap(seal_, other.seal_);
  std::swap(open_, other.open_);
  return *this;
}

void Cipher::Seal(std::string_view nonce, std::string_view aad, std::string_view plaintext, std::string& out) {
  if (seal_ == nullptr) seal_ = NewContext(key_, 1);
  const size_t begin = out.size();
  out.resize(begin + plaintext.size() + kCipherTagBytes);
  auto* bytes = reinterpret_cast<uint8_t*>(out.data()) + begin;
  int size = 0;
  [[maybe_unused]] const bool sealed =
      Begin(seal_, nonce, aad) && EVP_CipherUpdate(seal_, bytes, &size, Bytes(plaintext), Size(plaintext)) == 1 &&
      EVP_CipherFinal_ex(seal_, bytes + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(seal_, EVP_CTRL_GCM_GET_TAG, kCipherTagBytes, bytes + plaintext.size()) == 1;
  assert(sealed);
}

std::optional<std::string> Cipher::Open(std::string_view nonce, std::string_view aad, std::string_view sealed) {
  if (sealed.size() < kCipherTagBytes) return std::nullopt;
  if (open_ == nullptr) open_ = NewContext(key_, 0);
  std::string tag(sealed.substr(sealed.size() - kCipherTagBytes));
  sealed.remove_suffix(kCipherTagBytes);
  std::string plaintext(sealed.size(), '\0');
  auto* bytes = reinterpret_cast<uint8_t*>(plaintext.data());
  int size = 0;
  const bool opened = Begin(open_, nonce, aad) &&
                      EVP_CipherUpdate(open_, bytes, &size, Bytes(sealed), Size(sealed)) == 1 &&
                      EVP_CIPHER_CTX_ctrl(open_, EVP_CTRL_GCM_SET_TAG, kCipherTagBytes, tag.data()) == 1 &&
                      EVP_CipherFinal_ex(open_, bytes + size, &size) == 1;
  if (!opened) return std::nullopt;
  return plaintext;
}

}  // namespace opentrail::codec
