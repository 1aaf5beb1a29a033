#include "engine/functions/iso8601.h"

#include <fmt/format.h>

#include "engine/functions/date_pattern.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class IsoParser {
 public:
  explicit IsoParser(std::string_view text) : text_(text) {}

  std::optional<IsoReading> Timestamp() {
    IsoReading reading;
    int64_t days = 0;
    if (!Peek('T')) {
      const auto date = Date();
      if (!date) return std::nullopt;
      days = *date;
    }
    int64_t micros = 0;
    if (Take('T')) {
      const auto time = Time();
      if (!time) return std::nullopt;
      micros = *time;
      if (!AtEnd()) {
        reading.zone = Zone();
        if (!reading.zone) return std::nullopt;
      }
    }
    if (!AtEnd()) return std::nullopt;
    if (is_far_) {
      far_millis_ = days * sql::kMillisPerDay + micros / 1000;
      return std::nullopt;
    }
    reading.local_micros = days * sql::kMicrosPerDay + micros;
    return reading;
  }

  // yyyy, yyyy-MM, yyyy-MM-dd, yyyy-Www, yyyy-Www-e, yyyy-DDD
  std::optional<int64_t> Date() {
    const bool negative = Take('-');
    if (!negative) Take('+');
    const auto magnitude = Number(4, 9);
    if (!magnitude) return std::nullopt;
    is_far_ = *magnitude > sql::kMaxYear;
    const int64_t year = negative ? -*magnitude : *magnitude;
    if (!Take('-')) return sql::DaysFromCivil({year, 1, 1});
    if (Take('W')) return Week(year);
    if (DigitsAhead() == 3) return DayOfYear(year);
    const auto month = Within(1, 12, "monthOfYear");
    if (!month) return std::nullopt;
    if (!Take('-')) return sql::DaysFromCivil({year, *month, 1});
    const auto day = Within(1, sql::DaysInMonth(year, *month), "dayOfMonth");
    if (!day) return std::nullopt;
    return sql::DaysFromCivil({year, *month, *day});
  }

  [[nodiscard]] bool AtEnd() const { return at_ == text_.size(); }
  [[nodiscard]] IsoFault Fault() const { return {at_, out_of_range_, far_millis_}; }
  // The year is past what a date or a timestamp holds.
  [[nodiscard]] bool IsFar() const { return is_far_; }

 private:
  [[nodiscard]] bool Peek(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) {
    if (!Peek(c)) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] size_t DigitsAhead() const {
    size_t end = at_;
    while (end < text_.size() && IsDigit(text_[end])) ++end;
    return end - at_;
  }
  std::optional<int64_t> Number(size_t min_digits, size_t max_digits) {
    const size_t count = std::min(DigitsAhead(), max_digits);
    if (count < min_digits) return std::nullopt;
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value * 10 + (text_[at_++] - '0');
    return value;
  }
  // One or two digits within bounds; stands still where they are not.
  std::optional<int> Within(int low, int high, std::string_view name) {
    const size_t begin = at_;
    const auto value = Number(1, 2);
    if (value && *value >= low && *value <= high) return static_cast<int>(*value);
    if (value) out_of_range_ = fmt::format("Value {} for {} must be in the range [{},{}]", *value, name, low, high);
    at_ = begin;
    return std::nullopt;
  }

  std::optional<int64_t> Week(int64_t year) {
    const auto week = Within(1, 53, "weekOfWeekyear");
    if (!week) return std::nullopt;
    int day = 1;
    if (Take('-')) {
      const auto given = Within(1, 7, "dayOfWeek");
      if (!given) return std::nullopt;
      day = *given;
    }
    return DaysOfIsoWeek({year, *week, day});
  }

  std::optional<int64_t> DayOfYear(int64_t year) {
    const size_t begin = at_;
    const auto day = Number(3, 3);
    const int64_t first = sql::DaysFromCivil({year, 1, 1});
    if (day && *day >= 1 && first + *day <= sql::DaysFromCivil({year + 1, 1, 1})) return first + *day - 1;
    at_ = begin;
    return std::nullopt;
  }

  // HH, HH:mm, HH:mm:ss, each with a fraction of its last part.
  std::optional<int64_t> Time() {
    int64_t unit = 3600 * sql::kMicrosPerSecond;
    int64_t sum = 0;
    struct Part {
      int high;
      std::string_view name;
    };
    for (const auto& [high, name] : {Part{23, "hourOfDay"}, Part{59, "minuteOfHour"}, Part{59, "secondOfMinute"}}) {
      if (unit != 3600 * sql::kMicrosPerSecond && !Take(':')) return sum;
      const auto value = Within(0, high, name);
      if (!value) return std::nullopt;
      sum += *value * unit;
      if (Peek('.') || Peek(',')) {
        const auto fraction = Fraction(unit);
        if (!fraction) return std::nullopt;
        return sum + *fraction;
      }
      unit /= 60;
    }
    return sum;
  }

  std::optional<int64_t> Fraction(int64_t unit) {
    ++at_;
    if (DigitsAhead() == 0) return std::nullopt;
    constexpr int kExactDigits = 9;
    int64_t numerator = 0;
    int64_t denominator = 1;
    for (int i = 0; at_ < text_.size() && IsDigit(text_[at_]); ++i, ++at_) {
      if (i >= kExactDigits) continue;
      numerator = numerator * 10 + (text_[at_] - '0');
      denominator *= 10;
    }
    // An hour is 3.6e9 microseconds and the numerator below 1e9: the product stays below 2^63.
    return numerator * unit / denominator;
  }

  std::optional<sql::TimeZoneKey> Zone() {
    if (Take('Z')) return sql::kUtcKey;
    const auto key = sql::FindTimeZoneKey(text_.substr(at_));
    if (!key || (!Peek('+') && !Peek('-'))) return std::nullopt;
    at_ = text_.size();
    return key;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string out_of_range_;
  bool is_far_ = false;
  std::optional<int64_t> far_millis_;
};

int Two(const char* digits) { return (digits[0] - '0') * 10 + (digits[1] - '0'); }

// YYYY-MM-DDTHH:MM:SSZ, which nearly every record has; nullopt sends all else to the parser of everything.
std::optional<IsoReading> ParseCommon(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == '0' ? !IsDigit(text[i]) : text[i] != kShape[i]) return std::nullopt;
  }
  const char* const at = text.data();
  const sql::CivilDate date{Two(at) * 100 + Two(at + 2), Two(at + 5), Two(at + 8)};
  const int hour = Two(at + 11);
  const int minute = Two(at + 14);
  const int second = Two(at + 17);
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > sql::DaysInMonth(date.year, date.month)) {
    return std::nullopt;
  }
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const int64_t seconds = sql::DaysFromCivil(date) * 86400 + hour * 3600 + minute * 60 + second;
  return IsoReading{seconds * sql::kMicrosPerSecond, sql::kUtcKey};
}

}  // namespace

std::optional<IsoReading> ParseIsoTimestamp(std::string_view text, IsoFault& fault) {
  if (auto common = ParseCommon(text)) return common;
  IsoParser parser(text);
  auto reading = parser.Timestamp();
  fault = parser.Fault();
  return reading;
}

std::optional<int32_t> ParseIsoDate(std::string_view text, IsoFault& fault) {
  IsoParser parser(text);
  const auto days = parser.Date();
  fault = parser.Fault();
  if (!days || !parser.AtEnd()) return std::nullopt;
  if (parser.IsFar()) {
    fault.far_millis = *days * sql::kMillisPerDay;
    return std::nullopt;
  }
  return static_cast<int32_t>(*days);
}

}  // namespace opentrail::engine
