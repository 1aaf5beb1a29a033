#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/format_expression.h"
#include "sql/function_template.h"
#include "sql/resolver.h"
#include "sql/try.h"

// Aggregate and window functions: DISTINCT, FILTER, ORDER BY inside, OVER.
namespace opentrail::sql {

// Aggregates do not stand in one another, nor do windows; a window may stand over an aggregate.
Result<void> Resolver::CheckNesting(std::string_view name, const FunctionCall& node, Position position) const {
  const bool window = node.window || node.window_name;
  std::vector<std::string> aggregates;
  std::vector<std::string> windows;
  const auto collect = [&](const ExpressionPointer& expression) {
    if (!expression) return;
    CollectAggregates(*expression, aggregates);
    CollectWindows(*expression, windows);
  };
  for (const ExpressionPointer& argument : node.arguments) collect(argument);
  for (const SortItem& item : node.order_by) collect(item.expression);
  collect(node.filter);
  if (!aggregates.empty() && !window) {
    return std::unexpected(Error{
        ErrorCode::kNestedAggregation, position,
        fmt::format("Cannot nest aggregations inside aggregation '{}': [{}]", name, fmt::join(aggregates, ", "))});
  }
  if (!windows.empty() && window) {
    Position nested = position;
    for (const ExpressionPointer& argument : node.arguments) {
      WalkExpression(*argument, [&](const Expression& each) {
        const auto* call = std::get_if<FunctionCall>(&each.node);
        if (call == nullptr || !(call->window || call->window_name) || nested != position) return true;
        nested = each.position;
        return false;
      });
    }
    return std::unexpected(
        Error{ErrorCode::kNestedWindow, nested,
              "Cannot nest window functions or row pattern measures inside window function arguments"});
  }
  if (!windows.empty()) {
    return std::unexpected(Error{
        ErrorCode::kNestedWindow, position,
        fmt::format("Cannot nest window functions inside aggregation '{}': [{}]", name, fmt::join(windows, ", "))});
  }
  return {};
}

namespace {

// What Trino does not let stand together, and what is not built.
Result<void> CheckModifiers(std::string_view name, FunctionKind kind, const FunctionCall& node, Position position) {
  const auto refuse = [&](ErrorCode code, std::string message) {
    return std::unexpected(Error{code, position, std::move(message)});
  };
  static constexpr std::string_view kOfValues[] = {"lag", "lead", "first_value", "last_value", "nth_value"};
  const bool of_values = std::ranges::find(kOfValues, name) != std::end(kOfValues);
  if (!of_values && node.null_treatment != NullTreatment::kUnspecified) {
    return refuse(ErrorCode::kNullTreatmentNotAllowed,
                  fmt::format("Cannot specify null treatment clause for {} function", name));
  }
  if (kind == FunctionKind::kWindow && node.filter) {
    return refuse(ErrorCode::kFunctionNotAggregate, "Filter is only valid for aggregation functions");
  }
  if (node.star && name != "count") {
    return refuse(ErrorCode::kFunctionNotFound, fmt::format("Function '{}' does not take *", name));
  }
  return {};
}

// DISTINCT leaves nothing else to sort by than what it keeps.
Result<void> CheckDistinctOrder(const FunctionCall& node) {
  for (const SortItem& item : node.order_by) {
    const std::string text = FormatExpression(*item.expression);
    const bool argument = std::ranges::any_of(
        node.arguments, [&](const ExpressionPointer& other) { return FormatExpression(*other) == text; });
    if (argument) continue;
    return std::unexpected(
        Error{ErrorCode::kExpressionNotInDistinct, item.expression->position,
              "For aggregate function with DISTINCT, ORDER BY expressions must appear in arguments"});
  }
  return {};
}

}  // namespace

Result<Resolved> Resolver::ResolveAggregateCall(std::string_view name, const std::vector<Signature>& signatures,
                                                const FunctionCall& node, Position position,
                                                const ExpressionContext& context) {
  SQL_CHECK(CheckNesting(name, node, position));
  const bool window = node.window || node.window_name;
  if (window && (node.distinct || node.filter)) {
    return std::unexpected(Error{
        ErrorCode::kNotSupported, context.select,
        node.distinct ? fmt::format("DISTINCT in window function parameters not yet supported: {}", FormatCall(node))
                      : "FILTER is not yet supported for window functions"});
  }
  SQL_CHECK(CheckModifiers(name, signatures.front().row->kind, node, position));
  if (name == "listagg") SQL_CHECK(CheckListagg(node, position, context));
  ExpressionContext inner = context;
  inner.inside_aggregate = context.inside_aggregate || !window;
  inner.refuses_outputs = context.refuses_outputs || !window;
  BoundCall call = SQL_TRY(BindCall(name, signatures, node.arguments, position, inner));
  const FunctionSignature& row = *call.function.signature->row;
  if (node.distinct && !call.arguments.empty() && !IsComparable(call.arguments[0].type)) {
    return std::unexpected(Error{
        ErrorCode::kTypeMismatch, position,
        fmt::format("DISTINCT can only be applied to comparable types (actual: {})", call.arguments[0].type.Name())});
  }
  if (node.distinct) SQL_CHECK(CheckDistinctOrder(node));
  // Instants in different zones are one to count.
  if (node.distinct && name == "count") call.arguments[0].sql = KeySql(call.arguments[0]);
  CallModifiers modifiers{node.distinct && !call.arguments.empty(), SQL_TRY(AggregateOrderBy(node, inner)), ""};
  if (node.null_treatment == NullTreatment::kIgnore) modifiers.inside += " IGNORE NULLS";
  modifiers.behind = SQL_TRY(AggregateSuffix(node, inner, &call.violates));
  if (window) modifiers.behind += SQL_TRY(WindowClause(node, inner, &call.violates));
  ExpandedCall expanded = SQL_TRY(ExpandTemplate(row, call.arguments, call.function.result, position));
  ModifyCall(expanded, modifiers);
  // What an aggregate consumes needs not be grouped by.
  const Scope* const violates = !window && call.violates == context.scope ? nullptr : call.violates;
  return From({call.function.result, expanded.Text()}, violates);
}

// Trino's grammar makes listagg a thing of its own: its argument is a text.
Result<void> Resolver::CheckListagg(const FunctionCall& node, Position position, const ExpressionContext& context) {
  ExpressionContext inner = context;
  inner.inside_aggregate = true;
  const Resolved value = SQL_TRY(Resolve(*node.arguments[0], inner));
  if (CanCoerce(value.type, Type::Varchar())) return {};
  return std::unexpected(Error{ErrorCode::kTypeMismatch, position,
                               fmt::format("Expected expression of varchar, but '{}' has {} type",
                                           FormatExpression(*node.arguments[0]), value.type.Name())});
}

Result<std::string> Resolver::AggregateOrderBy(const FunctionCall& node, const ExpressionContext& context) {
  std::string clause;
  for (const SortItem& item : node.order_by) {
    const Resolved value = SQL_TRY(Resolve(*item.expression, context));
    if (!IsOrderable(value.type)) {
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, item.expression->position,
                fmt::format("ORDER BY can only be applied to orderable types (actual: {})", value.type.Name())});
    }
    clause += clause.empty() ? " ORDER BY " : ", ";
    clause += NotOrdinal(KeySql(value), value.type) + SortSuffix(item);
  }
  return clause;
}

Result<std::string> Resolver::AggregateSuffix(const FunctionCall& node, const ExpressionContext& context,
                                              const Scope** violates) {
  if (!node.filter) return std::string();
  const Resolved filter = SQL_TRY(Resolve(*node.filter, context));
  const Type boolean(TypeKind::kBoolean);
  if (!CanCoerce(filter.type, boolean)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, node.filter->position,
              fmt::format("Filter expression must evaluate to a boolean (actual: {})", filter.type.Name())});
  }
  if (*violates == nullptr) *violates = filter.violates;
  return fmt::format(" FILTER (WHERE {})", CoerceTo(filter, boolean));
}

}  // namespace opentrail::sql
