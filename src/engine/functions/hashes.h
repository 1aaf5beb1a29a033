#pragma once

#include <array>
#include <cstdint>
#include <string_view>

// Hash functions that no library of ours has. Pure; thread-safe.
namespace opentrail::engine {

// MurmurHash3's x64_128 with seed 0: both halves, the first one first.
[[nodiscard]] std::array<uint64_t, 2> Murmur3(std::string_view bytes);
// The first half of SpookyHash V2 with seed 0; its 32-bit form is the lower half of this.
[[nodiscard]] uint64_t SpookyHash64(std::string_view bytes);

}  // namespace opentrail::engine
