#include <charconv>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/format_expression.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// Queries: WITH, set operations, VALUES, and ORDER BY, OFFSET and LIMIT over what is no plain SELECT.
namespace opentrail::sql {

namespace {

std::string_view OperatorName(SetOperator operation) {
  switch (operation) {
    case SetOperator::kUnion: return "UNION";
    case SetOperator::kIntersect: return "INTERSECT";
    case SetOperator::kExcept: return "EXCEPT";
  }
  return "";
}

// The number that LIMIT, OFFSET or FETCH FIRST asks for.
Result<uint64_t> RowCount(const Expression& expression, std::string_view clause) {
  if (std::holds_alternative<Parameter>(expression.node)) {
    return std::unexpected(Error{ErrorCode::kInvalidParameterUsage, expression.position,
                                 "Incorrect number of parameters: expected 1 but found 0"});
  }
  const auto* literal = std::get_if<LongLiteral>(&expression.node);
  const std::string text = literal != nullptr ? literal->digits : FormatExpression(expression);
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count > INT64_MAX) {
    return std::unexpected(Error{ErrorCode::kInvalidLimitClause, expression.position,
                                 fmt::format("Invalid {} row count: {}", clause, text)});
  }
  return count;
}

bool Orders(const Query& query) { return !query.order_by.empty() || query.offset || query.limit || query.fetch_first; }

}  // namespace

Result<ResolvedQuery> Resolver::ResolveQuery(const Query& query, const Scope* outer, OrderUse order) {
  const DepthGuard guard(depth_);
  SQL_CHECK(guard.Check(kMaxResolveDepth, query.position));
  const size_t visible = common_tables_.size();
  SQL_CHECK(ResolveWith(query, outer));
  auto body = ResolveQueryBody(query, outer, order);
  const std::string clause = WithClause(visible);
  while (common_tables_.size() > visible) common_tables_.pop_back();
  if (body) body->sql = clause + body->sql;
  return body;
}

Result<void> Resolver::ResolveWith(const Query& query, const Scope* outer) {
  const size_t visible = common_tables_.size();
  for (const CommonTableExpression& expression : query.with) {
    const std::string name = LowerCase(expression.name.text);
    auto known = common_tables_.begin();
    std::advance(known, static_cast<std::ptrdiff_t>(visible));
    for (; known != common_tables_.end(); ++known) {
      if (known->name != name) continue;
      return std::unexpected(Error{ErrorCode::kDuplicateNamedQuery, expression.name.position,
                                   fmt::format("WITH query name '{}' specified more than once", name)});
    }
    if (query.recursive) {
      if (auto table = SQL_TRY(ResolveRecursion(expression, outer))) {
        common_tables_.push_back(*std::move(table));
        continue;
      }
    }
    common_tables_.push_back(SQL_TRY(ResolveCommonTable(expression, outer)));
  }
  return {};
}

Result<CommonTable> Resolver::ResolveCommonTable(const CommonTableExpression& expression, const Scope* outer) {
  std::string alias = NewAlias("w");
  ResolvedQuery query = SQL_TRY(ResolveQuery(*expression.query, outer, OrderUse::kDropped));
  CommonTable table{LowerCase(expression.name.text), std::move(alias), std::move(query), 0, {}};
  table.used.resize(table.query.columns.size());
  const size_t given = expression.columns.size();
  if (given == 0) return table;
  std::vector<QueryColumn>& columns = table.query.columns;
  if (given != columns.size()) {
    return std::unexpected(
        Error{ErrorCode::kMismatchedColumnAliases, expression.columns[0].position,
              fmt::format("Column alias list has {} entries but relation has {} columns", given, columns.size())});
  }
  for (size_t i = 0; i < given; ++i) columns[i].label = expression.columns[i].text;
  return table;
}

namespace {

// What is read once is inlined, so that its filters and columns reach the scan; what is read more often is computed
// once, since a second scan of the logs costs more than keeping its rows. The engine would keep all columns of it.
std::string CommonTableText(const CommonTable& table) {
  const std::string name = QuoteIdentifier(table.engine_name);
  if (table.recursive) return fmt::format("{} AS ({})", name, table.query.sql);
  if (table.references == 1) return fmt::format("{} AS NOT MATERIALIZED ({})", name, table.query.sql);
  std::string columns;
  size_t used = 0;
  for (size_t i = 0; i < table.used.size(); ++i) {
    if (!table.used[i]) continue;
    columns += (used++ == 0 ? "" : ", ") + ColumnName(i);
  }
  if (used == table.used.size()) return fmt::format("{} AS MATERIALIZED ({})", name, table.query.sql);
  if (used == 0) columns = "NULL AS " + ColumnName(0);
  return fmt::format("{} AS MATERIALIZED (SELECT {} FROM ({}) AS {})", name, columns, table.query.sql, name);
}

}  // namespace

