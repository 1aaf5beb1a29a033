#include "sql/operators.h"

#include <algorithm>

#include <fmt/format.h>

#include "sql/decimal.h"
#include "sql/operators_internal.h"
#include "sql/try.h"

namespace opentrail::sql {

namespace {

std::string_view OperatorWord(BinaryOperator operation) {
  switch (operation) {
    case BinaryOperator::kAdd: return "add";
    case BinaryOperator::kSubtract: return "subtract";
    case BinaryOperator::kMultiply: return "multiply";
    case BinaryOperator::kDivide: return "divide";
    case BinaryOperator::kModulus: return "modulus";
    case BinaryOperator::kConcat:
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual:
    case BinaryOperator::kIsDistinctFrom:
    case BinaryOperator::kIsNotDistinctFrom:
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr: break;
  }
  return "";
}

uint32_t IntegerDigits(TypeKind kind) {
  if (kind == TypeKind::kTinyint) return 3;
  if (kind == TypeKind::kSmallint) return 5;
  if (kind == TypeKind::kInteger) return 10;
  return 19;
}

Type AsDecimal(const Type& type) {
  return type.kind() == TypeKind::kDecimal ? type : Type::Decimal(IntegerDigits(type.kind()), 0);
}

std::optional<TypedSql> ApplyDecimal(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  const Type left_type = AsDecimal(left.type);
  const Type right_type = AsDecimal(right.type);
  const auto shape = DecimalResult(operation, {left_type.precision(), left_type.scale()},
                                   {right_type.precision(), right_type.scale()});
  if (!shape) return std::nullopt;
  const Type result = Type::Decimal(shape->precision, shape->scale);
  const std::string call =
      fmt::format("trino_decimal_{}({}, {}, {}, {})", OperatorWord(operation), CoerceSql(left, left_type),
                  CoerceSql(right, right_type), left_type.scale(), right_type.scale());
  return TypedSql{result, NativeCast(call, result)};
}

std::optional<TypedSql> ApplyNumeric(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  const auto has = [&](TypeKind kind) { return left.type.kind() == kind || right.type.kind() == kind; };
  const bool floating = has(TypeKind::kDouble) || has(TypeKind::kReal);
  if (!floating && has(TypeKind::kDecimal)) return ApplyDecimal(operation, left, right);
  const auto common = CommonSuperType(left.type, right.type);
  if (!common) return std::nullopt;
  const std::string a = CoerceSql(left, *common);
  const std::string b = CoerceSql(right, *common);
  // IEEE arithmetic is the engine's own, the modulus aside.
  if (floating && operation != BinaryOperator::kModulus) {
    return TypedSql{*common, fmt::format("({} {} {})", a, OperatorSymbol(operation), b)};
  }
  return TypedSql{*common, fmt::format("trino_{}_{}({}, {})", common->Name(), OperatorWord(operation), a, b)};
}

bool IsUnknown(const TypedSql& operand) { return operand.type.kind() == TypeKind::kUnknown; }

Result<std::optional<TypedSql>> ApplyArithmetic(BinaryOperator operation, TypedSql left, TypedSql right) {
  if (IsUnknown(left) || IsUnknown(right)) {
    const std::vector<Type> types = SQL_TRY(OperandTypes(OperatorWord(operation), {left.type, right.type}));
    left = {types[0], CoerceSql(left, types[0])};
    right = {types[1], CoerceSql(right, types[1])};
  }
  if (IsNumeric(left.type.kind()) && IsNumeric(right.type.kind())) return ApplyNumeric(operation, left, right);
  return ApplyDatetimeArithmetic(operation, left, right);
}

Result<TypedSql> ApplyLogical(BinaryOperator operation, const TypedSql& left, const TypedSql& right,
                              Position position) {
  const Type boolean(TypeKind::kBoolean);
  for (const TypedSql* term : {&left, &right}) {
    if (term->type.kind() == TypeKind::kBoolean || term->type.kind() == TypeKind::kUnknown) continue;
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position,
              fmt::format("Logical expression term must evaluate to a boolean (actual: {})", term->type.Name())});
  }
  return TypedSql{boolean, fmt::format("({} {} {})", CoerceSql(left, boolean), OperatorSymbol(operation),
                                       CoerceSql(right, boolean))};
}

