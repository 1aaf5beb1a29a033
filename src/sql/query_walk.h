#pragma once

#include <string_view>
#include <vector>

#include "sql/ast.h"

namespace opentrail::sql {

// Where tables of this one-part name (lower case) are read in a relation or query body, subqueries in expressions
// included; a WITH inside that gives the name anew hides it. In the order of the text.
[[nodiscard]] std::vector<Position> FindTableReferences(const QueryBody& body, std::string_view name);
[[nodiscard]] std::vector<Position> FindTableReferences(const Query& query, std::string_view name);
[[nodiscard]] std::vector<Position> FindTableReferences(const Relation& relation, std::string_view name);

}  // namespace opentrail::sql
