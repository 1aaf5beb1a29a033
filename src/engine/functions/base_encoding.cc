#include "engine/functions/base_encoding.h"

#include <array>
#include <cstdint>

#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string_view Characters(Base64Alphabet alphabet) {
  return alphabet == Base64Alphabet::kStandard ? kBase64 : kBase64Url;
}

// Groups of `bits` bits, most significant first, padded with '=' to whole units of `unit` characters.
std::string Encode(std::string_view bytes, std::string_view alphabet, int bits, size_t unit) {
  std::string text;
  uint32_t pending = 0;
  int pending_bits = 0;
  for (const char byte : bytes) {
    pending = pending << 8 | static_cast<uint8_t>(byte);
    pending_bits += 8;
    while (pending_bits >= bits) {
      pending_bits -= bits;
      text += alphabet[pending >> pending_bits & (alphabet.size() - 1)];
    }
  }
  if (pending_bits > 0) text += alphabet[pending << (bits - pending_bits) & (alphabet.size() - 1)];
  while (text.size() % unit != 0) text += '=';
  return text;
}

// The characters without padding to bytes; bits that fill no byte are dropped.
template <typename Refuse>
std::string Decode(std::string_view text, std::string_view alphabet, int bits, Refuse&& refuse) {
  std::array<int8_t, 256> values;
  values.fill(-1);
  for (size_t i = 0; i < alphabet.size(); i++) values[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  std::string bytes;
  uint32_t pending = 0;
  int pending_bits = 0;
  for (const char c : text) {
    const int8_t value = values[static_cast<uint8_t>(c)];
    if (value < 0) refuse(c);
    pending = pending << bits | static_cast<uint32_t>(value);
    pending_bits += bits;
    if (pending_bits >= 8) {
      pending_bits -= 8;
      bytes += static_cast<char>(pending >> pending_bits & 0xff);
    }
  }
  return bytes;
}

// Takes trailing '=' off.
size_t TakePadding(std::string_view& text) {
  size_t padding = 0;
  while (text.ends_with('=')) {
    text.remove_suffix(1);
    padding++;
  }
  return padding;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  ThrowInvalidArgument("not a hexadecimal digit: \"{}\" = {}", c, static_cast<int>(static_cast<uint8_t>(c)));
}

}  // namespace

std::string ToBase64(std::string_view bytes, Base64Alphabet alphabet) {
  return Encode(bytes, Characters(alphabet), 6, 4);
}

std::string FromBase64(std::string_view text, Base64Alphabet alphabet) {
  const size_t padding = TakePadding(text);
  const size_t last_unit = text.size() % 4;
  std::string bytes = Decode(text, Characters(alphabet), 6, [](char c) {
    ThrowInvalidArgument("Illegal base64 character {:x}", static_cast<uint8_t>(c));
  });
  if (last_unit == 1) ThrowInvalidArgument("Last unit does not have enough valid bits");
  if (padding != 0 && (last_unit == 0 || padding != 4 - last_unit)) {
    ThrowInvalidArgument("Input byte array has wrong 4-byte ending unit");
  }
  return bytes;
}

std::string ToBase32(std::string_view bytes) { return Encode(bytes, kBase32, 5, 8); }

std::string FromBase32(std::string_view text) {
  TakePadding(text);
  const size_t last_unit = text.size() % 8;
  if (last_unit == 1 || last_unit == 3 || last_unit == 6) ThrowInvalidArgument("Invalid input length {}", text.size());
  return Decode(text, kBase32, 5, [](char c) { ThrowInvalidArgument("Unrecognized character: {}", c); });
}

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text(bytes.size() * 2, '\0');
  char* out = text.data();
  for (const char byte : bytes) {
    *out++ = kDigits[static_cast<uint8_t>(byte) >> 4];
    *out++ = kDigits[static_cast<uint8_t>(byte) & 15];
  }
  return text;
}

std::string FromHex(std::string_view text) {
  if (text.size() % 2 != 0) ThrowInvalidArgument("invalid input length {}", text.size());
  std::string bytes;
  for (size_t i = 0; i < text.size(); i += 2)
    bytes += static_cast<char>(HexDigit(text[i]) << 4 | HexDigit(text[i + 1]));
  return bytes;
}

}  // namespace opentrail::engine
