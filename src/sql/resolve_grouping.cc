#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "sql/engine_text.h"
#include "sql/expression_walk.h"
#include "sql/format_expression.h"
#include "sql/resolver.h"
#include "sql/text.h"
#include "sql/try.h"

// GROUP BY in all its forms, and which expressions make a query an aggregation.
namespace opentrail::sql {

namespace {

using KeySet = std::vector<size_t>;  // indexes into Grouping::keys

// Every set of the one with every set of the other, as GROUP BY a, ROLLUP (b, c) asks.
std::vector<KeySet> CrossProduct(const std::vector<KeySet>& left, const std::vector<KeySet>& right) {
  std::vector<KeySet> product;
  for (const KeySet& a : left) {
    for (const KeySet& b : right) {
      KeySet joined = a;
      for (const size_t key : b) {
        if (std::ranges::find(joined, key) == joined.end()) joined.push_back(key);
      }
      product.push_back(std::move(joined));
    }
  }
  return product;
}

KeySet Join(const std::vector<KeySet>& parts, const std::vector<size_t>& chosen) {
  KeySet joined;
  for (const size_t part : chosen) joined.insert(joined.end(), parts[part].begin(), parts[part].end());
  return joined;
}

// (a, b, c), (a, b), (a), ()
std::vector<KeySet> RollupSets(const std::vector<KeySet>& parts) {
  std::vector<KeySet> sets;
  for (size_t length = parts.size() + 1; length-- > 0;) {
    std::vector<size_t> chosen;
    for (size_t i = 0; i < length; ++i) chosen.push_back(i);
    sets.push_back(Join(parts, chosen));
  }
  return sets;
}

// Every subset; the caller has bounded their number.
std::vector<KeySet> CubeSets(const std::vector<KeySet>& parts) {
  std::vector<KeySet> sets;
  for (size_t mask = size_t{1} << parts.size(); mask-- > 0;) {
    std::vector<size_t> chosen;
    for (size_t i = 0; i < parts.size(); ++i) {
      if ((mask >> (parts.size() - 1 - i)) & 1) chosen.push_back(i);
    }
    sets.push_back(Join(parts, chosen));
  }
  return sets;
}

Error TooManySets(size_t count, Position position) {
  return {ErrorCode::kTooManyGroupingSets, position,
          fmt::format("GROUP BY has {} grouping sets but can contain at most {}", count, kMaxGroupingSets)};
}

// Resolves the elements of one GROUP BY and gathers their keys.
class GroupByReader {
 public:
  using ResolveKey = std::function<Result<TypedSql>(const Expression&)>;
  // Whether the names, a.b.c, are a field of a column, not a column.
  using IsRowField = std::function<Result<bool>(const std::vector<std::string>& names, Position position)>;

  GroupByReader(Grouping& grouping, ResolveKey resolve, IsRowField is_row_field)
      : grouping_(grouping), resolve_(std::move(resolve)), is_row_field_(std::move(is_row_field)) {}

  Result<std::vector<KeySet>> Read(const GroupingElement& element, Position position) {
    if (const auto* simple = std::get_if<SimpleGroupBy>(&element)) {
      return std::vector<KeySet>{SQL_TRY(ReadSet(simple->expressions))};
    }
    if (const auto* sets = std::get_if<GroupingSets>(&element)) return ReadColumns(sets->sets);
    if (const auto* cube = std::get_if<Cube>(&element)) {
      if (cube->sets.size() > 11)
        return std::unexpected(TooManySets(size_t{1} << std::min<size_t>(cube->sets.size(), 62), position));
      return CubeSets(SQL_TRY(ReadColumns(cube->sets)));
    }
    return RollupSets(SQL_TRY(ReadColumns(std::get<Rollup>(element).sets)));
  }

 private:
  Result<KeySet> ReadSet(const std::vector<ExpressionPointer>& expressions) {
    KeySet keys;
    for (const ExpressionPointer& expression : expressions) {
      const size_t key = SQL_TRY(ReadKey(*expression));
      if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
    }
    return keys;
  }

