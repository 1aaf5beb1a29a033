#include <cstdlib>

#include <fmt/format.h>

#include "engine/functions/calendar_names.h"
#include "engine/functions/date_pattern.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

struct Calendar {
  sql::CivilDate date;
  int64_t days = 0;
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t micros = 0;  // of the second

  static Calendar Of(int64_t local_micros) {
    Calendar calendar;
    calendar.days = sql::FloorDivide(local_micros, sql::kMicrosPerDay);
    calendar.date = sql::CivilFromDays(calendar.days);
    const int64_t of_day = local_micros - calendar.days * sql::kMicrosPerDay;
    const int64_t seconds = of_day / sql::kMicrosPerSecond;
    calendar.hour = seconds / 3600;
    calendar.minute = seconds / 60 % 60;
    calendar.second = seconds % 60;
    calendar.micros = of_day % sql::kMicrosPerSecond;
    return calendar;
  }
};

void AppendNumber(int64_t value, int width, std::string& out) {
  if (value < 0) out += '-';
  const std::string digits = std::to_string(std::abs(value));
  for (int missing = width - static_cast<int>(digits.size()); missing > 0; --missing) out += '0';
  out += digits;
}

void AppendName(std::string_view name, int width, std::string& out) {
  out += static_cast<size_t>(width) <= kShortNameLength ? name.substr(0, kShortNameLength) : name;
}

void AppendFraction(int64_t micros, int width, std::string& out) {
  std::string digits = fmt::format("{:06}", micros);
  digits.resize(static_cast<size_t>(width), '0');
  out += digits;
}

void AppendOffset(int minutes, bool colon, std::string& out) {
  const int size = std::abs(minutes);
  out += fmt::format("{}{:02}{}{:02}", minutes < 0 ? '-' : '+', size / 60, colon ? ":" : "", size % 60);
}

void AppendPart(const PatternPart& part, const ZonedReading& reading, const Calendar& now, std::string& out) {
  switch (part.part) {
    case DatePart::kLiteral: out += part.literal; return;
    case DatePart::kEra: out += now.date.year > 0 ? "AD" : "BC"; return;
    case DatePart::kCentury: return AppendNumber(now.date.year / 100, part.width, out);
    case DatePart::kYear: return AppendNumber(now.date.year, part.width, out);
    case DatePart::kTwoDigitYear: return AppendNumber(sql::FloorModulo(now.date.year, 100), 2, out);
    case DatePart::kWeekYear: return AppendNumber(IsoWeekOfDays(now.days).year, part.width, out);
    case DatePart::kMonth: return AppendNumber(now.date.month, part.width, out);
    case DatePart::kMonthName: return AppendName(kMonthNames[static_cast<size_t>(now.date.month - 1)], part.width, out);
    case DatePart::kDay: return AppendNumber(now.date.day, part.width, out);
    case DatePart::kDayOfYear:
      return AppendNumber(now.days - sql::DaysFromCivil({now.date.year, 1, 1}) + 1, part.width, out);
    case DatePart::kWeek: return AppendNumber(IsoWeekOfDays(now.days).week, part.width, out);
    case DatePart::kDayOfWeek: return AppendNumber(IsoWeekOfDays(now.days).day, part.width, out);
    case DatePart::kDayName:
      return AppendName(kDayNames[static_cast<size_t>(IsoWeekOfDays(now.days).day - 1)], part.width, out);
    case DatePart::kHalfDay: out += now.hour < 12 ? "AM" : "PM"; return;
    case DatePart::kHour: return AppendNumber(now.hour, part.width, out);
    case DatePart::kClockHour: return AppendNumber(now.hour == 0 ? 24 : now.hour, part.width, out);
    case DatePart::kHalfDayHour: return AppendNumber(now.hour % 12, part.width, out);
    case DatePart::kHalfDayClockHour: return AppendNumber((now.hour + 11) % 12 + 1, part.width, out);
    case DatePart::kMinute: return AppendNumber(now.minute, part.width, out);
    case DatePart::kSecond: return AppendNumber(now.second, part.width, out);
    case DatePart::kFraction: return AppendFraction(now.micros, part.width, out);
    case DatePart::kZoneName:
      // The long names, "Central European Standard Time", are Java's own data: the zone's name stands for them.
      out += part.width < 4 && !reading.short_name.empty() ? std::string(reading.short_name)
                                                           : std::string(sql::TimeZoneName(reading.zone));
      return;
    case DatePart::kZoneId: out += sql::TimeZoneName(reading.zone); return;
    case DatePart::kZoneOffset: return AppendOffset(reading.offset_minutes, part.colon, out);
  }
}

}  // namespace

void AppendFormatted(const DatePattern& pattern, const ZonedReading& reading, std::string& out) {
  const Calendar now = Calendar::Of(reading.local_micros);
  for (const PatternPart& part : pattern) AppendPart(part, reading, now, out);
}

IsoWeek IsoWeekOfDays(int64_t days) {
  const auto weekday = static_cast<int>(sql::FloorModulo(days + 3, 7)) + 1;  // the epoch was a Thursday
  // A week belongs to the year of its Thursday.
  const int64_t thursday = days - weekday + 4;
  const int64_t year = sql::CivilFromDays(thursday).year;
  const int64_t first = sql::DaysFromCivil({year, 1, 1});
  return {year, static_cast<int>((thursday - first) / 7) + 1, weekday};
}

int64_t DaysOfIsoWeek(const IsoWeek& week) {
  const int64_t fourth = sql::DaysFromCivil({week.year, 1, 4});  // always in the first week
  const int64_t monday = fourth - sql::FloorModulo(fourth + 3, 7);
  return monday + (week.week - 1) * 7 + week.day - 1;
}

}  // namespace opentrail::engine
