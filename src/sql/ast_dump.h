#pragma once

#include <string>

#include "sql/ast.h"

namespace opentrail::sql {

// The tree as text, for tests and for people: one s-expression on one line, without positions.
//   SELECT a.b + 1 FROM t  ->  (query (select (item (+ (. a b) 1)) (from (table t))))
// Names are bare, quoted ones in double quotes, string values in single quotes. Recurses as deep as the tree is, chains
// of operators and joins included.
[[nodiscard]] std::string Dump(const Statement& statement);
[[nodiscard]] std::string Dump(const Expression& expression);

}  // namespace opentrail::sql
