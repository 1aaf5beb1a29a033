#include "engine/functions/java_number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace opentrail::engine {
namespace {

// Java's layout of shortest digits d1d2…dn and a decimal exponent: plain from 1e-3 to below 1e7, else computerized
// scientific notation; there is always a digit on both sides of the point.
void AppendJavaLayout(std::string_view digits, int exponent, std::string& out) {
  const auto fraction = [&](size_t from) { out += digits.size() > from ? digits.substr(from) : "0"; };
  if (exponent >= 7 || exponent < -3) {
    out += digits[0];
    out += '.';
    fraction(1);
    out += 'E';
    out += std::to_string(exponent);
  } else if (exponent < 0) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent - 1), '0');
    out += digits;
  } else {
    const auto whole = static_cast<size_t>(exponent) + 1;
    out += digits.substr(0, whole);
    if (digits.size() < whole) out.append(whole - digits.size(), '0');
    out += '.';
    fraction(whole);
  }
}

template <typename T>
void AppendJava(T value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::signbit(value)) out += '-';
  value = std::abs(value);
  if (std::isinf(value)) {
    out += "Infinity";
    return;
  }
  std::array<char, 64> buffer{};  // zeroed: atoi stops behind the exponent
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  const std::string_view text(buffer.data(), end - buffer.data());  // "d.ddde+XX" or "de+XX"
  const size_t mark = text.find('e');
  std::string digits(text.substr(0, mark));
  if (digits.size() == 1) {  // two at least, and of two the nearest: 4.9E-324
    const std::string two = fmt::format("{:.1e}", value);
    if (static_cast<T>(std::strtod(two.c_str(), nullptr)) == value && two[2] != '0') digits = two.substr(0, 3);
  }
  if (digits.size() > 1) digits.erase(1, 1);
  AppendJavaLayout(digits, std::atoi(text.data() + mark + 1), out);
}

}  // namespace

void AppendJavaDouble(double value, std::string& out) { AppendJava(value, out); }

void AppendJavaFloat(float value, std::string& out) { AppendJava(value, out); }

double ParseDouble(std::string_view number) {
  double value = 0;
  const auto result = std::from_chars(number.data(), number.data() + number.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  // from_chars leaves the value alone; strtod tells too large from too small.
  return std::strtod(std::string(number).c_str(), nullptr);
}

}  // namespace opentrail::engine
