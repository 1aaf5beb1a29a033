#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// The dialect's format(): java.util.Formatter's conversions %s %d %x %o %f %e %b %n %% with flags, width, precision and
// argument indexes ("%2$s", "%<s"). Dates by %t are refused.
namespace opentrail::engine {

inline constexpr int kMaxFormatWidth = 1'000'000;

struct FormatArgument {
  enum class Kind : uint8_t { kNull, kBoolean, kInteger, kReal, kDecimal, kText };
  Kind kind = Kind::kNull;
  int64_t integer = 0;  // kInteger, kBoolean
  double real = 0;      // kReal
  std::string text;     // what %s prints (kReal, kDecimal: also what %f reads)
};

// Appends the formatted text; throws INVALID_FUNCTION_ARGUMENT "Invalid format string: …" as Trino words it.
void AppendFormatted(std::string_view format, std::span<const FormatArgument> arguments, std::string& out);

}  // namespace opentrail::engine
