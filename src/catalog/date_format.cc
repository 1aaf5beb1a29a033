#include "catalog/date_format.h"

#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace opentrail::catalog {
namespace {

using std::chrono::sys_seconds;

struct FieldKind {
  char letter;
  std::string_view unit;
};
// From the coarsest to the finest.
constexpr std::array<FieldKind, 7> kFields = {{{'y', "YEARS"},
                                               {'u', "YEARS"},
                                               {'M', "MONTHS"},
                                               {'d', "DAYS"},
                                               {'H', "HOURS"},
                                               {'m', "MINUTES"},
                                               {'s', "SECONDS"}}};

// A piece of a pattern: a run of one letter, or text.
struct Piece {
  char letter = '\0';  // '\0': text
  size_t count = 0;
  std::string text;
};

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsField(char letter) {
  for (const FieldKind& field : kFields) {
    if (field.letter == letter) return true;
  }
  return false;
}

std::vector<Piece> Split(std::string_view format) {
  std::vector<Piece> pieces;
  const auto add_text = [&](char c) {
    if (pieces.empty() || pieces.back().letter != '\0') pieces.emplace_back();
    pieces.back().text += c;
  };
  bool quoted = false;
  for (size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\'') {
      const bool doubled = i + 1 < format.size() && format[i + 1] == '\'';
      if (doubled) add_text(format[++i]);
      quoted = doubled ? quoted : !quoted;
    } else if (!quoted && IsLetter(c)) {
      if (pieces.empty() || pieces.back().letter != c) pieces.push_back({.letter = c, .count = 0, .text = {}});
      ++pieces.back().count;
    } else {
      add_text(c);
    }
  }
  return pieces;
}

// The fields of a time, as the letters name them.
struct Fields {
  int year = 1970;
  unsigned month = 1, day = 1, hour = 0, minute = 0, second = 0;

  [[nodiscard]] unsigned Of(char letter) const {
    switch (letter) {
      case 'M': return month;
      case 'd': return day;
      case 'H': return hour;
      case 'm': return minute;
      case 's': return second;
      default: return static_cast<unsigned>(year);
    }
  }
  void Set(char letter, unsigned value) {
    switch (letter) {
      case 'M': month = value; break;
      case 'd': day = value; break;
      case 'H': hour = value; break;
      case 'm': minute = value; break;
      case 's': second = value; break;
      default: year = static_cast<int>(value); break;
    }
  }
};

Fields FieldsOf(sys_seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<unsigned>(clock.hours().count()),
          static_cast<unsigned>(clock.minutes().count()),
          static_cast<unsigned>(clock.seconds().count())};
}

}  // namespace

bool IsDateFormat(std::string_view format) {
  bool has_field = false;
  for (const Piece& piece : Split(format)) {
    if (piece.letter != '\0' && !IsField(piece.letter)) return false;
    has_field |= piece.letter != '\0';
  }
  return has_field;
}

std::string FormatDate(sys_seconds time, std::string_view format) {
  const Fields fields = FieldsOf(time);
  std::string text;
  for (const Piece& piece : Split(format)) {
    const bool is_short_year = piece.count == 2 && (piece.letter == 'y' || piece.letter == 'u');
    const unsigned value = piece.letter != '\0' ? fields.Of(piece.letter) : 0;
    text += piece.letter == '\0' ? piece.text : fmt::format("{:0{}}", is_short_year ? value % 100 : value, piece.count);
  }
  return text;
}

std::optional<sys_seconds> ParseDate(std::string_view text, std::string_view format) {
  Fields fields;
  for (const Piece& piece : Split(format)) {
    if (piece.letter == '\0') {
      if (!text.starts_with(piece.text)) return std::nullopt;
      text.remove_prefix(piece.text.size());
      continue;
    }
    // A single letter takes as many digits as there are; more of them that number.
    size_t length = piece.count;
    if (piece.count == 1) {
      while (length < text.size() && text[length] >= '0' && text[length] <= '9') ++length;
    }
    if (length > text.size()) return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + length, value);
    if (error != std::errc() || end != text.data() + length) return std::nullopt;
    fields.Set(piece.letter, piece.letter == 'y' && piece.count == 2 ? value + 2000 : value);
    text.remove_prefix(length);
  }
  const std::chrono::year_month_day date(std::chrono::year(fields.year), std::chrono::month(fields.month),
                                         std::chrono::day(fields.day));
  const bool is_time = date.ok() && fields.hour < 24 && fields.minute < 60 && fields.second < 60;
  if (!text.empty() || !is_time) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(fields.hour) + std::chrono::minutes(fields.minute) +
         std::chrono::seconds(fields.second);
}

std::string_view FinestUnit(std::string_view format) {
  size_t finest = 0;
  for (const Piece& piece : Split(format)) {
    for (size_t i = 0; i < kFields.size(); ++i) {
      if (kFields[i].letter == piece.letter) finest = std::max(finest, i);
    }
  }
  return kFields[finest].unit;
}

}  // namespace opentrail::catalog
