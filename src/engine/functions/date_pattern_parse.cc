#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "engine/functions/calendar_names.h"
#include "engine/functions/date_pattern.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

constexpr size_t kPartCount = static_cast<size_t>(DatePart::kZoneId) + 1;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool StartsWithIgnoringCase(std::string_view text, std::string_view prefix) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

// What each part must lie in, and Joda's name of it.
struct Range {
  DatePart part;
  const char* name;
  int64_t low;
  int64_t high;
};
constexpr auto kRanges = std::to_array<Range>({
    {DatePart::kMonth, "monthOfYear", 1, 12},
    {DatePart::kDay, "dayOfMonth", 1, 31},
    {DatePart::kDayOfYear, "dayOfYear", 1, 366},
    {DatePart::kWeek, "weekOfWeekyear", 1, 53},
    {DatePart::kDayOfWeek, "dayOfWeek", 1, 7},
    {DatePart::kHour, "hourOfDay", 0, 23},
    {DatePart::kClockHour, "clockhourOfDay", 1, 24},
    {DatePart::kHalfDayHour, "hourOfHalfday", 0, 11},
    {DatePart::kHalfDayClockHour, "clockhourOfHalfday", 1, 12},
    {DatePart::kMinute, "minuteOfHour", 0, 59},
    {DatePart::kSecond, "secondOfMinute", 0, 59},
    {DatePart::kYear, "year", -sql::kMaxYear, sql::kMaxYear},
    {DatePart::kWeekYear, "weekyear", -sql::kMaxYear, sql::kMaxYear},
});

