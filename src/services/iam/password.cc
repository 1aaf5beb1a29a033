#include "services/iam/password.h"

#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "codec/text.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr int kCostBits = 14;
constexpr int kMaxCostBits = 20;
constexpr uint64_t kBlockSize = 8;
constexpr uint64_t kParallel = 1;
constexpr uint64_t kMaxMemory = uint64_t{1} << 31;

std::string Derive(std::string_view password, std::string_view salt, int cost_bits) {
  std::string hash(kHashBytes, '\0');
  const int good = EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                                  salt.size(), uint64_t{1} << cost_bits, kBlockSize, kParallel, kMaxMemory,
                                  reinterpret_cast<unsigned char*>(hash.data()), hash.size());
  return good == 1 ? hash : std::string();
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t end = text.find('$'); end != std::string_view::npos; end = text.find('$')) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  parts.push_back(text);
  return parts;
}

}  // namespace

std::string HashPassword(std::string_view password, RandomSource& random) {
  std::array<uint8_t, kSaltBytes> bytes{};
  random.Fill(bytes);
  const std::string salt(bytes.begin(), bytes.end());
  return fmt::format("scrypt${}${}${}${}${}", kCostBits, kBlockSize, kParallel, codec::Base64Encode(salt),
                     codec::Base64Encode(Derive(password, salt, kCostBits)));
}

bool VerifyPassword(std::string_view hash, std::string_view password) {
  const std::vector<std::string_view> parts = Split(hash);
  constexpr size_t kParts = 6;
  if (parts.size() != kParts || parts[0] != "scrypt" || parts[2] != "8" || parts[3] != "1") return false;
  int cost_bits = 0;
  std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), cost_bits);
  const auto salt = codec::Base64Decode(parts[4]);
  const auto expected = codec::Base64Decode(parts[5]);
  if (cost_bits < 1 || cost_bits > kMaxCostBits || !salt || !expected) return false;
  const std::string actual = Derive(password, *salt, cost_bits);
  return !actual.empty() && codec::ConstantTimeEquals(actual, *expected);
}

}  // namespace opentrail::services::iam
