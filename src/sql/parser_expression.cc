#include <ranges>

#include "sql/parser_impl.h"

namespace opentrail::sql {
namespace {

using enum TokenKind;

struct ValueOperator {
  TokenKind token;
  BinaryOperator operation;
  int precedence;
};

// Trino binds || loosest of all.
constexpr ValueOperator kValueOperators[] = {
    {kConcat, BinaryOperator::kConcat, 1},  {kPlus, BinaryOperator::kAdd, 2},
    {kMinus, BinaryOperator::kSubtract, 2}, {kAsterisk, BinaryOperator::kMultiply, 3},
    {kSlash, BinaryOperator::kDivide, 3},   {kPercent, BinaryOperator::kModulus, 3},
};
constexpr int kSignPrecedence = 4;
constexpr int kTimeZonePrecedence = 5;

struct ComparisonOperator {
  TokenKind token;
  BinaryOperator operation;
};

constexpr ComparisonOperator kComparisons[] = {
    {kEqual, BinaryOperator::kEqual},     {kNotEqual, BinaryOperator::kNotEqual},
    {kLess, BinaryOperator::kLess},       {kLessOrEqual, BinaryOperator::kLessOrEqual},
    {kGreater, BinaryOperator::kGreater}, {kGreaterOrEqual, BinaryOperator::kGreaterOrEqual},
};

const ValueOperator* FindValueOperator(TokenKind kind) {
  const auto* found = std::ranges::find(kValueOperators, kind, &ValueOperator::token);
  return found == std::ranges::end(kValueOperators) ? nullptr : found;
}

const ComparisonOperator* FindComparison(TokenKind kind) {
  const auto* found = std::ranges::find(kComparisons, kind, &ComparisonOperator::token);
  return found == std::ranges::end(kComparisons) ? nullptr : found;
}

}  // namespace

ExpressionPointer Parser::ParseExpression() {
  cursor_.Mark(Rule::kExpression);
  return ContinueExpression(nullptr);
}

std::vector<ExpressionPointer> Parser::ParseExpressionList() {
  std::vector<ExpressionPointer> list;
  do {
    list.push_back(ParseExpression());
  } while (cursor_.Accept(kComma));
  return list;
}

// A balanced tree over the terms of one chain: it means the same, and whoever walks it needs little stack.
ExpressionPointer Parser::Fold(BinaryOperator operation, std::span<Term> terms) {
  if (terms.size() == 1) return std::move(terms[0].expression);
  const size_t middle = (terms.size() + 1) / 2;
  const Position operator_position = terms[middle].operator_position;
  ExpressionPointer left = Fold(operation, terms.first(middle));
  ExpressionPointer right = Fold(operation, terms.subspan(middle));
  if (!left || !right) return nullptr;
  const Position position = left->position;
  return Make(position, Binary{operation, std::move(left), std::move(right), operator_position});
}

// In these functions value, where given, is the first operand, already read.
ExpressionPointer Parser::ContinueExpression(ExpressionPointer value) {
  std::vector<Term> terms;
  terms.push_back({ParseConjunction(std::move(value)), {}});
  while (cursor_.Check(kOr)) {
    const Position position = cursor_.Take().position;
    terms.push_back({ParseConjunction(nullptr), position});
  }
  return Fold(BinaryOperator::kOr, terms);
}

ExpressionPointer Parser::ParseConjunction(ExpressionPointer value) {
  std::vector<Term> terms;
  terms.push_back({ParseNegation(std::move(value)), {}});
  while (cursor_.Check(kAnd)) {
    const Position position = cursor_.Take().position;
    terms.push_back({ParseNegation(nullptr), position});
  }
  return Fold(BinaryOperator::kAnd, terms);
}

ExpressionPointer Parser::ParseNegation(ExpressionPointer value) {
  if (value) return ParsePredicate(std::move(value));
  cursor_.Mark(Rule::kExpression);
  if (!cursor_.At(kNot)) return ParsePredicate(nullptr);
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  const Position position = cursor_.Take().position;
  return Make(position, Unary{UnaryOperator::kNot, ParseNegation(nullptr)});
}

// A value and at most one predicate: "a = b = c" is not in the grammar.
ExpressionPointer Parser::ParsePredicate(ExpressionPointer value) {
  ExpressionPointer operand = value ? std::move(value) : ParseValue();
  cursor_.Expect(Rule::kPredicate);
  if (const ComparisonOperator* comparison = FindComparison(cursor_.Current().kind)) {
    return ParseComparison(std::move(operand), comparison->operation);
  }
  if (cursor_.At(kIs)) return ParseIs(std::move(operand));
  const Position position = cursor_.Here();
  const bool negated = cursor_.At(kNot);
  if (negated) cursor_.Take();
  if (cursor_.At(kBetween)) return ParseBetween(std::move(operand), position, negated);
  if (cursor_.At(kIn)) {
    const size_t start = cursor_.index();
    ExpressionPointer in = ParseIn(std::move(operand), position, negated);
    const bool is_misread = cursor_.error() && cursor_.error()->code == ErrorCode::kSyntaxError;
    if (negated || !is_misread || !StandsInClause(start)) return in;
    cursor_.Retreat(start);  // Trino ends the expression in front of an IN that it cannot read to its end
    return Make(position, NullLiteral{});
  }
  if (cursor_.At(kLike)) return ParseLike(std::move(operand), position, negated);
  if (negated) {
    for (const TokenKind kind : {kBetween, kIn, kLike}) cursor_.Expect(kind);
    cursor_.FailHere();
  }
  return operand;
}

// Whether the token of that index, one taken or the one here, belongs to a query's clause itself, not to what stands
// there in parentheses or CASE: Trino tells errors of the two apart. Reads all before it: for errors only.
bool Parser::StandsInClause(size_t index) const {
  size_t closed = 0;
  for (const Token& token : std::views::reverse(cursor_.Taken().first(index))) {
    const TokenKind kind = token.kind;
    if (kind == kRightParenthesis || kind == kRightBracket || kind == kEnd) {
      ++closed;
    } else if (kind == kLeftParenthesis || kind == kLeftBracket || kind == kCase) {
      if (closed == 0) return false;
      --closed;
    } else if (closed == 0 && (kind == kSelect || kind == kValues)) {
      return true;
    }
  }
  return false;
}

ExpressionPointer Parser::ParseComparison(ExpressionPointer left, BinaryOperator operation) {
  const Position position = cursor_.Take().position;
  for (const TokenKind kind : {kAll, kAny, kSome}) {
    if (!cursor_.Check(kind) || !cursor_.At(kLeftParenthesis, 1) || !AtQueryStart(2)) continue;
    cursor_.Take();
    const Quantifier quantifier = kind == kAll ? Quantifier::kAll : Quantifier::kAny;
    return Make(position, QuantifiedComparison{operation, quantifier, std::move(left), ParseParenthesizedQuery()});
  }
  const Position start = left ? left->position : position;
  return Make(start, Binary{operation, std::move(left), ParseValue(), position});
}

ExpressionPointer Parser::ParseBetween(ExpressionPointer operand, Position position, bool negated) {
  cursor_.Take();
  Between between{std::move(operand), ParseValue(), nullptr, negated};
  cursor_.Require(kAnd);
  between.high = ParseValue();
  return Make(position, std::move(between));
}

ExpressionPointer Parser::ParseIn(ExpressionPointer operand, Position position, bool negated) {
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  const size_t start = cursor_.index();
  cursor_.Take();
  cursor_.Require(kLeftParenthesis);
  cursor_.Expect(Rule::kQuery);
  if (AtQueryStart()) {
    InSubquery in{std::move(operand), ParseQuery(), negated};
    cursor_.Require(kRightParenthesis);
    return Make(position, std::move(in));
  }
  InList in{std::move(operand), {}, negated};
  in.values.push_back(ParseExpression());
  if (auto* subquery = in.values[0] ? std::get_if<ScalarSubquery>(&in.values[0]->node) : nullptr;
      subquery && subquery->query && AtContinuationOf(*subquery->query)) {
    QueryPointer query = ContinueQuery(std::move(subquery->query), in.values[0]->position);
    cursor_.Require(kRightParenthesis);
    return Make(position, InSubquery{std::move(in.operand), std::move(query), negated});
  }
  while (cursor_.Accept(kComma)) in.values.push_back(ParseExpression());
  if (negated && !cursor_.At(kRightParenthesis) && StandsInClause(start)) {
    cursor_.Forget();  // Trino does not tell that the last value might go on
    cursor_.Expect(kComma);
  }
  cursor_.Require(kRightParenthesis);
  return Make(position, std::move(in));
}

ExpressionPointer Parser::ParseLike(ExpressionPointer operand, Position position, bool negated) {
  cursor_.Take();
  Like like{std::move(operand), ParseValue(), nullptr, negated};
  if (cursor_.Accept(kEscape)) {
    like.escape = ParseValue();
  }
  return Make(position, std::move(like));
}

ExpressionPointer Parser::ParseIs(ExpressionPointer operand) {
  const Position position = cursor_.Take().position;
  const bool negated = cursor_.Accept(kNot);
  if (cursor_.Accept(kNull)) return Make(position, IsNull{std::move(operand), negated});
  cursor_.Require(kDistinct);
  cursor_.Require(kFrom);
  const BinaryOperator operation = negated ? BinaryOperator::kIsNotDistinctFrom : BinaryOperator::kIsDistinctFrom;
  const Position start = operand ? operand->position : position;
  return Make(start, Binary{operation, std::move(operand), ParseValue(), position});
}

// Operators that bind at least as tightly as precedence.
ExpressionPointer Parser::ParseValue(int precedence) {
  cursor_.Mark(Rule::kExpression);
  return ContinueValue(ParseSigned(), precedence);
}

ExpressionPointer Parser::ContinueValue(ExpressionPointer left, int precedence) {
  while (left && !cursor_.failed()) {
    const ValueOperator* operation = FindValueOperator(cursor_.Current().kind);
    if (operation && operation->precedence >= precedence) {
      const Position position = cursor_.Take().position;
      const Position start = left->position;
      ExpressionPointer right = ParseValue(operation->precedence + 1);
      left = Make(start, Binary{operation->operation, std::move(left), std::move(right), position});
    } else if (cursor_.At(kAt) && cursor_.At(kTime, 1) && kTimeZonePrecedence >= precedence) {
      left = ParseAtTimeZone(std::move(left));
    } else {
      ExpectOperators();
      return left;
    }
  }
  return left;
}

void Parser::ExpectOperators() {
  for (const ValueOperator& operation : kValueOperators) cursor_.Expect(operation.token);
  cursor_.Expect(kAt);
}

// A sign belongs to a number that follows it directly; before anything else it is an operator.
ExpressionPointer Parser::ParseSigned() {
  const bool negative = cursor_.At(kMinus);
  const TokenKind next = cursor_.Ahead(1).kind;
  if (negative && next >= kIntegerLiteral && next <= kDoubleLiteral) return ParsePrimary();
  if (!negative && !cursor_.At(kPlus)) return ParsePrimary();
  const Nesting nesting(*this);
  if (!nesting) return nullptr;
  const Position position = cursor_.Take().position;
  return Make(position, Unary{negative ? UnaryOperator::kMinus : UnaryOperator::kPlus, ParseValue(kSignPrecedence)});
}

ExpressionPointer Parser::ParseAtTimeZone(ExpressionPointer operand) {
  const Position position = cursor_.Take().position;
  cursor_.Take();
  cursor_.Require(kZone);
  cursor_.Expect(kInterval);
  const Position zone = cursor_.Here();
  if (cursor_.At(kInterval)) return Make(position, AtTimeZone{std::move(operand), ParseInterval()});
  return Make(position, AtTimeZone{std::move(operand), Make(zone, StringLiteral{ParseString()})});
}

// Whether the token here can only go on with the expression before it.
bool Parser::CheckExpressionContinuation() {
  ExpectOperators();
  for (const TokenKind kind : {kDot, kLeftBracket, kAnd, kOr}) cursor_.Expect(kind);
  cursor_.Expect(Rule::kPredicate);
  static constexpr TokenKind kContinuations[] = {kDot, kLeftBracket, kIs, kNot, kBetween, kIn, kLike, kAnd, kOr};
  const TokenKind kind = cursor_.Current().kind;
  return FindValueOperator(kind) || FindComparison(kind) || Contains(kContinuations, kind) ||
         (kind == kAt && cursor_.At(kTime, 1));
}

}  // namespace opentrail::sql
