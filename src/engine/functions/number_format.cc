#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

#include "duckdb/common/types/hugeint.hpp"
#include "engine/functions/int128.h"
#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"
#include "sql/decimal.h"

// format_number and parse_data_size: numbers as people write them.
namespace opentrail::engine {
namespace {

using duckdb::LogicalType;

// 1234567 is "1.23M": three digits at most in front of the unit, and behind the point what is left of them.
std::string FormatNumber(int64_t value) {
  constexpr std::string_view kUnits = "KMBTQ";
  auto scaled = static_cast<double>(value);
  size_t unit = 0;
  while (std::abs(scaled) >= 1000 && unit < kUnits.size()) {
    scaled /= 1000;
    ++unit;
  }
  const int decimals = std::abs(scaled) < 10 ? 2 : std::abs(scaled) < 100 ? 1 : 0;
  std::string text = fmt::format("{:.{}f}", scaled, decimals);
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return unit == 0 ? text : text + kUnits[unit - 1];
}

// As Java narrows a double: its whole part, within the range; NaN is 0.
int64_t WholePart(double value) {
  if (std::isnan(value)) return 0;
  constexpr double kEnd = 9223372036854775808.0;
  if (value >= kEnd) return std::numeric_limits<int64_t>::max();
  return value < -kEnd ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(value);
}

constexpr std::array<std::string_view, 9> kDataUnits = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};

[[noreturn]] void ThrowNoDataSize(std::string_view text) { ThrowInvalidArgument("Invalid data size: '{}'", text); }

using Integer = boost::multiprecision::cpp_int;

// What an error about it shows at most: its digits are computed in the square of their number.
constexpr size_t kMaxDataSizeDigits = 1000;

// "2.3MB", ".5kB": digits, perhaps a point and digits, and a unit of 1024 to a power; what is no whole byte is cut off.
duckdb::hugeint_t ParseDataSize(std::string_view text) {
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, end);
  const size_t point = std::min(number.find('.'), number.size());
  const bool is_number = !number.empty() && (point == number.size() || point + 1 < number.size()) &&
                         number.find('.', point + 1) == std::string_view::npos;
  const auto* const unit = std::ranges::find(kDataUnits, text.substr(end));
  if (!is_number || unit == kDataUnits.end()) ThrowNoDataSize(text);
  if (number.size() > kMaxDataSizeDigits) ThrowInvalidArgument("Data size has more than {} digits", kMaxDataSizeDigits);
  std::string digits(number);
  std::erase(digits, '.');
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));  // a 0 in front would mean octal
  Integer value(digits);
  value <<= 10 * (unit - kDataUnits.begin());
  if (point < number.size()) {
    value /= boost::multiprecision::pow(Integer(10), static_cast<unsigned>(number.size() - point - 1));
  }
  const std::string whole = value.str();
  if (whole.size() > sql::kMaxDecimalPrecision) {
    ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Value out of range: '{}' ('{}B')", text, whole);
  }
  return ToHugeint(value.convert_to<Int128>());
}

}  // namespace

void RegisterNumberFormatFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_format_number", FormatNumber, Throws::kNever);
  RegisterScalar(
      database, "trino_format_number", [](double value) { return FormatNumber(WholePart(value)); }, Throws::kNever);
  RegisterScalar(database, "trino_parse_data_size", ParseDataSize);
}

}  // namespace opentrail::engine
