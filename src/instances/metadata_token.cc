#include "instances/metadata_token.h"

#include <algorithm>
#include <span>

#include "codec/digest.h"
#include "codec/text.h"

namespace opentrail::instances {
namespace {

constexpr size_t kKeyBytes = 32, kTimeBytes = 8, kNonceBytes = 8, kSignatureBytes = 24;
constexpr size_t kTokenCharacters = (kTimeBytes + kNonceBytes + kSignatureBytes + 2) / 3 * 4;

std::string RandomBytes(RandomSource& random, size_t size) {
  std::string bytes(size, '\0');
  random.Fill(std::span(reinterpret_cast<uint8_t*>(bytes.data()), size));
  return bytes;
}

void Exchange(std::string& text, char from, char to) { std::ranges::replace(text, from, to); }

}  // namespace

MetadataTokens::MetadataTokens(RandomSource& random) : random_(random), key_(RandomBytes(random, kKeyBytes)) {}

std::string MetadataTokens::Sign(std::string_view instance_id, std::string_view bytes) const {
  return codec::HmacSha256(key_, std::string(bytes) + std::string(instance_id)).substr(0, kSignatureBytes);
}

std::string MetadataTokens::Issue(std::string_view instance_id, int64_t seconds, Time now) {
  const auto ends = static_cast<uint64_t>((now + std::chrono::seconds(seconds)).time_since_epoch().count());
  std::string bytes;
  for (size_t i = 0; i < kTimeBytes; ++i) bytes += static_cast<char>(ends >> (8 * (kTimeBytes - 1 - i)));
  bytes += RandomBytes(random_, kNonceBytes);
  std::string token = codec::Base64Encode(bytes + Sign(instance_id, bytes));
  Exchange(token, '+', '-');
  Exchange(token, '/', '_');
  return token;
}

std::optional<int64_t> MetadataTokens::Check(std::string_view token, std::string_view instance_id, Time now) const {
  if (token.size() != kTokenCharacters) return std::nullopt;
  std::string text(token);
  Exchange(text, '-', '+');
  Exchange(text, '_', '/');
  const auto bytes = codec::Base64Decode(text);
  if (!bytes || bytes->size() != kTimeBytes + kNonceBytes + kSignatureBytes) return std::nullopt;
  const std::string_view signed_part = std::string_view(*bytes).substr(0, kTimeBytes + kNonceBytes);
  if (!codec::ConstantTimeEquals(Sign(instance_id, signed_part), std::string_view(*bytes).substr(signed_part.size()))) {
    return std::nullopt;
  }
  uint64_t ends = 0;
  for (size_t i = 0; i < kTimeBytes; ++i) ends = ends << 8 | static_cast<uint8_t>((*bytes)[i]);
  const auto left = Time(std::chrono::milliseconds(static_cast<int64_t>(ends))) - now;
  if (left <= Time::duration::zero()) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(left).count();
}

}  // namespace opentrail::instances
