#include <charconv>

#include <fmt/format.h>

#include "sql/ddl_parser_impl.h"
#include "sql/parser_impl.h"

namespace opentrail::sql {

using enum TokenKind;

namespace {

bool IsWord(const Token& token) {
  return token.kind == kIdentifier || IsReserved(token.kind) || IsNonReserved(token.kind);
}

bool EqualsIgnoringCase(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper,
                            [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; });
}

// DisplayName without the quotes that Trino puts around a sign.
std::string_view SignName(TokenKind kind) {
  const std::string_view name = DisplayName(kind);
  return name.size() == 3 ? name.substr(1, 1) : name;
}

}  // namespace

bool DdlParser::AtWord(std::string_view word, size_t distance) const {
  const Token& token = cursor_.Ahead(distance);
  return IsWord(token) && EqualsIgnoringCase(token.text, word);
}

bool DdlParser::AtDatabaseWord(size_t distance) const {
  return AtWord("DATABASE", distance) || AtWord("SCHEMA", distance);
}

// A double-quoted text is a string: Hive quotes names with ` alone.
bool DdlParser::AtString(size_t distance) const {
  return cursor_.At(kStringLiteral, distance) || cursor_.At(kQuotedIdentifier, distance);
}

Token DdlParser::Take() { return previous_ = cursor_.Take(); }

bool DdlParser::AcceptWord(std::string_view word) {
  if (!AtWord(word)) return false;
  Take();
  return true;
}

void DdlParser::RequireWord(std::string_view word) {
  if (!AcceptWord(word)) FailExpecting(word);
}

void DdlParser::RequireWords(std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) RequireWord(word);
}

bool DdlParser::Accept(TokenKind kind) {
  if (!cursor_.At(kind)) return false;
  Take();
  return true;
}

void DdlParser::Require(TokenKind kind) {
  if (!Accept(kind)) FailExpecting(SignName(kind));
}

bool DdlParser::AcceptIfExists() {
  if (!AcceptWord("IF")) return false;
  RequireWord("EXISTS");
  return true;
}

bool DdlParser::AcceptIfNotExists() {
  if (!AcceptWord("IF")) return false;
  RequireWords({"NOT", "EXISTS"});
  return true;
}

// Bare, a name starts with a letter or a digit.
std::string DdlParser::ParseIdentifier() {
  const Token& token = cursor_.Current();
  const bool bare =
      token.kind == kDigitIdentifier || (IsWord(token) && !token.text.starts_with('_') && !IsReservedInDdl(token.text));
  const bool backquoted = token.kind == kBackquotedIdentifier && token.text.size() > 2;
  if (!bare && !backquoted) {
    FailNear();
    return {};
  }
  const Token taken = Take();
  return LowerCase(backquoted ? Unquote(taken.text) : std::string(taken.text));
}

TableName DdlParser::ParseTableName() {
  const Where where(*this, "table name");
  TableName table;
  table.position = cursor_.Here();
  table.name = ParseIdentifier();
  for (int parts = 1; parts < 3 && Accept(kDot); ++parts) {
    table.catalog = std::move(table.database);
    table.database = std::exchange(table.name, ParseIdentifier());
  }
  return table;
}

std::string DdlParser::ParseString() {
  if (AtString()) return UnquoteHive(Take().text);
  FailExpecting("StringLiteral");
  return {};
}

std::string DdlParser::ParseLocation() {
  std::string location = ParseString();
  if (places_ == Places::kAny) return location;
  constexpr std::string_view kScheme = "s3://";
  if (!location.starts_with(kScheme) || location.size() == kScheme.size() || location[kScheme.size()] == '/') {
    Refuse(ErrorCode::kInvalidArguments,
           fmt::format("The location {} is not an S3 location: s3://bucket/path/ must be specified", Shown(previous_)));
  }
  return location;
}

uint32_t DdlParser::ParseNumber() {
  uint32_t number = 0;
  const std::string_view text = cursor_.Current().text;
  if (!cursor_.At(kIntegerLiteral) ||
      std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) {
    FailExpecting("Number");
  }
  Take();
  return number;
}

Properties DdlParser::ParseProperties() {
  const Where where(*this, "table properties list");
  Properties properties;
  Require(kLeftParenthesis);
  do {
    std::string key = ParseString();
    Require(kEqual);
    properties.emplace_back(std::move(key), ParseString());
  } while (Accept(kComma));
  Require(kRightParenthesis);
  return properties;
}

// 'a', 11, -1.5, true, DATE '2026-11-23': as text.
std::string DdlParser::ParseConstant() {
  if (AtString()) return ParseString();
  if ((AtWord("DATE") || AtWord("TIMESTAMP")) && AtString(1)) {
    Take();
    return ParseString();
  }
  if (AtWord("TRUE") || AtWord("FALSE")) return LowerCase(Take().text);
  std::string text = Accept(kMinus) ? "-" : "";
  if (cursor_.At(kIntegerLiteral) || cursor_.At(kDecimalLiteral) || cursor_.At(kDoubleLiteral)) {
    return text.append(Take().text);
  }
  FailNear();
  return {};
}

PartitionValues DdlParser::ParsePartitionValues() {
  const Where where(*this, "partition specification");
  PartitionValues values;
  Require(kLeftParenthesis);
  do {
    std::string key = ParseIdentifier();
    Require(kEqual);
    values.emplace_back(std::move(key), ParseConstant());
  } while (Accept(kComma));
  Require(kRightParenthesis);
  return values;
}

PartitionValues DdlParser::ParseOptionalPartition() {
  return AcceptWord("PARTITION") ? ParsePartitionValues() : PartitionValues();
}

void DdlParser::FailNear() {
  std::string what = "cannot recognize input near";
  for (size_t distance = 0; distance < 3; ++distance) what += fmt::format(" '{}'", Shown(cursor_.Ahead(distance)));
  Fail(what);
}

void DdlParser::FailExpecting(std::string_view expected) {
  Fail(fmt::format("mismatched input '{}' expecting {}{}", Shown(cursor_.Current()), expected, NearPrevious()));
}

void DdlParser::FailBehindEnd() {
  const Where where(*this, "");
  Fail(fmt::format("missing EOF at '{}'{}", Shown(cursor_.Current()), NearPrevious()));
}

std::string DdlParser::NearPrevious() const {
  return previous_.text.empty() ? "" : fmt::format(" near '{}'", Shown(previous_));
}

// Hive counts columns from 0.
void DdlParser::Fail(std::string_view what) {
  if (cursor_.failed()) return;
  const auto [line, column] = cursor_.Here();
  std::string message = fmt::format("line {}:{} {}", line, column - 1, what);
  if (!where_.empty()) message += fmt::format(" in {}", where_);
  Refuse(ErrorCode::kSyntaxError, std::move(message));
}

void DdlParser::Refuse(ErrorCode code, std::string message) { cursor_.Fail(std::nullopt, std::move(message), code); }

void DdlParser::RefuseSemantics(std::string_view what) {
  Refuse(ErrorCode::kInvalidArguments, fmt::format("FAILED: SemanticException {}", what));
}

void DdlParser::Unsupported(std::string_view what) {
  Refuse(ErrorCode::kNotSupported, fmt::format("Queries of this type are not supported: {}", what));
}

}  // namespace opentrail::sql
