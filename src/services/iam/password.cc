#include "services/iam/password.h"

#include <openssl/evp.h>

#include "codec/text.h"

namespace opentrail::services::iam {
namespace {

constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr uint64_t kCost = 1 << 14, kBlockSize = 8, kParallel = 1, kMaxMemory = 64 << 20;

std::string Derive(std::string_view password, std::string_view salt) {
  std::string hash(kHashBytes, '\0');
  EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()), salt.size(),
                 kCost, kBlockSize, kParallel, kMaxMemory, reinterpret_cast<unsigned char*>(hash.data()), hash.size());
  return hash;
}

}  // namespace

std::string HashPassword(std::string_view password, RandomSource& random) {
  std::string salt(kSaltBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(salt.data()), salt.size()});
  return salt + Derive(password, salt);
}

bool VerifyPassword(std::string_view password, std::string_view hash) {
  if (hash.size() != kSaltBytes + kHashBytes) return false;
  return codec::ConstantTimeEquals(Derive(password, hash.substr(0, kSaltBytes)), hash.substr(kSaltBytes));
}

}  // namespace opentrail::services::iam
