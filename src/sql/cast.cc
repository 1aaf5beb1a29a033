#include <algorithm>

#include <fmt/format.h>

#include "sql/operators.h"
#include "sql/operators_internal.h"

// The matrix of casts: from each type a function of its own, which knows the targets.
namespace opentrail::sql {

namespace {

using Sql = std::optional<std::string>;

// One scalar cast: what, to what, and whether a failure is NULL.
struct Request {
  const Type& from;
  const Type& to;
  const std::string& sql;
  CastMode mode;

  // trino_cast_<what>(sql, extra…), or trino_try_cast_… which gives NULL instead of failing.
  template <typename... Extra>
  [[nodiscard]] std::string Call(std::string_view what, const Extra&... extra) const {
    std::string call = fmt::format("trino_{}cast_{}({}", mode == CastMode::kTryCast ? "try_" : "", what, sql);
    ((call += fmt::format(", {}", extra)), ...);
    return call + ")";
  }
  [[nodiscard]] std::string Native() const { return NativeCast(sql, to); }
};

int IntegerWidth(TypeKind kind) {
  switch (kind) {
    case TypeKind::kTinyint: return 1;
    case TypeKind::kSmallint: return 2;
    case TypeKind::kInteger: return 4;
    default: return 8;
  }
}

// What is no text becomes one of bounded length only if it fits; text itself is cut. Trino has two messages for it, and
// a third for a floating-point number, which it shows in two spellings.
std::string FitText(const Request& request, std::string text) {
  if (request.to.length() == Type::kUnbounded) return text;
  const Request fitted{request.from, request.to, text, request.mode};
  switch (request.from.kind()) {
    case TypeKind::kReal: return fitted.Call("fit_real", request.to.length(), request.sql);
    case TypeKind::kDouble: return fitted.Call("fit_double", request.to.length(), request.sql);
    case TypeKind::kBoolean:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampWithTimeZone:
    case TypeKind::kIntervalDayToSecond:
    case TypeKind::kIntervalYearToMonth: return fitted.Call("fit_column", request.to.length());
    default: return fitted.Call("fit_varchar", request.to.length());
  }
}

bool IsText(TypeKind kind) { return kind == TypeKind::kVarchar || kind == TypeKind::kChar; }

Sql CastFromBoolean(const Request& request) {
  const TypeKind to = request.to.kind();
  if (IsNumeric(to)) return request.Native();
  if (IsText(to)) return FitText(request, request.Native());
  return std::nullopt;
}

// trino_cast_<source>_to_decimal(operand, precision, scale); a decimal source tells its own shape, too.
Sql CastToDecimal(const Request& request, std::string_view source) {
  const std::string what = fmt::format("{}_to_decimal", source);
  const uint32_t precision = request.to.precision();
  const uint32_t scale = request.to.scale();
  if (request.from.kind() != TypeKind::kDecimal) return NativeCast(request.Call(what, precision, scale), request.to);
  return NativeCast(request.Call(what, precision, scale, request.from.precision(), request.from.scale()), request.to);
}

Sql CastFromInteger(const Request& request) {
  const TypeKind to = request.to.kind();
  if (IsInteger(to)) {
    if (IntegerWidth(to) >= IntegerWidth(request.from.kind())) return request.Native();
    return request.Call(fmt::format("bigint_to_{}", request.to.Name()));
  }
  if (to == TypeKind::kBoolean) return fmt::format("({} <> 0)", request.sql);
  if (to == TypeKind::kReal || to == TypeKind::kDouble) return request.Native();
  if (to == TypeKind::kDecimal) return CastToDecimal(request, request.from.Name());
  if (IsText(to)) return FitText(request, NativeCast(request.sql, Type::Varchar()));
  return std::nullopt;
}

Sql CastFromFloating(const Request& request) {
  const TypeKind to = request.to.kind();
  const bool real = request.from.kind() == TypeKind::kReal;
  if (IsInteger(to)) return request.Call(fmt::format("double_to_{}", request.to.Name()));
  if (to == TypeKind::kBoolean) return fmt::format("({} <> 0)", request.sql);
  if (to == TypeKind::kDouble) return request.Native();
  if (to == TypeKind::kReal) return fmt::format("trino_cast_double_to_real({})", request.sql);
  if (to == TypeKind::kDecimal) return CastToDecimal(request, real ? "real" : "double");
  if (IsText(to)) {
    return FitText(request, fmt::format("trino_cast_{}_to_varchar({})", real ? "real" : "double", request.sql));
  }
  return std::nullopt;
}

Sql CastFromDecimal(const Request& request) {
  const TypeKind to = request.to.kind();
  if (IsInteger(to)) return request.Call(fmt::format("decimal_to_{}", request.to.Name()), request.from.scale());
  if (to == TypeKind::kBoolean) return fmt::format("({} <> 0)", request.sql);
  if (to == TypeKind::kReal || to == TypeKind::kDouble) return request.Native();
  if (to == TypeKind::kDecimal) return CastToDecimal(request, "decimal");
  if (IsText(to)) {
    return FitText(request, fmt::format("trino_cast_decimal_to_varchar({}, {})", request.sql, request.from.scale()));
  }
  return std::nullopt;
}

std::string CutText(const Request& request) {
  const uint32_t length = request.to.length();
  if (request.to.kind() == TypeKind::kChar) return fmt::format("rpad({}, {}, ' ')", request.sql, length);
  return length >= request.from.length() ? request.sql : fmt::format("left({}, {})", request.sql, length);
}

Sql CastFromText(const Request& request) {
  switch (request.to.kind()) {
    case TypeKind::kVarchar:
    case TypeKind::kChar: return CutText(request);
    case TypeKind::kDecimal: return CastToDecimal(request, "varchar");
    case TypeKind::kVarbinary: return fmt::format("trino_to_utf8({})", request.sql);
    case TypeKind::kTime: return request.Call("varchar_to_time", request.to.precision());
    case TypeKind::kTimeWithTimeZone: return request.Call("varchar_to_timetz", request.to.precision());
    case TypeKind::kTimestamp: return request.Call("varchar_to_timestamp", request.to.precision());
    case TypeKind::kTimestampWithTimeZone: return request.Call("varchar_to_tstz", request.to.precision());
    case TypeKind::kBoolean:
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint:
    case TypeKind::kReal:
    case TypeKind::kDouble:
    case TypeKind::kDate:
    case TypeKind::kIpAddress:
    case TypeKind::kUuid: return request.Call(fmt::format("varchar_to_{}", request.to.Name()));
    default: return std::nullopt;
  }
}

std::string TimestampToZoned(const std::string& timestamp) {
  return fmt::format("trino_cast_timestamp_to_tstz({})", timestamp);
}

Sql CastFromDate(const Request& request) {
  switch (request.to.kind()) {
    case TypeKind::kTimestamp: return request.Native();
    case TypeKind::kTimestampWithTimeZone: return TimestampToZoned(NativeCast(request.sql, Type::Timestamp()));
    case TypeKind::kVarchar:
    case TypeKind::kChar: return FitText(request, fmt::format("trino_cast_date_to_varchar({})", request.sql));
    default: return std::nullopt;
  }
}

std::string RoundTime(const Request& request) {
  if (request.to.precision() >= std::min(request.from.precision(), 6U)) return request.sql;
  return fmt::format("trino_round_time({}, {})", request.sql, request.to.precision());
}

Sql CastFromTime(const Request& request) {
  if (request.to.kind() == TypeKind::kTime) return RoundTime(request);
  if (request.to.kind() == TypeKind::kTimeWithTimeZone) {
    return fmt::format("trino_cast_time_to_timetz({})", RoundTime(request));
  }
  if (!IsText(request.to.kind())) return std::nullopt;
  return FitText(request, fmt::format("trino_cast_time_to_varchar({}, {})", request.sql, request.from.precision()));
}

Sql CastFromZonedTime(const Request& request) {
  const uint32_t precision = request.from.precision();
  const bool exact = request.to.precision() >= std::min(precision, 6U);
  const std::string rounded = exact || IsText(request.to.kind())
                                  ? request.sql
                                  : fmt::format("trino_round_timetz({}, {})", request.sql, request.to.precision());
  if (request.to.kind() == TypeKind::kTimeWithTimeZone) return rounded;
  if (request.to.kind() == TypeKind::kTime) return fmt::format("trino_cast_timetz_to_time({})", rounded);
  if (!IsText(request.to.kind())) return std::nullopt;
  return FitText(request, fmt::format("trino_cast_timetz_to_varchar({}, {})", request.sql, precision));
}

std::string RoundTimestamp(const std::string& sql, uint32_t from, uint32_t to) {
  return to >= std::min(from, 6U) ? sql : fmt::format("trino_round_timestamp({}, {})", sql, to);
}

Sql CastFromTimestamp(const Request& request) {
  const uint32_t precision = request.from.precision();
  switch (request.to.kind()) {
    case TypeKind::kDate: return request.Native();
    case TypeKind::kTime: return NativeCast(RoundTimestamp(request.sql, precision, request.to.precision()), request.to);
    case TypeKind::kTimeWithTimeZone:
      return fmt::format("trino_cast_time_to_timetz({})",
                         NativeCast(RoundTimestamp(request.sql, precision, request.to.precision()), Type::Time(6)));
    case TypeKind::kTimestamp: return RoundTimestamp(request.sql, precision, request.to.precision());
    case TypeKind::kTimestampWithTimeZone:
      return TimestampToZoned(RoundTimestamp(request.sql, precision, request.to.precision()));
    case TypeKind::kVarchar:
    case TypeKind::kChar:
      return FitText(request, fmt::format("trino_cast_timestamp_to_varchar({}, {})", request.sql, precision));
    default: return std::nullopt;
  }
}

Sql CastFromZoned(const Request& request) {
  const uint32_t precision = request.from.precision();
  const std::string local = fmt::format("trino_cast_tstz_to_timestamp({})", request.sql);
  switch (request.to.kind()) {
    case TypeKind::kDate: return NativeCast(local, request.to);
    case TypeKind::kTime: return NativeCast(RoundTimestamp(local, precision, request.to.precision()), request.to);
    case TypeKind::kTimeWithTimeZone: return fmt::format("trino_cast_tstz_to_timetz({})", request.sql);
    case TypeKind::kTimestamp: return RoundTimestamp(local, precision, request.to.precision());
    case TypeKind::kTimestampWithTimeZone:
      if (request.to.precision() >= std::min(precision, 3U)) return request.sql;  // stored in milliseconds
      return fmt::format("trino_round_tstz({}, {})", request.sql, request.to.precision());
    case TypeKind::kVarchar:
    case TypeKind::kChar:
      return FitText(request, fmt::format("trino_cast_tstz_to_varchar({}, {})", request.sql, precision));
    default: return std::nullopt;
  }
}

bool IsUnboundedVarchar(const Type& type) {
  return type.kind() == TypeKind::kVarchar && type.length() == Type::kUnbounded;
}

Sql CastFromUuid(const Request& request) {
  if (IsUnboundedVarchar(request.to)) return NativeCast(request.sql, Type::Varchar());
  if (request.to.kind() != TypeKind::kVarbinary) return std::nullopt;
  return fmt::format("unhex(replace(CAST({} AS VARCHAR), '-', ''))", request.sql);
}

Sql CastFromIpAddress(const Request& request) {
  if (IsUnboundedVarchar(request.to)) return fmt::format("trino_cast_ipaddress_to_varchar({})", request.sql);
  return request.to.kind() == TypeKind::kVarbinary ? Sql(request.sql) : std::nullopt;
}

bool IsSketch(TypeKind kind) {
  return kind == TypeKind::kHyperLogLog || kind == TypeKind::kP4HyperLogLog || kind == TypeKind::kTDigest ||
         kind == TypeKind::kQDigest || kind == TypeKind::kSetDigest;
}

Sql CastFromBinary(const Request& request) {
  if (request.to.kind() == TypeKind::kIpAddress) return request.Call("varbinary_to_ipaddress");
  if (request.to.kind() == TypeKind::kUuid) return request.Call("varbinary_to_uuid");
  return IsSketch(request.to.kind()) ? Sql(request.sql) : std::nullopt;
}

// A sketch is its bytes; a HyperLogLog of the P4 kind is always dense.
Sql CastFromSketch(const Request& request) {
  const TypeKind from = request.from.kind();
  const TypeKind to = request.to.kind();
  if (to == TypeKind::kVarbinary) return request.sql;
  if (from == TypeKind::kHyperLogLog && to == TypeKind::kP4HyperLogLog) {
    return fmt::format("trino_hll_dense({})", request.sql);
  }
  if (from == TypeKind::kP4HyperLogLog && to == TypeKind::kHyperLogLog) return request.sql;
  return std::nullopt;
}

// What may be the name of a member of a JSON object.
bool IsJsonKey(const Type& type) {
  const TypeKind kind = type.kind();
  return kind == TypeKind::kBoolean || IsNumeric(kind) || kind == TypeKind::kVarchar || kind == TypeKind::kUnknown;
}

bool AllArguments(const Type& type, bool (*holds)(const Type&)) { return std::ranges::all_of(type.arguments(), holds); }

bool CanBecomeJson(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kJson:
    case TypeKind::kDate:
    case TypeKind::kTimestamp: return true;
    case TypeKind::kArray:
    case TypeKind::kRow: return AllArguments(type, CanBecomeJson);
    case TypeKind::kMap: return IsJsonKey(type.key()) && CanBecomeJson(type.value());
    default: return IsJsonKey(type);
  }
}

bool CanComeFromJson(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kJson: return true;
    case TypeKind::kArray:
    case TypeKind::kRow: return AllArguments(type, CanComeFromJson);
    case TypeKind::kMap: return IsJsonKey(type.key()) && CanComeFromJson(type.value());
    default: return IsJsonKey(type) && type.kind() != TypeKind::kUnknown;
  }
}

