#include "sql/datetime_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sql/time_zone_key.h"

namespace opentrail::sql {

namespace {

constexpr std::array<int64_t, 13> kPowersOfTen = {1,           10,           100,          1000,      10000,
                                                  100000,      1000000,      10000000,     100000000, 1000000000,
                                                  10000000000, 100000000000, 1000000000000};
constexpr uint32_t kMaxFractionDigits = 12;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

// Reads a text from its front; every method leaves the text alone where it does not match.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool AtEnd() const { return text_.empty(); }
  [[nodiscard]] std::string_view Rest() const { return text_; }

  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  size_t TakeBlanks() {
    size_t count = 0;
    while (Take(' ')) ++count;
    return count;
  }

  std::optional<int64_t> TakeNumber(size_t min_digits, size_t max_digits) {
    size_t count = 0;
    int64_t value = 0;
    while (count < text_.size() && count < max_digits && text_[count] >= '0' && text_[count] <= '9') {
      value = value * 10 + (text_[count++] - '0');
    }
    if (count < min_digits) return std::nullopt;
    text_.remove_prefix(count);
    return value;
  }

  // The digits after the point, any number of them.
  bool TakeFraction(TimestampText& into) {
    uint32_t count = 0;
    int64_t value = 0;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      if (count < kMaxFractionDigits) {
        value = value * 10 + (text_.front() - '0');
        ++count;
      }
      text_.remove_prefix(1);
    }
    into.digits = count;
    into.picoseconds = value * kPowersOfTen[kMaxFractionDigits - count];
    return count > 0;
  }

 private:
  std::string_view text_;
};

std::optional<CivilDate> TakeDate(Reader& reader) {
  const bool negative = reader.Take('-');
  if (!negative) reader.Take('+');
  const auto year = reader.TakeNumber(4, 6);
  if (!year || !reader.Take('-')) return std::nullopt;
  const auto month = reader.TakeNumber(1, 2);
  if (!month || !reader.Take('-')) return std::nullopt;
  const auto day = reader.TakeNumber(1, 2);
  if (!day || *year > kMaxYear || *month < 1 || *month > 12) return std::nullopt;
  const CivilDate date{negative ? -*year : *year, static_cast<int>(*month), static_cast<int>(*day)};
  if (date.day < 1 || date.day > DaysInMonth(date.year, date.month)) return std::nullopt;
  return date;
}

// h:m[:s[.f]] into seconds of the day and the fraction.
bool TakeTime(Reader& reader, TimestampText& into) {
  const auto hour = reader.TakeNumber(1, 2);
  if (!hour || *hour > 23 || !reader.Take(':')) return false;
  const auto minute = reader.TakeNumber(1, 2);
  if (!minute || *minute > 59) return false;
  into.seconds += *hour * 3600 + *minute * 60;
  if (!reader.Take(':')) return true;
  const auto second = reader.TakeNumber(1, 2);
  if (!second || *second > 59) return false;
  into.seconds += *second;
  return !reader.Take('.') || reader.TakeFraction(into);
}

int64_t RoundHalfUp(int64_t value, int64_t unit) { return FloorDivide(value + unit / 2, unit) * unit; }

}  // namespace

