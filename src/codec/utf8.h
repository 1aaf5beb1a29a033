#pragma once

#include <string>
#include <string_view>

namespace opentrail::codec {

[[nodiscard]] bool IsValidUtf8(std::string_view text);
// Each byte that starts no well-formed sequence becomes U+FFFD.
[[nodiscard]] std::string ReplaceInvalidUtf8(std::string_view text);
// `code_point` must be at most 0x10FFFF and no surrogate. Returns the bytes written (1 to 4).
size_t EncodeUtf8(char32_t code_point, char* out);

}  // namespace opentrail::codec
