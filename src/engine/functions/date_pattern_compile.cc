#include <algorithm>

#include <fmt/format.h>

#include "engine/functions/date_pattern.h"

namespace opentrail::engine {

namespace {

constexpr int kMaxYearDigits = 9;
constexpr int kMysqlPivot = 2020;  // two digits mean 1970 .. 2069
constexpr int kJodaPivot = 1996;   // two digits mean 1946 .. 2045; Joda's moves with the clock, 30 years behind it

void AppendLiteral(DatePattern& pattern, std::string_view text) {
  if (pattern.empty() || pattern.back().part != DatePart::kLiteral) pattern.push_back({DatePart::kLiteral});
  pattern.back().literal += text;
}

bool IsNumeric(const PatternPart& part) {
  switch (part.part) {
    case DatePart::kLiteral: return !part.literal.empty() && part.literal[0] >= '0' && part.literal[0] <= '9';
    case DatePart::kEra:
    case DatePart::kMonthName:
    case DatePart::kDayName:
    case DatePart::kHalfDay:
    case DatePart::kZoneName:
    case DatePart::kZoneOffset:
    case DatePart::kZoneId: return false;
    case DatePart::kCentury:
    case DatePart::kYear:
    case DatePart::kTwoDigitYear:
    case DatePart::kWeekYear:
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
    case DatePart::kSecond:
    case DatePart::kFraction: return true;
  }
  return false;
}

// A year takes as many digits as it can, unless digits of another part follow at once: yyyyMMdd.
void LimitYears(DatePattern& pattern) {
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    PatternPart& part = pattern[i];
    const bool year = part.part == DatePart::kYear || part.part == DatePart::kWeekYear;
    if (year && IsNumeric(pattern[i + 1])) part.max_digits = part.width;
  }
}

PatternPart Part(DatePart part, int width, int max_digits) { return {part, width, max_digits}; }

// %T and %r stand for several parts.
void AppendMysqlTime(DatePattern& pattern, DatePart hour) {
  pattern.push_back(Part(hour, 2, 2));
  AppendLiteral(pattern, ":");
  pattern.push_back(Part(DatePart::kMinute, 2, 2));
  AppendLiteral(pattern, ":");
  pattern.push_back(Part(DatePart::kSecond, 2, 2));
}

// False where the specifier is one of MySQL's that Trino does not have.
bool AppendMysql(DatePattern& pattern, char specifier) {
  switch (specifier) {
    case 'a': pattern.push_back(Part(DatePart::kDayName, 3, 0)); return true;
    case 'b': pattern.push_back(Part(DatePart::kMonthName, 3, 0)); return true;
    case 'c': pattern.push_back(Part(DatePart::kMonth, 1, 2)); return true;
    case 'd': pattern.push_back(Part(DatePart::kDay, 2, 2)); return true;
    case 'e': pattern.push_back(Part(DatePart::kDay, 1, 2)); return true;
    case 'f': pattern.push_back(Part(DatePart::kFraction, 6, 9)); return true;
    case 'H': pattern.push_back(Part(DatePart::kHour, 2, 2)); return true;
    case 'h':
    case 'I': pattern.push_back(Part(DatePart::kHalfDayClockHour, 2, 2)); return true;
    case 'i': pattern.push_back(Part(DatePart::kMinute, 2, 2)); return true;
    case 'j': pattern.push_back(Part(DatePart::kDayOfYear, 3, 3)); return true;
    case 'k': pattern.push_back(Part(DatePart::kHour, 1, 2)); return true;
    case 'l': pattern.push_back(Part(DatePart::kHalfDayClockHour, 1, 2)); return true;
    case 'M': pattern.push_back(Part(DatePart::kMonthName, 4, 0)); return true;
    case 'm': pattern.push_back(Part(DatePart::kMonth, 2, 2)); return true;
    case 'p': pattern.push_back(Part(DatePart::kHalfDay, 2, 0)); return true;
    case 'r':
      AppendMysqlTime(pattern, DatePart::kHalfDayClockHour);
      AppendLiteral(pattern, " ");
      pattern.push_back(Part(DatePart::kHalfDay, 2, 0));
      return true;
    case 'S':
    case 's': pattern.push_back(Part(DatePart::kSecond, 2, 2)); return true;
    case 'T': AppendMysqlTime(pattern, DatePart::kHour); return true;
    case 'v': pattern.push_back(Part(DatePart::kWeek, 2, 2)); return true;
    case 'W': pattern.push_back(Part(DatePart::kDayName, 4, 0)); return true;
    case 'x': pattern.push_back(Part(DatePart::kWeekYear, 4, 4)); return true;
    case 'Y': pattern.push_back(Part(DatePart::kYear, 4, kMaxYearDigits)); return true;
    case 'y': pattern.push_back({DatePart::kTwoDigitYear, 2, 2, kMysqlPivot}); return true;
    case 'D':
    case 'U':
    case 'u':
    case 'V':
    case 'w':
    case 'X': return false;
    default: AppendLiteral(pattern, {&specifier, 1}); return true;
  }
}

PatternPart JodaYear(DatePart part, int length) {
  if (part == DatePart::kYear && length == 2) return {DatePart::kTwoDigitYear, 2, 2, kJodaPivot};
  return Part(part, length, kMaxYearDigits);
}

// A number that Joda prints with `length` digits; of `natural` digits at most when parsed.
PatternPart JodaNumber(DatePart part, int length, int natural) { return Part(part, length, std::max(length, natural)); }

std::optional<PatternPart> JodaPart(char letter, int length) {
  switch (letter) {
    case 'G': return Part(DatePart::kEra, length, 0);
    case 'C': return JodaNumber(DatePart::kCentury, length, kMaxYearDigits);
    case 'y':
    case 'Y': return JodaYear(DatePart::kYear, length);
    case 'x': return JodaYear(DatePart::kWeekYear, length);
    case 'M': return length >= 3 ? Part(DatePart::kMonthName, length, 0) : JodaNumber(DatePart::kMonth, length, 2);
    case 'd': return JodaNumber(DatePart::kDay, length, 2);
    case 'a': return Part(DatePart::kHalfDay, length, 0);
    case 'h': return JodaNumber(DatePart::kHalfDayClockHour, length, 2);
    case 'H': return JodaNumber(DatePart::kHour, length, 2);
    case 'k': return JodaNumber(DatePart::kClockHour, length, 2);
    case 'K': return JodaNumber(DatePart::kHalfDayHour, length, 2);
    case 'm': return JodaNumber(DatePart::kMinute, length, 2);
    case 's': return JodaNumber(DatePart::kSecond, length, 2);
    case 'S': return Part(DatePart::kFraction, length, length);
    case 'e': return JodaNumber(DatePart::kDayOfWeek, length, 1);
    case 'E': return Part(DatePart::kDayName, length, 0);
    case 'D': return JodaNumber(DatePart::kDayOfYear, length, 3);
    case 'w': return JodaNumber(DatePart::kWeek, length, 2);
    case 'z': return Part(DatePart::kZoneName, length, 0);
    case 'Z':
      if (length >= 3) return Part(DatePart::kZoneId, length, 0);
      return PatternPart{DatePart::kZoneOffset, length, 0, 0, length == 2, {}};
    default: return std::nullopt;
  }
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// 'text' with '' for a quote within; `at` stands on the first quote and ends behind the last.
void AppendQuoted(DatePattern& pattern, std::string_view text, size_t& at) {
  ++at;
  if (at < text.size() && text[at] == '\'') {
    AppendLiteral(pattern, "'");
    ++at;
    return;
  }
  while (at < text.size()) {
    if (text[at] == '\'') {
      ++at;
      if (at == text.size() || text[at] != '\'') return;
    }
    AppendLiteral(pattern, text.substr(at++, 1));
  }
}

}  // namespace

PatternResult CompileMysqlPattern(std::string_view text) {
  if (text.empty()) return std::unexpected("Both printing and parsing not supported");
  if (text.size() > kMaxDatePatternBytes)
    return std::unexpected(fmt::format("Date format longer than {}", kMaxDatePatternBytes));
  DatePattern pattern;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 1 == text.size()) break;  // a sign alone at the end says nothing
    if (text[i] != '%') {
      AppendLiteral(pattern, text.substr(i, 1));
      continue;
    }
    if (!AppendMysql(pattern, text[++i])) {
      return std::unexpected(fmt::format("%{} not supported in date format string", text[i]));
    }
  }
  if (pattern.empty()) return std::unexpected("Both printing and parsing not supported");
  LimitYears(pattern);
  return pattern;
}

PatternResult CompileJodaPattern(std::string_view text) {
  if (text.empty()) return std::unexpected("Invalid pattern specification");
  if (text.size() > kMaxDatePatternBytes)
    return std::unexpected(fmt::format("Date format longer than {}", kMaxDatePatternBytes));
  DatePattern pattern;
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '\'') {
      AppendQuoted(pattern, text, at);
    } else if (!IsLetter(c)) {
      AppendLiteral(pattern, text.substr(at++, 1));
    } else {
      const size_t end = std::min(text.find_first_not_of(c, at), text.size());
      const auto part = JodaPart(c, static_cast<int>(end - at));
      if (!part) return std::unexpected(fmt::format("Illegal pattern component: {}", text.substr(at, end - at)));
      pattern.push_back(*part);
      at = end;
    }
  }
  LimitYears(pattern);
  return pattern;
}

bool HasZonePart(const DatePattern& pattern) {
  return std::ranges::any_of(pattern, [](const PatternPart& part) {
    return part.part == DatePart::kZoneName || part.part == DatePart::kZoneOffset || part.part == DatePart::kZoneId;
  });
}

}  // namespace opentrail::engine