class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : text_(text) {}

  std::expected<ParsedReading, std::string> Parse(const DatePattern& pattern) {
    for (const PatternPart& part : pattern) {
      if (!Take(part)) return std::unexpected(Malformed());
    }
    if (at_ != text_.size()) return std::unexpected(Malformed());
    return Resolve();
  }

 private:
  [[nodiscard]] std::string Malformed() const {
    if (at_ == text_.size() && at_ > 0) return fmt::format("Invalid format: \"{}\" is too short", text_);
    if (at_ == 0) return fmt::format("Invalid format: \"{}\"", text_);
    return fmt::format("Invalid format: \"{}\" is malformed at \"{}\"", text_, text_.substr(at_));
  }

  [[nodiscard]] std::string_view Rest() const { return text_.substr(at_); }
  std::optional<int64_t>& Field(DatePart part) { return fields_[static_cast<size_t>(part)]; }
  int64_t FieldOr(DatePart part, int64_t otherwise) { return Field(part).value_or(otherwise); }

  bool Take(const PatternPart& part) {
    switch (part.part) {
      case DatePart::kLiteral: return TakeLiteral(part.literal);
      case DatePart::kEra: return TakeLiteral("AD");
      case DatePart::kMonthName: return TakeName(DatePart::kMonth, kMonthNames);
      case DatePart::kDayName: return TakeName(DatePart::kDayOfWeek, kDayNames);
      case DatePart::kHalfDay: return TakeHalfDay();
      case DatePart::kFraction: return TakeFraction(part.max_digits);
      case DatePart::kZoneOffset: return TakeOffset();
      case DatePart::kZoneName: return TakeZoneName();
      case DatePart::kZoneId: return TakeZone();
      case DatePart::kTwoDigitYear: return TakeTwoDigitYear(part.pivot);
      case DatePart::kCentury:
      case DatePart::kYear:
      case DatePart::kWeekYear: return TakeNumber(part, Sign::kAllowed);
      case DatePart::kMonth:
      case DatePart::kDay:
      case DatePart::kDayOfYear:
      case DatePart::kWeek:
      case DatePart::kDayOfWeek:
      case DatePart::kHour:
      case DatePart::kClockHour:
      case DatePart::kHalfDayHour:
      case DatePart::kHalfDayClockHour:
      case DatePart::kMinute:
      case DatePart::kSecond: return TakeNumber(part, Sign::kNone);
    }
    return false;
  }

  bool TakeLiteral(std::string_view literal) {
    if (!StartsWithIgnoringCase(Rest(), literal)) return false;
    at_ += literal.size();
    return true;
  }

  enum class Sign : uint8_t { kNone, kAllowed };
  bool TakeNumber(const PatternPart& part, Sign sign) {
    size_t next = at_;
    const bool negative = sign == Sign::kAllowed && next < text_.size() && text_[next] == '-';
    if (negative) ++next;
    int64_t value = 0;
    int digits = 0;
    while (next < text_.size() && digits < std::min(part.max_digits, 18) && IsDigit(text_[next])) {
      value = value * 10 + (text_[next++] - '0');
      ++digits;
    }
    if (digits == 0) return false;
    at_ = next;
    Field(part.part) = negative ? -value : value;
    return true;
  }

  // Two digits; as Joda does, any other number of them is the year itself.
  bool TakeTwoDigitYear(int pivot) {
    if (Rest().size() < 2 || !IsDigit(Rest()[0]) || !IsDigit(Rest()[1])) return false;
    const int value = (Rest()[0] - '0') * 10 + (Rest()[1] - '0');
    at_ += 2;
    const int low = pivot - 50;
    Field(DatePart::kYear) = low + static_cast<int>(sql::FloorModulo(value - low, 100));
    return true;
  }

  bool TakeFraction(int max_digits) {
    int64_t micros = 0;
    int64_t unit = 100'000;
    int digits = 0;
    while (at_ < text_.size() && digits < max_digits && IsDigit(text_[at_])) {
      micros += (text_[at_++] - '0') * unit;
      unit /= 10;
      ++digits;
    }
    Field(DatePart::kFraction) = micros / 1000 * 1000;  // the result has milliseconds
    return digits > 0;
  }

  // The long form before the short one that it begins with.
  bool TakeName(DatePart part, std::span<const std::string_view> names) {
    for (const size_t length : {std::string_view::npos, kShortNameLength}) {
      for (size_t i = 0; i < names.size(); ++i) {
        if (!TakeLiteral(names[i].substr(0, length))) continue;
        Field(part) = static_cast<int64_t>(i) + 1;
        return true;
      }
    }
    return false;
  }

  bool TakeHalfDay() {
    const bool morning = TakeLiteral("AM");
    if (!morning && !TakeLiteral("PM")) return false;
    Field(DatePart::kHalfDay) = morning ? 0 : 1;
    return true;
  }

  bool TakeZoneText(size_t length) {
    zone_ = sql::FindTimeZoneKey(Rest().substr(0, length));
    if (zone_) at_ += length;
    return zone_.has_value();
  }

  bool TakeOffset() {
    if (TakeLiteral("Z")) {
      zone_ = sql::kUtcKey;
      return true;
    }
    if (Rest().empty() || (Rest()[0] != '+' && Rest()[0] != '-')) return false;
    size_t length = 1;
    while (length < Rest().size() && length < 6 && (IsDigit(Rest()[length]) || Rest()[length] == ':')) ++length;
    return TakeZoneText(length);
  }

  // The short names that Joda knows, and which zones it takes them for.
  bool TakeZoneName() {
    struct Name {
      std::string_view name;
      std::string_view zone;
    };
    static constexpr Name kNames[] = {
        {"EST", "America/New_York"},    {"EDT", "America/New_York"},    {"CST", "America/Chicago"},
        {"CDT", "America/Chicago"},     {"MST", "America/Denver"},      {"MDT", "America/Denver"},
        {"PST", "America/Los_Angeles"}, {"PDT", "America/Los_Angeles"},
    };
    for (const Name& each : kNames) {
      if (!TakeLiteral(each.name)) continue;
      zone_ = sql::FindTimeZoneKey(each.zone);
      return zone_.has_value();
    }
    return TakeZone();
  }

  // The longest name that is a zone's.
  bool TakeZone() {
    constexpr size_t kLongestName = 40;
    for (size_t length = std::min(Rest().size(), kLongestName); length > 0; --length) {
      if (TakeZoneText(length)) return true;
    }
    return false;
  }

  std::expected<ParsedReading, std::string> Resolve() {
    for (const Range& range : kRanges) {
      const auto value = Field(range.part);
      if (!value || (*value >= range.low && *value <= range.high)) continue;
      return std::unexpected(fmt::format("Cannot parse \"{}\": Value {} for {} must be in the range [{},{}]", text_,
                                         *value, range.name, range.low, range.high));
    }
    const auto days = ResolveDays();
    if (!days) return std::unexpected(days.error());
    const int64_t seconds = ResolveHour() * 3600 + FieldOr(DatePart::kMinute, 0) * 60 + FieldOr(DatePart::kSecond, 0);
    return ParsedReading{*days * sql::kMicrosPerDay + seconds * sql::kMicrosPerSecond + FieldOr(DatePart::kFraction, 0),
                         zone_};
  }

  std::expected<int64_t, std::string> ResolveDays() {
    const auto refuse = [&](int64_t value, const char* name, int high) {
      return std::unexpected(
          fmt::format("Cannot parse \"{}\": Value {} for {} must be in the range [1,{}]", text_, value, name, high));
    };
    // A day without a year is one of the year 2000.
    const bool day_alone = Field(DatePart::kMonth) || Field(DatePart::kDay) || Field(DatePart::kDayOfYear) ||
                           Field(DatePart::kDayOfWeek) || Field(DatePart::kWeek);
    const int64_t year = FieldOr(DatePart::kYear, day_alone ? 2000 : 1970);
    if (Field(DatePart::kWeek) || Field(DatePart::kWeekYear)) {
      return DaysOfIsoWeek({FieldOr(DatePart::kWeekYear, year), static_cast<int>(FieldOr(DatePart::kWeek, 1)),
                            static_cast<int>(FieldOr(DatePart::kDayOfWeek, 1))});
    }
    if (const auto day = Field(DatePart::kDayOfYear)) {
      const int64_t first = sql::DaysFromCivil({year, 1, 1});
      const auto length = static_cast<int>(sql::DaysFromCivil({year + 1, 1, 1}) - first);
      if (*day > length) return refuse(*day, "dayOfYear", length);
      return first + *day - 1;
    }
    const auto month = static_cast<int>(FieldOr(DatePart::kMonth, 1));
    const auto day = static_cast<int>(FieldOr(DatePart::kDay, 1));
    if (day > sql::DaysInMonth(year, month)) return refuse(day, "dayOfMonth", sql::DaysInMonth(year, month));
    const int64_t days = sql::DaysFromCivil({year, month, day});
    const auto weekday = Field(DatePart::kDayOfWeek);
    if (!weekday || Field(DatePart::kMonth) || Field(DatePart::kDay)) return days;
    // A weekday alone is that of the week in which the year begins, or, where it falls before it, of the one in which
    // the year ends: Joda sets the fields one after the other, and the year again behind the weekday.
    const int64_t monday = days - sql::FloorModulo(days + 3, 7);
    if (monday + *weekday - 1 >= days) return monday + *weekday - 1;
    sql::CivilDate moved = sql::CivilFromDays(monday + *weekday - 1);
    moved.year = year;
    const int64_t again = sql::DaysFromCivil(moved);
    return again - sql::FloorModulo(again + 3, 7) + *weekday - 1;
  }

  int64_t ResolveHour() {
    if (const auto hour = Field(DatePart::kHour)) return *hour;
    if (const auto hour = Field(DatePart::kClockHour)) return *hour % 24;
    const int64_t afternoon = FieldOr(DatePart::kHalfDay, 0) * 12;
    if (const auto hour = Field(DatePart::kHalfDayHour)) return *hour + afternoon;
    if (const auto hour = Field(DatePart::kHalfDayClockHour)) return *hour % 12 + afternoon;
    return afternoon;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::array<std::optional<int64_t>, kPartCount> fields_{};
  std::optional<sql::TimeZoneKey> zone_;
};

}  // namespace

std::expected<ParsedReading, std::string> ParseByPattern(const DatePattern& pattern, std::string_view text) {
  return PatternParser(text).Parse(pattern);
}

}  // namespace opentrail::engine
