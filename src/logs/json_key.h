#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

// Keys found backwards from their colon, as the structural cursor meets them.
namespace opentrail::logs {

inline constexpr size_t kNoQuote = SIZE_MAX;

// The unescaped quote that opens the string whose closing quote is at `close`; looks back to `begin`.
[[nodiscard]] size_t FindOpeningQuote(const uint8_t* data, size_t begin, size_t close);
// The last byte at or before `position` that is no space; looks back to `begin`.
[[nodiscard]] size_t SkipSpacesBack(const uint8_t* data, size_t begin, size_t position);
// The decoded key before the colon at `colon`; none: there is no well-formed string.
[[nodiscard]] std::optional<std::string> KeyBefore(const uint8_t* data, size_t begin, size_t colon);

}  // namespace opentrail::logs
