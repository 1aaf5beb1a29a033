#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/query_walk.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// WITH RECURSIVE: one base relation, UNION ALL, one step that reads the rows found last.
namespace opentrail::sql {

namespace {

// Trino's default of max_recursion_depth, which Athena's users cannot set.
constexpr int kMaxRecursionDepth = 10;

Error Refusal(ErrorCode code, Position position, std::string message) { return {code, position, std::move(message)}; }

Position PositionOf(const QueryBody& body) {
  if (const auto* select = std::get_if<Select>(&body.node)) return select->position;
  if (const auto* values = std::get_if<Values>(&body.node)) return values->position;
  if (const auto* table = std::get_if<TableQuery>(&body.node)) return table->position;
  if (const auto* operation = std::get_if<SetOperation>(&body.node)) return operation->position;
  return std::get<ParenthesizedQuery>(body.node).position;
}

// The two sides of the union; nullptr where the query is no recursion but a plain one.
struct Recursion {
  const QueryBody* base = nullptr;
  const QueryBody* step = nullptr;
};

Result<Recursion> ShapeOf(const Query& query, std::string_view name) {
  const auto* operation = std::get_if<SetOperation>(&query.body->node);
  if (operation == nullptr || operation->operation != SetOperator::kUnion) return Recursion{};
  const auto in_base = FindTableReferences(*operation->left, name);
  if (!in_base.empty()) {
    return std::unexpected(Refusal(ErrorCode::kInvalidRecursiveReference, in_base[0],
                                   "WITH table name is referenced in the base relation of recursion"));
  }
  const auto in_step = FindTableReferences(*operation->right, name);
  if (in_step.size() > 1) {
    return std::unexpected(Refusal(ErrorCode::kInvalidRecursiveReference, in_step[1],
                                   "multiple recursive references in the step relation of recursion"));
  }
  if (in_step.empty()) return Recursion{};
  return Recursion{operation->left.get(), operation->right.get()};
}

// An outer join or EXCEPT must not read the recursion on the side that what is missing would show.
Result<void> CheckFrom(const Relation& relation, std::string_view name) {
  const auto* join = std::get_if<JoinRelation>(&relation.node);
  if (join == nullptr) return {};
  const auto left = FindTableReferences(*join->left, name);
  const auto right = FindTableReferences(*join->right, name);
  const auto refuse = [&](Position position, std::string_view side, std::string_view kind) {
    return std::unexpected(Refusal(ErrorCode::kInvalidRecursiveReference, position,
                                   fmt::format("recursive reference in {} source of {} join", side, kind)));
  };
  if (join->kind == JoinKind::kLeft && !right.empty()) return refuse(right[0], "right", "LEFT");
  if (join->kind == JoinKind::kRight && !left.empty()) return refuse(left[0], "left", "RIGHT");
  if (join->kind == JoinKind::kFull && !left.empty()) return refuse(left[0], "left", "FULL");
  if (join->kind == JoinKind::kFull && !right.empty()) return refuse(right[0], "right", "FULL");
  SQL_CHECK(CheckFrom(*join->left, name));
  return CheckFrom(*join->right, name);
}

Result<void> CheckStep(const QueryBody& step, std::string_view name) {
  const Position reference = FindTableReferences(step, name).front();
  const QueryBody* body = &step;
  while (const auto* inner = std::get_if<ParenthesizedQuery>(&body->node)) {
    if (inner->query->limit || inner->query->fetch_first) {
      return std::unexpected(Refusal(ErrorCode::kInvalidLimitClause, inner->query->position,
                                     "FETCH FIRST / LIMIT clause in the step relation of recursion"));
    }
    body = inner->query->body.get();
  }
  const auto* select = std::get_if<Select>(&body->node);
  if (select == nullptr || !select->from || FindTableReferences(*select->from, name).empty()) {
    return std::unexpected(Refusal(ErrorCode::kInvalidRecursiveReference, reference,
                                   "recursive reference outside of FROM clause of the step relation of recursion"));
  }
  return CheckFrom(*select->from, name);
}

Result<void> CheckClauses(const Query& query) {
  if (!query.with.empty()) {
    return std::unexpected(Refusal(ErrorCode::kNestedRecursive, query.position,
                                   "immediate WITH clause in recursive query is not supported"));
  }
  if (!query.order_by.empty()) {
    return std::unexpected(
        Refusal(ErrorCode::kNotSupported, query.order_position, "immediate ORDER BY clause in recursive query"));
  }
  if (query.offset) {
    return std::unexpected(Refusal(ErrorCode::kNotSupported, query.offset->position,
                                   "immediate OFFSET clause in recursive query is not supported"));
  }
  const Expression* const limit = query.limit ? query.limit.get() : query.fetch_first.get();
  if (limit != nullptr) {
    return std::unexpected(Refusal(ErrorCode::kInvalidLimitClause, limit->position,
                                   "immediate FETCH FIRST / LIMIT clause in recursive query"));
  }
  return {};
}

Result<void> CheckTypes(const ResolvedQuery& base, const ResolvedQuery& step, Position position) {
  if (base.columns.size() != step.columns.size()) {
    return std::unexpected(Refusal(ErrorCode::kTypeMismatch, position,
                                   fmt::format("base and step relations of recursion have different number of fields: "
                                               "{}, {}",
                                               base.columns.size(), step.columns.size())));
  }
  for (size_t i = 0; i < base.columns.size(); ++i) {
    const Type& to = base.columns[i].type;
    const Type& from = step.columns[i].type;
    if (CanCoerce(from, to)) continue;
    return std::unexpected(
        Refusal(ErrorCode::kTypeMismatch, position,
                fmt::format("recursion step relation output type ({}) is not coercible to recursion base relation "
                            "output type ({}) at column {}",
                            from.Name(), to.Name(), i + 1)));
  }
  return {};
}

// Each row carries how many steps made it; past the bound the engine function refuses.
std::string RecursionSql(const CommonTable& table, const ResolvedQuery& step) {
  std::string base_columns;
  std::string step_columns;
  for (size_t i = 0; i < table.query.columns.size(); ++i) {
    base_columns += ColumnName(i) + ", ";
    const TypedSql column{step.columns[i].type, ColumnSql("s", i)};
    step_columns += fmt::format("CAST({} AS {}) AS {}, ", CoerceTo(column, table.query.columns[i].type),
                                table.query.columns[i].type.EngineName(), ColumnName(i));
  }
  return fmt::format(
      "SELECT {0}CAST(0 AS INTEGER) AS \"depth\" FROM ({1}) AS \"b\" UNION ALL SELECT {2}"
      "trino_recursion_depth(\"d\".\"depth\" + 1, {5}) AS \"depth\" FROM ({3}) AS \"s\" CROSS JOIN "
      "(SELECT max(\"depth\") AS \"depth\" FROM {4}) AS \"d\"",
      base_columns, table.query.sql, step_columns, step.sql, QuoteIdentifier(table.engine_name), kMaxRecursionDepth);
}

// UNION without ALL: the rows of all steps, each once.
void MakeDistinct(CommonTable& table, std::string name) {
  const std::string inner = QuoteIdentifier(table.engine_name);
  std::string columns;
  for (size_t i = 0; i < table.query.columns.size(); ++i) columns += (i == 0 ? "" : ", ") + ColumnName(i);
  table.query.sql =
      fmt::format("WITH RECURSIVE {0} AS ({1}) SELECT DISTINCT {2} FROM {0}", inner, table.query.sql, columns);
  table.engine_name = std::move(name);
  table.recursive = false;
}

}  // namespace

Result<std::optional<CommonTable>> Resolver::ResolveRecursion(const CommonTableExpression& expression,
                                                              const Scope* outer) {
  const std::string name = LowerCase(expression.name.text);
  const Query& query = *expression.query;
  if (expression.columns.empty()) {
    return std::unexpected(Refusal(ErrorCode::kMissingColumnAliases, expression.name.position,
                                   "missing column aliases in recursive WITH query"));
  }
  const Recursion shape = SQL_TRY(ShapeOf(query, name));
  if (shape.step == nullptr) {
    const auto references = FindTableReferences(query, name);
    if (references.empty()) return std::nullopt;
    return std::unexpected(Refusal(ErrorCode::kInvalidRecursiveReference, references[0],
                                   "recursive reference not allowed in this context"));
  }
  SQL_CHECK(CheckStep(*shape.step, name));
  SQL_CHECK(CheckClauses(query));
  ResolvedQuery base = SQL_TRY(ResolveBody(*shape.base, outer));
  if (base.columns.size() != expression.columns.size()) {
    return std::unexpected(Refusal(ErrorCode::kMismatchedColumnAliases, expression.name.position,
                                   fmt::format("Column alias list has {} entries but relation has {} columns",
                                               expression.columns.size(), base.columns.size())));
  }
  for (size_t i = 0; i < base.columns.size(); ++i) base.columns[i].label = expression.columns[i].text;
  CommonTable table{name, NewAlias("w"), std::move(base), 0, {}};
  table.used.resize(table.query.columns.size());
  table.recursive = true;
  common_tables_.push_back(table);
  auto step = ResolveBody(*shape.step, outer);
  common_tables_.pop_back();
  if (!step) return std::unexpected(std::move(step).error());
  SQL_CHECK(CheckTypes(table.query, *step, PositionOf(*shape.step)));
  table.query.sql = RecursionSql(table, *step);
  if (!std::get<SetOperation>(query.body->node).all) MakeDistinct(table, NewAlias("w"));
  return table;
}

}  // namespace opentrail::sql
