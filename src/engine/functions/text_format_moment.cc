#include <cstdlib>

#include <fmt/format.h>

#include "engine/functions/calendar_names.h"
#include "engine/functions/text_format.h"
#include "sql/datetime_text.h"

// The conversions of dates and times of java.util.Formatter: %tY, %tH, %tT.
namespace opentrail::engine {
namespace {

using Kind = FormatArgument::Kind;

constexpr std::string_view kOfDates = "BbhAaCYyjmdeDFc";
constexpr std::string_view kOfTimes = "HIklMSLNpRTrc";
constexpr std::string_view kOfZones = "zZsQc";

bool Has(std::string_view conversions, char conversion) {
  return conversions.find(conversion) != std::string_view::npos;
}

bool IsOfKind(char conversion, Kind kind) {
  const bool zoned = kind == Kind::kZoned || kind == Kind::kInteger;
  if (Has(kOfZones, conversion)) return zoned;
  if (Has(kOfDates, conversion)) return kind != Kind::kTime;
  return Has(kOfTimes, conversion) && kind != Kind::kDate;
}

struct Moment {
  sql::CivilDate date;
  int64_t days;
  int64_t micros;  // of the day
  int offset_minutes;
  std::string_view zone;

  [[nodiscard]] int64_t Hour() const { return micros / 3'600'000'000; }
  [[nodiscard]] int64_t HalfDayHour() const { return (Hour() + 11) % 12 + 1; }
  [[nodiscard]] int64_t Minute() const { return micros / 60'000'000 % 60; }
  [[nodiscard]] int64_t Second() const { return micros / sql::kMicrosPerSecond % 60; }
  [[nodiscard]] std::string_view Weekday() const {
    return kDayNames[static_cast<size_t>(sql::FloorModulo(days + 3, 7))];
  }
  [[nodiscard]] std::string_view Month() const { return kMonthNames[static_cast<size_t>(date.month - 1)]; }
  [[nodiscard]] int64_t EpochMicros() const {
    return days * sql::kMicrosPerDay + micros - int64_t{offset_minutes} * 60'000'000;
  }
};

std::string OfDate(char conversion, const Moment& at) {
  switch (conversion) {
    case 'B': return std::string(at.Month());
    case 'b':
    case 'h': return std::string(at.Month().substr(0, kShortNameLength));
    case 'A': return std::string(at.Weekday());
    case 'a': return std::string(at.Weekday().substr(0, kShortNameLength));
    case 'C': return fmt::format("{:02}", at.date.year / 100);
    case 'Y': return fmt::format("{:04}", at.date.year);
    case 'y': return fmt::format("{:02}", sql::FloorModulo(at.date.year, 100));
    case 'j': return fmt::format("{:03}", at.days - sql::DaysFromCivil({at.date.year, 1, 1}) + 1);
    case 'm': return fmt::format("{:02}", at.date.month);
    case 'd': return fmt::format("{:02}", at.date.day);
    case 'e': return fmt::format("{}", at.date.day);
    case 'D': return fmt::format("{:02}/{:02}/{:02}", at.date.month, at.date.day, sql::FloorModulo(at.date.year, 100));
    default: return fmt::format("{:04}-{:02}-{:02}", at.date.year, at.date.month, at.date.day);
  }
}

std::string OfTime(char conversion, const Moment& at) {
  const std::string_view half = at.Hour() < 12 ? "am" : "pm";
  switch (conversion) {
    case 'H': return fmt::format("{:02}", at.Hour());
    case 'I': return fmt::format("{:02}", at.HalfDayHour());
    case 'k': return fmt::format("{}", at.Hour());
    case 'l': return fmt::format("{}", at.HalfDayHour());
    case 'M': return fmt::format("{:02}", at.Minute());
    case 'S': return fmt::format("{:02}", at.Second());
    case 'L': return fmt::format("{:03}", at.micros / 1000 % 1000);
    case 'N': return fmt::format("{:09}", at.micros % sql::kMicrosPerSecond * 1000);
    case 'p': return std::string(half);
    case 'R': return fmt::format("{:02}:{:02}", at.Hour(), at.Minute());
    case 'r':
      return fmt::format("{:02}:{:02}:{:02} {}", at.HalfDayHour(), at.Minute(), at.Second(),
                         half == "am" ? "AM" : "PM");
    default: return fmt::format("{:02}:{:02}:{:02}", at.Hour(), at.Minute(), at.Second());
  }
}

std::string OfZone(char conversion, const Moment& at) {
  const int size = std::abs(at.offset_minutes);
  switch (conversion) {
    case 'z': return fmt::format("{}{:02}{:02}", at.offset_minutes < 0 ? '-' : '+', size / 60, size % 60);
    case 'Z': return std::string(at.zone);
    case 's': return std::to_string(sql::FloorDivide(at.EpochMicros(), sql::kMicrosPerSecond));
    default: return std::to_string(sql::FloorDivide(at.EpochMicros(), 1000));
  }
}

}  // namespace

std::optional<std::string> FormatMoment(char conversion, const FormatArgument& argument) {
  if (argument.kind < Kind::kDate && argument.kind != Kind::kInteger) return std::nullopt;
  if (!IsOfKind(conversion, argument.kind)) return std::nullopt;
  const bool instant = argument.kind == Kind::kInteger;
  constexpr int64_t kMaxMillis = sql::kMaxYear * 366 * sql::kMillisPerDay;
  if (instant && std::abs(argument.integer) > kMaxMillis) return std::nullopt;
  const int64_t local = instant ? argument.integer * 1000 : argument.local_micros;
  const int64_t days = sql::FloorDivide(local, sql::kMicrosPerDay);
  const Moment at{sql::CivilFromDays(days), days, local - days * sql::kMicrosPerDay, argument.offset_minutes,
                  instant ? std::string_view("UTC") : std::string_view(argument.zone)};
  if (conversion == 'c') {
    return fmt::format("{} {} {:02} {} {} {:04}", at.Weekday().substr(0, kShortNameLength),
                       at.Month().substr(0, kShortNameLength), at.date.day, OfTime('T', at), at.zone, at.date.year);
  }
  if (Has(kOfZones, conversion)) return OfZone(conversion, at);
  return Has(kOfDates, conversion) ? OfDate(conversion, at) : OfTime(conversion, at);
}

}  // namespace opentrail::engine
