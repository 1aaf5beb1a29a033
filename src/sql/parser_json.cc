#include "sql/parser_impl.h"

// JSON_EXISTS, JSON_QUERY, JSON_VALUE, JSON_OBJECT, JSON_ARRAY and JSON_TABLE.
namespace opentrail::sql {

using enum TokenKind;

ExpressionPointer Parser::ParseSqlJson() {
  const Token name = cursor_.Take();
  SqlJson json;
  json.function = LowerCase(name.text);
  cursor_.Require(kLeftParenthesis);
  ParseJsonInput(json.input, json.input_format);
  cursor_.Require(kComma);
  json.path_position = cursor_.Here();
  json.path = ParseString();
  ParseJsonPassing(json.passing);
  if (name.kind != kJson_Exists) ParseJsonReturning(json.returning, json.returning_format, name.kind == kJson_Query);
  if (name.kind == kJson_Query) {
    ParseJsonWrapper(json.wrapper);
    ParseJsonQuotes(json.quotes);
  }
  if (name.kind != kJson_Exists) {
    ParseJsonBehaviors(name.kind, json);
  } else {
    json.on_error = ParseJsonBehavior(name.kind, json.default_on_error);
    if (!json.on_error.empty()) cursor_.Require(kError);
  }
  cursor_.Require(kRightParenthesis);
  return Make(name.position, std::move(json));
}

void Parser::ParseJsonInput(ExpressionPointer& input, std::string& format) {
  input = ParseExpression();
  format = ParseJsonFormat();
}

// FORMAT JSON [ENCODING UTF8 | UTF16 | UTF32]
std::string Parser::ParseJsonFormat() {
  if (!cursor_.Accept(kFormat)) return "";
  cursor_.Require(kJson);
  if (!cursor_.Accept(kEncoding)) return "json";
  for (const TokenKind kind : {kUtf16, kUtf32, kUtf8}) {
    if (cursor_.Check(kind)) return "json " + LowerCase(cursor_.Take().text);
  }
  cursor_.FailHere();
  return "";
}

void Parser::ParseJsonPassing(std::vector<JsonPassing>& passing) {
  if (!cursor_.Accept(kPassing)) return;
  do {
    JsonPassing argument;
    ParseJsonInput(argument.value, argument.format);
    cursor_.Require(kAs);
    argument.name = ParseIdentifier();
    passing.push_back(std::move(argument));
  } while (cursor_.Accept(kComma));
}

void Parser::ParseJsonReturning(std::optional<TypeName>& type, std::string& format, bool formatted) {
  if (!cursor_.Accept(kReturning)) return;
  type = ParseTypeName();
  if (formatted) format = ParseJsonFormat();
}

void Parser::ParseJsonWrapper(std::string& wrapper) {
  if (cursor_.Accept(kWithout)) {
    wrapper = "without";
  } else if (cursor_.Accept(kWith)) {
    const bool conditional = cursor_.Accept(kConditional);
    if (!conditional) cursor_.Accept(kUnconditional);
    wrapper = conditional ? "with conditional" : "with unconditional";
  } else {
    return;
  }
  cursor_.Accept(kArray);
  cursor_.Require(kWrapper);
}

void Parser::ParseJsonQuotes(std::string& quotes) {
  if (cursor_.Accept(kKeep)) {
    quotes = "keep";
  } else if (cursor_.Accept(kOmit)) {
    quotes = "omit";
  } else {
    return;
  }
  cursor_.Require(kQuotes);
  if (!cursor_.Accept(kOn)) return;
  cursor_.Require(kScalar);
  cursor_.Require(kString);
}

// … ON EMPTY … ON ERROR, of a function or a column of JSON_TABLE.
template <typename Node>
void Parser::ParseJsonBehaviors(TokenKind function, Node& node) {
  std::string behavior = ParseJsonBehavior(function, node.default_on_empty);
  if (!behavior.empty() && cursor_.Accept(kEmpty)) {
    node.on_empty = std::move(behavior);
    behavior = ParseJsonBehavior(function, node.default_on_error);
  } else {
    node.default_on_error = std::move(node.default_on_empty);
  }
  node.on_error = std::move(behavior);
  if (!node.on_error.empty()) cursor_.Require(kError);
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

// JSON_OBJECT(KEY 'a' VALUE 1, 'b' : 2 …), JSON_ARRAY(1, 2 …)
ExpressionPointer Parser::ParseJsonConstructor() {
  const Token name = cursor_.Take();
  JsonConstructor json;
  json.object = name.kind == kJson_Object;
  json.null_on_null = json.object;
  cursor_.Require(kLeftParenthesis);
  const bool empty = cursor_.At(kReturning) || cursor_.At(kRightParenthesis);
  if (!empty) {
    do {
      json.members.push_back(json.object ? ParseJsonMember() : JsonMember{});
      ParseJsonInput(json.members.back().value, json.members.back().format);
    } while (cursor_.Accept(kComma));
    ParseJsonNulls(json);
    if (json.object) ParseUniqueKeys(json);
  }
  ParseJsonReturning(json.returning, json.returning_format, true);
  cursor_.Require(kRightParenthesis);
  return Make(name.position, std::move(json));
}

// The key of a member and what stands between it and the value. KEY may itself be a name.
JsonMember Parser::ParseJsonMember() {
  JsonMember member;
  const bool keyword = cursor_.At(kKey) && AtExpressionStart(1) && !cursor_.At(kColon, 1) && !cursor_.At(kValue, 1);
  if (keyword) cursor_.Take();
  member.key = ParseExpression();
  if (keyword ? cursor_.Require(kValue) : cursor_.Accept(kValue)) return member;
  if (!keyword) cursor_.Require(kColon);
  return member;
}

void Parser::ParseJsonNulls(JsonConstructor& json) {
  const bool null = cursor_.Accept(kNull);
  if (!null && !cursor_.Accept(kAbsent)) return;
  json.null_on_null = null;
  cursor_.Require(kOn);
  cursor_.Require(kNull);
}

void Parser::ParseUniqueKeys(JsonConstructor& json) {
  json.unique_keys = cursor_.Accept(kWith);
  if (!json.unique_keys && !cursor_.Accept(kWithout)) return;
  cursor_.Require(kUnique);
  cursor_.Accept(kKeys);
}

RelationPointer Parser::ParseJsonTable() {
  const Position position = cursor_.Take().position;
  JsonTableRelation table;
  cursor_.Require(kLeftParenthesis);
  ParseJsonInput(table.input, table.input_format);
  cursor_.Require(kComma);
  table.path_position = cursor_.Here();
  table.path = ParseString();
  if (cursor_.Accept(kAs)) ParseIdentifier();
  ParseJsonPassing(table.passing);
  cursor_.Require(kColumns);
  table.columns = ParseJsonColumns();
  if (cursor_.Check(kPlan)) Unsupported(cursor_.Here(), "JSON_TABLE with a PLAN");
  table.error_on_error = cursor_.Accept(kError);
  if (table.error_on_error || cursor_.Accept(kEmpty)) {
    cursor_.Require(kOn);
    cursor_.Require(kError);
  }
  cursor_.Require(kRightParenthesis);
  return MakeRelation(position, std::move(table));
}

std::vector<JsonColumn> Parser::ParseJsonColumns() {
  const Nesting nesting(*this);
  std::vector<JsonColumn> columns;
  if (!nesting || !cursor_.Require(kLeftParenthesis)) return columns;
  do {
    columns.push_back(ParseJsonColumn());
  } while (cursor_.Accept(kComma));
  cursor_.Require(kRightParenthesis);
  return columns;
}

JsonColumn Parser::ParseJsonColumn() {
  JsonColumn column;
  column.position = cursor_.Here();
  if (cursor_.At(kNested) && (cursor_.At(kPath, 1) || cursor_.At(kStringLiteral, 1))) {
    cursor_.Take();
    cursor_.Accept(kPath);
    column.kind = JsonColumnKind::kNested;
    column.path_position = cursor_.Here();
    column.path = ParseString();
    if (cursor_.Accept(kAs)) column.name = ParseIdentifier();
    cursor_.Require(kColumns);
    column.columns = ParseJsonColumns();
    return column;
  }
  column.name = ParseIdentifier();
  if (cursor_.Accept(kFor)) {
    cursor_.Require(kOrdinality);
    column.kind = JsonColumnKind::kOrdinality;
    return column;
  }
  column.type = ParseTypeName();
  column.format = ParseJsonFormat();
  if (!column.format.empty()) column.kind = JsonColumnKind::kQuery;
  if (cursor_.Accept(kPath)) {
    column.path_position = cursor_.Here();
    column.path = ParseString();
  }
  const bool query = column.kind == JsonColumnKind::kQuery;
  if (query) {
    ParseJsonWrapper(column.wrapper);
    ParseJsonQuotes(column.quotes);
  }
  ParseJsonBehaviors(query ? kJson_Query : kJson_Value, column);
  return column;
}

}  // namespace opentrail::sql
