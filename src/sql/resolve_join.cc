#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// Joins of every kind, those with LATERAL and UNNEST on their right side included.
namespace opentrail::sql {

namespace {

std::string_view KindName(JoinKind kind) {
  switch (kind) {
    case JoinKind::kImplicit:
    case JoinKind::kCross: return "CROSS";
    case JoinKind::kInner: return "INNER";
    case JoinKind::kLeft: return "LEFT";
    case JoinKind::kRight: return "RIGHT";
    case JoinKind::kFull: return "FULL";
  }
  return "";
}

const Relation& WithoutAlias(const Relation& relation) {
  const auto* aliased = std::get_if<AliasedRelation>(&relation.node);
  return aliased != nullptr ? *aliased->relation : relation;
}

bool IsTrue(const ExpressionPointer& expression) {
  const auto* literal = expression ? std::get_if<BooleanLiteral>(&expression->node) : nullptr;
  return literal != nullptr && literal->value;
}

bool IsCross(JoinKind kind) { return kind == JoinKind::kCross || kind == JoinKind::kImplicit; }

std::vector<Field> BothSides(const std::vector<Field>& left, const std::vector<Field>& right) {
  std::vector<Field> fields = left;
  fields.insert(fields.end(), right.begin(), right.end());
  return fields;
}

// The one field of a side that USING names.
Result<const Field*> UsingField(const std::vector<Field>& fields, const Identifier& name, std::string_view side) {
  const Field* found = nullptr;
  for (const Field& field : fields) {
    if (field.name != LowerCase(name.text)) continue;
    if (found != nullptr && !found->hidden && !field.hidden) {
      return std::unexpected(Error{ErrorCode::kAmbiguousName, name.position,
                                   fmt::format("Column '{}' is ambiguous", LowerCase(name.text))});
    }
    if (found == nullptr || found->hidden) found = &field;
  }
  if (found != nullptr) return found;
  return std::unexpected(Error{ErrorCode::kColumnNotFound, name.position,
                               fmt::format("Column '{}' is missing from {} side of join", name.text, side)});
}

// LATERAL (SELECT x + 1) ON condition: Trino plans what a SELECT without FROM computes of the left side's columns under
// ON TRUE alone.
Result<void> CheckCorrelatedSelect(const Query& query) {
  const auto* select = std::get_if<Select>(&query.body->node);
  if (select == nullptr || select->from) return {};
  return std::unexpected(Error{ErrorCode::kNotSupported, query.position, "Given correlated subquery is not supported"});
}

}  // namespace

Result<ResolvedRelation> Resolver::ResolveJoin(const JoinRelation& join, Position position, const Scope* outer,
                                               const Scope* lateral) {
  if (join.natural) {
    return std::unexpected(Error{ErrorCode::kNotSupported, position, "Natural join not supported"});
  }
  ResolvedRelation left = SQL_TRY(ResolveRelation(*join.left, outer, lateral));
  Scope left_scope;
  left_scope.fields = left.fields;
  left_scope.outer = lateral != nullptr ? lateral : outer;
  const Relation& right_node = WithoutAlias(*join.right);
  if (std::holds_alternative<UnnestRelation>(right_node.node)) {
    return JoinUnnest(join, position, std::move(left), outer, left_scope);
  }
  const bool is_lateral = std::holds_alternative<LateralRelation>(right_node.node);
  const bool keeps_right = join.kind == JoinKind::kRight || join.kind == JoinKind::kFull;
  if (is_lateral && keeps_right && IsTrue(join.on)) left_scope.refused_by = KindName(join.kind);
  ResolvedRelation right = SQL_TRY(ResolveRelation(*join.right, outer, &left_scope));
  const bool nested = std::holds_alternative<JoinRelation>(right_node.node);
  if (nested) right.sql = fmt::format("({})", right.sql);
  if (!join.using_columns.empty()) return ResolveUsing(join, std::move(left), std::move(right));
  ResolvedRelation joined;
  joined.fields = BothSides(left.fields, right.fields);
  if (IsCross(join.kind)) {
    joined.sql = fmt::format("{} CROSS JOIN {}", left.sql, right.sql);
    return joined;
  }
  if (is_lateral && keeps_right && !IsTrue(join.on)) {
    return std::unexpected(
        Error{ErrorCode::kNotSupported, position,
              fmt::format("{} JOIN involving LATERAL relation is only supported with condition ON TRUE",
                          KindName(join.kind))});
  }
  if (is_lateral && !IsTrue(join.on) && left_scope.is_correlated) {
    SQL_CHECK(CheckCorrelatedSelect(*std::get<LateralRelation>(right_node.node).query));
  }
  Scope scope;
  scope.fields = joined.fields;
  scope.outer = outer;
  SQL_CHECK(RefuseAggregates(*join.on, "JOIN clause"));
  const std::string condition = SQL_TRY(ResolveCondition(*join.on, {&scope}, "JOIN ON clause"));
  joined.sql = fmt::format("{} {} JOIN {} ON {}", left.sql, KindName(join.kind), right.sql, condition);
  return joined;
}

// a LEFT JOIN UNNEST (…) ON TRUE keeps a row that has nothing to unnest; it is then a cross join as the others are,
// which the engine runs over the rows as they stream.
Result<ResolvedRelation> Resolver::JoinUnnest(const JoinRelation& join, Position position, ResolvedRelation left,
                                              const Scope* outer, const Scope& left_scope) {
  if (join.kind == JoinKind::kRight || join.kind == JoinKind::kFull) {
    Scope refused = left_scope;
    refused.refused_by = KindName(join.kind);
    SQL_CHECK(ResolveRelation(*join.right, outer, &refused));
  }
  const bool supported = IsCross(join.kind) || ((join.kind == JoinKind::kInner || join.kind == JoinKind::kLeft) &&
                                                IsTrue(join.on) && join.using_columns.empty());
  if (!supported) {
    return std::unexpected(
        Error{ErrorCode::kNotSupported, join.on ? PointOf(*join.on) : position,
              fmt::format("{} JOIN involving UNNEST is only supported with condition ON TRUE", KindName(join.kind))});
  }
  const EmptyArrays empty = join.kind == JoinKind::kLeft ? EmptyArrays::kKeepRow : EmptyArrays::kDropRow;
  const auto* aliased = std::get_if<AliasedRelation>(&join.right->node);
  ResolvedRelation right =
      SQL_TRY(aliased != nullptr
                  ? ResolveAliased(*aliased, join.right->position, outer, &left_scope, empty)
                  : ResolveUnnest(std::get<UnnestRelation>(join.right->node), outer, &left_scope, empty, nullptr));
  ResolvedRelation joined;
  joined.fields = BothSides(left.fields, right.fields);
  joined.head = left.unnest_aliases.empty() ? std::move(left.sql) : std::move(left.head);
  joined.head_alias = left.unnest_aliases.empty() ? std::move(left.alias) : std::move(left.head_alias);
  joined.tail = fmt::format("{} CROSS JOIN {}", left.tail, right.sql);
  joined.sql = joined.head + joined.tail;
  joined.unnest_aliases = std::move(left.unnest_aliases);
  joined.unnest_aliases.push_back(std::move(right.alias));
  return joined;
}

// The columns of USING stand once, in front and without a table's name; the others follow, left then right.
Result<ResolvedRelation> Resolver::ResolveUsing(const JoinRelation& join, ResolvedRelation left,
                                                ResolvedRelation right) {
  ResolvedRelation joined;
  std::string condition;
  std::vector<std::string> names;
  for (const Identifier& name : join.using_columns) {
    const Field* const a = SQL_TRY(UsingField(left.fields, name, "left"));
    const Field* const b = SQL_TRY(UsingField(right.fields, name, "right"));
    a->MarkUsed();
    b->MarkUsed();
    const TypedSql equal =
        SQL_TRY(ApplyBinary(BinaryOperator::kEqual, {a->type, a->sql}, {b->type, b->sql}, name.position));
    condition += (condition.empty() ? "" : " AND ") + equal.sql;
    Field merged;
    merged.name = LowerCase(name.text);
    merged.label = name.text;
    merged.type = CommonSuperType(a->type, b->type).value_or(a->type);
    const std::string a_sql = CoerceTo({a->type, a->sql}, merged.type);
    const std::string b_sql = CoerceTo({b->type, b->sql}, merged.type);
    switch (join.kind) {
      case JoinKind::kRight: merged.sql = b_sql; break;
      case JoinKind::kFull: merged.sql = fmt::format("coalesce({}, {})", a_sql, b_sql); break;
      default: merged.sql = a_sql; break;
    }
    names.push_back(merged.name);
    joined.fields.push_back(std::move(merged));
  }
  const auto append_rest = [&](std::vector<Field>& fields) {
    std::erase_if(fields, [&](const Field& field) { return std::ranges::find(names, field.name) != names.end(); });
    std::ranges::move(fields, std::back_inserter(joined.fields));
  };
  append_rest(left.fields);
  append_rest(right.fields);
  joined.sql = fmt::format("{} {} JOIN {} ON {}", left.sql, KindName(join.kind), right.sql, condition);
  return joined;
}

}  // namespace opentrail::sql
