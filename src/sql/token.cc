#include "sql/token.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "sql/text.h"

namespace opentrail::sql {
namespace {

constexpr size_t kWordLengthMax = 32;

using Words = std::unordered_map<std::string, TokenKind>;

const Words& AllWords() {
  static const Words words = {
#define OPENTRAIL_SQL_WORD(word) {UpperCase(#word), TokenKind::k##word},
      OPENTRAIL_SQL_RESERVED(OPENTRAIL_SQL_WORD) OPENTRAIL_SQL_NONRESERVED(OPENTRAIL_SQL_WORD)
#undef OPENTRAIL_SQL_WORD
  };
  return words;
}

void NamePunctuation(std::array<std::string, kTokenKinds>& names) {
  const auto name = [&names](TokenKind kind, const char* text) { names[static_cast<size_t>(kind)] = text; };
  name(TokenKind::kEndOfInput, "<EOF>");
  name(TokenKind::kStringLiteral, "STRING");
  name(TokenKind::kIntegerLiteral, "<integer>");
  name(TokenKind::kEqual, "'='");
  name(TokenKind::kNotEqual, "NEQ");
  name(TokenKind::kLess, "'<'");
  name(TokenKind::kLessOrEqual, "'<='");
  name(TokenKind::kGreater, "'>'");
  name(TokenKind::kGreaterOrEqual, "'>='");
  name(TokenKind::kPlus, "'+'");
  name(TokenKind::kMinus, "'-'");
  name(TokenKind::kAsterisk, "'*'");
  name(TokenKind::kSlash, "'/'");
  name(TokenKind::kPercent, "'%'");
  name(TokenKind::kConcat, "'||'");
  name(TokenKind::kQuestionMark, "'?'");
  name(TokenKind::kLeftParenthesis, "'('");
  name(TokenKind::kRightParenthesis, "')'");
  name(TokenKind::kLeftBracket, "'['");
  name(TokenKind::kRightBracket, "']'");
  name(TokenKind::kComma, "','");
  name(TokenKind::kDot, "'.'");
  name(TokenKind::kArrow, "'->'");
  name(TokenKind::kSemicolon, "';'");
  name(TokenKind::kDoubleArrow, "'=>'");
  name(TokenKind::kColon, "':'");
}

std::array<std::string, kTokenKinds> MakeNames() {
  std::array<std::string, kTokenKinds> names;
  NamePunctuation(names);
  for (const auto& [word, kind] : AllWords()) names[static_cast<size_t>(kind)] = "'" + word + "'";
  return names;
}

}  // namespace

TokenKind WordKind(std::string_view word) {
  if (word.size() > kWordLengthMax) return TokenKind::kIdentifier;
  const auto found = AllWords().find(UpperCase(word));
  return found == AllWords().end() ? TokenKind::kIdentifier : found->second;
}

bool IsReserved(TokenKind kind) { return kind > TokenKind::kOther && kind <= TokenKind::kWith; }
bool IsNonReserved(TokenKind kind) { return kind > TokenKind::kWith && kind < TokenKind::kCount_; }

std::string_view DisplayName(TokenKind kind) {
  static const std::array<std::string, kTokenKinds> names = MakeNames();
  return names[static_cast<size_t>(kind)];
}

}  // namespace opentrail::sql
