#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "sql/datetime_text.h"
#include "sql/decimal.h"
#include "sql/operators.h"
#include "sql/operators_internal.h"
#include "sql/text.h"
#include "sql/time_zone_key.h"
#include "sql/utf8.h"

namespace opentrail::sql {

namespace {

std::optional<TypedSql> ReadDate(std::string_view text) {
  const auto days = ParseDate(text);
  if (!days) return std::nullopt;
  return TypedSql{Type(TypeKind::kDate), fmt::format("CAST('{}' AS DATE)", FormatDate(*days))};
}

std::optional<TypedSql> ReadZonedTime(std::string_view text) {
  const auto parsed = ParseZonedTime(text);
  if (!parsed) return std::nullopt;
  const int64_t packed = PackTime(ToMicros(parsed->time, 6) % kMicrosPerDay, parsed->offset_minutes);
  return TypedSql{Type::TimeWithTimeZone(parsed->time.digits), fmt::format("CAST({} AS BIGINT)", packed)};
}

std::optional<TypedSql> ReadTime(std::string_view text) {
  const auto time = ParseTime(text);
  if (!time) return std::nullopt;
  if (!time->zone.empty()) return ReadZonedTime(text);
  const int64_t micros = ToMicros(*time, 6);
  if (micros >= kMicrosPerDay) return std::nullopt;
  return TypedSql{Type::Time(time->digits), fmt::format("CAST('{}' AS TIME)", FormatTime(micros, 6))};
}

Error BadLiteral(std::string_view text, std::string_view type, Position position) {
  return {ErrorCode::kInvalidLiteral, position, fmt::format("'{}' is not a valid {} literal", text, type)};
}

// A zone's rules belong to the engine: the text goes there, once the zone is known to exist.
std::optional<TypedSql> ReadZoned(std::string_view text, const TimestampText& parsed, Position position) {
  const auto zone = FindTimeZoneKey(parsed.zone);
  if (!zone) return std::nullopt;  // not reached: LiteralSql refuses it
  const Type type = Type::TimestampWithTimeZone(parsed.digits);
  const auto offset = FixedOffsetMinutes(*zone);
  if (!offset) {
    return TypedSql{type, fmt::format("trino_tstz_literal({}, {}, {})", QuoteText(text), parsed.digits,
                                      QuoteText(BadLiteral(text, "TIMESTAMP", position).Text()))};
  }
  const int64_t millis = ToMicros(parsed, 3) / 1000 - int64_t{*offset} * 60'000;
  return TypedSql{type, fmt::format("CAST({} AS BIGINT)", PackTimestamp(millis, *zone))};
}

std::optional<TypedSql> ReadTimestamp(std::string_view text, Position position) {
  const auto parsed = ParseTimestamp(text);
  if (!parsed) return std::nullopt;
  if (!parsed->zone.empty()) return ReadZoned(text, *parsed, position);
  return TypedSql{Type::Timestamp(parsed->digits),
                  fmt::format("make_timestamp(CAST({} AS BIGINT))", ToMicros(*parsed, 6))};
}

// "-12.50" is decimal(4,2); leading zeros of the whole part do not count.
std::optional<TypedSql> ReadDecimal(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
  const size_t point = digits.find('.');
  std::string_view whole = digits.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : digits.substr(point + 1);
  const auto all_digits = [](std::string_view part) {
    return std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.size() + fraction.size() == 0 || !all_digits(whole) || !all_digits(fraction)) return std::nullopt;
  while (whole.starts_with('0')) whole.remove_prefix(1);
  const size_t precision = std::max<size_t>(1, whole.size() + fraction.size());
  if (precision > kMaxDecimalPrecision) return std::nullopt;
  const Type type = Type::Decimal(static_cast<uint32_t>(precision), static_cast<uint32_t>(fraction.size()));
  return TypedSql{type, NativeCast(QuoteText(text), type)};
}

uint32_t CodePoints(std::string_view text) {
  return static_cast<uint32_t>(std::ranges::count_if(text, [](char c) { return !IsContinuationByte(c); }));
}

// Everything else is the text, cast: a number is checked here, the rest by the engine, which is given the refusal.
std::optional<TypedSql> ReadOther(const Type& type, std::string_view text, const Error& refusal) {
  const std::string failure = QuoteText(refusal.Text());
  if (type.kind() == TypeKind::kJson) {
    return TypedSql{type, fmt::format("trino_literal(TRY(trino_json_parse({})), {})", QuoteText(text), failure)};
  }
  if (type.kind() == TypeKind::kVarchar) return TypedSql{Type::Varchar(), QuoteText(text)};
  if (type.kind() == TypeKind::kChar) return TypedSql{Type::Char(CodePoints(text)), QuoteText(text)};
  if (type.kind() == TypeKind::kVarbinary) {
    return TypedSql{type, *CastSql(Type::Varchar(), type, QuoteText(text), CastMode::kCast)};
  }
  const CastMode mode = IsInteger(type.kind()) ? CastMode::kCast : CastMode::kTryCast;
  auto sql = CastSql(Type::Varchar(), type, QuoteText(text), mode);
  if (!sql) return std::nullopt;
  if (IsInteger(type.kind())) {
    const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
    int64_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    const int bits = type.kind() == TypeKind::kTinyint    ? 8
                     : type.kind() == TypeKind::kSmallint ? 16
                     : type.kind() == TypeKind::kInteger  ? 32
                                                          : 64;
    const int64_t most = INT64_MAX >> (64 - bits);
    if (value > most || value < -most - 1) return std::nullopt;
  }
  return TypedSql{type, IsInteger(type.kind()) ? *std::move(sql) : fmt::format("trino_literal({}, {})", *sql, failure)};
}

}  // namespace

Result<TypedSql> LiteralSql(const GenericLiteral& literal, Position position) {
  const std::string name = LowerCase(literal.type);
  std::optional<TypedSql> typed;
  if (name == "date") {
    typed = ReadDate(literal.value);
  } else if (name == "time") {
    typed = ReadTime(literal.value);
  } else if (name == "timestamp") {
    typed = ReadTimestamp(literal.value, position);
  } else if (name == "decimal") {
    typed = ReadDecimal(literal.value);
  } else {
    const auto type = ParseType(name);
    if (!type || !type->arguments().empty()) {
      return std::unexpected(Error{ErrorCode::kTypeNotFound, std::nullopt,
                                   fmt::format("io.trino.spi.TrinoException: line {}:{}: Unknown resolvedType: {}",
                                               position.line, position.column, literal.written)});
    }
    typed = ReadOther(*type, literal.value, BadLiteral(literal.value, UpperCase(literal.type), position));
  }
  if (typed) return *std::move(typed);
  if (const auto parsed = ParseTimestamp(literal.value);
      name == "timestamp" && parsed && (parsed->zone.starts_with('+') || parsed->zone.starts_with('-'))) {
    return std::unexpected(
        Error{ErrorCode::kNotSupported, position, fmt::format("Time zone not supported: {}", parsed->zone)});
  }
  return std::unexpected(BadLiteral(literal.value, UpperCase(literal.type), position));
}

namespace {

struct Field {
  std::string_view name;
  int64_t unit;  // milliseconds, or months
  bool months;
  char before;  // what stands between it and the field above
};

constexpr auto kFields = std::to_array<Field>({
    {"year", 12, true, 0},
    {"month", 1, true, '-'},
    {"day", kMillisPerDay, false, 0},
    {"hour", 3'600'000, false, ' '},
    {"minute", 60'000, false, ':'},
    {"second", 1'000, false, ':'},
});

// The index into kFields, or its size where there is no such field.
size_t FieldIndex(std::string_view name) {
  return static_cast<size_t>(std::ranges::find(kFields, name, &Field::name) - kFields.begin());
}

std::optional<int64_t> TakeDigits(std::string_view& text) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

// ".25" after the seconds: 250 milliseconds.
std::optional<int64_t> TakeMillis(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  int64_t millis = 0;
  int64_t unit = 100;
  size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') {
    millis += (text[count++] - '0') * unit;
    unit /= 10;
  }
  text.remove_prefix(count);
  if (count == 0) return std::nullopt;
  return millis;
}

std::optional<int64_t> ParseInterval(std::string_view text, size_t first, size_t last) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int64_t sum = 0;
  for (size_t i = first; i <= last; ++i) {
    if (i > first) {
      if (!text.starts_with(kFields[i].before)) return std::nullopt;
      text.remove_prefix(1);
    }
    if (text.empty()) return std::nullopt;
    const auto value = TakeDigits(text);
    int64_t part = 0;
    if (!value || __builtin_mul_overflow(*value, kFields[i].unit, &part) || __builtin_add_overflow(sum, part, &sum)) {
      return std::nullopt;
    }
  }
  if (kFields[last].name == "second") {
    const auto millis = TakeMillis(text);
    if (!millis || __builtin_add_overflow(sum, *millis, &sum)) return std::nullopt;
  }
  if (!text.empty()) return std::nullopt;
  return negative ? -sum : sum;
}

}  // namespace

Result<TypedSql> LiteralSql(const IntervalLiteral& literal, Position position) {
  const size_t first = FieldIndex(literal.start_field);
  const size_t last = literal.end_field ? FieldIndex(*literal.end_field) : first;
  if (first < kFields.size() && last < kFields.size() && first <= last &&
      kFields[first].months == kFields[last].months) {
    const bool months = kFields[first].months;
    const auto parsed = ParseInterval(literal.value, first, last);
    if (parsed && (!months || std::abs(*parsed) <= INT32_MAX)) {
      const int64_t value = literal.negative ? -*parsed : *parsed;
      return TypedSql{Type(months ? TypeKind::kIntervalYearToMonth : TypeKind::kIntervalDayToSecond),
                      fmt::format("CAST({} AS {})", value, months ? "INTEGER" : "BIGINT")};
    }
  }
  return std::unexpected(
      Error{ErrorCode::kInvalidLiteral, position, fmt::format("'{}' is not a valid INTERVAL literal", literal.value)});
}

}  // namespace opentrail::sql
