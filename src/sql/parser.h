#pragma once

#include <string_view>

#include "sql/ast.h"
#include "sql/dialect.h"
#include "sql/error.h"

namespace opentrail::sql {

// How deep expressions, queries, relations and types may stand in one another, all counted together.
inline constexpr uint32_t kNestingDepthMax = 300;

// Parses one statement as Athena's engine version 3 (Trino's grammar) does; one ';' may end it. text is UTF-8 of at
// most kMaxStatementBytes. A refusal is worded and placed as Trino's: "line 1:1: mismatched input 'SELEC'. Expecting:
// …". Statements that are no query are refused as kNotSupported. Time and memory are linear in the text. Thread-safe.
//
// What a reader of the tree may rely on: nesting is bounded by kNestingDepthMax, but for the left side of + - * / % ||,
// joins and set operations and the base of . and [], which is as deep as the statement has terms. AND and OR of many
// terms are balanced trees.
[[nodiscard]] Result<Statement> ParseStatement(std::string_view text, Dialect dialect = Dialect::kAthena);

// The same for an expression that stands alone.
[[nodiscard]] Result<ExpressionPointer> ParseExpression(std::string_view text);

}  // namespace opentrail::sql
