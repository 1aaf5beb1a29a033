#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/operators.h"

// What the files of operators*.cc, cast*.cc and literal.cc share among themselves.
namespace opentrail::sql {

[[nodiscard]] bool IsInteger(TypeKind kind);  // tinyint .. bigint
[[nodiscard]] bool IsNumeric(TypeKind kind);  // integers, real, double, decimal
[[nodiscard]] bool IsInterval(TypeKind kind);
[[nodiscard]] std::string_view OperatorSymbol(BinaryOperator operation);
// 'it''s'
[[nodiscard]] std::string QuoteText(std::string_view text);
// CAST(sql AS type's engine name)
[[nodiscard]] std::string NativeCast(std::string_view sql, const Type& to);

// "Cannot apply operator: varchar + integer"
[[nodiscard]] Error OperatorNotFound(BinaryOperator operation, const Type& left, const Type& right, Position position);

// + - * / % where a date, time, timestamp or interval takes part; nullopt where Trino has no such operator.
[[nodiscard]] std::optional<TypedSql> ApplyDatetimeArithmetic(BinaryOperator operation, const TypedSql& left,
                                                              const TypedSql& right);
// The types that the operands of "add", "subtract", "multiply", "divide", "modulus" or "negate" are brought to where
// one is a NULL of no type; as they are where no signature takes them. Refuses what could mean several things.
[[nodiscard]] Result<std::vector<Type>> OperandTypes(std::string_view word, const std::vector<Type>& operands);

// The engine's SQL of a cast; nullopt where Trino has none.
[[nodiscard]] std::optional<std::string> CastSql(const Type& from, const Type& to, const std::string& sql,
                                                 CastMode mode);

// One comparison (=, <>, <, <=, >, >=, IS [NOT] DISTINCT FROM) of two operands of one type.
[[nodiscard]] std::optional<TypedSql> ApplyComparison(BinaryOperator operation, const TypedSql& left,
                                                      const TypedSql& right);

}  // namespace opentrail::sql
