#include "sql/translate.h"

#include <fmt/format.h>

#include "sql/function_binding.h"
#include "sql/parser.h"
#include "sql/resolver.h"
#include "sql/try.h"

namespace opentrail::sql {

Result<Translation> Translate(std::string_view statement, const catalog::Catalog& catalog, const Session& session) {
  const Statement parsed = SQL_TRY(ParseStatement(statement));
  const Query& query = *std::get<QueryStatement>(parsed.node).query;
  Resolver resolver(catalog, session, FunctionRegistry::Default());
  ResolvedQuery resolved = SQL_TRY(resolver.ResolveQuery(query, nullptr, OrderUse::kKept));
  Translation translation;
  translation.engine_sql = std::move(resolved.sql);
  for (size_t i = 0; i < resolved.columns.size(); ++i) {
    QueryColumn& column = resolved.columns[i];
    translation.columns.push_back(
        {column.label.empty() ? fmt::format("_col{}", i) : std::move(column.label), std::move(column.type)});
  }
  return translation;
}

}  // namespace opentrail::sql