std::string Resolver::WithClause(size_t first) const {
  std::string clause;
  bool recursive = false;
  auto table = common_tables_.begin();
  std::advance(table, static_cast<std::ptrdiff_t>(first));
  for (; table != common_tables_.end(); ++table) {
    if (table->references == 0) continue;
    clause += (clause.empty() ? "" : ", ") + CommonTableText(*table);
    recursive = recursive || table->recursive;
  }
  if (clause.empty()) return clause;
  return fmt::format("WITH {}{} ", recursive ? "RECURSIVE " : "", clause);
}

Result<ResolvedQuery> Resolver::ResolveQueryBody(const Query& query, const Scope* outer, OrderUse order) {
  const auto& node = query.body->node;
  if (const auto* select = std::get_if<Select>(&node)) return ResolveSelect(*select, &query, outer, order);
  if (!Orders(query)) {
    if (const auto* inner = std::get_if<ParenthesizedQuery>(&node)) return ResolveQuery(*inner->query, outer, order);
    return ResolveBody(*query.body, outer);
  }
  ResolvedQuery body = SQL_TRY(ResolveBody(*query.body, outer));
  return OrderDerived(std::move(body), query, outer, order);
}

Result<ResolvedQuery> Resolver::ResolveBody(const QueryBody& body, const Scope* outer) {
  if (const auto* select = std::get_if<Select>(&body.node)) {
    return ResolveSelect(*select, nullptr, outer, OrderUse::kDropped);
  }
  if (const auto* values = std::get_if<Values>(&body.node)) return ResolveValues(*values, outer);
  if (const auto* table = std::get_if<TableQuery>(&body.node)) return ResolveTableQuery(*table);
  if (const auto* operation = std::get_if<SetOperation>(&body.node)) return ResolveSetOperation(*operation, outer);
  return ResolveQuery(*std::get<ParenthesizedQuery>(body.node).query, outer, OrderUse::kDropped);
}

Result<ResolvedQuery> Resolver::ResolveSetOperation(const SetOperation& operation, const Scope* outer) {
  const DepthGuard guard(depth_);
  SQL_CHECK(guard.Check(kMaxResolveDepth, operation.position));
  const CorrelationWatch watch(outer);
  ResolvedQuery left = SQL_TRY(ResolveBody(*operation.left, outer));
  ResolvedQuery right = SQL_TRY(ResolveBody(*operation.right, outer));
  correlation_.rows = correlation_.rows || watch.Saw();
  const std::vector<Type> types = SQL_TRY(CommonColumns(operation, left, right));
  const std::string left_sql = CoerceColumns(left, types);
  const std::string right_sql = CoerceColumns(right, types);
  ResolvedQuery result;
  bool keyed = false;
  for (size_t i = 0; i < types.size(); ++i) {
    keyed = keyed || HasKey(types[i]);
    result.columns.push_back({left.columns[i].label, types[i]});
  }
  // Rows that differ only in how an instant's zone is written are the same row.
  if (keyed && !operation.all && operation.operation == SetOperator::kUnion) {
    const std::string alias = NewAlias("r");
    result.sql = fmt::format("SELECT DISTINCT ON ({}) * FROM (({}) UNION ALL ({})) AS {}",
                             DistinctKeys(result.columns, alias), left_sql, right_sql, QuoteIdentifier(alias));
    return result;
  }
  result.sql = fmt::format("({}) {}{} ({})", left_sql, OperatorName(operation.operation), operation.all ? " ALL" : "",
                           right_sql);
  return result;
}

Result<std::vector<Type>> Resolver::CommonColumns(const SetOperation& operation, const ResolvedQuery& left,
                                                  const ResolvedQuery& right) {
  const std::string_view name = OperatorName(operation.operation);
  if (left.columns.size() != right.columns.size()) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, operation.position,
                                 fmt::format("{} query has different number of fields: {}, {}", name,
                                             left.columns.size(), right.columns.size())});
  }
  std::vector<Type> types;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    const Type& a = left.columns[i].type;
    const Type& b = right.columns[i].type;
    auto common = CommonSuperType(a, b);
    if (!common) {
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, operation.position,
                fmt::format("column {} in {} query has incompatible types: {}, {}", i + 1, name, a.Name(), b.Name())});
    }
    if (!operation.all && !IsComparable(*common)) {
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, operation.position,
                fmt::format("Type {} is not comparable and therefore cannot be used in {}", common->Name(), name)});
    }
    types.push_back(*std::move(common));
  }
  return types;
}

std::string Resolver::CoerceColumns(const ResolvedQuery& query, const std::vector<Type>& types) {
  const std::string alias = NewAlias("r");
  std::string columns;
  bool changed = false;
  for (size_t i = 0; i < types.size(); ++i) {
    const TypedSql column{query.columns[i].type, ColumnSql(alias, i)};
    changed = changed || !SameStorage(column.type, types[i]);
    columns += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", CoerceTo(column, types[i]), ColumnName(i));
  }
  if (!changed) return query.sql;
  return fmt::format("SELECT {} FROM ({}) AS {}", columns, query.sql, QuoteIdentifier(alias));
}

