#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sql/ast.h"
#include "sql/error.h"

// The question marks of a statement and the values that stand for them.
// https://docs.aws.amazon.com/athena/latest/ug/querying-with-prepared-statements.html
namespace opentrail::sql {

// How many there are. Text that cannot be cut into tokens has none. Linear in the text. Thread-safe.
[[nodiscard]] size_t CountParameters(std::string_view statement);

// Whether a value may stand for a parameter: it names no column (a lambda's own parameters are none), has no question
// mark, and no query that could have them.
[[nodiscard]] bool IsConstant(const Expression& expression);

// A value that a caller sent, as SQL: itself where it is an expression that names no column and has no parameter, else
// the text as a string literal. Thread-safe.
[[nodiscard]] std::string ParameterText(std::string_view value);

// The statement with a value's SQL for each question mark, in their order: "Incorrect number of parameters: expected 2
// but found 1" (kInvalidParameterUsage). Each value is a well-formed expression. Linear. Thread-safe.
[[nodiscard]] Result<std::string> BindParameters(std::string_view statement, std::span<const std::string> values);

}  // namespace opentrail::sql