  // In GROUPING SETS, CUBE and ROLLUP only columns may stand.
  Result<std::vector<KeySet>> ReadColumns(const std::vector<std::vector<ExpressionPointer>>& sets) {
    std::vector<KeySet> read;
    for (const auto& expressions : sets) {
      for (const ExpressionPointer& expression : expressions) {
        if (std::holds_alternative<LongLiteral>(expression->node)) continue;
        const auto names = NameChain(*expression);
        if (names && !SQL_TRY(is_row_field_(*names, expression->position))) continue;
        return std::unexpected(
            Error{ErrorCode::kInvalidColumnReference, expression->position,
                  fmt::format("GROUP BY expression must be a column reference: {}", FormatExpression(*expression))});
      }
      read.push_back(SQL_TRY(ReadSet(expressions)));
    }
    return read;
  }

  Result<size_t> ReadKey(const Expression& expression) {
    const TypedSql key = SQL_TRY(resolve_(expression));
    if (!IsComparable(key.type)) {
      return std::unexpected(
          Error{ErrorCode::kTypeMismatch, expression.position,
                fmt::format("{} is not comparable, and therefore cannot be used in GROUP BY", key.type.Name())});
    }
    std::vector<GroupKey>& keys = grouping_.keys;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (keys[i].key.sql == key.sql) return i;
    }
    keys.push_back({key, NotOrdinal(KeySql(key), key.type), key.sql});
    return keys.size() - 1;
  }

  Grouping& grouping_;
  ResolveKey resolve_;
  IsRowField is_row_field_;
};

// Of the values of a group that are one instant in several zones, the least is shown; of maps that are equal, any.
void ChooseOutputs(Grouping& grouping, bool has_sets) {
  for (GroupKey& key : grouping.keys) {
    if (!HasKey(key.key.type)) continue;
    key.output = fmt::format("{}({})", key.key.type.kind() == TypeKind::kMap ? "any_value" : "min", key.key.sql);
    if (has_sets) key.output = fmt::format("CASE WHEN grouping({}) = 0 THEN {} END", key.engine_key, key.output);
  }
}

std::string SetText(const Grouping& grouping, const KeySet& set) {
  std::string text;
  for (const size_t key : set) text += (text.empty() ? "" : ", ") + grouping.keys[key].engine_key;
  return text;
}

std::string GroupByText(const Grouping& grouping, const std::vector<KeySet>& sets) {
  if (sets.size() == 1 && !sets[0].empty()) return SetText(grouping, sets[0]);
  std::string text;
  for (const KeySet& set : sets) text += fmt::format("{}({})", text.empty() ? "" : ", ", SetText(grouping, set));
  return fmt::format("GROUPING SETS ({})", text);
}

void KeepDistinctSets(std::vector<KeySet>& sets) {
  std::set<std::set<size_t>> seen;
  std::erase_if(sets, [&](const KeySet& set) { return !seen.insert({set.begin(), set.end()}).second; });
}

}  // namespace

Result<std::string> Resolver::ResolveGroupBy(const Select& select, const ExpressionContext& context,
                                             const std::vector<OutputItem>& ordinals, Grouping& grouping) {
  if (!select.has_group_by) return std::string();
  const auto resolve_key = [&](const Expression& expression) -> Result<TypedSql> {
    const Expression* target = &expression;
    if (const auto* literal = std::get_if<LongLiteral>(&expression.node)) {
      size_t ordinal = 0;
      std::from_chars(literal->digits.data(), literal->digits.data() + literal->digits.size(), ordinal);
      if (ordinal < 1 || ordinal > ordinals.size()) {
        return std::unexpected(Error{ErrorCode::kInvalidColumnReference, expression.position,
                                     fmt::format("GROUP BY position {} is not in select list", literal->digits)});
      }
      target = ordinals[ordinal - 1].expression;
      if (target == nullptr) return ordinals[ordinal - 1].value;
    }
    SQL_CHECK(RefuseAggregates(*target, "GROUP BY clause"));
    return ResolveRoot(*target, context);
  };
  const auto is_row_field = [&](const std::vector<std::string>& names, Position position) -> Result<bool> {
    if (SQL_TRY(FindColumn(names, position, context))) return false;
    return NamesColumn(names, position, context);
  };
  GroupByReader reader(grouping, resolve_key, is_row_field);
  std::vector<KeySet> sets{{}};
  bool plain = true;
  for (const GroupingElement& element : select.group_by) {
    const std::vector<KeySet> more = SQL_TRY(reader.Read(element, select.position));
    plain = plain && std::holds_alternative<SimpleGroupBy>(element);
    if (sets.size() * more.size() > kMaxGroupingSets) {
      return std::unexpected(TooManySets(sets.size() * more.size(), select.position));
    }
    sets = CrossProduct(sets, more);
  }
  if (select.group_by_distinct) KeepDistinctSets(sets);
  ChooseOutputs(grouping, !plain);
  return GroupByText(grouping, sets);
}

