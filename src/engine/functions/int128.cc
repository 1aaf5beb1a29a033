#include "engine/functions/int128.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace opentrail::engine {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A decimal's text taken apart: digits without point, and where the point stands from their end.
struct DecimalText {
  bool negative = false;
  std::string digits;  // without leading zeros
  int64_t scale = 0;   // digits after the point, less the exponent
};

std::optional<int64_t> TakeExponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int32_t exponent = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return exponent;
}

std::optional<DecimalText> ReadDecimal(std::string_view text) {
  DecimalText result;
  result.negative = text.starts_with('-');
  if (result.negative || text.starts_with('+')) text.remove_prefix(1);
  bool point = false;
  bool any = false;
  size_t i = 0;
  for (; i < text.size() && (IsDigit(text[i]) || (text[i] == '.' && !point)); ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    any = true;
    if (point) ++result.scale;
    if (text[i] != '0' || !result.digits.empty()) result.digits += text[i];
  }
  if (!any) return std::nullopt;
  if (i == text.size()) return result;
  if (text[i] != 'e' && text[i] != 'E') return std::nullopt;
  const auto exponent = TakeExponent(text.substr(i + 1));
  if (!exponent) return std::nullopt;
  result.scale -= *exponent;
  return result;
}

}  // namespace

std::optional<Int128> Rescale(Int128 value, uint32_t from_scale, uint32_t to_scale, uint32_t precision) {
  UInt128 magnitude = Magnitude(value);
  if (to_scale >= from_scale) {
    const UInt128 factor = PowerOfTen(to_scale - from_scale);
    if (magnitude > PowerOfTen(38) / factor) return std::nullopt;
    magnitude *= factor;
  } else {
    const UInt128 divisor = PowerOfTen(from_scale - to_scale);
    magnitude = magnitude / divisor + (magnitude % divisor >= divisor - divisor / 2 ? 1 : 0);
  }
  if (magnitude >= PowerOfTen(precision)) return std::nullopt;
  return value < 0 ? -static_cast<Int128>(magnitude) : static_cast<Int128>(magnitude);
}

std::optional<Int128> ParseDecimal(std::string_view text, uint32_t precision, uint32_t scale) {
  auto number = ReadDecimal(text);
  if (!number) return std::nullopt;
  const int64_t surplus = number->scale - static_cast<int64_t>(scale);  // digits to round away
  bool round_up = false;
  if (surplus > 0) {
    const auto size = static_cast<int64_t>(number->digits.size());
    round_up = surplus <= size && number->digits[static_cast<size_t>(size - surplus)] >= '5';
    number->digits.resize(static_cast<size_t>(std::max<int64_t>(0, size - surplus)));
  } else if (!number->digits.empty()) {
    if (-surplus > 38) return std::nullopt;
    number->digits.append(static_cast<size_t>(-surplus), '0');
  }
  if (number->digits.size() > 38) return std::nullopt;
  UInt128 magnitude = 0;
  for (const char c : number->digits) magnitude = magnitude * 10 + static_cast<unsigned>(c - '0');
  magnitude += round_up ? 1 : 0;
  if (magnitude >= PowerOfTen(precision)) return std::nullopt;
  return number->negative ? -static_cast<Int128>(magnitude) : static_cast<Int128>(magnitude);
}

std::string FormatDecimal(Int128 value, uint32_t scale) {
  std::string text;
  UInt128 rest = Magnitude(value);
  do {
    text += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (text.size() == scale) text += '.';
  } while (rest != 0 || text.size() <= scale || text.back() == '.');
  if (value < 0) text += '-';
  std::ranges::reverse(text);
  return text;
}

}  // namespace opentrail::engine
