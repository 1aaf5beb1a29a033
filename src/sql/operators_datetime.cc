#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sql/operators_internal.h"
#include "sql/text.h"

namespace opentrail::sql {

namespace {

constexpr uint32_t kIntervalPrecision = 3;  // an interval counts milliseconds

std::string_view PointWord(TypeKind kind) {
  switch (kind) {
    case TypeKind::kDate: return "date";
    case TypeKind::kTime: return "time";
    case TypeKind::kTimeWithTimeZone: return "timetz";
    case TypeKind::kTimestamp: return "timestamp";
    case TypeKind::kTimestampWithTimeZone: return "tstz";
    default: return "";
  }
}

bool IsPoint(TypeKind kind) { return !PointWord(kind).empty(); }

Type WithIntervalPrecision(const Type& type) {
  if (type.kind() == TypeKind::kDate) return type;
  const uint32_t precision = std::max(type.precision(), kIntervalPrecision);
  if (type.kind() == TypeKind::kTime) return Type::Time(precision);
  if (type.kind() == TypeKind::kTimeWithTimeZone) return Type::TimeWithTimeZone(precision);
  return type.kind() == TypeKind::kTimestamp ? Type::Timestamp(precision) : Type::TimestampWithTimeZone(precision);
}

// point + interval; negate subtracts.
std::optional<TypedSql> Shift(const TypedSql& point, const TypedSql& interval, bool negate) {
  const bool months = interval.type.kind() == TypeKind::kIntervalYearToMonth;
  const TypeKind kind = point.type.kind();
  if (months && (kind == TypeKind::kTime || kind == TypeKind::kTimeWithTimeZone)) return std::nullopt;
  if (negate && !months && kind == TypeKind::kDate) {
    return TypedSql{point.type, fmt::format("trino_date_subtract_millis({}, {})", point.sql, interval.sql)};
  }
  const std::string amount = negate ? fmt::format("(-{})", interval.sql) : interval.sql;
  return TypedSql{months ? point.type : WithIntervalPrecision(point.type),
                  fmt::format("trino_{}_add_{}({}, {})", PointWord(point.type.kind()), months ? "months" : "millis",
                              point.sql, amount)};
}

std::optional<TypedSql> Difference(const TypedSql& left, const TypedSql& right) {
  const auto common = CommonSuperType(left.type, right.type);
  if (!common || !IsPoint(common->kind())) return std::nullopt;
  return TypedSql{Type(TypeKind::kIntervalDayToSecond),
                  fmt::format("trino_{}_difference({}, {})", PointWord(common->kind()), CoerceSql(left, *common),
                              CoerceSql(right, *common))};
}

std::optional<TypedSql> CombineIntervals(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  if (left.type.kind() != right.type.kind()) return std::nullopt;
  const std::string_view family = left.type.kind() == TypeKind::kIntervalDayToSecond ? "bigint" : "integer";
  const std::string_view word = operation == BinaryOperator::kAdd ? "add" : "subtract";
  return TypedSql{left.type, fmt::format("trino_{}_{}({}, {})", family, word, left.sql, right.sql)};
}

// interval * number, interval / number.
std::optional<TypedSql> Scale(BinaryOperator operation, const TypedSql& interval, const TypedSql& number) {
  const bool months = interval.type.kind() == TypeKind::kIntervalYearToMonth;
  const std::string factor = CoerceSql(number, Type(TypeKind::kDouble));
  if (operation == BinaryOperator::kMultiply && IsInteger(number.type.kind())) {
    const Type factor_type(months ? TypeKind::kInteger : TypeKind::kBigint);
    if (!CanCoerce(number.type, factor_type)) return std::nullopt;
    return TypedSql{interval.type, fmt::format("trino_{}_multiply({}, {})", factor_type.Name(), interval.sql,
                                               CoerceSql(number, factor_type))};
  }
  return TypedSql{interval.type,
                  fmt::format("trino_interval_{}_{}({}, {})", months ? "months" : "millis",
                              operation == BinaryOperator::kMultiply ? "multiply" : "divide", interval.sql, factor)};
}

}  // namespace

std::optional<TypedSql> ApplyDatetimeArithmetic(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  const TypeKind a = left.type.kind();
  const TypeKind b = right.type.kind();
  switch (operation) {
    case BinaryOperator::kAdd:
      if (IsPoint(a) && IsInterval(b)) return Shift(left, right, false);
      if (IsInterval(a) && IsPoint(b)) return Shift(right, left, false);
      if (IsInterval(a) && IsInterval(b)) return CombineIntervals(operation, left, right);
      return std::nullopt;
    case BinaryOperator::kSubtract:
      if (IsPoint(a) && IsInterval(b)) return Shift(left, right, true);
      if (IsPoint(a) && IsPoint(b)) return Difference(left, right);
      if (IsInterval(a) && IsInterval(b)) return CombineIntervals(operation, left, right);
      return std::nullopt;
    case BinaryOperator::kMultiply:
      if (IsInterval(a) && IsNumeric(b)) return Scale(operation, left, right);
      if (IsNumeric(a) && IsInterval(b)) return Scale(operation, right, left);
      return std::nullopt;
    case BinaryOperator::kDivide:
      if (IsInterval(a) && IsNumeric(b)) return Scale(operation, left, right);
      return std::nullopt;
    default: return std::nullopt;
  }
}

Result<TypedSql> ApplyAtTimeZone(const TypedSql& value, const TypedSql& zone, int64_t now_millis, Position position) {
  const TypeKind kind = value.type.kind();
  const bool time = kind == TypeKind::kTime || kind == TypeKind::kTimeWithTimeZone;
  if (!time && kind != TypeKind::kTimestamp && kind != TypeKind::kTimestampWithTimeZone) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position,
              fmt::format("Type of value must be a time or timestamp with or without time zone (actual {})",
                          value.type.Name())});
  }
  const uint32_t precision = value.type.precision();
  const Type result = time ? Type::TimeWithTimeZone(precision) : Type::TimestampWithTimeZone(precision);
  const std::string instant = CoerceSql(value, result);
  const std::string_view prefix = time ? "timetz_" : "";
  if (zone.type.kind() == TypeKind::kIntervalDayToSecond) {
    return TypedSql{result, fmt::format("trino_{}at_offset({}, {})", prefix, instant, zone.sql)};
  }
  if (zone.type.kind() != TypeKind::kVarchar && zone.type.kind() != TypeKind::kUnknown) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position,
              fmt::format("Type of time zone must be a varchar or an interval (actual {})", zone.type.Name())});
  }
  const std::string name = CoerceSql(zone, Type::Varchar());
  if (time) return TypedSql{result, fmt::format("trino_timetz_at_timezone({}, {}, {})", instant, name, now_millis)};
  return TypedSql{result, fmt::format("trino_at_timezone({}, {})", instant, name)};
}