Result<ResolvedQuery> Resolver::ResolveValues(const Values& values, const Scope* outer) {
  Scope scope;
  scope.outer = outer;
  const ExpressionContext context{&scope};
  const CorrelationWatch watch(outer);
  std::vector<std::vector<Resolved>> rows;
  std::vector<Type> types;
  for (const ExpressionPointer& row : values.rows) {
    const auto* fields = std::get_if<RowConstructor>(&row->node);
    std::vector<Resolved> cells;
    if (fields != nullptr) {
      for (const ExpressionPointer& field : fields->fields) cells.push_back(SQL_TRY(ResolveRoot(*field, context)));
    } else {
      cells.push_back(SQL_TRY(ResolveRoot(*row, context)));
    }
    if (rows.empty()) types.resize(cells.size());
    if (cells.size() != types.size()) {
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, values.position,
                fmt::format("Values rows have mismatched sizes: {} vs {}", types.size(), cells.size())});
    }
    bool fits = true;
    for (size_t i = 0; fits && i < types.size(); ++i) {
      const auto common = CommonSuperType(types[i], cells[i].type);
      fits = common.has_value();
      if (fits) types[i] = *common;
    }
    if (!fits) {
      return std::unexpected(Error{
          ErrorCode::kTypeMismatch, values.position,
          fmt::format("Values rows have mismatched types: {} vs {}", RowTypeName(types), RowTypeName(TypesOf(cells)))});
    }
    rows.push_back(std::move(cells));
  }
  correlation_.rows = correlation_.rows || (rows.size() > 1 && watch.Saw());
  std::string text;
  for (const auto& cells : rows) text += fmt::format("{}({})", text.empty() ? "" : ", ", CoerceRow(cells, types));
  ResolvedQuery result;
  std::string columns;
  for (size_t i = 0; i < types.size(); ++i) {
    result.columns.push_back({"", types[i]});
    columns += (i == 0 ? "" : ", ") + ColumnName(i);
  }
  result.sql = fmt::format("SELECT * FROM (VALUES {}) AS {}({})", text, QuoteIdentifier(NewAlias("r")), columns);
  return result;
}

Result<ResolvedQuery> Resolver::ResolveTableQuery(const TableQuery& table) {
  const ResolvedRelation relation = SQL_TRY(ResolveTable({table.name}, table.position));
  ResolvedQuery result;
  std::string columns;
  for (const Field& field : relation.fields) {
    if (field.hidden) continue;
    field.MarkUsed();
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ", field.sql, ColumnName(result.columns.size()));
    result.columns.push_back({field.label, field.type});
  }
  result.sql = fmt::format("SELECT {} FROM {}", columns, relation.sql);
  return result;
}

// ORDER BY and its kin over a set operation, VALUES or a parenthesis: its expressions see the result's columns only.
Result<ResolvedQuery> Resolver::OrderDerived(ResolvedQuery body, const Query& query, const Scope* outer,
                                             OrderUse order) {
  const RowWindow rows = SQL_TRY(ResolveRowWindow(query));
  const std::string alias = NewAlias("r");
  Scope scope;
  scope.outer = outer;
  scope.fields = DerivedFields(body.columns, alias);
  const ExpressionContext context{&scope};
  SelectParts parts;
  parts.from = fmt::format("({}) AS {}", body.sql, QuoteIdentifier(alias));
  for (const Field& field : scope.fields) {
    parts.items.push_back({field.label, ReadField(field, scope), nullptr, query.position});
  }
  std::vector<SortKey> sort = SQL_TRY(ResolveOrderBy(query, parts, context));
  if (order == OrderUse::kDropped && !rows.limit && !rows.offset) sort.clear();
  return EmitSelect(parts, sort, rows);
}

Result<Resolver::RowWindow> Resolver::ResolveRowWindow(const Query& query) {
  RowWindow rows;
  if (query.offset) rows.offset = SQL_TRY(RowCount(*query.offset, "OFFSET"));
  if (query.limit) rows.limit = SQL_TRY(RowCount(*query.limit, "LIMIT"));
  if (query.fetch_first) rows.limit = SQL_TRY(RowCount(*query.fetch_first, "FETCH FIRST"));
  rows.with_ties = query.with_ties;
  if (query.fetch_first && rows.limit == 0) {
    return std::unexpected(Error{ErrorCode::kNumericValueOutOfRange, query.rows_position,
                                 "FETCH FIRST row count must be positive (actual value: 0)"});
  }
  if (query.with_ties && query.order_by.empty()) {
    return std::unexpected(
        Error{ErrorCode::kMissingOrderBy, query.rows_position, "FETCH FIRST WITH TIES clause requires ORDER BY"});
  }
  return rows;
}

std::string Resolver::RowWindowSql(const RowWindow& rows) {
  std::string sql;
  if (rows.limit) sql += fmt::format(" LIMIT {}", *rows.limit);
  if (rows.offset) sql += fmt::format(" OFFSET {}", *rows.offset);
  return sql;
}

}  // namespace opentrail::sql
