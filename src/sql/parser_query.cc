#include "sql/parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

QueryPointer Parser::ParseQuery() {
  cursor_.Mark(Rule::kQuery);
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  auto query = std::make_unique<Query>();
  query->position = cursor_.Here();
  if (cursor_.Accept(kWith)) {
    query->recursive = cursor_.Accept(kRecursive);
    // Trino's message does not say that a comma might follow.
    for (bool more = true; more; more = cursor_.At(kComma)) {
      if (!query->with.empty()) cursor_.Take();
      query->with.push_back(ParseCommonTable());
    }
  }
  ParseQueryWithoutWith(*query);
  return query;
}

QueryPointer Parser::ParseParenthesizedQuery() {
  cursor_.Require(kLeftParenthesis);
  QueryPointer query = ParseQuery();
  cursor_.Require(kRightParenthesis);
  return query;
}

CommonTableExpression Parser::ParseCommonTable() {
  CommonTableExpression table;
  table.name = ParseIdentifier();
  if (cursor_.Check(kLeftParenthesis)) table.columns = ParseColumnAliases();
  cursor_.Require(kAs);
  table.query = ParseParenthesizedQuery();
  return table;
}

void Parser::ParseQueryWithoutWith(Query& query, QueryBodyPointer first) {
  query.body = ParseQueryTerm(std::move(first));
  query.order_position = cursor_.Here();
  if (cursor_.Accept(kOrder)) {
    cursor_.Require(kBy);
    query.order_by = ParseSortItems();
  }
  ParseRowCounts(query);
}

// A query whose first part was read as a subquery already, its parentheses included.
QueryPointer Parser::ContinueQuery(QueryPointer parenthesized, Position position) {
  auto query = std::make_unique<Query>();
  query->position = position;
  ParseQueryWithoutWith(*query, MakeBody(ParenthesizedQuery{std::move(parenthesized), position}));
  return query;
}

QueryBodyPointer Parser::MakeSetOperation(SetOperator operation, QueryBodyPointer left) {
  SetOperation node{operation, false, std::move(left), nullptr, cursor_.Take().position};
  if (!cursor_.Accept(kDistinct)) node.all = cursor_.Accept(kAll);
  // UNION and EXCEPT take whole intersections on their right, INTERSECT takes one query.
  node.right = operation == SetOperator::kIntersect ? ParseQueryPrimary() : ParseIntersection(nullptr);
  return MakeBody(std::move(node));
}

QueryBodyPointer Parser::ParseQueryTerm(QueryBodyPointer first) {
  QueryBodyPointer body = ParseIntersection(std::move(first));
  while (true) {
    if (cursor_.Check(kUnion)) {
      body = MakeSetOperation(SetOperator::kUnion, std::move(body));
    } else if (cursor_.Check(kExcept)) {
      body = MakeSetOperation(SetOperator::kExcept, std::move(body));
    } else {
      return body;
    }
  }
}

QueryBodyPointer Parser::ParseIntersection(QueryBodyPointer first) {
  QueryBodyPointer body = first ? std::move(first) : ParseQueryPrimary();
  while (cursor_.Check(kIntersect)) body = MakeSetOperation(SetOperator::kIntersect, std::move(body));
  return body;
}

QueryBodyPointer Parser::ParseQueryPrimary() {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  const Position position = cursor_.Here();
  if (cursor_.Accept(kSelect)) return ParseSelect(position);
  if (cursor_.Accept(kTable)) return MakeBody(TableQuery{ParseQualifiedName(), position});
  if (cursor_.Accept(kValues)) return MakeBody(Values{ParseExpressionList(), position});
  if (!cursor_.Require(kLeftParenthesis)) return nullptr;
  auto query = std::make_unique<Query>();
  query->position = cursor_.Here();
  ParseQueryWithoutWith(*query);
  cursor_.Require(kRightParenthesis);
  return MakeBody(ParenthesizedQuery{std::move(query), position});
}

QueryBodyPointer Parser::ParseSelect(Position position) {
  Select select;
  select.position = position;
  select.distinct = ParseQuantifier();
  do {
    select.items.push_back(ParseSelectItem());
  } while (cursor_.Accept(kComma));
  if (cursor_.Accept(kFrom)) select.from = ParseFrom();
  if (cursor_.Accept(kWhere)) select.where = ParseExpression();
  if (cursor_.Accept(kGroup)) ParseGroupBy(select);
  if (cursor_.Accept(kHaving)) select.having = ParseExpression();
  if (cursor_.Accept(kWindow)) {
    do {
      NamedWindow window;
      window.name = ParseIdentifier();
      cursor_.Require(kAs);
      cursor_.Require(kLeftParenthesis);
      window.window = ParseWindow();
      cursor_.Require(kRightParenthesis);
      select.windows.push_back(std::move(window));
    } while (cursor_.Accept(kComma));
  }
  return MakeBody(std::move(select));
}

SelectItem Parser::ParseSelectItem() {
  SelectItem item;
  item.position = cursor_.Here();
  if (cursor_.Accept(kAsterisk)) {
    item.node = SelectAll{};
    return item;
  }
  select_item_at_ = cursor_.index();
  ExpressionPointer expression = ParseExpression();
  if (cursor_.At(kDot) && cursor_.At(kAsterisk, 1)) {
    cursor_.Take();
    cursor_.Take();
    SelectAll all{std::move(expression), {}};
    if (cursor_.Accept(kAs)) all.aliases = ParseColumnAliases();
    item.node = std::move(all);
    return item;
  }
  item.node = SelectExpression{std::move(expression), ParseSelectAlias()};
  return item;
}

