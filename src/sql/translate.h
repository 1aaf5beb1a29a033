#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "sql/dialect.h"
#include "sql/error.h"
#include "sql/trino_text.h"
#include "sql/type.h"

namespace opentrail::sql {

// Expressions resolved in one statement: lambdas and ORDER BY aliases are resolved more than once.
inline constexpr uint32_t kMaxResolveSteps = 1'000'000;

// What the dialect needs to know besides the text. now is fixed for the statement, as Trino fixes it.
struct Session {
  std::string catalog = "awsdatacatalog";
  std::string database = "default";
  std::string user = "opentrail";
  std::chrono::sys_time<std::chrono::milliseconds> now;
  bool decimal_literals_as_double = true;  // Athena reads 1.5 as DOUBLE, stock Trino as DECIMAL(2,1)
  Dialect dialect = Dialect::kAthena;
  uint32_t max_resolve_steps = kMaxResolveSteps;
};

struct OutputColumn {
  std::string name;  // as Athena labels it: the identifier's spelling, the alias, or _col0
  Type type;
};

struct Translation {
  std::string engine_sql;
  std::vector<OutputColumn> columns;
  std::vector<RowUnnest> row_unnests;  // see TrinoText
};

inline constexpr size_t kMaxStatementBytes = 262144;

// One Trino statement to the engine's SQL. A table becomes opentrail_scan('database', 'name'), whose columns are the
// table's, and further: each struct leaf under its dotted name ("useridentity.arn") and "<column>$raw" (the value's
// JSON text; NULL where the value is). Refuses what Athena refuses, in its words, with the position. Pure; thread-safe.
[[nodiscard]] Result<Translation> Translate(std::string_view statement, const catalog::Catalog& catalog,
                                            const Session& session);

}  // namespace opentrail::sql
