#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/format_expression.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// SELECT: its list, WHERE, HAVING, DISTINCT, ORDER BY, and the engine's text of the whole.
namespace opentrail::sql {

namespace {

// The label of an unnamed item: Trino names a column after itself, and a field of a row that is a column's.
std::string ImplicitLabel(const Expression& expression) {
  if (const auto* column = std::get_if<ColumnReference>(&expression.node)) return column->name.text;
  const auto* dereference = std::get_if<Dereference>(&expression.node);
  return dereference != nullptr && NameChain(expression) ? dereference->field.text : "";
}

bool EndsWith(const std::vector<std::string>& qualifier, const std::vector<std::string>& names) {
  return names.size() <= qualifier.size() && std::equal(names.rbegin(), names.rend(), qualifier.rbegin());
}

std::optional<size_t> FindItem(const std::vector<OutputItem>& items, const std::string& sql) {
  const auto found = std::ranges::find_if(items, [&](const OutputItem& item) { return item.value.sql == sql; });
  return found == items.end() ? std::nullopt : std::optional(static_cast<size_t>(found - items.begin()));
}

Error NotSortable(const Type& type, const Expression& expression, Position select) {
  return {ErrorCode::kTypeMismatch, select,
          fmt::format("Type {} is not orderable, and therefore cannot be used in ORDER BY: {}", type.Name(),
                      FormatExpression(expression))};
}

}  // namespace

Result<ResolvedQuery> Resolver::ResolveSelect(const Select& select, const Query* query, const Scope* outer,
                                              OrderUse order) {
  Scope scope;
  scope.outer = outer;
  SelectParts parts;
  SQL_CHECK(ResolveSelectParts(select, query, scope, parts));
  RowWindow rows;
  std::vector<SortKey> sort;
  if (query != nullptr) {
    rows = SQL_TRY(ResolveRowWindow(*query));
    sort = SQL_TRY(ResolveOrderBy(
        *query, parts,
        {.scope = &scope, .outputs = &parts.items, .windows = &select.windows, .select = select.position}));
    for (size_t i = 0; parts.distinct && i < sort.size(); ++i) {
      if (FindItem(parts.items, sort[i].value.sql)) continue;
      return std::unexpected(Error{ErrorCode::kExpressionNotInDistinct, select.position,
                                   "For SELECT DISTINCT, ORDER BY expressions must appear in select list"});
    }
  }
  if (order == OrderUse::kDropped && !rows.limit && !rows.offset) sort.clear();
  return EmitSelect(parts, sort, rows);
}

namespace {

// (VALUES 1) AS t(x)
bool IsOneRow(const Relation& relation) {
  const auto* aliased = std::get_if<AliasedRelation>(&relation.node);
  const Relation& plain = aliased != nullptr ? *aliased->relation : relation;
  const auto* subquery = std::get_if<SubqueryRelation>(&plain.node);
  const auto* values = subquery == nullptr ? nullptr : std::get_if<Values>(&subquery->query->body->node);
  return values != nullptr && values->rows.size() == 1;
}

Result<void> CheckWindowNames(const Select& select) {
  for (size_t i = 1; i < select.windows.size(); ++i) {
    const Identifier& name = select.windows[i].name;
    for (size_t j = 0; j < i; ++j) {
      if (LowerCase(select.windows[j].name.text) != LowerCase(name.text)) continue;
      return std::unexpected(Error{ErrorCode::kDuplicateWindowName, name.position,
                                   fmt::format("WINDOW name '{}' specified more than once", name.text)});
    }
  }
  return {};
}

}  // namespace

Result<void> Resolver::ResolveSelectParts(const Select& select, const Query* query, Scope& scope, SelectParts& parts) {
  ResolvedRelation relation;
  const bool unnest_around = std::exchange(correlation_.unnest, false);
  if (select.from) relation = SQL_TRY(ResolveRelation(*select.from, scope.outer, nullptr));
  correlation_.rows = correlation_.rows || (correlation_.unnest && select.where);
  const bool unnests = std::exchange(correlation_.unnest, correlation_.unnest || unnest_around);
  scope.fields = std::move(relation.fields);
  const ExpressionContext context{.scope = &scope, .windows = &select.windows, .select = select.position};
  SQL_CHECK(CheckWindowNames(select));
  parts.from = relation.sql;
  const CorrelationWatch watch(scope.outer);
  const bool fields_around = std::exchange(correlation_.fields, false);
  if (select.where) SQL_CHECK(ResolveWhere(*select.where, context, relation, parts));
  const bool filters_fields = std::exchange(correlation_.fields, fields_around);
  parts.distinct = select.distinct;
  parts.aggregates = HasAggregates(select, query);
  if (parts.aggregates) {
    const std::vector<OutputItem> ordinals = SQL_TRY(OrdinalTargets(select, context));
    parts.group_by = SQL_TRY(ResolveGroupBy(select, context, ordinals, parts.grouping));
    scope.grouping = &parts.grouping;
  }
  const bool one_row = (parts.aggregates && !select.has_group_by) || !select.from || IsOneRow(*select.from);
  correlation_.rows = correlation_.rows || (filters_fields && select.from && !IsOneRow(*select.from));
  const bool limited = query != nullptr && (query->limit || query->fetch_first) && !one_row;
  if (limited && watch.Saw()) SQL_CHECK(CheckCorrelatedLimit(*select.where, context));
  const CorrelationWatch items(scope.outer);
  SQL_CHECK(ResolveItems(select, context, parts.items));
  const bool computes = !one_row && !parts.aggregates && !unnests;
  correlation_.items = correlation_.items || (computes && items.Saw());
  if (select.having) {
    std::vector<std::string> windows;
    CollectWindows(*select.having, windows);
    if (!windows.empty()) {
      return std::unexpected(Error{ErrorCode::kNestedWindow, select.having->position,
                                   "HAVING clause cannot contain window functions or row pattern measures"});
    }
    parts.having = SQL_TRY(ResolveCondition(*select.having, context, "HAVING clause"));
  }
  for (const OutputItem& item : parts.items) {
    if (!select.distinct || IsComparable(item.value.type)) continue;
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, select.position,
              fmt::format("DISTINCT can only be applied to comparable types (actual: {})", item.value.type.Name())});
  }
  return {};
}

