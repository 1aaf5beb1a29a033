#include "engine/functions/hashes.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

namespace opentrail::engine {
namespace {

static_assert(std::endian::native == std::endian::little, "both hashes read their input in this order");

// Up to eight bytes, zeros behind them.
uint64_t Load(std::string_view bytes) {
  uint64_t value = 0;
  if (!bytes.empty()) std::memcpy(&value, bytes.data(), std::min<size_t>(bytes.size(), sizeof(value)));
  return value;
}

uint64_t LoadAt(std::string_view bytes, size_t at) { return at < bytes.size() ? Load(bytes.substr(at)) : 0; }

// --- MurmurHash3 ---

constexpr uint64_t kFirst = 0x87c37b91114253d5;
constexpr uint64_t kSecond = 0x4cf5ad432745937f;

uint64_t MixFirst(uint64_t k) { return std::rotl(k * kFirst, 31) * kSecond; }
uint64_t MixSecond(uint64_t k) { return std::rotl(k * kSecond, 33) * kFirst; }

uint64_t Finish(uint64_t k) {
  k = (k ^ (k >> 33)) * 0xff51afd7ed558ccd;
  k = (k ^ (k >> 33)) * 0xc4ceb9fe1a85ec53;
  return k ^ (k >> 33);
}

// --- SpookyHash V2 ---

constexpr uint64_t kFill = 0xdeadbeefdeadbeef;
constexpr size_t kLong = 192;  // from here on the wide state is used
constexpr size_t kLanes = 12;
constexpr size_t kBlock = kLanes * sizeof(uint64_t);

using Short = std::array<uint64_t, 4>;
using Wide = std::array<uint64_t, kLanes>;

void ShortMix(Short& h) {
  constexpr int kTurns[] = {50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36};
  size_t i = 2;
  for (const int turn : kTurns) {
    h[i] = std::rotl(h[i], turn) + h[(i + 1) % 4];
    h[(i + 2) % 4] ^= h[i];
    i = (i + 1) % 4;
  }
}

void ShortEnd(Short& h) {
  constexpr int kTurns[] = {15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63};
  size_t i = 2;
  for (const int turn : kTurns) {
    const size_t next = (i + 1) % 4;
    h[next] ^= h[i];
    h[i] = std::rotl(h[i], turn);
    h[next] += h[i];
    i = next;
  }
}

uint64_t ShortHash(std::string_view bytes) {
  Short h = {0, 0, kFill, kFill};
  const auto length = static_cast<uint64_t>(bytes.size());
  for (; bytes.size() >= 32; bytes.remove_prefix(32)) {
    h[2] += LoadAt(bytes, 0);
    h[3] += LoadAt(bytes, 8);
    ShortMix(h);
    h[0] += LoadAt(bytes, 16);
    h[1] += LoadAt(bytes, 24);
  }
  if (bytes.size() >= 16) {
    h[2] += LoadAt(bytes, 0);
    h[3] += LoadAt(bytes, 8);
    ShortMix(h);
    bytes.remove_prefix(16);
  }
  h[3] += length << 56;
  h[2] += bytes.empty() ? kFill : LoadAt(bytes, 0);
  h[3] += bytes.empty() ? kFill : LoadAt(bytes, 8);
  ShortEnd(h);
  return h[0];
}

void WideMix(Wide& h, const Wide& data) {
  constexpr int kTurns[] = {11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46};
  for (size_t i = 0; i < kLanes; ++i) {
    h[i] += data[i];
    h[(i + 2) % kLanes] ^= h[(i + 10) % kLanes];
    h[(i + 11) % kLanes] ^= h[i];
    h[i] = std::rotl(h[i], kTurns[i]);
    h[(i + 11) % kLanes] += h[(i + 1) % kLanes];
  }
}

void WideEnd(Wide& h, const Wide& data) {
  constexpr int kTurns[] = {44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54};
  for (size_t i = 0; i < kLanes; ++i) h[i] += data[i];
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < kLanes; ++i) {
      const size_t next = (i + 1) % kLanes;
      h[(i + 11) % kLanes] += h[next];
      h[(i + 2) % kLanes] ^= h[(i + 11) % kLanes];
      h[next] = std::rotl(h[next], kTurns[i]);
    }
  }
}

uint64_t WideHash(std::string_view bytes) {
  Wide h{};
  for (size_t i = 2; i < kLanes; i += 3) h[i] = kFill;
  Wide data{};
  for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock)) {
    std::memcpy(data.data(), bytes.data(), kBlock);
    WideMix(h, data);
  }
  data = {};
  std::memcpy(data.data(), bytes.data(), bytes.size());
  data[kLanes - 1] |= static_cast<uint64_t>(bytes.size()) << 56;  // the block's last byte tells what was left
  WideEnd(h, data);
  return h[0];
}

}  // namespace

std::array<uint64_t, 2> Murmur3(std::string_view bytes) {
  const auto length = static_cast<uint64_t>(bytes.size());
  uint64_t first = 0;
  uint64_t second = 0;
  for (; bytes.size() >= 16; bytes.remove_prefix(16)) {
    first ^= MixFirst(LoadAt(bytes, 0));
    first = (std::rotl(first, 27) + second) * 5 + 0x52dce729;
    second ^= MixSecond(LoadAt(bytes, 8));
    second = (std::rotl(second, 31) + first) * 5 + 0x38495ab5;
  }
  second ^= MixSecond(LoadAt(bytes, 8));
  first ^= MixFirst(LoadAt(bytes, 0));
  first ^= length;
  second ^= length;
  first += second;
  second += first;
  first = Finish(first);
  second = Finish(second);
  first += second;
  second += first;
  return {first, second};
}

uint64_t SpookyHash64(std::string_view bytes) { return bytes.size() < kLong ? ShortHash(bytes) : WideHash(bytes); }

}  // namespace opentrail::engine
