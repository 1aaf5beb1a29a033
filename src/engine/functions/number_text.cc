#include "engine/functions/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace opentrail::engine {

namespace {

// value = sign d[0].d[1]d[2]… * 10^exponent, the fewest digits that read back.
struct ShortDigits {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

template <typename Number>
ShortDigits Digits(Number value) {
  char buffer[64];
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific);
  std::string_view text(buffer, static_cast<size_t>(end - buffer));
  // Java prints two digits at least, and of two the nearest: 4.9E-324.
  const std::string two = fmt::format("{:.1e}", std::abs(value));
  if (text.size() > 1 && text[1] == 'e' && static_cast<Number>(std::strtod(two.c_str(), nullptr)) == std::abs(value)) {
    text = two;
  }
  ShortDigits result{std::signbit(value), {}, 0};
  const size_t e = text.find('e');
  for (const char c : text.substr(0, e)) {
    if (c != '.') result.digits += c;
  }
  if (result.digits.size() == 2 && result.digits[1] == '0') result.digits.pop_back();
  std::string_view exponent = text.substr(e + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), result.exponent);
  return result;
}

std::string Scientific(const ShortDigits& number) {
  const std::string_view fraction = std::string_view(number.digits).substr(1);
  return fmt::format("{}{}.{}E{}", number.negative ? "-" : "", number.digits[0], fraction.empty() ? "0" : fraction,
                     number.exponent);
}

template <typename Number>
std::optional<std::string> Special(Number value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return std::nullopt;
}

template <typename Number>
std::string FormatScientificOf(Number value, ShortDigits (*digits)(Number)) {
  if (auto special = Special(value)) return *std::move(special);
  if (value == 0) return std::signbit(value) ? "-0E0" : "0E0";
  return Scientific(digits(value));
}

// Trino writes a REAL in at most seven digits, whether they read back or not.
ShortDigits SevenDigits(float value) {
  const std::string text = fmt::format("{:.6e}", std::abs(static_cast<double>(value)));
  ShortDigits result{std::signbit(value), text.substr(0, 1), std::stoi(text.substr(text.find('e') + 1))};
  const std::string fraction = text.substr(2, 6);
  result.digits += fraction.substr(0, fraction.find_last_not_of('0') + 1);
  return result;
}

// Trims and drops a type suffix; the sign goes into `negative`.
std::string_view Unwrap(std::string_view text, bool& negative) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const char last = text.empty() ? '\0' : text.back();
  if (text.size() > 1 && (last == 'd' || last == 'D' || last == 'f' || last == 'F')) {
    const char before = text[text.size() - 2];
    if ((before >= '0' && before <= '9') || before == '.') text.remove_suffix(1);
  }
  return text;
}

template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  bool negative = false;
  const std::string_view number = Unwrap(text, negative);
  Number value = 0;
  if (number == "Infinity") {
    value = INFINITY;
  } else if (number == "NaN") {
    value = NAN;
  } else if (number.starts_with("0x") || number.starts_with("0X")) {
    // Of a hexadecimal number Java wants the exponent: "0x1p3".
    if (number.find_first_of("pP") == std::string_view::npos) return std::nullopt;
    const char* const end = number.data() + number.size();
    const auto read = std::from_chars(number.data() + 2, end, value, std::chars_format::hex);
    if (read.ptr != end || read.ec != std::errc()) return std::nullopt;
  } else {
    // Only digits and a point may begin it: from_chars would take "inf" and "nan" in any case.
    if (number.empty() || !((number[0] >= '0' && number[0] <= '9') || number[0] == '.')) return std::nullopt;
    const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (end != number.data() + number.size() || code == std::errc::invalid_argument) return std::nullopt;
    // from_chars leaves a number past the range alone; strtod says which end it passed.
    if (code == std::errc::result_out_of_range)
      value = static_cast<Number>(std::strtod(std::string(number).c_str(), nullptr));
  }
  return negative ? -value : value;
}

}  // namespace

std::string FormatScientific(double value) { return FormatScientificOf(value, &Digits<double>); }
std::string FormatScientific(float value) { return FormatScientificOf(value, &SevenDigits); }
std::optional<double> ParseJavaDouble(std::string_view text) { return Parse<double>(text); }
std::optional<float> ParseJavaReal(std::string_view text) { return Parse<float>(text); }

}  // namespace opentrail::engine
