#pragma once

#include <cstddef>
#include <cstdint>

// The first stage of reading JSON: 64 bytes at a time become bit masks of the characters that give it structure.
namespace opentrail::logs {

inline constexpr size_t kBlockBytes = 64;

// Bit i speaks of byte i of a block. Brackets, braces and colons inside strings do not count.
struct BlockMasks {
  uint64_t opens = 0;    // { [
  uint64_t closes = 0;   // } ]
  uint64_t colons = 0;
  uint64_t escapes = 0;  // every backslash, in strings or out
};

// What one block hands to the next.
struct BlockState {
  uint64_t in_string = 0;   // all ones while inside a string
  uint64_t is_escaped = 0;  // 1: the next block's first byte follows a backslash
  uint64_t non_ascii = 0;   // not 0: some byte so far had its high bit set
};

// Fills masks[0 .. blocks) from data[0 .. 64 * blocks).
using ClassifyFunction = void (*)(const uint8_t* data, size_t blocks, BlockState& state, BlockMasks* masks);

enum class Kernel : uint8_t {
  kScalar,  // byte by byte; the oracle of the others
  kSse,     // x86-64-v2
  kAvx2,
  kAvx512,
};

// The best that this processor runs.
[[nodiscard]] Kernel BestKernel();
[[nodiscard]] bool IsSupported(Kernel kernel);
// `kernel` must be supported here.
[[nodiscard]] ClassifyFunction Classifier(Kernel kernel);

}  // namespace opentrail::logs