bool IsArithmetic(BinaryOperator operation) { return !OperatorWord(operation).empty(); }

// A product has the digits behind the point of both its sides.
Result<void> CheckScale(BinaryOperator operation, const Type& left, const Type& right) {
  if (operation != BinaryOperator::kMultiply) return {};
  if (left.kind() != TypeKind::kDecimal || right.kind() != TypeKind::kDecimal) return {};
  const uint32_t scale = left.scale() + right.scale();
  if (scale <= kMaxDecimalPrecision) return {};
  const uint32_t precision = std::min(left.precision() + right.precision(), kMaxDecimalPrecision);
  return std::unexpected(
      Error{ErrorCode::kInvalidFunctionArgument, std::nullopt,
            fmt::format("DECIMAL scale must be in range [0, precision ({})]: {}", precision, scale)});
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<TypedSql> ApplyBinary(BinaryOperator operation, const TypedSql& left, const TypedSql& right, Position position) {
  if (operation == BinaryOperator::kAnd || operation == BinaryOperator::kOr) {
    return ApplyLogical(operation, left, right, position);
  }
  std::optional<TypedSql> applied;
  if (IsArithmetic(operation)) {
    SQL_CHECK(CheckScale(operation, left.type, right.type));
    applied = SQL_TRY(ApplyArithmetic(operation, left, right));
  } else if (const auto common = CommonSuperType(left.type, right.type)) {
    applied = ApplyComparison(operation, {*common, CoerceSql(left, *common)}, {*common, CoerceSql(right, *common)});
  }
  const bool distinct = operation == BinaryOperator::kIsDistinctFrom || operation == BinaryOperator::kIsNotDistinctFrom;
  if (!applied && distinct) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position,
              fmt::format("Cannot check if {} is distinct from {}", left.type.Name(), right.type.Name())});
  }
  if (!applied) return std::unexpected(OperatorNotFound(operation, left.type, right.type, position));
  return *std::move(applied);
}

Result<TypedSql> ApplyNegate(const TypedSql& operand, Position position) {
  if (IsUnknown(operand)) SQL_CHECK(OperandTypes("negate", {operand.type}));
  const TypeKind kind = operand.type.kind();
  const bool native = kind == TypeKind::kReal || kind == TypeKind::kDouble || kind == TypeKind::kDecimal ||
                      IsInterval(kind) || (IsInteger(kind) && IsDigits(operand.sql));
  if (native) return TypedSql{operand.type, fmt::format("(-{})", operand.sql)};
  if (IsInteger(kind))
    return TypedSql{operand.type, fmt::format("trino_{}_negate({})", operand.type.Name(), operand.sql)};
  return std::unexpected(
      Error{ErrorCode::kTypeMismatch, position, fmt::format("Cannot negate {}", operand.type.Name())});
}

namespace {

// The number that an index expression spells out: 2, CAST(2 AS INTEGER).
std::optional<size_t> LiteralIndex(std::string_view sql) {
  constexpr std::string_view kCast = "CAST(";
  if (sql.starts_with(kCast)) sql = sql.substr(kCast.size(), sql.find(' ') - kCast.size());
  if (!IsDigits(sql) || sql.size() > 9) return std::nullopt;
  return std::stoul(std::string(sql));
}

Result<TypedSql> SubscriptRow(const TypedSql& base, const TypedSql& index, Position position) {
  const auto number = LiteralIndex(index.sql);
  if (!IsInteger(index.type.kind()) || !number) {
    return std::unexpected(
        Error{ErrorCode::kExpressionNotScalar, position, "Subscript expression on ROW requires a constant index"});
  }
  const auto& fields = base.type.arguments();
  if (*number < 1 || *number > fields.size()) {
    return std::unexpected(
        Error{ErrorCode::kInvalidFunctionArgument, position,
              fmt::format("ROW index out of bounds: {} (fields are numbered from 1 to {})", *number, fields.size())});
  }
  return TypedSql{fields[*number - 1], fmt::format("struct_extract_at({}, {})", base.sql, *number)};
}

Error NoSubscript(const TypedSql& base, const TypedSql& index, Position position) {
  return {ErrorCode::kTypeMismatch, position,
          fmt::format("Cannot use {} for subscript of {}", index.type.Name(), base.type.Name())};
}

}  // namespace

