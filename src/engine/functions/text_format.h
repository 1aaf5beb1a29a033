#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// The dialect's format(): java.util.Formatter's conversions, with flags, width, precision and argument indexes ("%2$s",
// "%<s"), and those of dates and times by %t.
namespace opentrail::engine {

inline constexpr int kMaxFormatWidth = 1'000'000;

struct FormatArgument {
  enum class Kind : uint8_t { kNull, kBoolean, kInteger, kReal, kDecimal, kText, kDate, kTime, kTimestamp, kZoned };
  Kind kind = Kind::kNull;
  int64_t integer = 0;       // kInteger, kBoolean
  double real = 0;           // kReal
  std::string text;          // what %s prints (kReal, kDecimal: also what %f reads)
  int64_t local_micros = 0;  // kDate … kZoned: what the clock and the calendar show, since the epoch or midnight
  int offset_minutes = 0;    // kZoned
  std::string zone;          // kZoned: "CET", or the zone's name
};

// What %t<conversion> prints of a moment; nullopt where its kind does not have that. An integer is milliseconds since
// the epoch.
[[nodiscard]] std::optional<std::string> FormatMoment(char conversion, const FormatArgument& argument);

// Appends the formatted text; throws INVALID_FUNCTION_ARGUMENT "Invalid format string: …" as Trino words it.
void AppendFormatted(std::string_view format, std::span<const FormatArgument> arguments, std::string& out);

}  // namespace opentrail::engine
