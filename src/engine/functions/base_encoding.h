#pragma once

#include <string>
#include <string_view>

// Binary to text and back, as Java's and Guava's codecs have it. Decoders throw INVALID_FUNCTION_ARGUMENT.
namespace opentrail::engine {

enum class Base64Alphabet : uint8_t { kStandard, kUrl };

[[nodiscard]] std::string ToBase64(std::string_view bytes, Base64Alphabet alphabet);   // padded
[[nodiscard]] std::string FromBase64(std::string_view text, Base64Alphabet alphabet);  // padding may be left out
[[nodiscard]] std::string ToBase32(std::string_view bytes);
[[nodiscard]] std::string FromBase32(std::string_view text);
[[nodiscard]] std::string ToHex(std::string_view bytes);  // upper case
[[nodiscard]] std::string FromHex(std::string_view text);

}  // namespace opentrail::engine
