#pragma once

#include <string>
#include <string_view>

#include "sql/ast.h"
#include "sql/error.h"
#include "sql/type.h"

// What Trino's operators and casts mean, as engine SQL over operands that are already engine SQL. Pure; thread-safe.
namespace opentrail::sql {

struct TypedSql {
  Type type;
  std::string sql;
};

// a + b, a / b, a = b, AND, OR … but not a || b, which is the function concat. Refuses as Trino does, at `position`
// (the operator's expression): "Cannot apply operator: varchar = integer". Coerces both sides by CommonSuperType first.
[[nodiscard]] Result<TypedSql> ApplyBinary(BinaryOperator operation, const TypedSql& left, const TypedSql& right,
                                           Position position);
[[nodiscard]] Result<TypedSql> ApplyNegate(const TypedSql& operand, Position position);
// array[i], map[k], row[n] (n a literal). Errors at run time as Trino's: "Array subscript must be less than or equal
// …".
[[nodiscard]] Result<TypedSql> ApplySubscript(const TypedSql& base, const TypedSql& index, Position position);
// An implicit coercion that CanCoerce allows (never fails at run time, numeric range aside).
[[nodiscard]] std::string CoerceSql(const TypedSql& operand, const Type& to);

enum class CastMode : uint8_t { kCast, kTryCast };
// CAST / TRY_CAST. Refuses pairs that Trino has no cast for: "Cannot cast date to integer".
[[nodiscard]] Result<TypedSql> ApplyCast(const TypedSql& operand, const Type& to, CastMode mode, Position position);
// DATE '2024-01-01', TIMESTAMP '… UTC', INTERVAL '1' DAY, IPADDRESS '…' …: refuses a bad one as Trino does
// ("'2024-13-01' is not a valid DATE literal").
[[nodiscard]] Result<TypedSql> LiteralSql(const GenericLiteral& literal, Position position);
[[nodiscard]] Result<TypedSql> LiteralSql(const IntervalLiteral& literal, Position position);
// value AT TIME ZONE zone; a time takes the offset that the zone has at now_millis (since the epoch).
[[nodiscard]] Result<TypedSql> ApplyAtTimeZone(const TypedSql& value, const TypedSql& zone, int64_t now_millis,
                                               Position position);
// EXTRACT(field FROM value).
[[nodiscard]] Result<TypedSql> ApplyExtract(std::string_view field, const TypedSql& value, Position position);

}  // namespace opentrail::sql
