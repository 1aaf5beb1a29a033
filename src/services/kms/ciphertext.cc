#include "services/kms/ciphertext.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "codec/cipher.h"
#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::services::kms {
namespace {

constexpr size_t kIdBytes = 16;
constexpr size_t kHeaderBytes = 1 + kIdBytes + 4;
constexpr size_t kSaltBytes = 16;
constexpr size_t kOpeningBytes = kHeaderBytes + kSaltBytes + codec::kCipherNonceBytes;
constexpr char kPlainKey = 1, kMultiRegionKey = 2;
constexpr std::string_view kMultiRegionPrefix = "mrk-";

void AppendNumber(std::string& out, uint64_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

std::unexpected<AwsError> InvalidCiphertext() { return std::unexpected(AwsError{"InvalidCiphertextException", ""}); }

// A key for each blob, so that no number of blobs is too many for one key. nonce: salt and GCM's own.
codec::Cipher CipherOf(std::string_view material_key, std::string_view nonce) {
  return codec::Cipher(codec::HmacSha256(material_key, nonce.substr(0, kSaltBytes)));
}

std::string Authenticated(std::string_view header, std::string_view context) {
  return std::string(header).append(context);
}

}  // namespace

AwsResult<Ciphertext> ParseCiphertext(std::string_view blob) {
  if (blob.size() < kOpeningBytes + codec::kCipherTagBytes || blob.size() > kMaxCiphertextBytes)
    return InvalidCiphertext();
  if (blob.front() != kPlainKey && blob.front() != kMultiRegionKey) return InvalidCiphertext();
  Ciphertext ciphertext{.key_id = codec::HexEncode(blob.substr(1, kIdBytes)),
                        .material = 0,
                        .header = blob.substr(0, kHeaderBytes),
                        .nonce = blob.substr(kHeaderBytes, kSaltBytes + codec::kCipherNonceBytes),
                        .sealed = blob.substr(kOpeningBytes)};
  if (blob.front() == kMultiRegionKey) {
    ciphertext.key_id.insert(0, kMultiRegionPrefix);
  } else {
    for (const size_t dash : {8, 13, 18, 23}) ciphertext.key_id.insert(dash, "-");
  }
  for (size_t i = 1 + kIdBytes; i < kHeaderBytes; ++i) {
    ciphertext.material = ciphertext.material << 8 | static_cast<uint8_t>(blob[i]);
  }
  return ciphertext;
}

AwsResult<std::string> ContextBytes(const Value& context) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  size_t size = 0;
  for (const auto& [name, value] : context.members()) {
    pairs.emplace_back(name, value.Text());
    size += name.size() + value.Text().size();
  }
  if (size > kMaxContextBytes) {
    return AwsFailure("ValidationException", "The encryption context has at most {} bytes; this has {}.",
                      kMaxContextBytes, size);
  }
  std::ranges::sort(pairs);
  std::string bytes;
  for (const auto& [name, value] : pairs) {
    AppendNumber(bytes, name.size());
    bytes += name;
    AppendNumber(bytes, value.size());
    bytes += value;
  }
  return bytes;
}

std::string Seal(std::string_view key_id, int64_t material, std::string_view material_key, std::string_view context,
                 std::string_view plaintext, RandomSource& random) {
  const bool is_multi_region = key_id.starts_with(kMultiRegionPrefix);
  std::string digits(is_multi_region ? key_id.substr(kMultiRegionPrefix.size()) : key_id);
  std::erase(digits, '-');
  std::string blob(1, is_multi_region ? kMultiRegionKey : kPlainKey);
  blob += codec::HexDecode(digits).value_or(std::string(kIdBytes, '\0'));
  AppendNumber(blob, static_cast<uint64_t>(material));
  const std::string header = blob;
  std::string nonce(kSaltBytes + codec::kCipherNonceBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(nonce.data()), nonce.size()});
  blob += nonce;
  CipherOf(material_key, nonce).Seal(nonce.substr(kSaltBytes), Authenticated(header, context), plaintext, blob);
  return blob;
}

AwsResult<std::string> Open(const Ciphertext& ciphertext, std::string_view material_key, std::string_view context) {
  auto plaintext =
      CipherOf(material_key, ciphertext.nonce)
          .Open(ciphertext.nonce.substr(kSaltBytes), Authenticated(ciphertext.header, context), ciphertext.sealed);
  if (!plaintext) return InvalidCiphertext();
  return std::move(*plaintext);
}

}  // namespace opentrail::services::kms
