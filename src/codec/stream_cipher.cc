#include "codec/stream_cipher.h"

#include <algorithm>
#include <array>
#include <cassert>

#include <openssl/evp.h>

namespace opentrail::codec {
namespace {

constexpr size_t kMaxPieceBytes = size_t{1} << 30;  // OpenSSL counts in int
constexpr uint64_t kFirstBlock = 2;                 // GCM's counter for the message's first block; 1 is the tag's

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

enum class Direction : uint8_t { kDecrypt, kEncrypt };

EVP_CIPHER_CTX* NewContext(const EVP_CIPHER* algorithm, std::string_view key, const uint8_t* iv,
                           Direction direction = Direction::kEncrypt) {
  assert(key.size() == kCipherKeyBytes);
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  [[maybe_unused]] const bool made =
      EVP_CipherInit_ex(context, algorithm, nullptr, Bytes(key), iv, direction == Direction::kEncrypt ? 1 : 0) == 1;
  assert(made);
  return context;
}

void Update(EVP_CIPHER_CTX* context, const uint8_t* in, uint8_t* out, size_t size) {
  for (size_t done = 0; done < size;) {
    const auto piece = static_cast<int>(std::min(size - done, kMaxPieceBytes));
    int written = 0;
    [[maybe_unused]] const bool updated = EVP_CipherUpdate(context, out + done, &written, in + done, piece) == 1;
    assert(updated && written == piece);
    done += static_cast<size_t>(piece);
  }
}

}  // namespace

StreamSealer::StreamSealer(std::string_view key, std::string_view nonce)
    : context_(NewContext(EVP_aes_256_gcm(), key, Bytes(nonce))) {
  assert(nonce.size() == kCipherNonceBytes);
}

StreamSealer::~StreamSealer() { EVP_CIPHER_CTX_free(context_); }

void StreamSealer::Write(std::string_view plaintext, std::string& out) {
  const size_t begin = out.size();
  out.resize(begin + plaintext.size());
  Update(context_, Bytes(plaintext), reinterpret_cast<uint8_t*>(out.data()) + begin, plaintext.size());
}

std::string StreamSealer::Finish() {
  std::string tag(kCipherTagBytes, '\0');
  int written = 0;
  [[maybe_unused]] const bool finished =
      EVP_CipherFinal_ex(context_, reinterpret_cast<uint8_t*>(tag.data()), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_GET_TAG, kCipherTagBytes, tag.data()) == 1;
  assert(finished && written == 0);
  return tag;
}

StreamVerifier::StreamVerifier(std::string_view key, std::string_view nonce)
    : context_(NewContext(EVP_aes_256_gcm(), key, Bytes(nonce), Direction::kDecrypt)) {
  assert(nonce.size() == kCipherNonceBytes);
}

StreamVerifier::~StreamVerifier() { EVP_CIPHER_CTX_free(context_); }

void StreamVerifier::Read(char* bytes, size_t size) {
  auto* const place = reinterpret_cast<uint8_t*>(bytes);
  Update(context_, place, place, size);
}

bool StreamVerifier::IsGenuine(std::string_view tag) {
  if (tag.size() != kCipherTagBytes) return false;
  std::string expected(tag);
  char none[kCipherBlockBytes];
  int written = 0;
  return EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_GCM_SET_TAG, kCipherTagBytes, expected.data()) == 1 &&
         EVP_CipherFinal_ex(context_, reinterpret_cast<uint8_t*>(none), &written) == 1;
}

// GCM encrypts in counter mode: the nonce, then a block's number in 32 bits.
StreamOpener::StreamOpener(std::string_view key, std::string_view nonce, uint64_t offset) {
  assert(nonce.size() == kCipherNonceBytes && offset % kCipherBlockBytes == 0 && offset <= kMaxStreamBytes);
  std::array<uint8_t, kCipherBlockBytes> counter{};
  std::ranges::copy(nonce, counter.begin());
  uint64_t block = offset / kCipherBlockBytes + kFirstBlock;
  for (size_t i = counter.size(); i > kCipherNonceBytes; --i, block >>= 8) counter[i - 1] = block & 0xFF;
  context_ = NewContext(EVP_aes_256_ctr(), key, counter.data());
}

StreamOpener::~StreamOpener() { EVP_CIPHER_CTX_free(context_); }

void StreamOpener::Read(char* bytes, size_t size) {
  auto* const place = reinterpret_cast<uint8_t*>(bytes);
  Update(context_, place, place, size);
}

}  // namespace opentrail::codec
