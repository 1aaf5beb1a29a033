#include <algorithm>

#include <fmt/format.h>

#include "sql/function_binding.h"
#include "sql/operators_internal.h"

namespace opentrail::sql {

namespace {

// Plain types compare by the engine's own operators, which the scan can take over.
enum class Comparison : uint8_t { kNative, kFloating, kInstant, kZonedTime, kNested };

bool Contains(const Type& type, TypeKind kind) {
  return type.kind() == kind ||
         std::ranges::any_of(type.arguments(), [&](const Type& argument) { return Contains(argument, kind); });
}

Comparison ComparisonOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kReal:
    case TypeKind::kDouble: return Comparison::kFloating;
    case TypeKind::kTimestampWithTimeZone: return Comparison::kInstant;
    case TypeKind::kTimeWithTimeZone: return Comparison::kZonedTime;
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kRow: return Comparison::kNested;
    default: return Comparison::kNative;
  }
}

// A call of trino_<family>_{equal,less,less_or_equal}, the other three turned into these.
std::string CallComparison(std::string_view family, BinaryOperator operation, std::string_view a, std::string_view b,
                           std::string_view extra) {
  switch (operation) {
    case BinaryOperator::kNotEqual: return fmt::format("(NOT trino_{}_equal({}, {}{}))", family, a, b, extra);
    case BinaryOperator::kLess: return fmt::format("trino_{}_less({}, {}{})", family, a, b, extra);
    case BinaryOperator::kLessOrEqual: return fmt::format("trino_{}_less_or_equal({}, {}{})", family, a, b, extra);
    case BinaryOperator::kGreater: return fmt::format("trino_{}_less({}, {}{})", family, b, a, extra);
    case BinaryOperator::kGreaterOrEqual: return fmt::format("trino_{}_less_or_equal({}, {}{})", family, b, a, extra);
    default: return fmt::format("trino_{}_equal({}, {}{})", family, a, b, extra);
  }
}

bool IsDistinctness(BinaryOperator operation) {
  return operation == BinaryOperator::kIsDistinctFrom || operation == BinaryOperator::kIsNotDistinctFrom;
}

bool NeedsOrder(BinaryOperator operation) {
  return !IsDistinctness(operation) && operation != BinaryOperator::kEqual && operation != BinaryOperator::kNotEqual;
}

// Instants are equal whatever their zones: nested ones need their type to be told apart from plain numbers.
std::string NestedComparison(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  const std::string type = ", " + QuoteText(left.type.Name());
  if (!IsDistinctness(operation)) return CallComparison("nested", operation, left.sql, right.sql, type);
  if (!Contains(left.type, TypeKind::kTimestampWithTimeZone)) {
    return fmt::format("({} {} {})", left.sql, OperatorSymbol(operation), right.sql);
  }
  const std::string distinct = fmt::format("trino_nested_distinct({}, {}{})", left.sql, right.sql, type);
  return operation == BinaryOperator::kIsDistinctFrom ? distinct : fmt::format("(NOT {})", distinct);
}

}  // namespace

std::optional<TypedSql> ApplyComparison(BinaryOperator operation, const TypedSql& left, const TypedSql& right) {
  if (!(NeedsOrder(operation) ? IsOrderable(left.type) : IsComparable(left.type))) return std::nullopt;
  const Type boolean(TypeKind::kBoolean);
  const std::string_view symbol = OperatorSymbol(operation);
  switch (ComparisonOf(left.type)) {
    case Comparison::kNative: break;
    case Comparison::kInstant:
      return TypedSql{boolean, fmt::format("(({} >> 12) {} ({} >> 12))", left.sql, symbol, right.sql)};
    case Comparison::kZonedTime:
      return TypedSql{boolean,
                      fmt::format("(trino_timetz_key({}) {} trino_timetz_key({}))", left.sql, symbol, right.sql)};
    case Comparison::kNested: return TypedSql{boolean, NestedComparison(operation, left, right)};
    case Comparison::kFloating:
      // NaN is neither equal to nor ordered with anything; the engine takes it for the greatest number.
      if (!IsDistinctness(operation)) {
        return TypedSql{boolean, CallComparison("double", operation, left.sql, right.sql, "")};
      }
      break;
  }
  return TypedSql{boolean, fmt::format("({} {} {})", left.sql, symbol, right.sql)};
}

}  // namespace opentrail::sql
