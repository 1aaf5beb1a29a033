#include "engine/functions/murmur_hash.h"

#include <bit>
#include <cstring>

namespace opentrail::engine {
namespace {

constexpr uint64_t kC1 = 0x87c37b91114253d5;
constexpr uint64_t kC2 = 0x4cf5ad432745937f;

uint64_t Mix1(uint64_t k) { return std::rotl(k * kC1, 31) * kC2; }
uint64_t Mix2(uint64_t k) { return std::rotl(k * kC2, 33) * kC1; }

uint64_t Finish(uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccd;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

// Up to eight bytes, least first.
uint64_t Load(const char* bytes, size_t count) {
  uint64_t value = 0;
  std::memcpy(&value, bytes, count);
  return value;
}

}  // namespace

uint64_t MurmurHash(std::string_view bytes) {
  uint64_t h1 = 0;
  uint64_t h2 = 0;
  std::string_view rest = bytes;
  for (; rest.size() >= 16; rest.remove_prefix(16)) {
    h1 = (std::rotl(h1 ^ Mix1(Load(rest.data(), 8)), 27) + h2) * 5 + 0x52dce729;
    h2 = (std::rotl(h2 ^ Mix2(Load(rest.data() + 8, 8)), 31) + h1) * 5 + 0x38495ab5;
  }
  if (rest.size() > 8) h2 ^= Mix2(Load(rest.data() + 8, rest.size() - 8));
  if (!rest.empty()) h1 ^= Mix1(Load(rest.data(), rest.size() < 8 ? rest.size() : 8));
  h1 ^= bytes.size();
  h2 ^= bytes.size();
  h1 += h2;
  h2 += h1;
  return Finish(h1) + Finish(h2);
}

uint64_t MurmurHash(uint64_t value) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  return MurmurHash(std::string_view(bytes, sizeof(bytes)));
}

}  // namespace opentrail::engine
