#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sql/ast.h"

namespace opentrail::sql {

using ExpressionVisitor = std::function<void(const Expression&)>;

// Calls the visitor with each expression directly below this one, window and ORDER BY parts included; queries below it
// are not entered.
void ForEachChild(const Expression& expression, const ExpressionVisitor& visitor);

// The expression and all below it, in the order of the text, until the visitor says false for one: nothing below that
// one is visited. Takes no stack, however deep the tree.
void WalkExpression(const Expression& expression, const std::function<bool(const Expression&)>& visitor);

// Whether more than `depth` expressions stand in one another. Takes no stack.
[[nodiscard]] bool IsDeeperThan(const Expression& expression, uint32_t depth);

// Where Trino's errors point for the expression as a whole: an operator's sign, else the first token.
[[nodiscard]] Position PointOf(const Expression& expression);

// a.b.c as names in lower case; nullopt where it is something else, or longer than any name can be.
[[nodiscard]] std::optional<std::vector<std::string>> NameChain(const Expression& expression);

}  // namespace opentrail::sql