Sql CastFromJson(const Request& request) {
  if (!CanComeFromJson(request.to)) return std::nullopt;
  return request.Call("json", QuoteText(request.to.Name()), NativeCast("NULL", request.to));
}

// A CHAR is cast to and from text alone.
bool IsRefusedChar(const Request& request) {
  const bool has_char = request.from.kind() == TypeKind::kChar || request.to.kind() == TypeKind::kChar;
  return has_char && !(IsText(request.from.kind()) && IsText(request.to.kind()));
}

Sql CastScalar(const Request& request) {
  if (IsRefusedChar(request)) return std::nullopt;
  switch (request.from.kind()) {
    case TypeKind::kBoolean: return CastFromBoolean(request);
    case TypeKind::kTinyint:
    case TypeKind::kSmallint:
    case TypeKind::kInteger:
    case TypeKind::kBigint: return CastFromInteger(request);
    case TypeKind::kReal:
    case TypeKind::kDouble: return CastFromFloating(request);
    case TypeKind::kDecimal: return CastFromDecimal(request);
    case TypeKind::kVarchar:
    case TypeKind::kChar: return CastFromText(request);
    case TypeKind::kVarbinary: return CastFromBinary(request);
    case TypeKind::kDate: return CastFromDate(request);
    case TypeKind::kTime: return CastFromTime(request);
    case TypeKind::kTimeWithTimeZone: return CastFromZonedTime(request);
    case TypeKind::kTimestamp: return CastFromTimestamp(request);
    case TypeKind::kTimestampWithTimeZone: return CastFromZoned(request);
    case TypeKind::kIntervalDayToSecond:
      if (!IsText(request.to.kind())) return std::nullopt;
      return FitText(request, fmt::format("trino_cast_interval_millis_to_varchar({})", request.sql));
    case TypeKind::kIntervalYearToMonth:
      if (!IsText(request.to.kind())) return std::nullopt;
      return FitText(request, fmt::format("trino_cast_interval_months_to_varchar({})", request.sql));
    case TypeKind::kJson: return CastFromJson(request);
    case TypeKind::kIpAddress: return CastFromIpAddress(request);
    case TypeKind::kUuid: return CastFromUuid(request);
    case TypeKind::kHyperLogLog:
    case TypeKind::kP4HyperLogLog:
    case TypeKind::kTDigest:
    case TypeKind::kQDigest:
    case TypeKind::kSetDigest: return CastFromSketch(request);
    default: return std::nullopt;
  }
}

