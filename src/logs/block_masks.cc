#include "logs/block_masks.h"

#include <initializer_list>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace opentrail::logs {
namespace {

// What a kernel reads off a block before strings are known.
struct RawMasks {
  uint64_t quotes;
  uint64_t backslashes;
  uint64_t opens;
  uint64_t closes;
  uint64_t colons;
};

// Bytes that a backslash escapes. Backslashes are rare, so they are walked one pair at a time.
inline uint64_t EscapedBytes(uint64_t backslashes, BlockState& state) {
  uint64_t escaped = state.is_escaped;
  uint64_t left = backslashes & ~escaped;
  state.is_escaped = 0;
  while (left != 0) {
    uint64_t first = left & (~left + 1);
    uint64_t next = first << 1;
    escaped |= next;
    state.is_escaped = first >> 63;
    left &= ~(first | next);
  }
  return escaped;
}

// Bit i of the result: the parity of bits 0..i.
inline uint64_t PrefixXor(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

template <typename Prefix>
[[gnu::always_inline]] inline BlockMasks Finish(const RawMasks& raw, BlockState& state, Prefix prefix_xor) {
  uint64_t quotes = raw.quotes;
  if ((raw.backslashes | state.is_escaped) != 0) [[unlikely]] quotes &= ~EscapedBytes(raw.backslashes, state);
  uint64_t in_string = prefix_xor(quotes) ^ state.in_string;
  state.in_string = static_cast<uint64_t>(static_cast<int64_t>(in_string) >> 63);
  return {raw.opens & ~in_string, raw.closes & ~in_string, raw.colons & ~in_string, raw.backslashes};
}

void ClassifyScalar(const uint8_t* data, size_t blocks, BlockState& state, BlockMasks* masks) {
  for (size_t block = 0; block < blocks; ++block) {
    BlockMasks out;
    for (size_t i = 0; i < kBlockBytes; ++i) {
      uint8_t byte = data[block * kBlockBytes + i];
      uint64_t bit = uint64_t{1} << i;
      bool is_escaped = state.is_escaped != 0;
      state.is_escaped = byte == '\\' && !is_escaped ? 1 : 0;
      state.non_ascii |= byte & 0x80U;
      if (byte == '\\') out.escapes |= bit;
      if (byte == '"' && !is_escaped) state.in_string = ~state.in_string;
      if (state.in_string != 0) continue;
      if (byte == '{' || byte == '[') out.opens |= bit;
      if (byte == '}' || byte == ']') out.closes |= bit;
      if (byte == ':') out.colons |= bit;
    }
    masks[block] = out;
  }
}

#if defined(__x86_64__)

inline uint64_t Mask16(__m128i bytes) { return static_cast<uint32_t>(_mm_movemask_epi8(bytes)); }

void ClassifySse(const uint8_t* data, size_t blocks, BlockState& state, BlockMasks* masks) {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i open = _mm_set1_epi8('{');
  const __m128i close = _mm_set1_epi8('}');
  const __m128i colon = _mm_set1_epi8(':');
  const __m128i fold = _mm_set1_epi8(0x20);  // [ and ] become { and }; nothing else outside strings does
  __m128i all = _mm_setzero_si128();
  for (size_t block = 0; block < blocks; ++block, data += kBlockBytes) {
    RawMasks raw{};
    for (int part = 0; part < 4; ++part) {
      __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * part));
      __m128i folded = _mm_or_si128(bytes, fold);
      all = _mm_or_si128(all, bytes);
      raw.quotes |= Mask16(_mm_cmpeq_epi8(bytes, quote)) << (16 * part);
      raw.backslashes |= Mask16(_mm_cmpeq_epi8(bytes, backslash)) << (16 * part);
      raw.opens |= Mask16(_mm_cmpeq_epi8(folded, open)) << (16 * part);
      raw.closes |= Mask16(_mm_cmpeq_epi8(folded, close)) << (16 * part);
      raw.colons |= Mask16(_mm_cmpeq_epi8(bytes, colon)) << (16 * part);
    }
    masks[block] = Finish(raw, state, PrefixXor);
  }
  state.non_ascii |= Mask16(all);
}

[[gnu::target("pclmul,sse2"), gnu::always_inline]] inline uint64_t PrefixXorCarryless(uint64_t bits) {
  __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<int64_t>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<uint64_t>(_mm_cvtsi128_si64(product));
}

