#include "base/random.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>
#include <sys/random.h>

namespace opentrail {
namespace {

void FillFromKernel(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got > 0) bytes = bytes.subspan(static_cast<size_t>(got));
  }
}

}  // namespace

void SystemRandom::Fill(std::span<uint8_t> bytes) {
  const std::lock_guard lock(mutex_);
  if (bytes.size() > kBufferBytes) return FillFromKernel(bytes);
  if (bytes.size() > kBufferBytes - used_) {
    FillFromKernel(buffer_);
    used_ = 0;
  }
  std::memcpy(bytes.data(), buffer_ + used_, bytes.size());
  std::memset(buffer_ + used_, 0, bytes.size());  // what was given out is not kept
  used_ += bytes.size();
}

void SeededRandom::Fill(std::span<uint8_t> bytes) {
  const std::lock_guard lock(mutex_);
  for (uint8_t& byte : bytes) {  // splitmix64
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    byte = static_cast<uint8_t>(z ^ (z >> 31));
  }
}

std::string RandomText(RandomSource& random, std::string_view alphabet, size_t size) {
  // Bytes at or above the largest multiple of the alphabet's size would favour its head: they are drawn again.
  const size_t limit = 256 - 256 % alphabet.size();
  std::string text;
  text.reserve(size);
  std::array<uint8_t, 32> bytes;
  while (text.size() < size) {
    random.Fill(bytes);
    for (const uint8_t byte : bytes) {
      if (text.size() < size && byte < limit) text += alphabet[byte % alphabet.size()];
    }
  }
  return text;
}

std::string RandomUuid(RandomSource& random) {
  std::array<uint8_t, 16> b;
  random.Fill(b);
  b[6] = static_cast<uint8_t>((b[6] & 0x0f) | 0x40);
  b[8] = static_cast<uint8_t>((b[8] & 0x3f) | 0x80);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string uuid;
  uuid.reserve(36);
  for (size_t i = 0; i < b.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    uuid += kDigits[b[i] >> 4];
    uuid += kDigits[b[i] & 15];
  }
  return uuid;
}

std::string RandomHexId(RandomSource& random, std::string_view prefix) {
  return std::string(prefix) + RandomText(random, "0123456789abcdef", 17);
}

std::string RandomIamId(RandomSource& random, std::string_view prefix, size_t size) {
  return std::string(prefix) + RandomText(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", size - prefix.size());
}

}  // namespace opentrail
