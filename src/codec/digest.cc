#include "codec/digest.h"

#include <array>
#include <bit>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <zlib.h>

namespace opentrail::codec {
namespace {

const uint8_t* Bytes(std::string_view text) { return reinterpret_cast<const uint8_t*>(text.data()); }

std::string OneShot(const EVP_MD* algorithm, std::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<uint8_t*>(digest.data()), &size, algorithm, nullptr);
  digest.resize(size);
  return digest;
}

std::string Hmac(const EVP_MD* algorithm, std::string_view key, std::string_view bytes) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(algorithm, key.data(), static_cast<int>(key.size()), Bytes(bytes), bytes.size(),
       reinterpret_cast<uint8_t*>(mac.data()), &size);
  mac.resize(size);
  return mac;
}

// Tables of a reflected CRC, eight bytes at a time (slicing-by-8).
template <typename Word>
using CrcTables = std::array<std::array<Word, 256>, 8>;

template <typename Word>
constexpr CrcTables<Word> MakeCrcTables(Word reflected_polynomial) {
  CrcTables<Word> tables{};
  for (unsigned i = 0; i < 256; ++i) {
    Word crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? reflected_polynomial : 0);
    tables[0][i] = crc;
  }
  for (unsigned i = 0; i < 256; ++i) {
    for (size_t t = 1; t < 8; ++t) tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  }
  return tables;
}

template <typename Word>
Word UpdateCrc(const CrcTables<Word>& tables, Word crc, std::string_view bytes) {
  crc = ~crc;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    for (size_t b = 0; b < 8; ++b) word |= uint64_t{static_cast<uint8_t>(bytes[i + b])} << (8 * b);
    word ^= crc;
    crc = 0;
    for (size_t b = 0; b < 8; ++b) crc ^= tables[7 - b][(word >> (8 * b)) & 0xff];
  }
  for (; i < bytes.size(); ++i) crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<uint8_t>(bytes[i])) & 0xff];
  return ~crc;
}

// CRC-32C (RFC 3720, Castagnoli) and CRC-64/NVME (NVM Express base specification), reflected.
const CrcTables<uint32_t>& Crc32cTables() {
  static const auto tables = MakeCrcTables<uint32_t>(0x82f63b78u);
  return tables;
}
const CrcTables<uint64_t>& Crc64NvmeTables() {
  static const auto tables = MakeCrcTables<uint64_t>(0x9a6c9329ac4bc9b5ull);
  return tables;
}

std::string BigEndian(uint64_t value, size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(value >> (8 * (size - 1 - i)));
  return bytes;
}

}  // namespace

std::string Sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Bytes(bytes), bytes.size(), reinterpret_cast<uint8_t*>(digest.data()));
  return digest;
}
std::string Sha1(std::string_view bytes) { return OneShot(EVP_sha1(), bytes); }
std::string Md5(std::string_view bytes) { return OneShot(EVP_md5(), bytes); }
std::string HmacSha256(std::string_view key, std::string_view bytes) { return Hmac(EVP_sha256(), key, bytes); }
std::string HmacSha1(std::string_view key, std::string_view bytes) { return Hmac(EVP_sha1(), key, bytes); }

struct Digest::State {
  DigestAlgorithm algorithm;
  EVP_MD_CTX* context = nullptr;
  uint64_t crc = 0;

  explicit State(DigestAlgorithm which) : algorithm(which) {
    const EVP_MD* md = which == DigestAlgorithm::kMd5      ? EVP_md5()
                       : which == DigestAlgorithm::kSha1   ? EVP_sha1()
                       : which == DigestAlgorithm::kSha256 ? EVP_sha256()
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
    case DigestAlgorithm::kCrc32c:
      state_->crc = UpdateCrc<uint32_t>(Crc32cTables(), static_cast<uint32_t>(state_->crc), bytes);
      break;
    case DigestAlgorithm::kCrc64Nvme: state_->crc = UpdateCrc<uint64_t>(Crc64NvmeTables(), state_->crc, bytes); break;
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
