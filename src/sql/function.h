#pragma once

#include <cstdint>
#include <span>
#include <string_view>

// The functions of the dialect as data. One row is one signature of one function; the rows of a family stand in
// sql/functions/<family>.cc, and what a row's engine template names is implemented in engine/functions/<family>.cc.
namespace opentrail::sql {

enum class FunctionKind : uint8_t { kScalar, kAggregate, kWindow };

// How a call treats NULL arguments, where that differs from "any NULL gives NULL" it is the engine function's affair.
struct FunctionSignature {
  std::string_view name;  // lower case, as Athena documents it
  FunctionKind kind;
  // Trino's notation, spelled as its own errors list the signature: "(array(t), function(t,boolean)) -> array(T)". Type
  // variables are E K R S T U V, with a digit or none, in either case; "varchar" takes any length, "decimal" any
  // precision, "timestamp" any precision (p, in the result's numbers), "joniregexp", "codepoints" and "jsonpath" a
  // varchar; a last parameter followed by "..." repeats (>= 1 times); "row" takes any row; "comparable"/"orderable"
  // constraints are written T:orderable. A decimal's numbers and the length of a varchar or char may be variables that
  // the result computes with (+ - * / min max, parentheses), as it may with p: "timestamp(max(p, 3))";
  // "(decimal(p,s)) -> decimal(min(38, p + 1),s)", "(varchar(x), varchar(y)) -> varchar(x + y)".
  // A '~' in front: a case of another row, for the sake of its template; Trino lists no such signature.
  std::string_view signature;
  // The engine's SQL with $1..$9 for arguments, $* for all of them joined by ", ". "" means trino_<name>($*).
  // For lambdas the argument is already in the engine's spelling (lambda x: body).
  // $R is Type::EngineName() of the call's result; $T the name of the first argument's type, as a text; $P its
  // precision. $1<array(varchar)> is argument 1 after the dialect's own CAST to the type in angle brackets (ApplyCast),
  // where a coercion would not do.
  //
  // An aggregate's or a window function's template holds exactly one engine aggregate call. Where that call is the
  // whole template it stands plain, "max($1)"; where something is wrapped around it, it stands in braces, which are
  // not part of the engine's SQL: "CAST({sum($1)} AS BIGINT)". The resolver writes DISTINCT behind the call's opening
  // parenthesis, ORDER BY (WITHIN GROUP's too) and IGNORE NULLS before its closing one, and FILTER (…) OVER (…) right
  // behind the call, that is in the closing brace's place. A scalar's template has no braces of its own.
  std::string_view engine;
};

// All signatures, every family, in one stable order. Safe from any thread.
[[nodiscard]] std::span<const FunctionSignature> AllFunctions();

// One span a family; AllFunctions joins them.
[[nodiscard]] std::span<const FunctionSignature> StringFunctions();
[[nodiscard]] std::span<const FunctionSignature> RegexpFunctions();
[[nodiscard]] std::span<const FunctionSignature> JsonFunctions();
[[nodiscard]] std::span<const FunctionSignature> NetworkFunctions();  // IPADDRESS, URLs
[[nodiscard]] std::span<const FunctionSignature> BinaryFunctions();   // hashes, encodings
[[nodiscard]] std::span<const FunctionSignature> DatetimeFunctions();
[[nodiscard]] std::span<const FunctionSignature> MathFunctions();
[[nodiscard]] std::span<const FunctionSignature> ConditionalFunctions();
[[nodiscard]] std::span<const FunctionSignature> ArrayFunctions();
[[nodiscard]] std::span<const FunctionSignature> MapFunctions();
[[nodiscard]] std::span<const FunctionSignature> AggregateFunctions();
[[nodiscard]] std::span<const FunctionSignature> WindowFunctions();
[[nodiscard]] std::span<const FunctionSignature> SketchFunctions();

}  // namespace opentrail::sql
