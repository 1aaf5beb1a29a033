#include "store/object_content.h"

namespace opentrail::store {
namespace {

constexpr std::string_view kMagic = "OTOBJCT1";
static_assert(kMagic.size() == 8);

std::string Nonce(std::string_view head, uint64_t number) {
  std::string nonce(head.substr(kMagic.size()));
  for (int shift = 24; shift >= 0; shift -= 8) nonce += static_cast<char>(number >> shift);
  return nonce;
}

std::string Authenticated(BlockPlace place) {
  std::string aad(kMagic);
  aad += static_cast<char>(place == BlockPlace::kLast ? 1 : 0);
  return aad;
}

}  // namespace

BlockSealer::BlockSealer(std::string_view key, RandomSource& random) : cipher_(key), head_(kMagic) {
  head_.resize(kContentHeadBytes);
  random.Fill({reinterpret_cast<uint8_t*>(head_.data()) + kMagic.size(), kContentHeadBytes - kMagic.size()});
}

void BlockSealer::Seal(std::string_view plain, BlockPlace place, std::string& out) {
  cipher_.Seal(Nonce(head_, blocks_++), Authenticated(place), plain, out);
}

BlockOpener::BlockOpener(std::string_view key, std::string_view head) : cipher_(key), head_(head) {}

std::optional<std::string> BlockOpener::Open(uint64_t number, BlockPlace place, std::string_view sealed) {
  if (head_.size() != kContentHeadBytes || !head_.starts_with(kMagic)) return std::nullopt;
  return cipher_.Open(Nonce(head_, number), Authenticated(place), sealed);
}

}  // namespace opentrail::store