namespace {

// A field of EXTRACT over the wall clock: $ is a DATE, TIMESTAMP or TIME of the engine.
struct ExtractField {
  std::string_view name;
  std::string_view engine;
  bool of_date;  // a part of the date, or else of the time of day
};

constexpr auto kExtractFields = std::to_array<ExtractField>({
    {"year", "year($)", true},
    {"quarter", "quarter($)", true},
    {"month", "month($)", true},
    {"week", "week($)", true},
    {"day", "day($)", true},
    {"day_of_month", "day($)", true},
    {"day_of_week", "isodow($)", true},
    {"dow", "isodow($)", true},
    {"day_of_year", "dayofyear($)", true},
    {"doy", "dayofyear($)", true},
    {"year_of_week", "isoyear($)", true},
    {"yow", "isoyear($)", true},
    {"hour", "hour($)", false},
    {"minute", "minute($)", false},
    {"second", "second($)", false},
});

struct IntervalField {
  std::string_view name;
  TypeKind kind;
  std::string_view engine;
};

constexpr auto kIntervalFields = std::to_array<IntervalField>({
    {"year", TypeKind::kIntervalYearToMonth, "CAST($ // 12 AS BIGINT)"},
    {"month", TypeKind::kIntervalYearToMonth, "CAST($ % 12 AS BIGINT)"},
    {"day", TypeKind::kIntervalDayToSecond, "($ // 86400000)"},
    {"hour", TypeKind::kIntervalDayToSecond, "($ % 86400000 // 3600000)"},
    {"minute", TypeKind::kIntervalDayToSecond, "($ % 3600000 // 60000)"},
    {"second", TypeKind::kIntervalDayToSecond, "($ % 60000 // 1000)"},
});

std::string Fill(std::string_view pattern, std::string_view argument) {
  const size_t place = pattern.find('$');
  return fmt::format("{}{}{}", pattern.substr(0, place), argument, pattern.substr(place + 1));
}

std::optional<std::string> ExtractFromInterval(std::string_view field, const TypedSql& value) {
  const auto found = std::ranges::find_if(kIntervalFields, [&](const IntervalField& candidate) {
    return candidate.name == field && candidate.kind == value.type.kind();
  });
  if (found == kIntervalFields.end()) return std::nullopt;
  return Fill(found->engine, value.sql);
}

std::optional<std::string> ExtractFromPoint(std::string_view field, const TypedSql& value) {
  const TypeKind kind = value.type.kind();
  if (kind == TypeKind::kTimestampWithTimeZone && (field == "timezone_hour" || field == "timezone_minute")) {
    return fmt::format("trino_{}({})", field, value.sql);
  }
  if (kind == TypeKind::kTimeWithTimeZone && (field == "timezone_hour" || field == "timezone_minute")) {
    return fmt::format("trino_timetz_{}({})", field, value.sql);
  }
  const auto found = std::ranges::find(kExtractFields, field, &ExtractField::name);
  if (found == kExtractFields.end()) return std::nullopt;
  if (kind == TypeKind::kDate && !found->of_date) return std::nullopt;
  if ((kind == TypeKind::kTime || kind == TypeKind::kTimeWithTimeZone) && found->of_date) return std::nullopt;
  if (kind == TypeKind::kTimeWithTimeZone) {
    return Fill(found->engine, fmt::format("trino_cast_timetz_to_time({})", value.sql));
  }
  const bool packed = kind == TypeKind::kTimestampWithTimeZone;
  return Fill(found->engine, packed ? fmt::format("trino_cast_tstz_to_timestamp({})", value.sql) : value.sql);
}

bool IsExtractField(std::string_view field) {
  return field == "timezone_hour" || field == "timezone_minute" ||
         std::ranges::find(kExtractFields, field, &ExtractField::name) != kExtractFields.end();
}

}  // namespace

Result<TypedSql> ApplyExtract(std::string_view field, const TypedSql& value, Position position) {
  if (!IsExtractField(field)) {
    return std::unexpected(Error{ErrorCode::kSyntaxError, position, fmt::format("Invalid EXTRACT field: {}", field)});
  }
  std::optional<std::string> sql;
  if (IsPoint(value.type.kind())) sql = ExtractFromPoint(field, value);
  if (IsInterval(value.type.kind())) sql = ExtractFromInterval(field, value);
  if (!sql) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, position,
                                 fmt::format("Cannot extract {} from {}", UpperCase(field), value.type.Name())});
  }
  return TypedSql{Type(TypeKind::kBigint), *std::move(sql)};
}

}  // namespace opentrail::sql
