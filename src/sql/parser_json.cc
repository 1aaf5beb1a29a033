#include "sql/parser_impl.h"

// JSON_EXISTS, JSON_QUERY, JSON_VALUE.
namespace opentrail::sql {

using enum TokenKind;

ExpressionPointer Parser::ParseSqlJson() {
  const Token name = cursor_.Take();
  SqlJson json;
  json.function = LowerCase(name.text);
  cursor_.Require(kLeftParenthesis);
  ParseJsonPath(json);
  if (name.kind != kJson_Exists && cursor_.Accept(kReturning)) {
    json.returning = ParseTypeName();
    if (name.kind == kJson_Query) ParseJsonFormat();
  }
  if (name.kind == kJson_Query) {
    ParseJsonWrapper(json);
    ParseJsonQuotes(json);
  }
  if (name.kind != kJson_Exists) {
    std::string behavior = ParseJsonBehavior(name.kind, json.default_on_empty);
    if (!behavior.empty() && cursor_.Accept(kEmpty)) {
      json.on_empty = std::move(behavior);
      behavior = ParseJsonBehavior(name.kind, json.default_on_error);
    } else {
      json.default_on_error = std::move(json.default_on_empty);
    }
    json.on_error = std::move(behavior);
  } else {
    json.on_error = ParseJsonBehavior(name.kind, json.default_on_error);
  }
  if (!json.on_error.empty()) cursor_.Require(kError);
  cursor_.Require(kRightParenthesis);
  return Make(name.position, std::move(json));
}

void Parser::ParseJsonPath(SqlJson& json) {
  json.input = ParseExpression();
  ParseJsonFormat();
  cursor_.Require(kComma);
  json.path = ParseString();
  if (cursor_.Check(kPassing)) Unsupported(cursor_.Here(), "PASSING in an SQL/JSON function");
}

// FORMAT JSON says what is so anyway; an encoding would speak of binary input.
void Parser::ParseJsonFormat() {
  if (!cursor_.Accept(kFormat)) return;
  cursor_.Require(kJson);
  if (cursor_.Check(kEncoding)) Unsupported(cursor_.Here(), "FORMAT JSON ENCODING");
}

void Parser::ParseJsonWrapper(SqlJson& json) {
  if (cursor_.Accept(kWithout)) {
    json.wrapper = "without";
  } else if (cursor_.Accept(kWith)) {
    const bool conditional = cursor_.Accept(kConditional);
    if (!conditional) cursor_.Accept(kUnconditional);
    json.wrapper = conditional ? "with conditional" : "with unconditional";
  } else {
    return;
  }
  cursor_.Accept(kArray);
  cursor_.Require(kWrapper);
}

void Parser::ParseJsonQuotes(SqlJson& json) {
  if (cursor_.Accept(kKeep)) {
    json.quotes = "keep";
  } else if (cursor_.Accept(kOmit)) {
    json.quotes = "omit";
  } else {
    return;
  }
  cursor_.Require(kQuotes);
  if (!cursor_.Accept(kOn)) return;
  cursor_.Require(kScalar);
  cursor_.Require(kString);
}

// "NULL ON", "DEFAULT x ON" … up to EMPTY or ERROR, in lower case; empty where there is none.
std::string Parser::ParseJsonBehavior(TokenKind function, ExpressionPointer& otherwise) {
  std::string behavior;
  if (cursor_.Accept(kError)) {
    behavior = "error";
  } else if (function == kJson_Exists) {
    for (const TokenKind kind : {kTrue, kFalse, kUnknown}) {
      if (cursor_.Check(kind)) behavior = LowerCase(cursor_.Take().text);
    }
  } else if (cursor_.Accept(kNull)) {
    behavior = "null";
  } else if (function == kJson_Value && cursor_.Accept(kDefault)) {
    behavior = "default";
    otherwise = ParseExpression();
  } else if (function == kJson_Query && cursor_.Accept(kEmpty)) {
    const bool array = cursor_.Accept(kArray);
    if (!array) cursor_.Require(kObject);
    behavior = array ? "empty array" : "empty object";
  }
  if (!behavior.empty()) cursor_.Require(kOn);
  return behavior;
}

}  // namespace opentrail::sql
