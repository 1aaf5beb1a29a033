#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "duckdb/common/types/hugeint.hpp"

// The unscaled value of a DECIMAL in 128 bits, below 10^38 in size.
namespace opentrail::engine {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

inline Int128 FromHugeint(duckdb::hugeint_t value) {
  return static_cast<Int128>((static_cast<UInt128>(static_cast<uint64_t>(value.upper)) << 64) | value.lower);
}

inline duckdb::hugeint_t ToHugeint(Int128 value) {
  return {static_cast<int64_t>(value >> 64), static_cast<uint64_t>(value)};
}

inline UInt128 Magnitude(Int128 value) {
  return value < 0 ? UInt128{0} - static_cast<UInt128>(value) : static_cast<UInt128>(value);
}

// 10^exponent, exponent 0 .. 38.
inline UInt128 PowerOfTen(uint32_t exponent) {
  static constexpr auto kPowers = [] {
    std::array<UInt128, 39> powers{};
    powers[0] = 1;
    for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
  }();
  return kPowers[exponent];
}

// The value at another scale, rounded half up; nullopt where it would need more than `precision` digits.
std::optional<Int128> Rescale(Int128 value, uint32_t from_scale, uint32_t to_scale, uint32_t precision = 38);
// "-12.345e2" to the unscaled value at `scale`, rounded half up; nullopt where it is no number or too long.
std::optional<Int128> ParseDecimal(std::string_view text, uint32_t precision, uint32_t scale);
// 1234 at scale 2 is "12.34".
std::string FormatDecimal(Int128 value, uint32_t scale);

}  // namespace opentrail::engine
