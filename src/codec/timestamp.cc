#include "codec/timestamp.h"

#include <array>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

namespace opentrail::codec {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

constexpr int kMaxYear = 9999;  // of four digits

struct Fields {
  int year;
  unsigned month, day, weekday;
  int hour, minute, second, millisecond;
};

Fields Split(Time time) {
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const auto rest = time - day;
  return {.year = int(date.year()),
          .month = unsigned(date.month()),
          .day = unsigned(date.day()),
          .weekday = std::chrono::weekday(day).c_encoding(),
          .hour = int(floor<hours>(rest).count()),
          .minute = int(floor<minutes>(rest).count() % 60),
          .second = int(floor<seconds>(rest).count() % 60),
          .millisecond = int(rest.count() % 1000)};
}

// Reads fields of fixed width from the front of a text; once it fails, it stays failed.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  int Digits(size_t count) {
    int value = 0;
    if (rest_.size() < count) return Fail();
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return Fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  void Literal(std::string_view text) {
    if (rest_.starts_with(text)) {
      rest_.remove_prefix(text.size());
    } else {
      Fail();
    }
  }
  bool Take(char c) {
    if (failed_ || !rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  template <size_t N>
  size_t OneOf(const std::array<std::string_view, N>& names) {
    for (size_t i = 0; i < N; ++i) {
      if (!rest_.starts_with(names[i])) continue;
      rest_.remove_prefix(names[i].size());
      return i;
    }
    Fail();
    return 0;
  }
  // After a decimal point: milliseconds; further digits are read and dropped.
  int Milliseconds() {
    int value = 0;
    size_t count = 0;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1), ++count) {
      if (count < 3) value = value * 10 + (rest_.front() - '0');
    }
    if (count == 0) return Fail();
    for (; count < 3; ++count) value *= 10;
    return value;
  }
  [[nodiscard]] bool AtEnd() const { return !failed_ && rest_.empty(); }

 private:
  int Fail() {
    failed_ = true;
    rest_ = {};
    return 0;
  }
  std::string_view rest_;
  bool failed_ = false;
};

std::optional<Time> Join(int year, int month, int day, int hour, int minute, int second, int millisecond) {
  const year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                            std::chrono::day(unsigned(day))};
  if (!date.ok() || year < 1 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return Time(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second) + milliseconds(millisecond);
}

// Puts the digits of year, month, day, hour, minute and second in the place of the zeros of `form`. Every call writes
// some of these: fmt takes five times as long.
std::string Fill(std::string_view form, const Fields& f) {
  assert(f.year >= 0 && f.year <= kMaxYear);
  const unsigned numbers[] = {unsigned(f.year) / 100 % 100, unsigned(f.year) % 100, f.month, f.day, unsigned(f.hour),
                              unsigned(f.minute),           unsigned(f.second)};
  std::string text(form);
  const unsigned* number = numbers;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '0') continue;
    text[i++] = static_cast<char>('0' + *number / 10);
    text[i] = static_cast<char>('0' + *number++ % 10);
  }
  return text;
}

}  // namespace

std::string FormatIso8601(Time time) {
  const Fields f = Split(time);
  if (f.year >= 0 && f.year <= kMaxYear) return Fill("0000-00-00T00:00:00Z", f);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", f.year, f.month, f.day, f.hour, f.minute, f.second);
}

std::string FormatIso8601Milliseconds(Time time) {
  const Fields f = Split(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.year, f.month, f.day, f.hour, f.minute, f.second,
                     f.millisecond);
}

std::string FormatHttpDate(Time time) {
  const Fields f = Split(time);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[f.weekday], f.day, kMonths[f.month - 1], f.year,
                     f.hour, f.minute, f.second);
}

std::string FormatBasic(Time time) {
  const Fields f = Split(time);
  if (f.year >= 0 && f.year <= kMaxYear) return Fill("00000000T000000Z", f);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", f.year, f.month, f.day, f.hour, f.minute, f.second);
}

std::string FormatBasicDate(Time time) { return FormatBasic(time).substr(0, 8); }

std::string FormatEpochSeconds(Time time) {
  const int64_t all = time.time_since_epoch().count();
  const auto whole = floor<seconds>(time).time_since_epoch().count();
  const int64_t fraction = all - whole * 1000;
  if (fraction == 0) return fmt::format("{}", whole);
  std::string text = fmt::format("{}.{:03}", whole, fraction);
  while (text.ends_with('0')) text.pop_back();
  return text;
}

std::optional<Time> ParseIso8601(std::string_view text) {
  FieldReader reader(text);
  const int year = reader.Digits(4);
  reader.Literal("-");
  const int month = reader.Digits(2);
  reader.Literal("-");
  const int day = reader.Digits(2);
  if (reader.AtEnd()) return Join(year, month, day, 0, 0, 0, 0);
  reader.Literal("T");
  const int hour = reader.Digits(2);
  reader.Literal(":");
  const int minute = reader.Digits(2);
  reader.Literal(":");
  const int second = reader.Digits(2);
  const int millisecond = reader.Take('.') ? reader.Milliseconds() : 0;
  int offset_minutes = 0;
  if (!reader.Take('Z') && !reader.AtEnd()) {
    const int sign = reader.Take('-') ? -1 : 1;
    if (sign > 0) reader.Literal("+");
    offset_minutes = reader.Digits(2) * 60;
    reader.Take(':');
    offset_minutes = sign * (offset_minutes + reader.Digits(2));
  }
  if (!reader.AtEnd()) return std::nullopt;
  const auto time = Join(year, month, day, hour, minute, second, millisecond);
  return time ? std::optional(*time - minutes(offset_minutes)) : std::nullopt;
}

std::optional<Time> ParseBasic(std::string_view text) {
  FieldReader reader(text);
  const int year = reader.Digits(4);
  const int month = reader.Digits(2);
  const int day = reader.Digits(2);
  reader.Literal("T");
  const int hour = reader.Digits(2);
  const int minute = reader.Digits(2);
  const int second = reader.Digits(2);
  reader.Literal("Z");
  return reader.AtEnd() ? Join(year, month, day, hour, minute, second, 0) : std::nullopt;
}

std::optional<Time> ParseHttpDate(std::string_view text) {
  FieldReader reader(text);
  reader.OneOf(kDays);
  reader.Literal(", ");
  const int day = reader.Digits(2);
  reader.Literal(" ");
  const auto month = static_cast<int>(reader.OneOf(kMonths)) + 1;
  reader.Literal(" ");
  const int year = reader.Digits(4);
  reader.Literal(" ");
  const int hour = reader.Digits(2);
  reader.Literal(":");
  const int minute = reader.Digits(2);
  reader.Literal(":");
  const int second = reader.Digits(2);
  reader.Literal(" GMT");
  return reader.AtEnd() ? Join(year, month, day, hour, minute, second, 0) : std::nullopt;
}

Time FromEpochSeconds(double seconds) { return Time(milliseconds(std::llround(seconds * 1000.0))); }

}  // namespace opentrail::codec
