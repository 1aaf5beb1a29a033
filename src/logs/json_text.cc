#include "logs/json_text.h"

#include <bit>
#include <cstring>

#include "codec/utf8.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace opentrail::logs {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

size_t FindQuoteOrBackslash(const uint8_t* data, size_t position, size_t size) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  for (; position < size; position += 16) {
    __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + position));
    __m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    auto mask = static_cast<uint32_t>(_mm_movemask_epi8(found));
    if (mask != 0) return position + static_cast<size_t>(std::countr_zero(mask));
  }
  return size;
#else
  while (position < size && data[position] != '"' && data[position] != '\\') ++position;
  return position;
#endif
}

// The value of four hexadecimal digits; -1: they are none.
int32_t FourHex(std::string_view text) {
  if (text.size() < 4) return -1;
  int32_t value = 0;
  for (char c : text.substr(0, 4)) {
    auto folded = static_cast<char>(c | 0x20);
    int32_t digit = c >= '0' && c <= '9' ? c - '0' : folded >= 'a' && folded <= 'f' ? folded - 'a' + 10 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

// What a one-letter escape stands for; 0: no such escape.
char SimpleEscape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
  }
  return '\0';
}

struct CodePoint {
  char32_t value = 0;
  size_t length = 0;  // bytes of the escape; 0: malformed
};

// `text` begins with \u. A high surrogate takes the low one that follows it.
CodePoint DecodeUnicodeEscape(std::string_view text) {
  int32_t unit = FourHex(text.substr(2));
  if (unit < 0) return {};
  auto value = static_cast<char32_t>(unit);
  if (value < 0xD800 || value > 0xDFFF) return {value, 6};
  if (value <= 0xDBFF && text.size() >= 12 && text[6] == '\\' && text[7] == 'u') {
    int32_t low = FourHex(text.substr(8));
    if (low >= 0xDC00 && low <= 0xDFFF) {
      return {0x10000 + ((value - 0xD800) << 10) + (static_cast<char32_t>(low) - 0xDC00), 12};
    }
  }
  return {kReplacement, 6};
}

size_t SkipDigits(std::string_view text, size_t i) {
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
  return i;
}

bool IsJsonNumber(std::string_view text) {
  size_t i = text.starts_with('-') ? 1 : 0;
  size_t digits = SkipDigits(text, i);
  if (digits == i || (text[i] == '0' && digits > i + 1)) return false;
  i = digits;
  if (i < text.size() && text[i] == '.') {
    digits = SkipDigits(text, i + 1);
    if (digits == i + 1) return false;
    i = digits;
  }
  if (i < text.size() && (text[i] | 0x20) == 'e') {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    digits = SkipDigits(text, i);
    if (digits == i) return false;
    i = digits;
  }
  return i == text.size();
}

}  // namespace

StringEnd FindStringEnd(const uint8_t* data, size_t position, size_t size) {
  StringEnd end;
  for (;;) {
    position = FindQuoteOrBackslash(data, position, size);
    if (position >= size || data[position] == '"') break;
    end.has_escapes = true;
    position += 2;
  }
  end.position = position;
  return end;
}

Result<size_t, size_t> Unescape(std::string_view text, char* out) {
  char* const begin = out;
  size_t i = 0;
  while (i < text.size()) {
    size_t run = std::min(text.find('\\', i), text.size()) - i;
    std::memcpy(out, text.data() + i, run);
    out += run;
    i += run;
    if (i >= text.size()) break;
    if (i + 1 >= text.size()) return std::unexpected(i);
    if (text[i + 1] == 'u') {
      CodePoint point = DecodeUnicodeEscape(text.substr(i));
      if (point.length == 0) return std::unexpected(i);
      out += codec::EncodeUtf8(point.value, out);
      i += point.length;
    } else {
      char decoded = SimpleEscape(text[i + 1]);
      if (decoded == '\0') return std::unexpected(i);
      *out++ = decoded;
      i += 2;
    }
  }
  return static_cast<size_t>(out - begin);
}

bool IsJsonScalar(std::string_view text) {
  return text == "true" || text == "false" || text == "null" || IsJsonNumber(text);
}

size_t FindScalarEnd(const uint8_t* data, size_t position, size_t size) {
  while (position < size) {
    uint8_t byte = data[position];
    if (byte == ',' || byte == '}' || byte == ']' || IsJsonSpace(byte)) break;
    ++position;
  }
  return position;
}

}  // namespace opentrail::logs