bool IsNested(TypeKind kind) { return kind == TypeKind::kArray || kind == TypeKind::kMap || kind == TypeKind::kRow; }

Sql CastNested(const Type& from, const Type& to, const std::string& sql);

// A cast within a nested one, where a failure fails the whole.
Sql CastInner(const Type& from, const Type& to, const std::string& sql) {
  return IsNested(to.kind()) && from.kind() != TypeKind::kJson && from.kind() != TypeKind::kUnknown
             ? CastNested(from, to, sql)
             : CastSql(from, to, sql, CastMode::kCast);
}

Sql CastArray(const Type& from, const Type& to, const std::string& sql) {
  const auto element = CastInner(from.element(), to.element(), "_item");
  if (!element) return std::nullopt;
  if (*element == "_item" && from.EngineName() == to.EngineName()) return sql;
  return fmt::format("list_transform({}, lambda _item: {})", sql, *element);
}

Sql CastMap(const Type& from, const Type& to, const std::string& sql) {
  const auto key = CastInner(from.key(), to.key(), "_entry.key");
  const auto value = CastInner(from.value(), to.value(), "_entry.value");
  if (!key || !value) return std::nullopt;
  if (*key == "_entry.key" && *value == "_entry.value" && from.EngineName() == to.EngineName()) return sql;
  const std::string entries =
      fmt::format("trino_cast_entries(list_transform(map_entries({}), lambda _entry: row({}, {})))", sql, *key, *value);
  return NativeCast(entries, to);
}

