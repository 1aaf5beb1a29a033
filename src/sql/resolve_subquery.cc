#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// Queries inside expressions, and TRY, which must be kept apart from them.
namespace opentrail::sql {

namespace {

std::string_view ComparisonSymbol(BinaryOperator operation) {
  switch (operation) {
    case BinaryOperator::kEqual: return "=";
    case BinaryOperator::kNotEqual: return "<>";
    case BinaryOperator::kLess: return "<";
    case BinaryOperator::kLessOrEqual: return "<=";
    case BinaryOperator::kGreater: return ">";
    default: return ">=";
  }
}

// Both sides as rows, which Trino takes them for.
Error NotOfOneType(const Type& operand, const ResolvedQuery& inner, Position position) {
  std::vector<Type> columns;
  std::vector<std::string> names;
  for (const QueryColumn& column : inner.columns) {
    columns.push_back(column.type);
    names.push_back(column.label);
  }
  return {ErrorCode::kTypeMismatch, position,
          fmt::format("Value expression and result of subquery must be of the same type: {} vs {}",
                      operand.kind() == TypeKind::kRow ? operand.Name() : RowTypeName({operand}),
                      Type::Row(columns, names).Name())};
}

}  // namespace

// A query that may read the columns of what stands around it, and that Trino must be able to plan as a join.
Result<ResolvedQuery> Resolver::ResolveCorrelated(const Query& query, const Scope* outer, SubqueryUse use,
                                                  Position position) {
  const Correlation around = std::exchange(correlation_, {});
  auto inner = ResolveQuery(query, outer, OrderUse::kDropped);
  const Correlation own = std::exchange(correlation_, around);
  const bool refused =
      own.rows || (own.items && use != SubqueryUse::kExistence) || (own.unnest && use != SubqueryUse::kValue);
  if (!inner || !refused) return inner;
  return std::unexpected(Error{ErrorCode::kNotSupported, position, "Given correlated subquery is not supported"});
}

// The query, its free names resolved in the expression's scope; result takes what it owes to that scope's grouping.
Result<ResolvedQuery> Resolver::ResolveInner(const Query& query, SubqueryUse use, Position position,
                                             const ExpressionContext& context, Resolved& result) {
  if (!lambda_parameters_.empty()) {
    return std::unexpected(Error{ErrorCode::kNotSupported, position, "Lambda expression cannot contain subqueries"});
  }
  std::vector<std::string>* const hoisted = std::exchange(hoisted_, nullptr);
  auto inner = ResolveCorrelated(query, context.scope, use, use == SubqueryUse::kValue ? query.position : position);
  hoisted_ = hoisted;
  if (context.scope->subquery_violates) {
    context.scope->subquery_violates = false;
    result.violates = context.scope;
  }
  return inner;
}

// What the query gives: its one column, or a row of its columns, which have these names there.
TypedSql Resolver::ColumnsOf(const ResolvedQuery& inner, const std::string& alias, std::vector<std::string> names) {
  if (inner.columns.size() == 1) return {inner.columns[0].type, ColumnSql(alias, 0)};
  std::vector<Resolved> fields;
  for (size_t i = 0; i < inner.columns.size(); ++i) {
    fields.push_back(From({inner.columns[i].type, ColumnSql(alias, i)}, nullptr));
  }
  const Type row = Type::Row(TypesOf(fields), std::move(names));
  return {row, RowSql(row, fields)};
}

// The engine's TRY takes no subquery inside: within one, its value is computed beside and named.
std::string Resolver::Hoist(std::string sql) {
  if (hoisted_ == nullptr) return sql;
  hoisted_->push_back(std::move(sql));
  return fmt::format("\"try\".\"v{}\"", hoisted_->size() - 1);
}

Result<Resolved> Resolver::ResolveInSubquery(const InSubquery& node, Position position,
                                             const ExpressionContext& context) {
  const Resolved operand = SQL_TRY(Resolve(*node.operand, context));
  Resolved result;
  result.type = Type(TypeKind::kBoolean);
  ResolvedQuery inner = SQL_TRY(ResolveInner(*node.query, SubqueryUse::kMembership, position, context, result));
  if (result.violates == nullptr) result.violates = operand.violates;
  // (a, b) IN (SELECT x, y …) compares rows.
  const std::string alias = NewAlias("r");
  const TypedSql value = ColumnsOf(inner, alias, {});
  // One column is compared with what is no row; a row with the columns.
  const bool comparable = (operand.type.kind() == TypeKind::kRow) == (inner.columns.size() > 1);
  const auto common = comparable ? CommonSuperType(operand.type, value.type) : std::nullopt;
  if (!common) return std::unexpected(NotOfOneType(operand.type, inner, position));
  result.sql = Hoist(fmt::format("({} {}IN (SELECT {} FROM ({}) AS {}))", KeySql({*common, CoerceTo(operand, *common)}),
                                 node.negated ? "NOT " : "", KeySql({*common, CoerceTo(value, *common)}), inner.sql,
                                 QuoteIdentifier(alias)));
  return result;
}

Result<Resolved> Resolver::ResolveExists(const Exists& node, Position position, const ExpressionContext& context) {
  Resolved result;
  result.type = Type(TypeKind::kBoolean);
  const ResolvedQuery inner = SQL_TRY(ResolveInner(*node.query, SubqueryUse::kExistence, position, context, result));
  result.sql = Hoist(fmt::format("EXISTS ({})", inner.sql));
  return result;
}

Result<Resolved> Resolver::ResolveScalarSubquery(const ScalarSubquery& node, Position position,
                                                 const ExpressionContext& context) {
  Resolved result;
  const ResolvedQuery inner = SQL_TRY(ResolveInner(*node.query, SubqueryUse::kValue, position, context, result));
  if (inner.columns.size() == 1) {
    result.type = inner.columns[0].type;
    result.sql = Hoist(fmt::format("({})", inner.sql));
    return result;
  }
  const std::string alias = NewAlias("r");
  std::vector<std::string> names;
  for (const QueryColumn& column : inner.columns) names.push_back(column.label);
  const TypedSql value = ColumnsOf(inner, alias, std::move(names));
  result.type = value.type;
  // Of no rows, the row that it gives is one of NULLs.
  std::vector<Resolved> nulls;
  for (const QueryColumn& column : inner.columns) {
    nulls.push_back(From({column.type, fmt::format("CAST(NULL AS {})", column.type.EngineName())}, nullptr));
  }
  result.sql = Hoist(fmt::format("coalesce((SELECT {} FROM ({}) AS {}), {})", value.sql, inner.sql,
                                 QuoteIdentifier(alias), RowSql(value.type, nulls)));
  return result;
}

Result<Resolved> Resolver::ResolveQuantified(const QuantifiedComparison& node, Position position,
                                             const ExpressionContext& context) {
  const Resolved operand = SQL_TRY(Resolve(*node.operand, context));
  Resolved result;
  const ResolvedQuery inner = SQL_TRY(ResolveInner(*node.query, SubqueryUse::kValue, position, context, result));
  if (result.violates == nullptr) result.violates = operand.violates;
  const std::string alias = NewAlias("r");
  const TypedSql value = ColumnsOf(inner, alias, {});
  const bool comparable = (operand.type.kind() == TypeKind::kRow) == (inner.columns.size() > 1);
  if (!comparable || !CommonSuperType(operand.type, value.type)) {
    return std::unexpected(NotOfOneType(operand.type, inner, position));
  }
  // The operator itself says whether the two sides can be compared.
  result.type = SQL_TRY(ApplyBinary(node.operation, operand, value, position)).type;
  const Type common = CommonSuperType(operand.type, value.type).value_or(operand.type);
  result.sql = Hoist(fmt::format("({} {} {} (SELECT {} FROM ({}) AS {}))", KeySql({common, CoerceTo(operand, common)}),
                                 ComparisonSymbol(node.operation), node.quantifier == Quantifier::kAll ? "ALL" : "ANY",
                                 KeySql({common, CoerceTo(value, common)}), inner.sql, QuoteIdentifier(alias)));
  return result;
}

Result<Resolved> Resolver::ResolveTry(const Expression& operand, const ExpressionContext& context) {
  std::vector<std::string> hoisted;
  std::vector<std::string>* const outer = std::exchange(hoisted_, &hoisted);
  auto value = Resolve(operand, context);
  hoisted_ = outer;
  if (!value) return value;
  std::string sql = fmt::format("TRY({})", value->sql);
  if (!hoisted.empty()) {
    std::string columns;
    for (size_t i = 0; i < hoisted.size(); ++i) {
      columns += fmt::format("{}{} AS \"v{}\"", i == 0 ? "" : ", ", hoisted[i], i);
    }
    sql = Hoist(fmt::format("(SELECT {} FROM (SELECT {}) AS \"try\")", sql, columns));
  }
  return From({value->type, std::move(sql)}, value->violates);
}

}  // namespace opentrail::sql
