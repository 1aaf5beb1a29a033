#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Dates, times and intervals between Trino's text and numbers, in the proleptic Gregorian calendar. Pure; thread-safe.
namespace opentrail::sql {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMillisPerDay = 86'400'000;
inline constexpr int64_t kMicrosPerDay = kMillisPerDay * 1000;
// The years that text may name: what both 52 bits of milliseconds and 64 bits of microseconds hold, with room.
inline constexpr int64_t kMaxYear = 32767;

struct CivilDate {
  int64_t year = 1970;
  int month = 1;
  int day = 1;
};

[[nodiscard]] int64_t DaysFromCivil(CivilDate date);  // since 1970-01-01; the date need not be valid in its month
[[nodiscard]] CivilDate CivilFromDays(int64_t days);
[[nodiscard]] int DaysInMonth(int64_t year, int month);
// The same day `months` later, the day clamped to the month's last.
[[nodiscard]] CivilDate AddMonths(CivilDate date, int64_t months);

[[nodiscard]] constexpr int64_t FloorDivide(int64_t a, int64_t b) {
  return a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}
[[nodiscard]] constexpr int64_t FloorModulo(int64_t a, int64_t b) { return a - FloorDivide(a, b) * b; }

// "2024-1-5", blanks around allowed; days since the epoch. nullopt where it is no date.
[[nodiscard]] std::optional<int32_t> ParseDate(std::string_view text);

// A timestamp as text says it: wall-clock seconds and the fraction as written.
struct TimestampText {
  int64_t seconds = 0;      // since the epoch, in the text's own zone
  int64_t picoseconds = 0;  // further digits are cut
  uint32_t digits = 0;      // how many digits the fraction has, at most 12
  std::string_view zone;    // as written; empty where there is none
};

// Trino's DATETIME_PATTERN: "2024-01-05", "2024-01-05 08:53", "2024-1-5 8:53:35.123 Europe/Berlin". A blank stands
// between date and time, never a T.
[[nodiscard]] std::optional<TimestampText> ParseTimestamp(std::string_view text);
// "8:53", "08:53:35.123"; seconds count from midnight.
[[nodiscard]] std::optional<TimestampText> ParseTime(std::string_view text);
// A time with time zone: "08:53 +02:00". Its offset is one of hours and minutes; nullopt for a zone by name, or none.
struct ZonedTimeText {
  TimestampText time;
  int offset_minutes = 0;
};
[[nodiscard]] std::optional<ZonedTimeText> ParseZonedTime(std::string_view text);
// Rounded half up to `precision` digits (what is past 6 counts as 6): microseconds.
[[nodiscard]] int64_t ToMicros(const TimestampText& text, uint32_t precision);
[[nodiscard]] int64_t RoundMicros(int64_t micros, uint32_t precision);

[[nodiscard]] std::string FormatDate(int64_t days);                             // 2024-01-05
[[nodiscard]] std::string FormatTimestamp(int64_t micros, uint32_t precision);  // 2024-01-05 08:53:35.000
[[nodiscard]] std::string FormatTime(int64_t micros, uint32_t precision);       // 08:53:35.000
[[nodiscard]] std::string FormatIntervalDayToSecond(int64_t millis);            // 1 02:03:04.005
[[nodiscard]] std::string FormatIntervalYearToMonth(int64_t months);            // 1-2

}  // namespace opentrail::sql