// What GROUP BY 1 may point at: the items' expressions, unresolved, and the columns that a * stands for.
Result<std::vector<OutputItem>> Resolver::OrdinalTargets(const Select& select, const ExpressionContext& context) {
  std::vector<OutputItem> targets;
  for (const SelectItem& item : select.items) {
    if (const auto* single = std::get_if<SelectExpression>(&item.node)) {
      targets.push_back({"", {}, single->expression.get(), item.position});
    } else {
      SQL_CHECK(ResolveStar(std::get<SelectAll>(item.node), item.position, context, targets));
    }
  }
  return targets;
}

Result<std::string> Resolver::ResolveCondition(const Expression& expression, const ExpressionContext& context,
                                               std::string_view clause) {
  const Resolved condition = SQL_TRY(ResolveRoot(expression, context));
  const Type boolean(TypeKind::kBoolean);
  if (!CanCoerce(condition.type, boolean)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, expression.position,
              fmt::format("{} must evaluate to a boolean: actual type {}", clause, condition.type.Name())});
  }
  return CoerceTo(condition, boolean);
}

Result<void> Resolver::ResolveItems(const Select& select, const ExpressionContext& context,
                                    std::vector<OutputItem>& items) {
  for (const SelectItem& item : select.items) {
    if (const auto* star = std::get_if<SelectAll>(&item.node)) {
      SQL_CHECK(ResolveStar(*star, item.position, context, items));
      continue;
    }
    const auto& single = std::get<SelectExpression>(item.node);
    const Expression& expression = *single.expression;
    Resolved value = SQL_TRY(ResolveRoot(expression, context));
    items.push_back(
        {single.alias ? single.alias->text : ImplicitLabel(expression), std::move(value), &expression, item.position});
  }
  return {};
}

Result<void> Resolver::ResolveStar(const SelectAll& star, Position position, const ExpressionContext& context,
                                   std::vector<OutputItem>& items) {
  std::vector<OutputItem> expanded;
  const auto names = star.target ? NameChain(*star.target) : std::vector<std::string>();
  if (names) {
    for (const Field& field : context.scope->fields) {
      const bool taken = names->empty() || EndsWith(field.qualifier, *names);
      if (taken && !field.hidden) expanded.push_back(SQL_TRY(FieldItem(field, position, context)));
    }
  }
  if (expanded.empty() && !star.target) {
    return std::unexpected(
        Error{ErrorCode::kColumnNotFound, position, "SELECT * not allowed in queries without FROM clause"});
  }
  if (expanded.empty() && names && names->size() == 1) {  // one name is a relation's, as the standard has it
    return std::unexpected(Error{ErrorCode::kTableNotFound, position,
                                 fmt::format("Unable to resolve reference {}", FormatExpression(*star.target))});
  }
  if (expanded.empty()) expanded = SQL_TRY(ExpandRow(*star.target, position, context));
  if (!star.aliases.empty() && star.aliases.size() != expanded.size()) {
    return std::unexpected(Error{ErrorCode::kMismatchedColumnAliases, star.aliases[0].position,
                                 fmt::format("Column alias list has {} entries but relation has {} columns",
                                             star.aliases.size(), expanded.size())});
  }
  for (size_t i = 0; i < star.aliases.size(); ++i) {  // folded to capitals, here alone
    const Identifier& alias = star.aliases[i];
    expanded[i].label = alias.quoted ? alias.text : UpperCase(alias.text);
  }
  std::ranges::move(expanded, std::back_inserter(items));
  return {};
}

