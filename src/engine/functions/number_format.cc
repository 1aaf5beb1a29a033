#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

#include "duckdb/common/types/hugeint.hpp"
#include "engine/functions/int128.h"
#include "engine/functions/scalar.h"
#include "engine/functions/string_families.h"

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

[[noreturn]] void ThrowLargeDataSize(std::string_view text) {
  ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "Value out of range: '{}'", text);
}

// "2.3MB": digits, perhaps a point and digits, and a unit of 1024 to a power; what is no whole byte is cut off.
duckdb::hugeint_t ParseDataSize(std::string_view text) {
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string_view number = text.substr(0, end);
  const size_t point = std::min(number.find('.'), number.size());
  const bool is_number = point > 0 && (point == number.size() || point + 1 < number.size()) &&
                         number.find('.', point + 1) == std::string_view::npos;
  const auto* const unit = std::ranges::find(kDataUnits, text.substr(end));
  if (!is_number || unit == kDataUnits.end()) ThrowNoDataSize(text);
  Int128 value = 0;
  Int128 divisor = 1;
  for (size_t i = 0; i < number.size(); ++i) {
    if (i == point) continue;
    const bool overflows = __builtin_mul_overflow(value, Int128{10}, &value) ||
                           __builtin_add_overflow(value, Int128{number[i] - '0'}, &value);
    if (overflows) ThrowLargeDataSize(text);
    if (i > point && __builtin_mul_overflow(divisor, Int128{10}, &divisor)) ThrowLargeDataSize(text);
  }
  const auto power = static_cast<int>(unit - kDataUnits.begin());
  if (__builtin_mul_overflow(value, Int128{1} << (10 * power), &value)) ThrowLargeDataSize(text);
  value /= divisor;
  if (const auto fitting = Rescale(value, 0, 0, 38)) return ToHugeint(*fitting);
  ThrowLargeDataSize(text);
}

}  // namespace

void RegisterNumberFormatFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_format_number", FormatNumber, Throws::kNever);
  RegisterScalar(
      database, "trino_format_number", [](double value) { return FormatNumber(WholePart(value)); }, Throws::kNever);
  RegisterScalar(database, "trino_parse_data_size", ParseDataSize);
}

}  // namespace opentrail::engine
