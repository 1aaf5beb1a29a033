#include "codec/crc.h"

#include <array>
#include <cstddef>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace opentrail::codec {
namespace {

constexpr uint32_t kCrc32cPolynomial = 0x82f63b78U;
constexpr uint64_t kCrc64NvmePolynomial = 0x9a6c9329ac4bc9b5ULL;

// Eight bytes at a time (slicing-by-8).
template <typename Word>
using Tables = std::array<std::array<Word, 256>, 8>;

template <typename Word>
constexpr Tables<Word> MakeTables(Word polynomial) {
  Tables<Word> tables{};
  for (unsigned i = 0; i < 256; ++i) {
    Word crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
    tables[0][i] = crc;
  }
  for (unsigned i = 0; i < 256; ++i) {
    for (size_t t = 1; t < 8; ++t) tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xff];
  }
  return tables;
}

constexpr Tables<uint32_t> kCrc32cTables = MakeTables(kCrc32cPolynomial);
constexpr Tables<uint64_t> kCrc64NvmeTables = MakeTables(kCrc64NvmePolynomial);

// Moves the register over the bytes.
template <typename Word>
Word Advance(const Tables<Word>& tables, Word crc, std::string_view bytes) {
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word = 0;
    for (size_t b = 0; b < 8; ++b) word |= uint64_t{static_cast<uint8_t>(bytes[i + b])} << (8 * b);
    word ^= crc;
    crc = 0;
    for (size_t b = 0; b < 8; ++b) crc ^= tables[7 - b][(word >> (8 * b)) & 0xff];
  }
  for (; i < bytes.size(); ++i) crc = (crc >> 8) ^ tables[0][(crc ^ static_cast<uint8_t>(bytes[i])) & 0xff];
  return crc;
}

// ---- Folding -----------------------------------------------------------------------------------------------------
// 16 bytes are a polynomial; moved on by a distance they are worth the same modulo the CRC's polynomial as the sum of
// their halves times two constants. So 64 bytes are folded into those 64 bytes further on, until few are left.
// "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009.

constexpr size_t kLaneBytes = 16;
constexpr size_t kLanes = 4;
constexpr size_t kBlockBytes = kLanes * kLaneBytes;

// x^exponent modulo the polynomial, reflected into 64 bits.
template <typename Word>
constexpr uint64_t PowerOfX(Word polynomial, unsigned exponent) {
  constexpr unsigned kBits = 8 * sizeof(Word);
  Word power = Word{1} << (kBits - 1);
  for (unsigned i = 0; i < exponent; ++i) power = (power >> 1) ^ ((power & 1) != 0 ? polynomial : 0);
  return uint64_t{power} << (64 - kBits);
}

struct Distance {
  uint64_t of_first, of_second;  // for the halves; the first has the higher powers
};

// A reflected product of 64 bits by 64 lies one bit lower than the product does: the exponents are one less.
template <typename Word>
constexpr Distance MakeDistance(Word polynomial, unsigned bits) {
  return {PowerOfX(polynomial, bits + 64 - 1), PowerOfX(polynomial, bits - 1)};
}

struct Folding {
  Distance block, lane;
};

template <typename Word>
constexpr Folding MakeFolding(Word polynomial) {
  return {MakeDistance(polynomial, 8 * kBlockBytes), MakeDistance(polynomial, 8 * kLaneBytes)};
}

constexpr Folding kCrc32cFolding = MakeFolding(kCrc32cPolynomial);
constexpr Folding kCrc64NvmeFolding = MakeFolding(kCrc64NvmePolynomial);

#if defined(__x86_64__)

[[gnu::target("pclmul,sse2"), gnu::always_inline]] inline __m128i Load(const char* bytes) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
}

[[gnu::target("pclmul,sse2"), gnu::always_inline]] inline __m128i Fold(__m128i lane, __m128i constants, __m128i onto) {
  const __m128i first = _mm_clmulepi64_si128(lane, constants, 0x00);
  const __m128i second = _mm_clmulepi64_si128(lane, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(first, second), onto);
}

[[gnu::target("pclmul,sse2"), gnu::always_inline]] inline __m128i Constants(const Distance& distance) {
  return _mm_set_epi64x(static_cast<int64_t>(distance.of_second), static_cast<int64_t>(distance.of_first));
}

// 16 bytes that are worth the register and the bytes before them: whole blocks, one at least.
[[gnu::target("pclmul,sse2")]] std::array<char, kLaneBytes> FoldBlocks(const Folding& folding, uint64_t crc,
                                                                       std::string_view blocks) {
  const char* at = blocks.data();
  const char* end = at + blocks.size();
  __m128i lanes[kLanes];
  for (size_t i = 0; i < kLanes; ++i) lanes[i] = Load(at + i * kLaneBytes);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi64_si128(static_cast<int64_t>(crc)));
  const __m128i by_block = Constants(folding.block);
  for (at += kBlockBytes; at < end; at += kBlockBytes) {
    for (size_t i = 0; i < kLanes; ++i) lanes[i] = Fold(lanes[i], by_block, Load(at + i * kLaneBytes));
  }
  const __m128i by_lane = Constants(folding.lane);
  for (size_t i = 1; i < kLanes; ++i) lanes[i] = Fold(lanes[i - 1], by_lane, lanes[i]);
  std::array<char, kLaneBytes> left{};
  _mm_storeu_si128(reinterpret_cast<__m128i*>(left.data()), lanes[kLanes - 1]);
  return left;
}

#endif

template <typename Word>
Word Update(const Tables<Word>& tables, [[maybe_unused]] const Folding& folding, Word crc, std::string_view bytes) {
  crc = ~crc;
#if defined(__x86_64__)
  static const bool kFolds = __builtin_cpu_supports("pclmul");
  const size_t folded = bytes.size() / kBlockBytes * kBlockBytes;
  if (kFolds && folded > 0) {
    const auto left = FoldBlocks(folding, crc, bytes.substr(0, folded));
    crc = Advance(tables, Word{0}, {left.data(), left.size()});
    bytes.remove_prefix(folded);
  }
#endif
  return ~Advance(tables, crc, bytes);
}

}  // namespace

uint32_t Crc32c(uint32_t crc, std::string_view bytes) { return Update(kCrc32cTables, kCrc32cFolding, crc, bytes); }

uint64_t Crc64Nvme(uint64_t crc, std::string_view bytes) {
  return Update(kCrc64NvmeTables, kCrc64NvmeFolding, crc, bytes);
}

uint32_t Crc32cByTables(uint32_t crc, std::string_view bytes) {
  return ~Advance(kCrc32cTables, static_cast<uint32_t>(~crc), bytes);
}

uint64_t Crc64NvmeByTables(uint64_t crc, std::string_view bytes) { return ~Advance(kCrc64NvmeTables, ~crc, bytes); }

}  // namespace opentrail::codec
