#include <charconv>

#include "sql/parser_impl.h"
#include "sql/write_statement.h"

namespace opentrail::sql {

using enum TokenKind;

namespace {

bool IsWord(const Token& token, std::string_view word) {
  return token.kind == kIdentifier && LowerCase(token.text) == word;
}

}  // namespace

bool IsWriteStatement(std::string_view text) {
  const auto tokens = Tokenize(text, Quoting::kDoubled);
  if (!tokens || tokens->size() < 2) return false;
  const TokenKind first = (*tokens)[0].kind;
  return first == kInsert || first == kUnload || (first == kCreate && (*tokens)[1].kind == kTable);
}

Result<WriteStatement> ParseWriteStatement(std::string_view text) {
  Result<std::vector<Token>> tokens = TokenizeStatement(text, Quoting::kDoubled);
  if (!tokens) return std::unexpected(tokens.error());
  return Parser(*std::move(tokens)).ParseWholeWrite();
}

Result<WriteStatement> Parser::ParseWholeWrite() {
  WriteStatement statement;
  if (cursor_.Accept(kInsert)) {
    statement = ParseInsert();
  } else if (cursor_.Accept(kUnload)) {
    statement = ParseUnload();
  } else if (cursor_.Require(kCreate)) {
    statement = ParseCreateTableAs();
  }
  cursor_.Require(kEndOfInput);
  if (cursor_.failed()) return std::unexpected(*cursor_.error());
  return statement;
}

InsertInto Parser::ParseInsert() {
  InsertInto insert;
  cursor_.Require(kInto);
  insert.table = ParseQualifiedName();
  if (cursor_.Check(kLeftParenthesis) && !AtQueryStart(1) && !cursor_.At(kLeftParenthesis, 1)) {
    insert.columns = ParseColumnAliases();
  }
  insert.query = ParseQuery();
  return insert;
}

Unload Parser::ParseUnload() {
  Unload unload;
  unload.query = ParseParenthesizedQuery();
  cursor_.Require(kTo);
  unload.location = ParseString();
  if (cursor_.Accept(kWith)) unload.properties = ParseWriteProperties();
  return unload;
}

CreateTableAs Parser::ParseCreateTableAs() {
  CreateTableAs create;
  cursor_.Require(kTable);
  if (IsWord(cursor_.Current(), "if") && cursor_.At(kNot, 1)) {
    cursor_.Take();
    cursor_.Take();
    create.if_not_exists = cursor_.Require(kExists);
  }
  create.table = ParseQualifiedName();
  if (cursor_.Check(kLeftParenthesis)) create.columns = ParseColumnAliases();
  if (cursor_.Accept(kComment)) create.comment = ParseString();
  if (cursor_.Accept(kWith)) create.properties = ParseWriteProperties();
  cursor_.Require(kAs);
  create.query = ParseQuery();
  if (!cursor_.Accept(kWith)) return create;
  if (IsWord(cursor_.Current(), "no")) {
    create.with_data = false;
    cursor_.Take();
  }
  if (!IsWord(cursor_.Current(), "data")) cursor_.FailHere();
  cursor_.Take();
  return create;
}

WriteProperties Parser::ParseWriteProperties() {
  WriteProperties properties;
  cursor_.Require(kLeftParenthesis);
  do {
    WriteProperty property;
    property.position = cursor_.Here();
    property.name = LowerCase(ParseIdentifier().text);
    cursor_.Require(kEqual);
    ParsePropertyValue(property);
    properties.push_back(std::move(property));
  } while (cursor_.Accept(kComma));
  cursor_.Require(kRightParenthesis);
  return properties;
}

void Parser::ParsePropertyValue(WriteProperty& property) {
  if (cursor_.Accept(kTrue)) {
    property.value = true;
  } else if (cursor_.Accept(kFalse)) {
    property.value = false;
  } else if (cursor_.Check(kIntegerLiteral)) {
    const Token token = cursor_.Take();
    int64_t number = 0;
    const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), number);
    if (error != std::errc()) cursor_.Fail(token.position, "Invalid numeric literal: " + std::string(token.text));
    property.value = number;
  } else if (cursor_.Accept(kArray)) {
    std::vector<std::string> list;
    cursor_.Require(kLeftBracket);
    if (!cursor_.Check(kRightBracket)) {
      do {
        list.push_back(ParseString());
      } while (cursor_.Accept(kComma));
    }
    cursor_.Require(kRightBracket);
    property.value = std::move(list);
  } else {
    property.value = ParseString();
  }
}

}  // namespace opentrail::sql
