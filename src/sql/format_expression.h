#pragma once

#include <string>

#include "sql/ast.h"

namespace opentrail::sql {

// An expression as Trino spells it back in its messages: "(a + 1)", "count(*)", "(x IS NOT NULL)". Queries inside it
// are shortened to "(SELECT ...)".
[[nodiscard]] std::string FormatExpression(const Expression& expression);

// A call alone: "count(DISTINCT x) OVER ()".
[[nodiscard]] std::string FormatCall(const FunctionCall& call);

// a, "b c": an identifier as written.
[[nodiscard]] std::string FormatIdentifier(const Identifier& identifier);

}  // namespace opentrail::sql