Result<TypedSql> ApplySubscript(const TypedSql& base, const TypedSql& index, Position position) {
  switch (base.type.kind()) {
    case TypeKind::kRow: return SubscriptRow(base, index, position);
    case TypeKind::kArray: {
      const Type bigint(TypeKind::kBigint);
      if (!CanCoerce(index.type, bigint)) return std::unexpected(NoSubscript(base, index, position));
      return TypedSql{base.type.element(), fmt::format("trino_subscript({}, {})", base.sql, CoerceSql(index, bigint))};
    }
    case TypeKind::kMap: {
      const auto key = CommonSuperType(index.type, base.type.key());
      if (!key) return std::unexpected(NoSubscript(base, index, position));
      return TypedSql{base.type.value(),
                      fmt::format("trino_map_subscript({}, {})", CoerceSql(base, Type::Map(*key, base.type.value())),
                                  CoerceSql(index, *key))};
    }
    default: return std::unexpected(NoSubscript(base, index, position));
  }
}

std::string CoerceSql(const TypedSql& operand, const Type& to) {
  auto sql = CastSql(operand.type, to, operand.sql, CastMode::kCast);
  return sql ? *std::move(sql) : NativeCast(operand.sql, to);
}

bool IsInteger(TypeKind kind) {
  return kind == TypeKind::kTinyint || kind == TypeKind::kSmallint || kind == TypeKind::kInteger ||
         kind == TypeKind::kBigint;
}

bool IsNumeric(TypeKind kind) {
  return IsInteger(kind) || kind == TypeKind::kReal || kind == TypeKind::kDouble || kind == TypeKind::kDecimal;
}

bool IsInterval(TypeKind kind) {
  return kind == TypeKind::kIntervalDayToSecond || kind == TypeKind::kIntervalYearToMonth;
}

std::string_view OperatorSymbol(BinaryOperator operation) {
  switch (operation) {
    case BinaryOperator::kAdd: return "+";
    case BinaryOperator::kSubtract: return "-";
    case BinaryOperator::kMultiply: return "*";
    case BinaryOperator::kDivide: return "/";
    case BinaryOperator::kModulus: return "%";
    case BinaryOperator::kConcat: return "||";
    case BinaryOperator::kEqual: return "=";
    case BinaryOperator::kNotEqual: return "<>";
    case BinaryOperator::kLess: return "<";
    case BinaryOperator::kLessOrEqual: return "<=";
    case BinaryOperator::kGreater: return ">";
    case BinaryOperator::kGreaterOrEqual: return ">=";
    case BinaryOperator::kIsDistinctFrom: return "IS DISTINCT FROM";
    case BinaryOperator::kIsNotDistinctFrom: return "IS NOT DISTINCT FROM";
    case BinaryOperator::kAnd: return "AND";
    case BinaryOperator::kOr: return "OR";
  }
  return "";
}

std::string QuoteText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

std::string NativeCast(std::string_view sql, const Type& to) {
  return fmt::format("CAST({} AS {})", sql, to.EngineName());
}

Error OperatorNotFound(BinaryOperator operation, const Type& left, const Type& right, Position position) {
  // Trino knows only =, < and <= as operators of types; the others are these, negated or turned round, and its message
  // names the one it looked for.
  switch (operation) {
    case BinaryOperator::kNotEqual: operation = BinaryOperator::kEqual; break;
    case BinaryOperator::kGreater: operation = BinaryOperator::kLess; break;
    case BinaryOperator::kGreaterOrEqual: operation = BinaryOperator::kLessOrEqual; break;
    case BinaryOperator::kIsNotDistinctFrom: operation = BinaryOperator::kIsDistinctFrom; break;
    default: break;
  }
  return {ErrorCode::kTypeMismatch, position,
          fmt::format("Cannot apply operator: {} {} {}", left.Name(), OperatorSymbol(operation), right.Name())};
}

}  // namespace opentrail::sql