// By position, whatever the names. The lambda over a list of one gives the row a name, so that its text stands once.
Sql CastRow(const Type& from, const Type& to, const std::string& sql) {
  if (from.arguments().size() != to.arguments().size()) return std::nullopt;
  std::string fields;
  bool same = from.EngineName() == to.EngineName();
  for (size_t i = 0; i < to.arguments().size(); ++i) {
    const std::string source = fmt::format("struct_extract_at(_row, {})", i + 1);
    const auto field = CastInner(from.arguments()[i], to.arguments()[i], source);
    if (!field) return std::nullopt;
    fields += (i == 0 ? "" : ", ") + *field;
    same = same && *field == source;
  }
  if (same) return sql;
  return fmt::format("list_transform([{}], lambda _row: CASE WHEN _row IS NOT NULL THEN {} END)[1]", sql,
                     NativeCast(fmt::format("row({})", fields), to));
}

Sql CastNested(const Type& from, const Type& to, const std::string& sql) {
  if (from.kind() != to.kind()) return std::nullopt;
  if (from == to && from.EngineName() == to.EngineName()) return sql;
  if (from.kind() == TypeKind::kArray) return CastArray(from, to, sql);
  return from.kind() == TypeKind::kMap ? CastMap(from, to, sql) : CastRow(from, to, sql);
}

}  // namespace

