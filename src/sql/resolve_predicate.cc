#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// IS NULL, BETWEEN, IN (…) and LIKE.
namespace opentrail::sql {

namespace {

bool IsNested(const Type& type) { return !type.arguments().empty(); }

bool IsFloating(const Type& type) { return type.kind() == TypeKind::kReal || type.kind() == TypeKind::kDouble; }

std::string Negate(bool negated, std::string sql) { return negated ? fmt::format("(NOT {})", sql) : sql; }

bool IsText(const Type& type) {
  return type.kind() == TypeKind::kVarchar || type.kind() == TypeKind::kChar || type.kind() == TypeKind::kUnknown;
}

}  // namespace

// Whether a nested column is there is told by its raw text: the scan needs not build it.
Result<Resolved> Resolver::ResolveIsNull(const IsNull& node, const ExpressionContext& context) {
  const Resolved operand = SQL_TRY(Resolve(*node.operand, context));
  std::string sql = operand.sql;
  if (!operand.scan_path.empty() && IsNested(operand.type)) {
    sql = fmt::format("{}.{}", QuoteIdentifier(operand.scan_alias), QuoteIdentifier(operand.scan_path + "$raw"));
  }
  return From({Type(TypeKind::kBoolean), fmt::format("({} IS {}NULL)", sql, node.negated ? "NOT " : "")},
              operand.violates);
}

Result<Resolved> Resolver::ResolveBetween(const Between& node, Position position, const ExpressionContext& context) {
  const Resolved operand = SQL_TRY(Resolve(*node.operand, context));
  const Resolved least = SQL_TRY(Resolve(*node.low, context));
  const Resolved greatest = SQL_TRY(Resolve(*node.high, context));
  std::vector<Resolved> parts = {operand, least, greatest};
  SQL_CHECK(CoerceTexts(parts, position));
  auto common = CommonSuperType(parts[0].type, parts[1].type);
  if (common) common = CommonSuperType(*common, parts[2].type);
  if (!common || !IsOrderable(*common)) {
    return std::unexpected(Error{ErrorCode::kTypeMismatch, position,
                                 fmt::format("Cannot check if {} is BETWEEN {} and {}", parts[0].type.Name(),
                                             parts[1].type.Name(), parts[2].type.Name())});
  }
  std::vector<TypedSql> values;
  for (const Resolved& part : parts) values.push_back({*common, CoerceTo(part, *common)});
  std::string sql;
  if (IsFloating(*common) || IsNested(*common)) {
    const TypedSql low = SQL_TRY(ApplyBinary(BinaryOperator::kGreaterOrEqual, values[0], values[1], position));
    const TypedSql high = SQL_TRY(ApplyBinary(BinaryOperator::kLessOrEqual, values[0], values[2], position));
    sql = fmt::format("({} AND {})", low.sql, high.sql);
  } else {
    sql = fmt::format("({} BETWEEN {} AND {})", KeySql(values[0]), KeySql(values[1]), KeySql(values[2]));
  }
  return From({Type(TypeKind::kBoolean), Negate(node.negated, std::move(sql))}, Violation(parts));
}

Result<Resolved> Resolver::ResolveInList(const InList& node, Position position, const ExpressionContext& context) {
  std::vector<Resolved> parts = {SQL_TRY(Resolve(*node.operand, context))};
  std::ranges::move(SQL_TRY(ResolveAll(node.values, context)), std::back_inserter(parts));
  SQL_CHECK(CoerceTexts(parts, position));
  std::vector<const Expression*> written{node.operand.get()};
  for (const ExpressionPointer& value : node.values) written.push_back(value.get());
  const Type common = SQL_TRY(CommonType(TypesOf(parts), written, "IN value and list items"));
  if (!IsComparable(common)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, position, fmt::format("Type {} is not comparable", common.Name())});
  }
  const TypedSql operand{common, CoerceTo(parts[0], common)};
  std::string list;
  for (size_t i = 1; i < parts.size(); ++i) {
    const TypedSql value{common, CoerceTo(parts[i], common)};
    if (IsNested(common)) {
      const TypedSql equal = SQL_TRY(ApplyBinary(BinaryOperator::kEqual, operand, value, position));
      list += (list.empty() ? "" : " OR ") + equal.sql;
    } else {
      list += (list.empty() ? "" : ", ") + KeySql(value);
    }
  }
  std::string sql = IsNested(common) ? fmt::format("({})", list) : fmt::format("({} IN ({}))", KeySql(operand), list);
  // NaN is in no list.
  if (IsFloating(common)) sql = fmt::format("(NOT isnan({}) AND {})", operand.sql, sql);
  return From({Type(TypeKind::kBoolean), Negate(node.negated, std::move(sql))}, Violation(parts));
}

Result<Resolved> Resolver::ResolveLike(const Like& node, const ExpressionContext& context) {
  struct Part {
    const ExpressionPointer& expression;
    std::string_view name;
  };
  const Part parts[] = {{node.operand, "Left side of LIKE expression"},
                        {node.pattern, "Pattern for LIKE expression"},
                        {node.escape, "Escape for LIKE expression"}};
  std::vector<Resolved> values;
  for (const Part& part : parts) {
    if (!part.expression) continue;
    values.push_back(SQL_TRY(Resolve(*part.expression, context)));
    const Type& type = values.back().type;
    if (IsText(type)) continue;
    return std::unexpected(Error{ErrorCode::kTypeMismatch, part.expression->position,
                                 fmt::format("{} must evaluate to a varchar (actual: {})", part.name, type.Name())});
  }
  const Type varchar = Type::Varchar();
  std::string pattern = CoerceTo(values[1], varchar);
  if (values.size() == 3) {
    const std::string escape = CoerceTo(values[2], varchar);
    pattern = fmt::format("trino_like_pattern({0}, {1}) ESCAPE {1}", pattern, escape);
  }
  const std::string sql = fmt::format("{} LIKE {}", CoerceTo(values[0], varchar), pattern);
  return From({Type(TypeKind::kBoolean), Negate(node.negated, fmt::format("({})", sql))}, Violation(values));
}

}  // namespace opentrail::sql