Result<Resolved> Resolver::ResolveGroupingOperation(const GroupingOperation& node, Position position,
                                                    const ExpressionContext& context) {
  const Grouping* const grouping = context.scope->grouping;
  Resolved result;
  result.type = Type(node.columns.size() <= 31 ? TypeKind::kInteger : TypeKind::kBigint);
  std::string keys;
  ExpressionContext inner = context;
  inner.inside_aggregate = true;  // the keys as they are, not what stands for them
  for (const ExpressionPointer& column : node.columns) {
    const Resolved value = SQL_TRY(Resolve(*column, inner));
    const GroupKey* found = nullptr;
    for (size_t i = 0; grouping != nullptr && i < grouping->keys.size(); ++i) {
      if (grouping->keys[i].key.sql == value.sql) found = &grouping->keys[i];
    }
    if (found == nullptr) {
      if (grouping == nullptr || grouping->keys.empty()) {
        return std::unexpected(Error{ErrorCode::kMissingGroupBy, context.select,
                                     "A GROUPING() operation can only be used with a corresponding GROUPING "
                                     "SET/CUBE/ROLLUP/GROUP BY clause"});
      }
      return std::unexpected(Error{ErrorCode::kInvalidArguments, position,
                                   fmt::format("The arguments to GROUPING() must be expressions referenced by the "
                                               "GROUP BY at the associated query level. Mismatch due to {}.",
                                               FormatExpression(*column))});
    }
    keys += (keys.empty() ? "" : ", ") + found->engine_key;
  }
  result.sql = fmt::format("CAST(grouping({}) AS {})", keys, result.type.EngineName());
  return result;
}

// ---- What aggregates --------------------------------------------------------------------------------------------

bool Resolver::IsAggregate(const Expression& expression) const {
  const auto* call = std::get_if<FunctionCall>(&expression.node);
  return call != nullptr && !call->window && !call->window_name && NamesAggregate(*call);
}

bool Resolver::NamesAggregate(const FunctionCall& call) const {
  if (call.name.parts.size() != 1) return false;
  const auto* signatures = functions_.Find(LowerCase(call.name.parts[0].text));
  return signatures != nullptr && signatures->front().row->kind == FunctionKind::kAggregate;
}

void Resolver::CollectAggregates(const Expression& expression, std::vector<std::string>& found) const {
  WalkExpression(expression, [&](const Expression& node) {
    const bool aggregates = IsAggregate(node);
    if (aggregates) found.push_back(FormatExpression(node));
    return !aggregates;
  });
}

void Resolver::CollectWindows(const Expression& expression, std::vector<std::string>& found) const {
  WalkExpression(expression, [&](const Expression& node) {
    const auto* call = std::get_if<FunctionCall>(&node.node);
    const bool window = call != nullptr && (call->window || call->window_name);
    if (window) found.push_back(FormatExpression(node));
    return !window;
  });
}

bool Resolver::HasAggregates(const Select& select, const Query* query) const {
  if (select.has_group_by || select.having) return true;
  std::vector<std::string> found;
  for (const SelectItem& item : select.items) {
    if (const auto* single = std::get_if<SelectExpression>(&item.node)) CollectAggregates(*single->expression, found);
  }
  for (size_t i = 0; query != nullptr && i < query->order_by.size(); ++i) {
    CollectAggregates(*query->order_by[i].expression, found);
  }
  return !found.empty();
}

Result<void> Resolver::RefuseAggregates(const Expression& expression, std::string_view clause) const {
  std::vector<std::string> found;
  CollectAggregates(expression, found);
  CollectWindows(expression, found);
  WalkExpression(expression, [&](const Expression& node) {
    if (std::holds_alternative<GroupingOperation>(node.node)) found.push_back(FormatExpression(node));
    return true;
  });
  if (found.empty()) return {};
  return std::unexpected(
      Error{ErrorCode::kExpressionNotScalar, PointOf(expression),
            fmt::format("{} cannot contain aggregations, window functions or grouping operations: [{}]", clause,
                        fmt::join(found, ", "))});
}

}  // namespace opentrail::sql