// target() stands on each function that is inlined into a kernel, or g++ refuses to inline it.
[[gnu::target("avx2,pclmul,bmi"), gnu::always_inline]] inline uint64_t Equal64(__m256i low, __m256i high, __m256i byte) {
  uint64_t low_mask = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, byte)));
  uint64_t high_mask = static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, byte)));
  return low_mask | (high_mask << 32);
}

[[gnu::target("avx2,pclmul,bmi")]] void ClassifyAvx2(const uint8_t* data, size_t blocks, BlockState& state,
                                                     BlockMasks* masks) {
  const __m256i quote = _mm256_set1_epi8('"');
  const __m256i backslash = _mm256_set1_epi8('\\');
  const __m256i open = _mm256_set1_epi8('{');
  const __m256i close = _mm256_set1_epi8('}');
  const __m256i colon = _mm256_set1_epi8(':');
  const __m256i fold = _mm256_set1_epi8(0x20);
  __m256i all = _mm256_setzero_si256();
  for (size_t block = 0; block < blocks; ++block, data += kBlockBytes) {
    __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
    __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + 32));
    all = _mm256_or_si256(all, _mm256_or_si256(low, high));
    RawMasks raw;
    raw.quotes = Equal64(low, high, quote);
    raw.backslashes = Equal64(low, high, backslash);
    raw.colons = Equal64(low, high, colon);
    __m256i folded_low = _mm256_or_si256(low, fold);
    __m256i folded_high = _mm256_or_si256(high, fold);
    raw.opens = Equal64(folded_low, folded_high, open);
    raw.closes = Equal64(folded_low, folded_high, close);
    masks[block] = Finish(raw, state, PrefixXorCarryless);
  }
  state.non_ascii |= static_cast<uint32_t>(_mm256_movemask_epi8(all));
}

[[gnu::target("avx512f,avx512bw,avx2,pclmul,bmi")]] void ClassifyAvx512(const uint8_t* data, size_t blocks,
                                                                        BlockState& state, BlockMasks* masks) {
  const __m512i quote = _mm512_set1_epi8('"');
  const __m512i backslash = _mm512_set1_epi8('\\');
  const __m512i open = _mm512_set1_epi8('{');
  const __m512i close = _mm512_set1_epi8('}');
  const __m512i colon = _mm512_set1_epi8(':');
  const __m512i fold = _mm512_set1_epi8(0x20);
  __m512i all = _mm512_setzero_si512();
  for (size_t block = 0; block < blocks; ++block, data += kBlockBytes) {
    __m512i bytes = _mm512_loadu_si512(data);
    __m512i folded = _mm512_or_si512(bytes, fold);
    all = _mm512_or_si512(all, bytes);
    RawMasks raw;
    raw.quotes = _mm512_cmpeq_epi8_mask(bytes, quote);
    raw.backslashes = _mm512_cmpeq_epi8_mask(bytes, backslash);
    raw.colons = _mm512_cmpeq_epi8_mask(bytes, colon);
    raw.opens = _mm512_cmpeq_epi8_mask(folded, open);
    raw.closes = _mm512_cmpeq_epi8_mask(folded, close);
    masks[block] = Finish(raw, state, PrefixXorCarryless);
  }
  state.non_ascii |= _mm512_movepi8_mask(all);
}

#endif

}  // namespace

bool IsSupported(Kernel kernel) {
#if defined(__x86_64__)
  switch (kernel) {
    case Kernel::kScalar:
    case Kernel::kSse:
      return true;
    case Kernel::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul");
    case Kernel::kAvx512:
      return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("pclmul");
  }
#endif
  return kernel == Kernel::kScalar;
}

Kernel BestKernel() {
  static const Kernel best = [] {
    for (Kernel kernel : {Kernel::kAvx512, Kernel::kAvx2, Kernel::kSse}) {
      if (IsSupported(kernel)) return kernel;
    }
    return Kernel::kScalar;
  }();
  return best;
}

ClassifyFunction Classifier(Kernel kernel) {
#if defined(__x86_64__)
  switch (kernel) {
    case Kernel::kScalar:
      return ClassifyScalar;
    case Kernel::kSse:
      return ClassifySse;
    case Kernel::kAvx2:
      return ClassifyAvx2;
    case Kernel::kAvx512:
      return ClassifyAvx512;
  }
#endif
  return ClassifyScalar;
}

}  // namespace opentrail::logs