std::optional<Identifier> Parser::ParseSelectAlias() {
  if (cursor_.Accept(kAs)) return ParseIdentifier();
  cursor_.Expect(Rule::kIdentifier);
  if (!cursor_.AtIdentifier() || AtRowCountClause() || AtWindowClause()) return std::nullopt;
  return ParseIdentifier();
}

void Parser::ParseGroupBy(Select& select) {
  cursor_.Require(kBy);
  select.has_group_by = true;
  const bool sets =
      cursor_.At(kRollup, 1) || cursor_.At(kCube, 1) || (cursor_.At(kGrouping, 1) && cursor_.At(kSets, 2));
  if (cursor_.At(kAll) && sets) cursor_.Take();
  if (!cursor_.At(kLeftParenthesis, 1)) select.group_by_distinct = ParseQuantifier();
  do {
    select.group_by.push_back(ParseGroupingElement());
  } while (cursor_.Accept(kComma));
}

GroupingElement Parser::ParseGroupingElement() {
  if (cursor_.Accept(kRollup)) return Rollup{ParseGroupingSets(EmptyList::kAllowed)};
  if (cursor_.Accept(kCube)) return Cube{ParseGroupingSets(EmptyList::kAllowed)};
  cursor_.Expect(kGrouping);
  if (cursor_.At(kGrouping) && cursor_.At(kSets, 1)) {
    cursor_.Take();
    cursor_.Take();
    return GroupingSets{ParseGroupingSets(EmptyList::kRefused)};
  }
  return SimpleGroupBy{ParseGroupingSet()};
}

std::vector<std::vector<ExpressionPointer>> Parser::ParseGroupingSets(EmptyList empty) {
  std::vector<std::vector<ExpressionPointer>> sets;
  cursor_.Require(kLeftParenthesis);
  if (empty == EmptyList::kAllowed && cursor_.Accept(kRightParenthesis)) return sets;
  do {
    sets.push_back(ParseGroupingSet());
  } while (cursor_.Accept(kComma));
  cursor_.Require(kRightParenthesis);
  return sets;
}

// x, (x, y) or (); but "(x, y) = z" and "(x) + 1" are expressions that begin like one.
std::vector<ExpressionPointer> Parser::ParseGroupingSet() {
  const Position position = cursor_.Here();
  cursor_.Expect(kLeftParenthesis);
  std::vector<ExpressionPointer> set;
  if (!cursor_.At(kLeftParenthesis) || AtLambda()) {
    set.push_back(ParseExpression());
    return set;
  }
  if (cursor_.At(kRightParenthesis, 1)) {
    cursor_.Take();
    cursor_.Take();
    return set;
  }
  const Nesting nesting(*this);
  if (!nesting) return set;
  set = ParseParenthesizedItems();
  if (!CheckExpressionContinuation()) return set;
  ExpressionPointer head = ContinuePrimary(MakeParenthesized(position, std::move(set)));
  set.clear();
  set.push_back(ContinueExpression(ContinueValue(std::move(head))));
  return set;
}

void Parser::ParseRowCounts(Query& query) {
  if (cursor_.Accept(kOffset)) {
    query.offset = ParseRowCount();
    if (!cursor_.Accept(kRow)) cursor_.Accept(kRows);
  }
  query.rows_position = cursor_.Here();
  if (cursor_.Accept(kLimit)) {
    if (!cursor_.Accept(kAll)) query.limit = ParseRowCount();
  } else if (cursor_.Accept(kFetch)) {
    ParseFetch(query);
  }
}

ExpressionPointer Parser::ParseRowCount() {
  const Position position = cursor_.Here();
  cursor_.Expect(kQuestionMark);
  if (cursor_.Check(kIntegerLiteral)) return ParseNumber(false, position);
  if (cursor_.Accept(kQuestionMark)) return Make(position, Parameter{parameters_++});
  cursor_.FailHere();
  return nullptr;
}

void Parser::ParseFetch(Query& query) {
  if (!cursor_.Accept(kFirst)) cursor_.Require(kNext);
  const Position position = cursor_.Here();
  cursor_.Expect(kIntegerLiteral);
  cursor_.Expect(kQuestionMark);
  const bool counted = cursor_.At(kIntegerLiteral) || cursor_.At(kQuestionMark);
  query.fetch_first = counted ? ParseRowCount() : Make(position, LongLiteral{"1"});
  if (!cursor_.Accept(kRow)) cursor_.Require(kRows);
  if (cursor_.Accept(kOnly)) return;
  cursor_.Require(kWith);
  query.with_ties = cursor_.Require(kTies);
}

std::vector<SortItem> Parser::ParseSortItems() {
  std::vector<SortItem> items;
  do {
    items.push_back(ParseSortItem());
  } while (cursor_.Accept(kComma));
  return items;
}

SortItem Parser::ParseSortItem() {
  SortItem item;
  item.expression = ParseExpression();
  if (cursor_.Accept(kDesc)) {
    item.direction = SortDirection::kDescending;
  } else {
    cursor_.Accept(kAsc);
  }
  if (!cursor_.Accept(kNulls)) return item;
  if (cursor_.Accept(kFirst)) {
    item.nulls = NullOrder::kFirst;
  } else if (cursor_.Require(kLast)) {
    item.nulls = NullOrder::kLast;
  }
  return item;
}

}  // namespace opentrail::sql
