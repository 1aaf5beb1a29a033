#include <vector>

#include "sql/function_binding.h"
#include "sql/operators_internal.h"

// Arithmetic with a NULL of no type, which Trino resolves as it does the call of a function: the operator's signatures
// are the candidates.
namespace opentrail::sql {

namespace {

constexpr auto kScalar = FunctionKind::kScalar;

// In the order in which Trino lists them.
constexpr FunctionSignature kArithmetic[] = {
    {"add", kScalar, "(bigint, bigint) -> bigint", ""},
    {"add", kScalar, "(integer, integer) -> integer", ""},
    {"add", kScalar, "(smallint, smallint) -> smallint", ""},
    {"add", kScalar, "(tinyint, tinyint) -> tinyint", ""},
    {"add", kScalar, "(double, double) -> double", ""},
    {"add", kScalar, "(real, real) -> real", ""},
    {"add", kScalar, "(interval day to second, interval day to second) -> interval day to second", ""},
    {"add", kScalar, "(interval year to month, interval year to month) -> interval year to month", ""},
    {"add", kScalar, "(date, interval year to month) -> date", ""},
    {"add", kScalar, "(date, interval day to second) -> date", ""},
    {"add", kScalar, "(interval day to second, date) -> date", ""},
    {"add", kScalar, "(interval year to month, date) -> date", ""},
    {"add", kScalar,
     "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(38, max(p1 - s1, p2 - s2) + max(s1, s2) + 1),max(s1, s2))", ""},
    {"add", kScalar, "(timestamp, interval day to second) -> timestamp(max(p, 3))", ""},
    {"add", kScalar, "(interval day to second, timestamp) -> timestamp(max(p, 3))", ""},
    {"add", kScalar, "(timestamp, interval year to month) -> timestamp", ""},
    {"add", kScalar, "(interval year to month, timestamp) -> timestamp", ""},
    {"add", kScalar, "(timestamp with time zone, interval day to second) -> timestamp(max(p, 3)) with time zone", ""},
    {"add", kScalar, "(interval day to second, timestamp with time zone) -> timestamp(max(p, 3)) with time zone", ""},
    {"add", kScalar, "(timestamp with time zone, interval year to month) -> timestamp with time zone", ""},
    {"add", kScalar, "(interval year to month, timestamp with time zone) -> timestamp with time zone", ""},
    {"add", kScalar, "(time, interval day to second) -> time(max(p, 3))", ""},
    {"add", kScalar, "(interval day to second, time) -> time(max(p, 3))", ""},
    {"add", kScalar, "(time with time zone, interval day to second) -> time(max(p, 3)) with time zone", ""},
    {"add", kScalar, "(interval day to second, time with time zone) -> time(max(p, 3)) with time zone", ""},
    {"subtract", kScalar, "(bigint, bigint) -> bigint", ""},
    {"subtract", kScalar, "(integer, integer) -> integer", ""},
    {"subtract", kScalar, "(smallint, smallint) -> smallint", ""},
    {"subtract", kScalar, "(tinyint, tinyint) -> tinyint", ""},
    {"subtract", kScalar, "(double, double) -> double", ""},
    {"subtract", kScalar, "(real, real) -> real", ""},
    {"subtract", kScalar, "(interval day to second, interval day to second) -> interval day to second", ""},
    {"subtract", kScalar, "(interval year to month, interval year to month) -> interval year to month", ""},
    {"subtract", kScalar, "(date, interval day to second) -> date", ""},
    {"subtract", kScalar, "(date, interval year to month) -> date", ""},
    {"subtract", kScalar,
     "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(38, max(p1 - s1, p2 - s2) + max(s1, s2) + 1),max(s1, s2))", ""},
    {"subtract", kScalar, "(timestamp, interval day to second) -> timestamp(max(p, 3))", ""},
    {"subtract", kScalar, "(timestamp, interval year to month) -> timestamp", ""},
    {"subtract", kScalar, "(timestamp, timestamp) -> interval day to second", ""},
    {"subtract", kScalar, "(timestamp with time zone, interval day to second) -> timestamp(max(p, 3)) with time zone",
     ""},
    {"subtract", kScalar, "(timestamp with time zone, interval year to month) -> timestamp with time zone", ""},
    {"subtract", kScalar, "(timestamp with time zone, timestamp with time zone) -> interval day to second", ""},
    {"subtract", kScalar, "(time, time) -> interval day to second", ""},
    {"subtract", kScalar, "(time, interval day to second) -> time(max(p, 3))", ""},
    {"subtract", kScalar, "(time with time zone, interval day to second) -> time(max(p, 3)) with time zone", ""},
    {"subtract", kScalar, "(time with time zone, time with time zone) -> interval day to second", ""},
    {"multiply", kScalar, "(bigint, bigint) -> bigint", ""},
    {"multiply", kScalar, "(integer, integer) -> integer", ""},
    {"multiply", kScalar, "(smallint, smallint) -> smallint", ""},
    {"multiply", kScalar, "(tinyint, tinyint) -> tinyint", ""},
    {"multiply", kScalar, "(double, double) -> double", ""},
    {"multiply", kScalar, "(real, real) -> real", ""},
    {"multiply", kScalar, "(interval day to second, bigint) -> interval day to second", ""},
    {"multiply", kScalar, "(interval day to second, double) -> interval day to second", ""},
    {"multiply", kScalar, "(bigint, interval day to second) -> interval day to second", ""},
    {"multiply", kScalar, "(double, interval day to second) -> interval day to second", ""},
    {"multiply", kScalar, "(interval year to month, bigint) -> interval year to month", ""},
    {"multiply", kScalar, "(interval year to month, double) -> interval year to month", ""},
    {"multiply", kScalar, "(bigint, interval year to month) -> interval year to month", ""},
    {"multiply", kScalar, "(double, interval year to month) -> interval year to month", ""},
    {"multiply", kScalar, "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(38, p1 + p2),s1 + s2)", ""},
    {"divide", kScalar, "(bigint, bigint) -> bigint", ""},
    {"divide", kScalar, "(integer, integer) -> integer", ""},
    {"divide", kScalar, "(smallint, smallint) -> smallint", ""},
    {"divide", kScalar, "(tinyint, tinyint) -> tinyint", ""},
    {"divide", kScalar, "(double, double) -> double", ""},
    {"divide", kScalar, "(real, real) -> real", ""},
    {"divide", kScalar, "(interval day to second, double) -> interval day to second", ""},
    {"divide", kScalar, "(interval year to month, double) -> interval year to month", ""},
    {"divide", kScalar, "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(38, p1 + s2 + max(s2 - s1, 0)),max(s1, s2))",
     ""},
    {"modulus", kScalar, "(bigint, bigint) -> bigint", ""},
    {"modulus", kScalar, "(integer, integer) -> integer", ""},
    {"modulus", kScalar, "(smallint, smallint) -> smallint", ""},
    {"modulus", kScalar, "(tinyint, tinyint) -> tinyint", ""},
    {"modulus", kScalar, "(double, double) -> double", ""},
    {"modulus", kScalar, "(real, real) -> real", ""},
    {"modulus", kScalar, "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(p1 - s1, p2 - s2) + max(s1, s2),max(s1, s2))",
     ""},
    {"negate", kScalar, "(bigint) -> bigint", ""},
    {"negate", kScalar, "(integer) -> integer", ""},
    {"negate", kScalar, "(smallint) -> smallint", ""},
    {"negate", kScalar, "(tinyint) -> tinyint", ""},
    {"negate", kScalar, "(double) -> double", ""},
    {"negate", kScalar, "(real) -> real", ""},
    {"negate", kScalar, "(interval day to second) -> interval day to second", ""},
    {"negate", kScalar, "(interval year to month) -> interval year to month", ""},
    {"negate", kScalar, "(decimal(p,s)) -> decimal(p,s)", ""},
};

}  // namespace

Result<std::vector<Type>> OperandTypes(std::string_view word, const std::vector<Type>& operands) {
  static const FunctionRegistry kOperators(kArithmetic);
  const std::vector<Signature>* const signatures = kOperators.Find(word);
  if (signatures == nullptr) return operands;
  std::vector<CallArgument> arguments;
  for (const Type& operand : operands) arguments.push_back({operand, 0, {}});
  auto bound = BindFunction(word, *signatures, arguments, nullptr, {});
  if (bound) return std::move(bound->parameters);
  if (bound.error().code != ErrorCode::kAmbiguousFunctionCall) return operands;
  bound.error().position.reset();  // Trino gives an operator none
  return std::unexpected(std::move(bound).error());
}

}  // namespace opentrail::sql
