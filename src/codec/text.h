#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Bytes as text: hexadecimal, base64, percent-encoding.
namespace opentrail::codec {

// Lower-case hexadecimal, two digits a byte.
[[nodiscard]] std::string HexEncode(std::string_view bytes);
// Upper or lower case; nullopt for an odd length or any other character.
[[nodiscard]] std::optional<std::string> HexDecode(std::string_view text);

// RFC 4648 section 4, padded.
[[nodiscard]] std::string Base64Encode(std::string_view bytes);
// Padded standard base64; line ends are skipped; nullopt for anything else.
[[nodiscard]] std::optional<std::string> Base64Decode(std::string_view text);

enum class Slash : uint8_t { kEncode, kKeep };
// RFC 3986: all but A-Z a-z 0-9 - . _ ~ becomes %XX (upper case); `/` too unless it is kept.
[[nodiscard]] std::string UriEncode(std::string_view text, Slash slash = Slash::kEncode);
enum class Plus : uint8_t { kLiteral, kSpace };
// %XX back to bytes. kSpace: + is a space, as in form bodies. nullopt for a broken escape.
[[nodiscard]] std::optional<std::string> UriDecode(std::string_view text, Plus plus = Plus::kLiteral);

// Equal in a time that depends on the lengths alone: for secrets.
[[nodiscard]] bool ConstantTimeEquals(std::string_view a, std::string_view b);

}  // namespace opentrail::codec