// row.*: one column a field.
Result<std::vector<OutputItem>> Resolver::ExpandRow(const Expression& target, Position position,
                                                    const ExpressionContext& context) {
  auto row = ResolveRoot(target, context);
  if (!row && row.error().code == ErrorCode::kColumnNotFound) {
    return std::unexpected(Error{ErrorCode::kTableNotFound, position,
                                 fmt::format("Unable to resolve reference {}", FormatExpression(target))});
  }
  if (!row) return std::unexpected(std::move(row).error());
  if (row->type.kind() != TypeKind::kRow) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, position,
                                 fmt::format("expected expression of type Row (actual: {})", row->type.Name())});
  }
  std::vector<OutputItem> items;
  const std::vector<std::string> names = row->type.EngineFieldNames();
  for (size_t i = 0; i < names.size(); ++i) {
    Resolved field;
    field.type = row->type.arguments()[i];
    field.sql = fmt::format("struct_extract({}, {})", row->sql, QuoteLiteral(names[i]));
    items.push_back({row->type.field_names()[i], std::move(field), nullptr, position});
  }
  return items;
}

Result<OutputItem> Resolver::FieldItem(const Field& field, Position position, const ExpressionContext& context) {
  OutputItem item{field.label, ReadField(field, *context.scope), nullptr, position};
  ApplyGrouping(item.value, context);
  if (item.value.violates == nullptr) return item;
  const std::string prefix = field.qualifier.empty() ? "" : field.qualifier.back() + ".";
  return std::unexpected(Error{ErrorCode::kExpressionNotAggregate, position,
                               fmt::format("Column '{}{}' not in GROUP BY clause", prefix, field.label)});
}

// ---- ORDER BY ---------------------------------------------------------------------------------------------------

Result<std::vector<Resolver::SortKey>> Resolver::ResolveOrderBy(const Query& query, const SelectParts& parts,
                                                                const ExpressionContext& context) {
  std::vector<SortKey> keys;
  for (const SortItem& item : query.order_by) {
    const Resolved value = SQL_TRY(ResolveSortExpression(*item.expression, parts, context));
    if (!IsOrderable(value.type)) return std::unexpected(NotSortable(value.type, *item.expression, context.select));
    keys.push_back({value, SortSuffix(item)});
  }
  return keys;
}

Result<Resolved> Resolver::ResolveSortExpression(const Expression& expression, const SelectParts& parts,
                                                 const ExpressionContext& context) {
  const auto* literal = std::get_if<LongLiteral>(&expression.node);
  if (literal == nullptr) return ResolveRoot(expression, context);
  size_t ordinal = 0;
  const char* const end = literal->digits.data() + literal->digits.size();
  const bool number = std::from_chars(literal->digits.data(), end, ordinal).ec == std::errc();
  if (!number || ordinal < 1 || ordinal > parts.items.size()) {
    return std::unexpected(Error{ErrorCode::kInvalidColumnReference, expression.position,
                                 fmt::format("ORDER BY position {} is not in select list", literal->digits)});
  }
  return parts.items[ordinal - 1].value;
}

// NULL sorts last in both directions.
std::string Resolver::SortSuffix(const SortItem& item) {
  const bool ascending = item.direction == SortDirection::kAscending;
  return fmt::format(" {} NULLS {}", ascending ? "ASC" : "DESC", item.nulls == NullOrder::kFirst ? "FIRST" : "LAST");
}

namespace {

bool IsNested(const Type& type) { return type.kind() == TypeKind::kArray || type.kind() == TypeKind::kRow; }

}  // namespace

// Trino orders arrays and rows by their parts, and refuses where it comes to a NULL among these. However it sorts, it
// compares each with the next one: a last key, which orders nothing, does so too.
std::string Resolver::OrderCheck(const std::vector<SortKey>& keys) {
  const auto nested = std::ranges::find_if(keys, [](const SortKey& key) { return IsNested(key.value.type); });
  if (nested == keys.end() || nested->value.sql.find(" OVER (") != std::string::npos) return "";
  const std::string sql = KeySql(nested->value);
  std::string partition;
  for (auto key = keys.begin(); key != nested; ++key) {
    if (key->value.sql.find(" OVER (") != std::string::npos) return "";
    partition += (partition.empty() ? "PARTITION BY " : ", ") + KeySql(key->value);
  }
  return fmt::format(", trino_nested_less(lag({0}) OVER ({1} ORDER BY {0}), {0}, {2}) IS NULL", sql, partition,
                     QuoteLiteral(nested->value.type.Name()));
}

