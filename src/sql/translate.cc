#include "sql/translate.h"

#include <fmt/format.h>

#include "sql/function_binding.h"
#include "sql/parser.h"
#include "sql/resolver.h"
#include "sql/try.h"
#include "sql/write_statement.h"

namespace opentrail::sql {

Result<Translation> Translate(std::string_view statement, const catalog::Catalog& catalog, const Session& session) {
  const Statement parsed = SQL_TRY(ParseStatement(statement, session.dialect));
  return TranslateQuery(*std::get<QueryStatement>(parsed.node).query, catalog, session);
}

Result<Translation> TranslateQuery(const Query& query, const catalog::Catalog& catalog, const Session& session,
                                   std::vector<bool>* named) {
  Resolver resolver(catalog, session, FunctionRegistry::Default());
  ResolvedQuery resolved = SQL_TRY(resolver.ResolveQuery(query, nullptr, OrderUse::kKept));
  Translation translation;
  translation.row_unnests = resolver.row_unnests();
  translation.engine_sql = std::move(resolved.sql);
  for (size_t i = 0; i < resolved.columns.size(); ++i) {
    QueryColumn& column = resolved.columns[i];
    const bool is_named = !column.label.empty();
    if (named != nullptr) named->push_back(is_named);
    translation.columns.push_back(
        {is_named ? std::move(column.label) : fmt::format("_col{}", i), std::move(column.type)});
  }
  return translation;
}

}  // namespace opentrail::sql
