#include <charconv>

#include "sql/parser_impl.h"

// Functions that have a grammar of their own: EXTRACT(day FROM x), TRIM(BOTH 'x' FROM y) …
namespace opentrail::sql {
namespace {

using enum TokenKind;

constexpr std::string_view kExtractFields[] = {
    "year", "quarter",      "month", "week", "day",    "day_of_month", "day_of_week",     "dow",          "day_of_year",
    "doy",  "year_of_week", "yow",   "hour", "minute", "second",       "timezone_minute", "timezone_hour"};

}  // namespace

ExpressionPointer Parser::MakeCall(Position position, std::string_view name, std::vector<ExpressionPointer> arguments) {
  FunctionCall call;
  call.name.position = position;
  call.name.parts.push_back({std::string(name), false, position});
  call.arguments = std::move(arguments);
  return Make(position, std::move(call));
}

// Whether the call here starts with a value, after which a keyword may stand.
bool Parser::AtValueArgument() const { return AtExpressionStart(2) && !cursor_.At(kNot, 2) && !cursor_.At(kAll, 2); }

// POSITION(a IN b), or a call of a function of that name.
ExpressionPointer Parser::ParsePosition() {
  const Token name = cursor_.Ahead(0);
  if (!AtValueArgument()) return ParseFunctionCall();
  cursor_.Take();
  cursor_.Take();
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(ParseValue());
  if (cursor_.Accept(kIn)) {
    arguments.insert(arguments.begin(), ParseValue());
    cursor_.Require(kRightParenthesis);
    return MakeCall(name.position, "strpos", std::move(arguments));
  }
  return FinishPlainCall(name, std::move(arguments));
}

// SUBSTRING(a FROM b FOR c), or a call of a function of that name.
ExpressionPointer Parser::ParseSubstring() {
  const Token name = cursor_.Ahead(0);
  if (!AtValueArgument()) return ParseFunctionCall();
  cursor_.Take();
  cursor_.Take();
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(ParseValue());
  if (!cursor_.Accept(kFrom)) return FinishPlainCall(name, std::move(arguments));
  arguments.push_back(ParseValue());
  if (cursor_.Accept(kFor)) arguments.push_back(ParseValue());
  cursor_.Require(kRightParenthesis);
  return MakeCall(name.position, "substr", std::move(arguments));
}

// A call whose first argument was read as a value, in the hope of a keyword after it.
ExpressionPointer Parser::FinishPlainCall(const Token& name, std::vector<ExpressionPointer> arguments) {
  FunctionCall call;
  call.name.position = name.position;
  call.name.parts.push_back({std::string(name.text), false, name.position});
  call.arguments = std::move(arguments);
  call.arguments[0] = ContinueExpression(std::move(call.arguments[0]));
  while (cursor_.Accept(kComma)) call.arguments.push_back(ParseExpression());
  if (cursor_.Accept(kOrder)) {
    cursor_.Require(kBy);
    call.order_by = ParseSortItems();
  }
  cursor_.Require(kRightParenthesis);
  return FinishCall(std::move(call));
}

ExpressionPointer Parser::ParseNormalize() {
  const Position position = cursor_.Take().position;
  cursor_.Require(kLeftParenthesis);
  std::vector<ExpressionPointer> arguments;
  arguments.push_back(ParseValue());
  Position form_position = cursor_.Here();
  std::string form = "NFC";
  if (cursor_.Accept(kComma)) {
    form_position = cursor_.Here();
    static constexpr TokenKind kForms[] = {kNfc, kNfd, kNfkc, kNfkd};
    for (const TokenKind kind : kForms) cursor_.Expect(kind);
    if (!Contains(kForms, cursor_.Current().kind)) cursor_.FailHere();
    form = LowerCase(cursor_.Take().text);
    for (char& c : form) c = static_cast<char>(c - 'a' + 'A');
  }
  cursor_.Require(kRightParenthesis);
  arguments.push_back(Make(form_position, StringLiteral{std::move(form)}));
  return MakeCall(position, "normalize", std::move(arguments));
}

ExpressionPointer Parser::ParseExtract() {
  const Position position = cursor_.Take().position;
  cursor_.Require(kLeftParenthesis);
  const Identifier field = ParseIdentifier();
  Extract extract{LowerCase(field.text), nullptr};
  cursor_.Require(kFrom);
  extract.operand = ParseValue();
  cursor_.Require(kRightParenthesis);
  if (!Contains(kExtractFields, extract.field)) cursor_.Fail(position, "Invalid EXTRACT field: " + field.text);
  return Make(position, std::move(extract));
}

// TRIM([LEADING|TRAILING|BOTH] [characters] FROM source), TRIM(source), TRIM(source, characters).
ExpressionPointer Parser::ParseTrim() {
  const Position position = cursor_.Take().position;
  cursor_.Require(kLeftParenthesis);
  Trim trim;
  const std::optional<TrimKind> kind = ParseTrimKind();
  trim.kind = kind.value_or(TrimKind::kBoth);
  if (cursor_.Accept(kFrom)) {
    if (!kind)
      cursor_.Fail(position, "The 'trim' function must have specification, char or both arguments when FROM is used");
    trim.source = ParseValue();
  } else {
    ExpressionPointer first = ParseValue();
    if (kind ? cursor_.Require(kFrom) : cursor_.Accept(kFrom)) {
      trim.characters = std::move(first);
      trim.source = ParseValue();
    } else {
      trim.source = std::move(first);
      if (cursor_.Accept(kComma)) {
        trim.characters = ParseValue();
      }
    }
  }
  cursor_.Require(kRightParenthesis);
  return Make(position, std::move(trim));
}

// LEADING, TRAILING and BOTH are names too: TRIM(both), TRIM(both.x), TRIM(both || 'x').
std::optional<TrimKind> Parser::ParseTrimKind() {
  const bool specification = cursor_.At(kFrom, 1) || (AtExpressionStart(1) && !cursor_.At(kLeftParenthesis, 1) &&
                                                      !cursor_.At(kPlus, 1) && !cursor_.At(kMinus, 1));
  for (const TokenKind kind : {kBoth, kLeading, kTrailing}) {
    if (!cursor_.Check(kind) || !specification) continue;
    cursor_.Take();
    return kind == kBoth ? TrimKind::kBoth : kind == kLeading ? TrimKind::kLeading : TrimKind::kTrailing;
  }
  return std::nullopt;
}

ExpressionPointer Parser::ParseListagg() {
  FunctionCall call;
  call.name.position = cursor_.Here();
  call.name.parts.push_back({std::string(cursor_.Take().text), false, call.name.position});
  cursor_.Require(kLeftParenthesis);
  call.distinct = ParseQuantifier();
  call.arguments.push_back(ParseExpression());
  const Position separator = cursor_.Here();
  call.arguments.push_back(Make(separator, StringLiteral{cursor_.Accept(kComma) ? ParseString() : std::string()}));
  if (cursor_.Accept(kOn)) {
    cursor_.Require(kOverflow);
    ParseListaggOverflow(call);
  }
  cursor_.Require(kRightParenthesis);
  cursor_.Require(kWithin);
  cursor_.Require(kGroup);
  cursor_.Require(kLeftParenthesis);
  cursor_.Require(kOrder);
  cursor_.Require(kBy);
  call.order_by = ParseSortItems();
  cursor_.Require(kRightParenthesis);
  ParseFilter(call);
  const Position position = call.name.position;
  return Make(position, std::move(call));
}

void Parser::ParseListaggOverflow(FunctionCall& call) {
  call.listagg_overflow = "error";
  if (cursor_.Accept(kError) || !cursor_.Require(kTruncate)) return;
  const Position filler = cursor_.Here();
  cursor_.Expect(Rule::kString);
  if (cursor_.At(kStringLiteral) || cursor_.At(kUnicodeStringLiteral)) {
    call.arguments.push_back(Make(filler, StringLiteral{ParseString()}));
  }
  const bool count = cursor_.Accept(kWith);
  if (!count) cursor_.Require(kWithout);
  cursor_.Require(kCount);
  call.listagg_overflow = count ? "truncate with count" : "truncate without count";
}

ExpressionPointer Parser::ParseGrouping() {
  const Position position = cursor_.Take().position;
  GroupingOperation grouping;
  cursor_.Require(kLeftParenthesis);
  if (cursor_.Accept(kRightParenthesis)) return Make(position, std::move(grouping));
  do {
    const Position start = cursor_.Here();
    ExpressionPointer column = Make(start, ColumnReference{ParseIdentifier()});
    while (cursor_.Accept(kDot)) column = Make(start, Dereference{std::move(column), ParseIdentifier()});
    grouping.columns.push_back(std::move(column));
  } while (cursor_.Accept(kComma));
  cursor_.Require(kRightParenthesis);
  return Make(position, std::move(grouping));
}

ExpressionPointer Parser::ParseCurrent() {
  const Token name = cursor_.Take();
  CurrentValue current{LowerCase(name.text), std::nullopt};
  static constexpr TokenKind kWithPrecision[] = {kCurrent_Time, kCurrent_Timestamp, kLocaltime, kLocaltimestamp};
  if (Contains(kWithPrecision, name.kind) && cursor_.Accept(kLeftParenthesis)) {
    const Token digits = cursor_.Current();
    if (cursor_.Require(kIntegerLiteral)) {
      uint32_t precision = 0;
      const auto parsed = std::from_chars(digits.text.data(), digits.text.data() + digits.text.size(), precision);
      if (parsed.ec != std::errc()) cursor_.Fail(digits.position, "Invalid precision");
      current.precision = precision;
    }
    cursor_.Require(kRightParenthesis);
  }
  return Make(name.position, std::move(current));
}

}  // namespace opentrail::sql