// A key that stands in the list is named by its place: it is computed once, and DISTINCT knows it.
std::string Resolver::OrderByClause(const std::vector<SortKey>& keys, const SelectParts& parts) {
  std::string clause;
  for (const SortKey& key : keys) {
    clause += clause.empty() ? " ORDER BY " : ", ";
    const auto item = FindItem(parts.items, key.value.sql);
    const std::string sort = KeySql(key.value);
    const bool by_place = item && (parts.distinct || sort == key.value.sql);
    clause += (by_place ? std::to_string(*item + 1) : NotOrdinal(sort, key.value.type)) + key.suffix;
  }
  return parts.distinct ? clause : clause + OrderCheck(keys);
}

// ---- Text -------------------------------------------------------------------------------------------------------

namespace {

std::string SelectKeyword(const std::vector<OutputItem>& items, bool distinct) {
  if (!distinct) return "SELECT ";
  const bool keyed = std::ranges::any_of(items, [](const OutputItem& item) { return HasKey(item.value.type); });
  if (!keyed) return "SELECT DISTINCT ";
  std::string keys;
  for (const OutputItem& item : items) {
    keys += (keys.empty() ? "" : ", ") + NotOrdinal(KeySql(item.value), item.value.type);
  }
  return fmt::format("SELECT DISTINCT ON ({}) ", keys);
}

std::string ItemList(const std::vector<OutputItem>& items) {
  std::string list;
  for (size_t i = 0; i < items.size(); ++i) {
    list += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", items[i].value.sql, ColumnName(i));
  }
  return list;
}

}  // namespace

ResolvedQuery Resolver::EmitSelect(const SelectParts& parts, const std::vector<SortKey>& sort, const RowWindow& rows) {
  ResolvedQuery result;
  for (const OutputItem& item : parts.items) result.columns.push_back({item.label, item.value.type});
  if (rows.with_ties) {
    result.sql = EmitWithTies(parts, sort, rows);
    return result;
  }
  result.sql = SelectKeyword(parts.items, parts.distinct) + ItemList(parts.items);
  result.sql += ClausesSql(parts);
  result.sql += OrderByClause(sort, parts) + RowWindowSql(rows);
  return result;
}

std::string Resolver::ClausesSql(const SelectParts& parts) {
  std::string sql;
  if (!parts.from.empty()) sql += " FROM " + parts.from;
  if (!parts.where.empty()) sql += " WHERE " + parts.where;
  if (!parts.group_by.empty()) sql += " GROUP BY " + parts.group_by;
  if (!parts.having.empty()) sql += " HAVING " + parts.having;
  return sql;
}

// The engine has no WITH TIES: rows are kept by rank, which all that tie with the last one share.
std::string Resolver::EmitWithTies(const SelectParts& parts, const std::vector<SortKey>& sort, const RowWindow& rows) {
  std::string list = ItemList(parts.items);
  const std::string inner = NewAlias("r");
  std::string order;
  for (size_t i = 0; i < sort.size(); ++i) {
    const auto item = FindItem(parts.items, sort[i].value.sql);
    const std::string column = item ? ColumnName(*item) : fmt::format("\"s{}\"", i);
    if (!item) list += fmt::format(", {} AS {}", sort[i].value.sql, column);
    order += fmt::format("{}{}{}", i == 0 ? "" : ", ", KeySql({sort[i].value.type, column}), sort[i].suffix);
  }
  std::string columns;
  for (size_t i = 0; i < parts.items.size(); ++i) columns += (i == 0 ? "" : ", ") + ColumnName(i);
  const uint64_t offset = rows.offset.value_or(0);
  return fmt::format(
      "SELECT {0} FROM (SELECT *, rank() OVER (ORDER BY {1}) AS \"rank\", row_number() OVER (ORDER BY {1}) AS \"row\" "
      "FROM ({2}{3}{4}) AS {5}) AS {6} WHERE \"rank\" <= {7} AND \"row\" > {8} ORDER BY \"row\"",
      columns, order, SelectKeyword(parts.items, parts.distinct), list, ClausesSql(parts), QuoteIdentifier(inner),
      QuoteIdentifier(NewAlias("r")), offset + rows.limit.value_or(0), offset);
}

}  // namespace opentrail::sql
