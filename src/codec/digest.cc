#include "codec/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <zlib.h>

#include "codec/crc.h"

namespace opentrail::codec {
namespace {

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

// OpenSSL looks an algorithm up anew for each use of EVP_sha256(), which takes longer than hashing a short text: each
// is fetched once and kept.
const EVP_MD* Fetched(const char* name) { return EVP_MD_fetch(nullptr, name, nullptr); }
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const kAlgorithm = Fetched("SHA256");
  return kAlgorithm;
}
const EVP_MD* Sha1Algorithm() {
  static const EVP_MD* const kAlgorithm = Fetched("SHA1");
  return kAlgorithm;
}
const EVP_MD* Md5Algorithm() {
  static const EVP_MD* const kAlgorithm = Fetched("MD5");
  return kAlgorithm;
}

std::string OneShot(const EVP_MD* algorithm, std::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<uint8_t*>(digest.data()), &size, algorithm, nullptr);
  digest.resize(size);
  return digest;
}

// One context a thread and algorithm, for the same reason; a new key sets it back.
class HmacContext {
 public:
  explicit HmacContext(const char* digest) {
    EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    context_ = EVP_MAC_CTX_new(algorithm);
    EVP_MAC_free(algorithm);
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
        OSSL_PARAM_construct_end()};
    EVP_MAC_CTX_set_params(context_, parameters);
  }
  ~HmacContext() { EVP_MAC_CTX_free(context_); }
  HmacContext(const HmacContext&) = delete;
  HmacContext& operator=(const HmacContext&) = delete;

  std::string Of(std::string_view key, std::string_view bytes) {
    std::string mac(EVP_MAX_MD_SIZE, '\0');
    size_t size = 0;
    // A null key would mean the last one.
    EVP_MAC_init(context_, Bytes(key.empty() ? std::string_view("") : key), key.size(), nullptr);
    EVP_MAC_update(context_, Bytes(bytes), bytes.size());
    EVP_MAC_final(context_, reinterpret_cast<uint8_t*>(mac.data()), &size, mac.size());
    mac.resize(size);
    return mac;
  }

 private:
  EVP_MAC_CTX* context_;
};

std::string BigEndian(uint64_t value, size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(value >> (8 * (size - 1 - i)));
  return bytes;
}

}  // namespace

std::string Sha256(std::string_view bytes) { return OneShot(Sha256Algorithm(), bytes); }
std::string Sha1(std::string_view bytes) { return OneShot(Sha1Algorithm(), bytes); }
std::string Md5(std::string_view bytes) { return OneShot(Md5Algorithm(), bytes); }
std::string HmacSha256(std::string_view key, std::string_view bytes) {
  thread_local HmacContext context("SHA256");
  return context.Of(key, bytes);
}
std::string HmacSha1(std::string_view key, std::string_view bytes) {
  thread_local HmacContext context("SHA1");
  return context.Of(key, bytes);
}

struct Digest::State {
  DigestAlgorithm algorithm;
  EVP_MD_CTX* context = nullptr;
  uint64_t crc = 0;

  explicit State(DigestAlgorithm which) : algorithm(which) {
    const EVP_MD* md = which == DigestAlgorithm::kMd5      ? Md5Algorithm()
                       : which == DigestAlgorithm::kSha1   ? Sha1Algorithm()
                       : which == DigestAlgorithm::kSha256 ? Sha256Algorithm()
                                                           : nullptr;
    if (md == nullptr) return;
    context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, md, nullptr);
  }
  ~State() { EVP_MD_CTX_free(context); }
};

Digest::Digest(DigestAlgorithm algorithm) : state_(std::make_unique<State>(algorithm)) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

void Digest::Update(std::string_view bytes) {
  switch (state_->algorithm) {
    case DigestAlgorithm::kMd5:
    case DigestAlgorithm::kSha1:
    case DigestAlgorithm::kSha256: EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()); break;
    case DigestAlgorithm::kCrc32: state_->crc = crc32_z(state_->crc, Bytes(bytes), bytes.size()); break;
    case DigestAlgorithm::kCrc32c: state_->crc = Crc32c(static_cast<uint32_t>(state_->crc), bytes); break;
    case DigestAlgorithm::kCrc64Nvme: state_->crc = Crc64Nvme(state_->crc, bytes); break;
  }
}

std::string Digest::Finish() {
  switch (state_->algorithm) {
    case DigestAlgorithm::kCrc32:
    case DigestAlgorithm::kCrc32c: return BigEndian(state_->crc, 4);
    case DigestAlgorithm::kCrc64Nvme: return BigEndian(state_->crc, 8);
    case DigestAlgorithm::kMd5:
    case DigestAlgorithm::kSha1:
    case DigestAlgorithm::kSha256: break;
  }
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context, reinterpret_cast<uint8_t*>(digest.data()), &size);
  digest.resize(size);
  return digest;
}

}  // namespace opentrail::codec
