#include <charconv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/time_zone_key.h"

// Numbers as written, and the values that a statement fixes for its whole run.
namespace opentrail::sql {

namespace {

// A number with its minus stands in parentheses; the least ones of a type have no positive twin to negate.
std::string LongSql(int64_t value, TypeKind kind) {
  if (value >= 0) return std::to_string(value);
  if (value == std::numeric_limits<int64_t>::min()) return fmt::format("CAST('{}' AS BIGINT)", value);
  if (value == std::numeric_limits<int32_t>::min())
    return fmt::format("CAST({} AS {})", value, Type(kind).EngineName());
  return fmt::format("({})", value);
}

struct Clock {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  std::chrono::hh_mm_ss<std::chrono::milliseconds> time;

  explicit Clock(std::chrono::sys_time<std::chrono::milliseconds> now)
      : time(now - std::chrono::floor<std::chrono::days>(now)) {
    const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(now));
    year = static_cast<int>(date.year());
    month = static_cast<unsigned>(date.month());
    day = static_cast<unsigned>(date.day());
  }
  [[nodiscard]] std::string Date() const { return fmt::format("{:04}-{:02}-{:02}", year, month, day); }
  [[nodiscard]] std::string Time() const {
    return fmt::format("{:02}:{:02}:{:02}.{:03}", time.hours().count(), time.minutes().count(), time.seconds().count(),
                       time.subseconds().count());
  }
};

}  // namespace

Result<Resolved> Resolver::ResolveLong(const LongLiteral& node, Position position) const {
  int64_t value = 0;
  const char* const end = node.digits.data() + node.digits.size();
  const auto [last, error] = std::from_chars(node.digits.data(), end, value);
  if (error != std::errc() || last != end) {
    return std::unexpected(
        Error{ErrorCode::kInvalidLiteral, position, fmt::format("Invalid numeric literal: {}", node.digits)});
  }
  const bool small = value >= std::numeric_limits<int32_t>::min() && value <= std::numeric_limits<int32_t>::max();
  const TypeKind kind = small ? TypeKind::kInteger : TypeKind::kBigint;
  return From({Type(kind), LongSql(value, kind)}, nullptr);
}

Result<Resolved> Resolver::ResolveDecimal(const DecimalLiteral& node, Position position) const {
  if (session_.decimal_literals_as_double) {
    return From({Type(TypeKind::kDouble), fmt::format("CAST('{}' AS DOUBLE)", node.text)}, nullptr);
  }
  uint32_t digits = 0;
  uint32_t scale = 0;
  bool behind_point = false;
  for (const char c : node.text) {
    if (c == '.') {
      behind_point = true;
    } else if (c >= '0' && c <= '9' && (digits > 0 || c != '0' || behind_point)) {
      ++digits;
      if (behind_point) ++scale;
    }
  }
  digits = std::max({digits, scale, 1U});
  if (digits > 38) {
    return std::unexpected(
        Error{ErrorCode::kInvalidLiteral, position, fmt::format("'{}' is not a valid DECIMAL literal", node.text)});
  }
  const Type type = Type::Decimal(digits, scale);
  return From({type, fmt::format("CAST('{}' AS {})", node.text, type.EngineName())}, nullptr);
}

Result<Resolved> Resolver::ResolveCurrentValue(std::string_view name, std::optional<uint32_t> precision,
                                               Position position) const {
  const Clock clock(session_.now);
  const uint32_t digits = precision.value_or(3);
  constexpr uint32_t kMaxPrecision = 12;
  if (digits > kMaxPrecision) {
    const std::string_view type = name == "current_timestamp" ? "TIMESTAMP WITH TIME ZONE"
                                  : name == "localtimestamp"  ? "TIMESTAMP"
                                  : name == "current_time"    ? "TIME WITH TIME ZONE"
                                                              : "TIME";
    return std::unexpected(Error{ErrorCode::kNumericValueOutOfRange, std::nullopt,
                                 fmt::format("{} precision must be in range [0, 12]: {}", type, digits)});
  }
  if (name == "current_date")
    return From({Type(TypeKind::kDate), fmt::format("CAST('{}' AS DATE)", clock.Date())}, nullptr);
  if (name == "current_timestamp") {
    const int64_t packed = session_.now.time_since_epoch().count() * 4096;  // zone key 0: UTC
    return From({Type::TimestampWithTimeZone(digits), fmt::format("CAST({} AS BIGINT)", packed)}, nullptr);
  }
  if (name == "localtimestamp") {
    return From({Type::Timestamp(digits), fmt::format("CAST('{} {}' AS TIMESTAMP)", clock.Date(), clock.Time())},
                nullptr);
  }
  if (name == "localtime") {
    return From({Type::Time(digits), fmt::format("CAST('{}' AS TIME)", clock.Time())}, nullptr);
  }
  if (name == "current_time") {
    const auto of_day = session_.now - std::chrono::floor<std::chrono::days>(session_.now);
    const int64_t packed = PackTime(std::chrono::duration_cast<std::chrono::microseconds>(of_day).count(), 0);
    return From({Type::TimeWithTimeZone(digits), fmt::format("CAST({} AS BIGINT)", packed)}, nullptr);
  }
  const auto text = [](std::string_view value) { return From({Type::Varchar(), TextLiteral(value).sql}, nullptr); };
  if (name == "current_user") return text(session_.user);
  if (name == "current_catalog") return text(session_.catalog);
  if (name == "current_schema") return text(session_.database);
  if (name == "current_path") return text("");
  return std::unexpected(Error{ErrorCode::kNotSupported, position, fmt::format("{} is not supported", name)});
}

}  // namespace opentrail::sql
