#include <fmt/format.h>

#include "sql/parser_impl.h"

namespace opentrail::sql {
namespace {

using enum TokenKind;

// Functions that Trino's parser itself turns into nodes, and how many arguments they take.
struct SpecialFunction {
  std::string_view name;
  size_t arguments_min;
  size_t arguments_max;
  std::string_view refusal;
};

constexpr SpecialFunction kSpecialFunctions[] = {
    {"if", 2, 3, "Invalid number of arguments for 'if' function"},
    {"nullif", 2, 2, "Invalid number of arguments for 'nullif' function"},
    {"coalesce", 2, SIZE_MAX, "The 'coalesce' function must have at least two arguments"},
    {"format", 2, SIZE_MAX, "The 'format' function must have at least two arguments"},
    {"try", 1, 1, "The 'try' function must have exactly one argument"},
};

}  // namespace

ExpressionPointer Parser::ParseFunctionCall() {
  FunctionCall call;
  call.name = ParseQualifiedName();
  cursor_.Require(kLeftParenthesis);
  ParseArguments(call);
  cursor_.Require(kRightParenthesis);
  return FinishCall(std::move(call));
}

void Parser::ParseArguments(FunctionCall& call) {
  cursor_.Expect(kOrder);
  cursor_.Expect(kRightParenthesis);
  call.star = cursor_.Accept(kAsterisk);
  if (call.star) return;
  if (cursor_.AtIdentifier() && cursor_.At(kDot, 1) && cursor_.At(kAsterisk, 2)) {
    cursor_.Fail(cursor_.Here(), "label.* syntax is only supported as the only argument of row pattern count function",
                 ErrorCode::kInvalidFunctionArgument);
  }
  if (!cursor_.At(kRightParenthesis) && !cursor_.At(kOrder)) {
    call.distinct = ParseQuantifier();
    call.arguments = ParseExpressionList();
  }
  if (!cursor_.Accept(kOrder)) return;
  cursor_.Require(kBy);
  call.order_by = ParseSortItems();
}

// What may follow the parentheses of a call.
ExpressionPointer Parser::FinishCall(FunctionCall call) {
  ParseFilter(call);
  const bool treats_nulls = !call.star && cursor_.At(kNulls, 1);
  if (!call.star) {
    cursor_.Expect(kIgnore);
    cursor_.Expect(kRespect);
  }
  if (treats_nulls && (cursor_.At(kIgnore) || cursor_.At(kRespect))) {
    call.null_treatment = cursor_.At(kIgnore) ? NullTreatment::kIgnore : NullTreatment::kRespect;
    cursor_.Take();
    cursor_.Take();
    if (!cursor_.Check(kOver)) cursor_.FailHere();
  }
  ParseOver(call);
  const Position position = call.name.position;
  const std::string name = call.name.parts.size() == 1 ? LowerCase(call.name.parts[0].text) : "";
  if (!CheckSpecialCall(call, name)) return nullptr;
  if (name == "try") return Make(position, TryExpression{std::move(call.arguments[0])});
  return Make(position, std::move(call));
}

void Parser::ParseFilter(FunctionCall& call) {
  cursor_.Expect(kFilter);
  if (!cursor_.At(kFilter) || !cursor_.At(kLeftParenthesis, 1)) return;
  cursor_.Take();
  cursor_.Take();
  cursor_.Require(kWhere);
  call.filter = ParseExpression();
  cursor_.Require(kRightParenthesis);
}

void Parser::ParseOver(FunctionCall& call) {
  cursor_.Expect(kOver);
  if (!cursor_.At(kOver)) return;
  if (cursor_.At(kLeftParenthesis, 1)) {
    cursor_.Take();
    cursor_.Take();
    call.window = ParseWindow();
    cursor_.Require(kRightParenthesis);
  } else if (cursor_.AtIdentifier(1) || call.null_treatment != NullTreatment::kUnspecified) {
    cursor_.Take();
    call.window_name = ParseIdentifier();
  }
}

bool Parser::CheckSpecialCall(const FunctionCall& call, std::string_view name) {
  const auto* special = std::ranges::find(kSpecialFunctions, name, &SpecialFunction::name);
  if (special == std::ranges::end(kSpecialFunctions)) return true;
  const size_t count = call.arguments.size();
  std::string refusal;
  if (count < special->arguments_min || count > special->arguments_max) {
    refusal = special->refusal;
  } else if (call.window || call.window_name) {
    refusal = fmt::format("OVER clause not valid for '{}' function", name);
  } else if (call.distinct) {
    refusal = fmt::format("DISTINCT not valid for '{}' function", name);
  } else if (call.filter) {
    refusal = fmt::format("FILTER not valid for '{}' function", name);
  } else {
    return true;
  }
  cursor_.Fail(call.name.position, std::move(refusal));
  return false;
}

// What stands between the parentheses of OVER and WINDOW.
WindowSpecification Parser::ParseWindow() {
  WindowSpecification window;
  window.position = cursor_.Here();
  cursor_.Expect(Rule::kIdentifier);
  if (AtWindowName()) window.base = ParseIdentifier();
  if (cursor_.Accept(kPartition)) {
    cursor_.Require(kBy);
    window.partition_by = ParseExpressionList();
  }
  window.order_position = cursor_.Here();
  if (cursor_.Accept(kOrder)) {
    cursor_.Require(kBy);
    window.order_by = ParseSortItems();
  }
  if (cursor_.At(kMeasures)) Unsupported(cursor_.Here(), "a row pattern in a window");
  for (const TokenKind kind : {kGroups, kMeasures, kRange, kRows}) cursor_.Expect(kind);
  if (cursor_.At(kGroups) || cursor_.At(kRange) || cursor_.At(kRows)) window.frame = ParseFrame();
  return window;
}

// The words that begin a window's clauses are names too.
bool Parser::AtWindowName() const {
  if (!cursor_.AtIdentifier()) return false;
  const bool ends =
      cursor_.At(kRightParenthesis, 1) || cursor_.At(kOrder, 1) || (cursor_.At(kPartition, 1) && cursor_.At(kBy, 2));
  static constexpr TokenKind kClauses[] = {kPartition, kGroups, kMeasures, kRange, kRows};
  return ends || !Contains(kClauses, cursor_.Current().kind);
}

WindowFrame Parser::ParseFrame() {
  WindowFrame frame;
  frame.position = cursor_.Here();
  const TokenKind unit = cursor_.Take().kind;
  frame.unit = unit == kRows ? FrameUnit::kRows : unit == kGroups ? FrameUnit::kGroups : FrameUnit::kRange;
  const bool between = cursor_.Accept(kBetween);
  frame.start = ParseFrameBound();
  if (!between) return frame;
  cursor_.Require(kAnd);
  frame.end = ParseFrameBound();
  return frame;
}

FrameBound Parser::ParseFrameBound() {
  FrameBound bound;
  if (cursor_.Accept(kUnbounded)) {
    const bool preceding = cursor_.Accept(kPreceding) || !cursor_.Require(kFollowing);
    bound.kind = preceding ? FrameBoundKind::kUnboundedPreceding : FrameBoundKind::kUnboundedFollowing;
    return bound;
  }
  cursor_.Expect(kCurrent);
  if (cursor_.At(kCurrent) && cursor_.At(kRow, 1)) {
    cursor_.Take();
    cursor_.Take();
    return bound;
  }
  bound.value = ParseExpression();
  const bool preceding = cursor_.Accept(kPreceding) || !cursor_.Require(kFollowing);
  bound.kind = preceding ? FrameBoundKind::kPreceding : FrameBoundKind::kFollowing;
  return bound;
}

}  // namespace opentrail::sql
