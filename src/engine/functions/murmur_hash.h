#pragma once

#include <cstdint>
#include <string_view>

namespace opentrail::engine {

// The first half of MurmurHash3 x64 128 with seed 0: what Trino's sketches hash by. Pure.
[[nodiscard]] uint64_t MurmurHash(std::string_view bytes);
[[nodiscard]] uint64_t MurmurHash(uint64_t value);  // of its eight bytes, least first

}  // namespace opentrail::engine
