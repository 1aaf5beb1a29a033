#include <algorithm>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// WHERE, and how its conditions get below an UNNEST: the engine leaves them above it, and the scan would parse every
// event for a question about few.
namespace opentrail::sql {

namespace {

std::string JoinConjuncts(const std::vector<std::string>& conjuncts) {
  return fmt::format("{}", fmt::join(conjuncts, " AND "));
}

// A literal may hold what looks like an alias; the condition then stays above, where it is right as well.
bool Mentions(const std::string& condition, const std::vector<std::string>& aliases) {
  return std::ranges::any_of(aliases, [&](const std::string& alias) {
    return condition.find(QuoteIdentifier(alias) + ".") != std::string::npos;
  });
}

}  // namespace

Result<void> Resolver::ResolveWhere(const Expression& where, const ExpressionContext& context,
                                    const ResolvedRelation& relation, SelectParts& parts) {
  SQL_CHECK(RefuseAggregates(where, "WHERE clause"));
  const auto* binary = std::get_if<Binary>(&where.node);
  const bool conjunction = binary != nullptr && binary->operation == BinaryOperator::kAnd;
  std::vector<std::string> above;
  if (relation.unnest_aliases.empty() || !conjunction) {
    above.push_back(SQL_TRY(ResolveCondition(where, context, "WHERE clause")));
  } else {
    SQL_CHECK(ResolveConjuncts(where, context, above));
  }
  std::vector<std::string> below;
  if (!relation.unnest_aliases.empty()) {
    const auto first_below = std::stable_partition(above.begin(), above.end(), [&](const std::string& condition) {
      return Mentions(condition, relation.unnest_aliases);
    });
    std::move(first_below, above.end(), std::back_inserter(below));
    above.erase(first_below, above.end());
  }
  parts.where = JoinConjuncts(above);
  if (below.empty()) return {};
  const std::string conditions = JoinConjuncts(below);
  // One relation is filtered in its place; a join is, in effect, by one more join that only has a condition.
  parts.from = relation.head_alias.empty() ? fmt::format("{} INNER JOIN (SELECT 1) AS {} ON {}", relation.head,
                                                         QuoteIdentifier(NewAlias("r")), conditions)
                                           : fmt::format("(SELECT * FROM {} WHERE {}) AS {}", relation.head, conditions,
                                                         QuoteIdentifier(relation.head_alias));
  parts.from += relation.tail;
  return {};
}

// Under a LIMIT Trino plans a condition on the columns of the query around only where it says which value a column of
// this query has.
Result<void> Resolver::CheckCorrelatedLimit(const Expression& where, const ExpressionContext& context) {
  std::vector<const Expression*> pending{&where};
  while (!pending.empty()) {
    const Expression& condition = *pending.back();
    pending.pop_back();
    const auto* binary = std::get_if<Binary>(&condition.node);
    if (binary != nullptr && binary->operation == BinaryOperator::kAnd) {
      pending.push_back(binary->left.get());
      pending.push_back(binary->right.get());
      continue;
    }
    if (!SQL_TRY(IsCorrelated(condition, context))) continue;
    if (binary != nullptr && binary->operation == BinaryOperator::kEqual) {
      const bool left = SQL_TRY(IsCorrelated(*binary->left, context));
      const bool right = SQL_TRY(IsCorrelated(*binary->right, context));
      if (left != right && NameChain(left ? *binary->right : *binary->left)) continue;
    }
    correlation_.rows = true;
    return {};
  }
  return {};
}

Result<bool> Resolver::IsCorrelated(const Expression& expression, const ExpressionContext& context) {
  const CorrelationWatch watch(context.scope->outer);
  SQL_CHECK(Resolve(expression, context));
  return watch.Saw();
}

Result<void> Resolver::ResolveConjuncts(const Expression& expression, const ExpressionContext& context,
                                        std::vector<std::string>& conjuncts) {
  const auto* binary = std::get_if<Binary>(&expression.node);
  if (binary != nullptr && binary->operation == BinaryOperator::kAnd) {
    const DepthGuard guard(depth_);
    SQL_CHECK(guard.Check(kMaxResolveDepth, expression.position));
    SQL_CHECK(ResolveConjuncts(*binary->left, context, conjuncts));
    return ResolveConjuncts(*binary->right, context, conjuncts);
  }
  const Resolved term = SQL_TRY(ResolveRoot(expression, context));
  const Type boolean(TypeKind::kBoolean);
  if (!CanCoerce(term.type, boolean)) {
    return std::unexpected(
        Error{ErrorCode::kTypeMismatch, expression.position,
              fmt::format("Logical expression term must evaluate to a boolean (actual: {})", term.type.Name())});
  }
  conjuncts.push_back(CoerceTo(term, boolean));
  return {};
}

}  // namespace opentrail::sql
