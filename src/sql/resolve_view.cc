#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/engine_text.h"
#include "sql/operators.h"
#include "sql/parser.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// A view is its query under a name, resolved where its own names mean something.
namespace opentrail::sql {
namespace {

constexpr uint32_t kMaxViewDepth = 32;
// What parsing a view's text is worth in steps of the resolver: views that name others twice make a tree of them.
constexpr uint32_t kBytesPerStep = 8;

Error InvalidView(Position position, const std::string& name, const std::string& why) {
  return {ErrorCode::kInvalidView, position, fmt::format("Failed analyzing stored view '{}': {}", name, why)};
}

}  // namespace

Result<ResolvedQuery> Resolver::ResolveViewQuery(const catalog::View& view, const std::string& name,
                                                 Position position) {
  uint32_t depth = 0;
  for (const ViewPath* path = views_; path != nullptr; path = path->outer) {
    if (path->view == &view) return std::unexpected(Error{ErrorCode::kViewIsRecursive, position, "View is recursive"});
    if (++depth > kMaxViewDepth) {
      return std::unexpected(Error{ErrorCode::kExceededDepthLimit, position,
                                   fmt::format("views stand in one another deeper than {} levels", kMaxViewDepth)});
    }
  }
  steps_ += static_cast<uint32_t>(view.sql.size()) / kBytesPerStep + 1;
  if (steps_ > session_.max_resolve_steps) {
    return std::unexpected(
        Error{ErrorCode::kExceededDepthLimit, position, "the statement's views make too large a query"});
  }
  const auto parsed = ParseStatement(view.sql);
  if (!parsed) return std::unexpected(InvalidView(position, name, parsed.error().Text()));
  Session session = session_;
  session.catalog = view.catalog;
  session.database = view.database;
  const ViewPath path{views_, &view};
  Resolver inner(catalog_, session, functions_);
  inner.views_ = &path;
  inner.depth_ = depth_;
  inner.steps_ = steps_;
  auto query = inner.ResolveQuery(*std::get<QueryStatement>(parsed->node).query, nullptr, OrderUse::kDropped);
  steps_ = inner.steps_;
  if (query || query.error().code == ErrorCode::kExceededDepthLimit) return query;
  if (query.error().code == ErrorCode::kViewIsRecursive || query.error().code == ErrorCode::kInvalidView) return query;
  return std::unexpected(InvalidView(position, name, query.error().Text()));
}

// The view's columns are those that it was made with: where its tables have changed, its values are brought to them.
Result<ResolvedRelation> Resolver::ResolveView(const catalog::View& view, const std::vector<std::string>& qualifier,
                                               Position position) {
  const std::string name = fmt::format("{}", fmt::join(qualifier, "."));
  const ResolvedQuery query = SQL_TRY(ResolveViewQuery(view, name, position));
  const auto stale = [&](const std::string& why) {
    return std::unexpected(
        Error{ErrorCode::kInvalidView, position, fmt::format("View '{}' is stale or in invalid state: {}", name, why)});
  };
  if (query.columns.size() != view.columns.size()) {
    return stale(
        fmt::format("stored view column count ({}) does not match column count derived from the view query "
                    "analysis ({})",
                    view.columns.size(), query.columns.size()));
  }
  std::vector<Type> types;
  for (size_t i = 0; i < view.columns.size(); ++i) {
    auto type = ParseType(view.columns[i].type);
    if (!type || !CanCoerce(query.columns[i].type, *type)) {
      return stale(fmt::format(
          "column [{}] of type {} projected from query view at position {} cannot be coerced to "
          "column [{}] of type {} stored in view definition",
          query.columns[i].label, query.columns[i].type.Name(), i, view.columns[i].name, view.columns[i].type));
    }
    types.push_back(*std::move(type));
  }
  const std::string alias = NewAlias("v");
  ResolvedRelation relation;
  relation.alias = alias;
  relation.sql = fmt::format("({}) AS {}", CoerceColumns(query, types), QuoteIdentifier(alias));
  std::vector<QueryColumn> columns;
  for (size_t i = 0; i < types.size(); ++i) columns.push_back({view.columns[i].name, std::move(types[i])});
  relation.fields = DerivedFields(columns, alias);
  return relation;
}

}  // namespace opentrail::sql
