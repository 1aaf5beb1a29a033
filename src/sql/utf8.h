#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sql/position.h"

namespace opentrail::sql {

[[nodiscard]] constexpr bool IsContinuationByte(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// How many bytes the code point takes whose first byte this is; the text is valid UTF-8.
[[nodiscard]] size_t CodePointBytes(char first);

// The offset of the first byte that is no UTF-8 (RFC 3629: shortest forms, no surrogates, <= U+10FFFF); nullopt where
// all is.
[[nodiscard]] std::optional<size_t> FirstInvalidUtf8(std::string_view text);

// Moves position past text, which is valid UTF-8.
void AdvancePosition(std::string_view text, Position& position);

// Appends a code point that is no surrogate and <= U+10FFFF.
void AppendUtf8(uint32_t code_point, std::string& out);

}  // namespace opentrail::sql
