#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/try.h"

// CASE, COALESCE, IF and NULLIF.
namespace opentrail::sql {

namespace {

Error NotBoolean(std::string_view what, const Type& type, Position position) {
  return {ErrorCode::kTypeMismatch, position,
          fmt::format("{} must evaluate to a boolean (actual: {})", what, type.Name())};
}

}  // namespace

Result<Resolved> Resolver::ResolveCase(const Case& node, const ExpressionContext& context) {
  const Type boolean(TypeKind::kBoolean);
  std::vector<Resolved> conditions;
  std::vector<Resolved> results;
  if (node.operand) conditions.push_back(SQL_TRY(Resolve(*node.operand, context)));
  std::vector<std::string> tests;
  for (const WhenClause& when : node.whens) {
    conditions.push_back(SQL_TRY(Resolve(*when.condition, context)));
    const Resolved& condition = conditions.back();
    if (node.operand) {
      auto equal = ApplyBinary(BinaryOperator::kEqual, conditions.front(), condition, when.condition->position);
      if (!equal) {
        return std::unexpected(Error{ErrorCode::kTypeMismatch, when.condition->position,
                                     fmt::format("CASE operand type does not match WHEN clause operand type: {} vs {}",
                                                 conditions.front().type.Name(), condition.type.Name())});
      }
      tests.push_back(std::move(equal->sql));
    } else if (!CanCoerce(condition.type, boolean)) {
      return std::unexpected(NotBoolean("CASE WHEN clause", condition.type, when.condition->position));
    } else {
      tests.push_back(CoerceTo(condition, boolean));
    }
    results.push_back(SQL_TRY(Resolve(*when.result, context)));
  }
  if (node.otherwise) results.push_back(SQL_TRY(Resolve(*node.otherwise, context)));
  std::vector<const Expression*> written;
  for (const WhenClause& when : node.whens) written.push_back(when.result.get());
  if (node.otherwise) written.push_back(node.otherwise.get());
  const Type type = SQL_TRY(CommonType(TypesOf(results), written, "All CASE results"));
  std::string sql = "CASE";
  for (size_t i = 0; i < tests.size(); ++i) {
    sql += fmt::format(" WHEN {} THEN {}", tests[i], CoerceTo(results[i], type));
  }
  if (node.otherwise) sql += " ELSE " + CoerceTo(results.back(), type);
  const Scope* const violates = Violation(conditions);
  return From({type, sql + " END"}, violates != nullptr ? violates : Violation(results));
}

Result<Resolved> Resolver::ResolveCoalesce(const FunctionCall& node, Position position,
                                           const ExpressionContext& context) {
  if (node.arguments.size() < 2) {
    return std::unexpected(Error{ErrorCode::kInvalidFunctionArgument, position,
                                 "The 'coalesce' function must have at least two arguments"});
  }
  const std::vector<Resolved> operands = SQL_TRY(ResolveAll(node.arguments, context));
  const Type type = SQL_TRY(CommonType(TypesOf(operands), node.arguments, "All COALESCE operands"));
  const std::vector<Type> types(operands.size(), type);
  return From({type, fmt::format("coalesce({})", CoerceRow(operands, types))}, Violation(operands));
}

Result<Resolved> Resolver::ResolveIf(const FunctionCall& node, Position position, const ExpressionContext& context) {
  if (node.arguments.size() < 2 || node.arguments.size() > 3) {
    return std::unexpected(
        Error{ErrorCode::kInvalidFunctionArgument, position, "Invalid number of arguments for 'if' function"});
  }
  const std::vector<Resolved> parts = SQL_TRY(ResolveAll(node.arguments, context));
  const Type boolean(TypeKind::kBoolean);
  if (!CanCoerce(parts[0].type, boolean)) {
    return std::unexpected(NotBoolean("IF condition", parts[0].type, node.arguments[0]->position));
  }
  const Type otherwise = parts.size() == 3 ? parts[2].type : Type();
  const auto type = CommonSuperType(parts[1].type, otherwise);
  if (!type) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position,
              fmt::format("Result types for IF must be the same: {} vs {}", parts[1].type.Name(), otherwise.Name())});
  }
  std::string sql = fmt::format("CASE WHEN {} THEN {}", CoerceTo(parts[0], boolean), CoerceTo(parts[1], *type));
  if (parts.size() == 3) sql += " ELSE " + CoerceTo(parts[2], *type);
  return From({*type, sql + " END"}, Violation(parts));
}

Result<Resolved> Resolver::ResolveNullIf(const FunctionCall& node, Position position,
                                         const ExpressionContext& context) {
  if (node.arguments.size() != 2) {
    return std::unexpected(
        Error{ErrorCode::kInvalidFunctionArgument, position, "Invalid number of arguments for 'nullif' function"});
  }
  const std::vector<Resolved> parts = SQL_TRY(ResolveAll(node.arguments, context));
  const auto equal = ApplyBinary(BinaryOperator::kEqual, parts[0], parts[1], position);
  if (!equal) {
    return std::unexpected(Error{
        ErrorCode::kTypeMismatch, position,
        fmt::format("Types are not comparable with NULLIF: {} vs {}", parts[0].type.Name(), parts[1].type.Name())});
  }
  return From({parts[0].type, fmt::format("CASE WHEN {} THEN NULL ELSE {} END", equal->sql, parts[0].sql)},
              Violation(parts));
}

}  // namespace opentrail::sql
