#include "sql/parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

TypeName Parser::ParseTypeName() {
  TypeName type;
  type.position = cursor_.Here();
  type.text = ParseType();
  return type;
}

// A type and the suffixes of the old notation: "bigint ARRAY", "bigint ARRAY[5]".
std::string Parser::ParseType() {
  cursor_.Mark(Rule::kType);
  const Nesting nesting(*this);
  if (!nesting) return {};
  std::string type = ParseTypeBase();
  uint32_t suffixes = 0;
  while (cursor_.Accept(kArray)) {
    if (++suffixes > kNestingDepthMax) {
      cursor_.Fail(cursor_.Here(), "type is nested too deep", ErrorCode::kExceededDepthLimit);
    }
    type = "array(" + type + ")";
    if (cursor_.Accept(kLeftBracket)) {
      cursor_.Require(kIntegerLiteral);
      cursor_.Require(kRightBracket);
    }
  }
  return type;
}

std::string Parser::ParseTypeBase() {
  const TokenKind kind = cursor_.Current().kind;
  if (kind == kRow && cursor_.At(kLeftParenthesis, 1)) return ParseRowType();
  if (kind == kInterval && AtIntervalField(1)) return ParseIntervalType();
  if (kind == kTimestamp || kind == kTime) return ParseDatetimeType();
  if (kind == kDouble && cursor_.At(kPrecision, 1)) {
    cursor_.Take();
    cursor_.Take();
    return "double";
  }
  if ((kind == kArray || kind == kMap) && cursor_.At(kLess, 1)) {
    std::string type = LowerCase(cursor_.Take().text) + "(";
    cursor_.Take();
    type += ParseType();
    if (kind == kMap) {
      cursor_.Require(kComma);
      type += "," + ParseType();
    }
    cursor_.Require(kGreater);
    return type + ")";
  }
  return ParseGenericType();
}

std::string Parser::ParseRowType() {
  cursor_.Take();
  cursor_.Take();
  std::string type = "row(" + ParseRowField();
  while (cursor_.Accept(kComma)) type += ", " + ParseRowField();
  cursor_.Require(kRightParenthesis);
  return type + ")";
}

std::string Parser::ParseRowField() {
  if (!AtNamedField()) return ParseType();
  const bool quoted = cursor_.At(kQuotedIdentifier);
  const std::string written(cursor_.Current().text);
  ParseIdentifier();
  return (quoted ? written : LowerCase(written)) + " " + ParseType();
}

// Whether a row's field starts with its name: "a bigint". A type may be two words as well: "double precision",
// "interval day", "time without time zone", "bigint array".
bool Parser::AtNamedField() const {
  if (!cursor_.AtIdentifier() || !cursor_.AtIdentifier(1)) return false;
  const auto ends = [this](size_t distance) {
    return cursor_.At(kComma, distance) || cursor_.At(kRightParenthesis, distance) || cursor_.At(kArray, distance);
  };
  if (cursor_.At(kArray, 1)) return !ends(2) && !cursor_.At(kLeftBracket, 2);
  if (cursor_.At(kDouble) && cursor_.At(kPrecision, 1)) return !ends(2);
  if (cursor_.At(kInterval) && AtIntervalField(1)) return !ends(2) && !cursor_.At(kTo, 2);
  const bool datetime = cursor_.At(kTime) || cursor_.At(kTimestamp);
  return !(datetime && cursor_.At(kWithout, 1));
}

// TIME and TIMESTAMP [(p)] [WITH | WITHOUT TIME ZONE].
std::string Parser::ParseDatetimeType() {
  std::string type = LowerCase(cursor_.Take().text);
  if (cursor_.Accept(kLeftParenthesis)) {
    type += "(" + ParseTypeParameter() + ")";
    cursor_.Require(kRightParenthesis);
  }
  const bool with = cursor_.Accept(kWith);
  if (!with && !cursor_.Accept(kWithout)) return type;
  cursor_.Require(kTime);
  cursor_.Require(kZone);
  return with ? type + " with time zone" : type;
}

std::string Parser::ParseIntervalType() {
  cursor_.Take();
  std::string type = "interval " + ParseIntervalField();
  if (cursor_.Accept(kTo)) type += " to " + ParseIntervalField();
  return type;
}

std::string Parser::ParseGenericType() {
  const bool quoted = cursor_.At(kQuotedIdentifier);
  const Identifier name = ParseIdentifier();
  std::string type = quoted ? name.text : LowerCase(name.text);
  if (!cursor_.Accept(kLeftParenthesis)) return type;
  type += "(" + ParseTypeParameter();
  while (cursor_.Accept(kComma)) type += "," + ParseTypeParameter();
  cursor_.Require(kRightParenthesis);
  return type + ")";
}

std::string Parser::ParseTypeParameter() {
  if (cursor_.Check(kIntegerLiteral)) return std::string(cursor_.Take().text);
  return ParseType();
}

}  // namespace opentrail::sql
