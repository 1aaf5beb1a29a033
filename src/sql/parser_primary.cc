#include "sql/parser_impl.h"

namespace opentrail::sql {
namespace {

using enum TokenKind;

// Whether anything in the grammar may follow an expression with this token. Where nothing may, Trino's parser has not
// yet settled, inside parentheses and CASE, what a name before it was, and lists that too.
bool MayFollowExpression(TokenKind kind) {
  static constexpr TokenKind kReservedFollowers[] = {
      kAnd,   kAs,     kBetween, kCross, kElse,      kEnd,   kEscape, kExcept, kFor,  kFrom,    kFull,
      kGroup, kHaving, kIn,      kInner, kIntersect, kIs,    kJoin,   kLeft,   kLike, kNatural, kNot,
      kOn,    kOr,     kOrder,   kRight, kThen,      kUnion, kWhen,   kWhere,  kWith};
  if (IsReserved(kind)) return Contains(kReservedFollowers, kind);
  if (kind == kOther || kind == kQuestionMark || kind == kColon || kind == kDoubleArrow) return false;
  return kind < kStringLiteral || kind > kDoubleLiteral;
}

}  // namespace

ExpressionPointer Parser::ParsePrimary() {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  const bool all_columns = cursor_.index() == select_item_at_;
  return ContinuePrimary(ParsePrimaryHead(), all_columns);
}

// a.b, a[i]. all_columns: this stands where "a.*" would be right, which is left to the select list.
ExpressionPointer Parser::ContinuePrimary(ExpressionPointer primary, bool all_columns) {
  while (primary && !cursor_.failed()) {
    const Position position = primary->position;
    if (cursor_.Check(kDot)) {
      if (all_columns && cursor_.At(kAsterisk, 1)) return primary;
      cursor_.Take();
      if (all_columns) cursor_.Expect(kAsterisk);
      primary = Make(position, Dereference{std::move(primary), ParseIdentifier()});
    } else if (cursor_.Accept(kLeftBracket)) {
      primary = Make(position, Subscript{std::move(primary), ParseValue()});
      cursor_.Require(kRightBracket);
    } else {
      return primary;
    }
  }
  return primary;
}

ExpressionPointer Parser::ParsePrimaryHead() {
  const Token& token = cursor_.Current();
  const Position position = token.position;
  switch (token.kind) {
    case kStringLiteral:
    case kUnicodeStringLiteral: return Make(position, StringLiteral{ParseString()});
    case kBinaryLiteral: return ParseBinaryLiteral();
    case kMinus: cursor_.Take(); return ParseNumber(true, position);
    case kIntegerLiteral:
    case kDecimalLiteral:
    case kDoubleLiteral: return ParseNumber(false, position);
    case kQuestionMark: cursor_.Take(); return Make(position, Parameter{parameters_++});
    case kLeftParenthesis: return ParseParenthesized();
    default: return cursor_.AtIdentifier() ? ParseNameHead() : ParseReservedHead();
  }
}

// What begins with a word that is a name elsewhere.
ExpressionPointer Parser::ParseNameHead() {
  const Position position = cursor_.Here();
  const TokenKind kind = cursor_.Current().kind;
  if (AtInterval()) return ParseInterval();
  if (kind == kArray && cursor_.At(kLeftBracket, 1)) return ParseArray();
  if (cursor_.At(kLeftParenthesis, 1)) {
    if (kind == kRow && !cursor_.At(kRightParenthesis, 2)) return ParseRow();
    if (kind == kTry_Cast) return ParseCast(true);
    if (kind == kPosition) return ParsePosition();
    if (kind == kSubstring) return ParseSubstring();
  }
  if (cursor_.At(kArrow, 1)) return ParseLambda();
  const size_t literal = kind == kDouble && cursor_.At(kPrecision, 1) ? 2 : 1;
  if (cursor_.At(kStringLiteral, literal) || cursor_.At(kUnicodeStringLiteral, literal)) return ParseGenericLiteral();
  if (cursor_.At(kOver, 1) && (cursor_.At(kLeftParenthesis, 2) || cursor_.AtIdentifier(2))) {
    Unsupported(position, "a measure of a row pattern (a name before OVER)");
    return nullptr;
  }
  size_t last = 0;  // of a.b.c
  while (cursor_.AtIdentifier(last) && cursor_.At(kDot, last + 1)) last += 2;
  if (cursor_.AtIdentifier(last) && cursor_.At(kLeftParenthesis, last + 1)) return ParseFunctionCall();
  return ParseColumn();
}

ExpressionPointer Parser::ParseColumn() {
  const Position position = cursor_.Here();
  const bool interval = cursor_.At(kInterval);
  const bool double_word = cursor_.At(kDouble);
  Identifier name = ParseIdentifier();
  if (!MayFollowExpression(cursor_.Current().kind) && !StandsInClause(cursor_.index())) {
    for (const TokenKind kind : {kLeftParenthesis, kArrow, kOver}) cursor_.Expect(kind);
    if (double_word) cursor_.Expect(kPrecision);
    cursor_.Expect(Rule::kString);
    if (interval) {
      cursor_.Expect(kPlus);
      cursor_.Expect(kMinus);
    }
  }
  return Make(position, ColumnReference{std::move(name)});
}

ExpressionPointer Parser::ParseReservedHead() {
  const Position position = cursor_.Here();
  switch (cursor_.Current().kind) {
    case kNull: cursor_.Take(); return Make(position, NullLiteral{});
    case kTrue: cursor_.Take(); return Make(position, BooleanLiteral{true});
    case kFalse: cursor_.Take(); return Make(position, BooleanLiteral{false});
    case kCase: return ParseCase();
    case kCast: return ParseCast(false);
    case kExists: return ParseExists();
    case kExtract: return ParseExtract();
    case kNormalize: return ParseNormalize();
    case kTrim: return ParseTrim();
    case kListagg: return ParseListagg();
    case kGrouping: return ParseGrouping();
    case kJson_Exists:
    case kJson_Query:
    case kJson_Value: return ParseSqlJson();
    case kJson_Array:
    case kJson_Object: return ParseJsonConstructor();
    case kCurrent_Catalog:
    case kCurrent_Date:
    case kCurrent_Path:
    case kCurrent_Schema:
    case kCurrent_Time:
    case kCurrent_Timestamp:
    case kCurrent_User:
    case kLocaltime:
    case kLocaltimestamp: return ParseCurrent();
    default: cursor_.FailHere(); return nullptr;
  }
}

// "(" … ")": an expression, a row, a lambda or a query.
ExpressionPointer Parser::ParseParenthesized() {
  if (AtLambda()) return ParseLambda();
  const Position position = cursor_.Here();
  return MakeParenthesized(position, ParseParenthesizedItems());
}

ExpressionPointer Parser::MakeParenthesized(Position position, std::vector<ExpressionPointer> items) {
  if (items.size() == 1) return std::move(items[0]);
  return Make(position, RowConstructor{std::move(items), false});
}

// From "(" to ")". One item that is a subquery may be the parentheses' own content.
std::vector<ExpressionPointer> Parser::ParseParenthesizedItems() {
  const Position position = cursor_.Take().position;
  std::vector<ExpressionPointer> items;
  if (AtQueryStart()) {
    items.push_back(Make(position, ScalarSubquery{ParseQuery()}));
  } else {
    cursor_.Expect(Rule::kQuery);
    items.push_back(ParseExpression());
    auto* subquery = items[0] ? std::get_if<ScalarSubquery>(&items[0]->node) : nullptr;
    if (subquery && subquery->query && AtContinuationOf(*subquery->query)) {
      QueryPointer query = ContinueQuery(std::move(subquery->query), items[0]->position);
      items[0] = Make(position, ScalarSubquery{std::move(query)});
    } else {
      while (cursor_.Accept(kComma)) items.push_back(ParseExpression());
    }
  }
  cursor_.Require(kRightParenthesis);
  return items;
}

bool Parser::AtLambda() const {
  size_t distance = 1;
  while (cursor_.AtIdentifier(distance)) {
    ++distance;
    if (!cursor_.At(kComma, distance)) break;
    ++distance;
  }
  const bool complete = distance == 1 || !cursor_.At(kComma, distance - 1);
  return complete && cursor_.At(kRightParenthesis, distance) && cursor_.At(kArrow, distance + 1);
}

ExpressionPointer Parser::ParseLambda() {
  const Position position = cursor_.Here();
  Lambda lambda;
  if (cursor_.At(kLeftParenthesis) && cursor_.At(kRightParenthesis, 1)) {
    cursor_.Take();
    cursor_.Take();
  } else if (cursor_.At(kLeftParenthesis)) {
    lambda.parameters = ParseColumnAliases();
  } else {
    lambda.parameters.push_back(ParseIdentifier());
  }
  cursor_.Require(kArrow);
  lambda.body = ParseExpression();
  return Make(position, std::move(lambda));
}

ExpressionPointer Parser::ParseRow() {
  const Position position = cursor_.Take().position;
  cursor_.Take();
  RowConstructor row{ParseExpressionList(), true};
  cursor_.Require(kRightParenthesis);
  return Make(position, std::move(row));
}

ExpressionPointer Parser::ParseArray() {
  const Position position = cursor_.Take().position;
  cursor_.Take();
  ArrayConstructor array;
  if (cursor_.Accept(kRightBracket)) return Make(position, std::move(array));
  array.elements = ParseExpressionList();
  cursor_.Require(kRightBracket);
  return Make(position, std::move(array));
}

ExpressionPointer Parser::ParseCase() {
  const Position position = cursor_.Take().position;
  Case node;
  if (!cursor_.Check(kWhen)) node.operand = ParseExpression();
  cursor_.Require(kWhen);
  do {
    WhenClause when;
    when.condition = ParseExpression();
    cursor_.Require(kThen);
    when.result = ParseExpression();
    node.whens.push_back(std::move(when));
  } while (cursor_.Accept(kWhen));
  if (cursor_.Accept(kElse)) node.otherwise = ParseExpression();
  cursor_.Require(kEnd);
  return Make(position, std::move(node));
}

ExpressionPointer Parser::ParseCast(bool try_cast) {
  const Position position = cursor_.Take().position;
  cursor_.Require(kLeftParenthesis);
  Cast cast{ParseExpression(), {}, try_cast};
  cursor_.Require(kAs);
  cast.type = ParseTypeName();
  cursor_.Require(kRightParenthesis);
  return Make(position, std::move(cast));
}

ExpressionPointer Parser::ParseExists() {
  const Position position = cursor_.Take().position;
  return Make(position, Exists{ParseParenthesizedQuery()});
}

}  // namespace opentrail::sql