int64_t DaysFromCivil(CivilDate date) {
  // Counted in 400-year eras whose years begin in March, so that the leap day is a year's last.
  const int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  const int64_t era = FloorDivide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = (date.month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  constexpr int64_t kEpochFromMarchOfYearZero = 719468;
  return era * 146097 + day_of_era - kEpochFromMarchOfYearZero;
}

CivilDate CivilFromDays(int64_t days) {
  const int64_t shifted = days + 719468;
  const int64_t era = FloorDivide(shifted, 146097);
  const int64_t day_of_era = shifted - era * 146097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const int month = static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

int DaysInMonth(int64_t year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<size_t>(month - 1)];
}

CivilDate AddMonths(CivilDate date, int64_t months) {
  const int64_t total = date.year * 12 + date.month - 1 + months;
  CivilDate sum{FloorDivide(total, 12), static_cast<int>(FloorModulo(total, 12)) + 1, date.day};
  sum.day = std::min(sum.day, DaysInMonth(sum.year, sum.month));
  return sum;
}

std::optional<int32_t> ParseDate(std::string_view text) {
  Reader reader(Trim(text));
  const auto date = TakeDate(reader);
  if (!date || !reader.AtEnd()) return std::nullopt;
  return static_cast<int32_t>(DaysFromCivil(*date));
}

std::optional<TimestampText> ParseTimestamp(std::string_view text) {
  Reader reader(Trim(text));
  const auto date = TakeDate(reader);
  if (!date) return std::nullopt;
  TimestampText result;
  result.seconds = DaysFromCivil(*date) * 86400;
  if (reader.AtEnd()) return result;
  if (!reader.Take(' ')) return std::nullopt;
  // "2024-01-05 UTC" has a zone and no time.
  const bool has_time = !reader.AtEnd() && reader.Rest().front() >= '0' && reader.Rest().front() <= '9';
  if (has_time && !TakeTime(reader, result)) return std::nullopt;
  reader.TakeBlanks();
  result.zone = reader.Rest();
  return result;
}

std::optional<TimestampText> ParseTime(std::string_view text) {
  Reader reader(Trim(text));
  TimestampText result;
  if (!TakeTime(reader, result)) return std::nullopt;
  reader.TakeBlanks();
  result.zone = reader.Rest();
  return result;
}

std::optional<ZonedTimeText> ParseZonedTime(std::string_view text) {
  const auto time = ParseTime(text);
  if (!time || time->zone.empty() || (time->zone[0] != '+' && time->zone[0] != '-')) return std::nullopt;
  const auto key = FindTimeZoneKey(time->zone);
  if (!key) return std::nullopt;
  return ZonedTimeText{*time, *FixedOffsetMinutes(*key)};
}

int64_t ToMicros(const TimestampText& text, uint32_t precision) {
  const int64_t unit = kPowersOfTen[kMaxFractionDigits - std::min<uint32_t>(precision, 6)];
  return text.seconds * kMicrosPerSecond + RoundHalfUp(text.picoseconds, unit) / 1'000'000;
}

int64_t RoundMicros(int64_t micros, uint32_t precision) {
  if (precision >= 6) return micros;
  return RoundHalfUp(micros, kPowersOfTen[6 - precision]);
}

std::string FormatDate(int64_t days) {
  const CivilDate date = CivilFromDays(days);
  if (date.year < 0) return fmt::format("-{:04}-{:02}-{:02}", -date.year, date.month, date.day);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string FormatTime(int64_t micros, uint32_t precision) {
  const int64_t seconds = micros / kMicrosPerSecond;
  std::string text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (precision == 0) return text;
  std::string fraction = fmt::format("{:06}", micros % kMicrosPerSecond);
  fraction.resize(std::min<uint32_t>(precision, kMaxFractionDigits), '0');
  return text + "." + fraction;
}

std::string FormatTimestamp(int64_t micros, uint32_t precision) {
  const int64_t days = FloorDivide(micros, kMicrosPerDay);
  return FormatDate(days) + " " + FormatTime(micros - days * kMicrosPerDay, precision);
}

std::string FormatIntervalDayToSecond(int64_t millis) {
  const uint64_t size = millis < 0 ? 0 - static_cast<uint64_t>(millis) : static_cast<uint64_t>(millis);
  return fmt::format("{}{} {:02}:{:02}:{:02}.{:03}", millis < 0 ? "-" : "", size / 86'400'000, size / 3'600'000 % 24,
                     size / 60'000 % 60, size / 1000 % 60, size % 1000);
}

std::string FormatIntervalYearToMonth(int64_t months) {
  const int64_t size = months < 0 ? -months : months;
  return fmt::format("{}{}-{}", months < 0 ? "-" : "", size / 12, size % 12);
}

}  // namespace opentrail::sql