std::optional<std::string> CastSql(const Type& from, const Type& to, const std::string& sql, CastMode mode) {
  if (from == to && from.EngineName() == to.EngineName()) return sql;
  if (from.kind() == TypeKind::kUnknown) return NativeCast(sql, to);
  if (to.kind() == TypeKind::kJson) {
    if (!CanBecomeJson(from)) return std::nullopt;
    return fmt::format("trino_cast_to_json({}, {})", sql, QuoteText(from.Name()));
  }
  if (from.kind() == TypeKind::kJson || !IsNested(to.kind())) return CastScalar({from, to, sql, mode});
  auto nested = CastNested(from, to, sql);
  if (nested && mode == CastMode::kTryCast && *nested != sql) return fmt::format("TRY({})", *nested);
  return nested;
}

Result<TypedSql> ApplyCast(const TypedSql& operand, const Type& to, CastMode mode, Position position) {
  auto sql = CastSql(operand.type, to, operand.sql, mode);
  if (!sql && to.kind() == TypeKind::kJson && operand.type.kind() == TypeKind::kMap) {  // Trino finds out when it binds
    return std::unexpected(Error{ErrorCode::kInvalidCastArgument, std::nullopt,
                                 fmt::format("Cannot cast {} to JSON", operand.type.Name())});
  }
  if (!sql) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position, fmt::format("Cannot cast {} to {}", operand.type.Name(), to.Name())});
  }
  return TypedSql{to, *std::move(sql)};
}

}  // namespace opentrail::sql
