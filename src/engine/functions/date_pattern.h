#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/time_zone_key.h"

// Patterns of dates and times, compiled once and used for many values: MySQL's (date_format, date_parse: %Y-%m-%d) and
// Joda's (format_datetime, parse_datetime: yyyy-MM-dd). Both become one list of parts. Pure; thread-safe.
namespace opentrail::engine {

enum class DatePart : uint8_t {
  kLiteral,
  kEra,  // AD
  kCentury,
  kYear,
  kTwoDigitYear,
  kWeekYear,  // of the ISO week
  kMonth,
  kMonthName,
  kDay,
  kDayOfYear,
  kWeek,       // ISO
  kDayOfWeek,  // 1 Monday .. 7 Sunday
  kDayName,
  kHalfDay,           // AM, PM
  kHour,              // 0 .. 23
  kClockHour,         // 1 .. 24
  kHalfDayHour,       // 0 .. 11
  kHalfDayClockHour,  // 1 .. 12
  kMinute,
  kSecond,
  kFraction,
  kZoneName,    // UTC
  kZoneOffset,  // +0200, +02:00
  kZoneId,      // Europe/Berlin
};

struct PatternPart {
  DatePart part = DatePart::kLiteral;
  int width = 1;        // printed with at least so many digits; of a name: 3 or fewer is the short form
  int max_digits = 2;   // parsed with at most so many
  int pivot = 0;        // kTwoDigitYear: the middle of the century that two digits are read into
  bool colon = false;   // kZoneOffset: +02:00
  std::string literal;  // kLiteral
};

using DatePattern = std::vector<PatternPart>;
// What is wrong with the pattern, in Trino's words.
using PatternResult = std::expected<DatePattern, std::string>;

inline constexpr size_t kMaxDatePatternBytes = 4096;

[[nodiscard]] PatternResult CompileMysqlPattern(std::string_view pattern);
[[nodiscard]] PatternResult CompileJodaPattern(std::string_view pattern);
[[nodiscard]] bool HasZonePart(const DatePattern& pattern);

// A wall clock's reading and its zone.
struct ZonedReading {
  int64_t local_micros = 0;
  int offset_minutes = 0;
  sql::TimeZoneKey zone = sql::kUtcKey;
  std::string_view short_name;  // of the zone then: "CET"; empty where it has none but its own
};
void AppendFormatted(const DatePattern& pattern, const ZonedReading& reading, std::string& out);

struct ParsedReading {
  int64_t local_micros = 0;
  std::optional<sql::TimeZoneKey> zone;  // what the text names, if it does
};
// The whole text must match. The error is worded as Trino's: Invalid format: "x" is malformed at "y".
[[nodiscard]] std::expected<ParsedReading, std::string> ParseByPattern(const DatePattern& pattern,
                                                                       std::string_view text);

// The ISO week of a day: year, week 1 .. 53, day 1 .. 7.
struct IsoWeek {
  int64_t year = 0;
  int week = 0;
  int day = 0;
};
[[nodiscard]] IsoWeek IsoWeekOfDays(int64_t days);
[[nodiscard]] int64_t DaysOfIsoWeek(const IsoWeek& week);

}  // namespace opentrail::engine
