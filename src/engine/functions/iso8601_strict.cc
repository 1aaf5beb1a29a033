#include "engine/functions/iso8601_strict.h"

#include <array>
#include <optional>

#include <fmt/format.h>

#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                                      "MAY",       "JUNE",     "JULY",     "AUGUST",
                                                      "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
constexpr int64_t kMaxOffsetSeconds = 18 * 3600;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the text from left to right; what it is made of is judged after, as in Java.
class StrictIsoParser {
 public:
  explicit StrictIsoParser(std::string_view text) : text_(text) {}

  std::expected<StrictIsoReading, std::string> Parse() {
    if (!TakeDateTime()) return std::unexpected(fmt::format(" at index {}", at_));
    TakeOffset();
    if (at_ != text_.size()) return std::unexpected(fmt::format(", unparsed text found at index {}", at_));
    if (auto fault = FaultOfFields(); !fault.empty()) return std::unexpected(": " + fault);
    const int64_t days = sql::DaysFromCivil({year_, month_, day_});
    // As Java's: past what a long holds it begins anew, and what comes of it is refused, or is what Trino gives.
    const int64_t of_day = ((hour_ * 60 + minute_) * 60 + second_) * 1000 + millis_;
    reading_.local_millis = static_cast<int64_t>(static_cast<uint64_t>(days) * uint64_t{sql::kMillisPerDay} +
                                                 static_cast<uint64_t>(of_day));
    return reading_;
  }

 private:
  [[nodiscard]] char At(size_t place) const { return place < text_.size() ? text_[place] : '\0'; }

  bool Take(char c) {
    if (At(at_) != c) return false;
    ++at_;
    return true;
  }

  bool TakeTwo(int& number) {
    if (!IsDigit(At(at_)) || !IsDigit(At(at_ + 1))) return false;
    number = (text_[at_] - '0') * 10 + (text_[at_ + 1] - '0');
    at_ += 2;
    return true;
  }

  // Four digits; more of them want a sign.
  bool TakeYear() {
    constexpr size_t kMaxDigits = 9;
    const bool is_signed = At(0) == '+' || At(0) == '-';
    size_t end = is_signed ? 1 : 0;
    for (; IsDigit(At(end)) && end < kMaxDigits + 1; ++end) year_ = year_ * 10 + (text_[end] - '0');
    const size_t digits = end - (is_signed ? 1 : 0);
    const bool fits = digits == 4 ? At(0) != '+' : digits > 4 && digits <= kMaxDigits && is_signed;
    if (!fits) return false;
    if (At(0) == '-') year_ = -year_;
    at_ = end;
    return true;
  }

  bool TakeDateTime() {
    if (!TakeYear() || !Take('-') || !TakeTwo(month_) || !Take('-') || !TakeTwo(day_)) return false;
    if (!Take('T') && !Take('t')) return false;
    if (!TakeTwo(hour_) || !Take(':') || !TakeTwo(minute_)) return false;
    const size_t before = at_;
    if (!Take(':')) return true;
    if (!TakeTwo(second_)) {
      at_ = before;
      return true;
    }
    if (Take('.')) TakeFraction();
    return true;
  }

  void TakeFraction() {
    constexpr int kMaxDigits = 9;
    int unit = 100;
    for (int i = 0; i < kMaxDigits && IsDigit(At(at_)); ++i, unit /= 10) millis_ += (text_[at_++] - '0') * unit;
  }

  // Z, +02:00, +02:00:30, and a zone's name in brackets behind it. Stands still where there is none.
  void TakeOffset() {
    const size_t begin = at_;
    if (!Take('Z') && !Take('z')) {
      const int sign = At(at_) == '-' ? -1 : 1;
      int hours = 0;
      int minutes = 0;
      int seconds = 0;
      const bool fits =
          (Take('+') || Take('-')) && TakeTwo(hours) && Take(':') && TakeTwo(minutes) && hours <= 59 && minutes <= 59;
      if (!fits) {
        at_ = begin;
        return;
      }
      const size_t behind = at_;
      if (Take(':') && !(TakeTwo(seconds) && seconds <= 59)) {
        at_ = behind;
        seconds = 0;
      }
      reading_.offset_seconds = int64_t{sign} * ((hours * 60 + minutes) * 60 + seconds);
    }
    reading_.offset_text = text_.substr(begin, at_ - begin);
    const size_t close = text_.find(']', at_);
    if (At(at_) != '[' || close == std::string_view::npos) return;
    const std::string_view region = text_.substr(at_ + 1, close - at_ - 1);
    if (!sql::FindTimeZoneKey(region)) return;
    reading_.region = region;
    at_ = close + 1;
  }

  [[nodiscard]] std::string FaultOfFields() const {
    const auto outside = [](std::string_view field, std::string_view bounds, int value) {
      return fmt::format("Invalid value for {} (valid values {}): {}", field, bounds, value);
    };
    if (month_ < 1 || month_ > 12) return outside("MonthOfYear", "1 - 12", month_);
    if (day_ < 1 || day_ > 31) return outside("DayOfMonth", "1 - 28/31", day_);
    if (day_ > sql::DaysInMonth(year_, month_)) {
      if (day_ == 29) return fmt::format("Invalid date 'February 29' as '{}' is not a leap year", year_);
      return fmt::format("Invalid date '{} {}'", kMonths[static_cast<size_t>(month_ - 1)], day_);
    }
    if (hour_ > 23) return outside("HourOfDay", "0 - 23", hour_);
    if (minute_ > 59) return outside("MinuteOfHour", "0 - 59", minute_);
    if (second_ > 59) return outside("SecondOfMinute", "0 - 59", second_);
    const int64_t offset = reading_.offset_seconds;
    if (offset < -kMaxOffsetSeconds || offset > kMaxOffsetSeconds) {
      return "Zone offset not in valid range: -18:00 to +18:00";
    }
    return "";
  }

  std::string_view text_;
  size_t at_ = 0;
  int64_t year_ = 0;
  int month_ = 0;
  int day_ = 0;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  int millis_ = 0;
  StrictIsoReading reading_;
};

}  // namespace

std::expected<StrictIsoReading, std::string> ParseStrictIsoTimestamp(std::string_view text) {
  return StrictIsoParser(text).Parse();
}

}  // namespace opentrail::engine
