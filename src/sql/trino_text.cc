#include "sql/trino_text.h"

#include <algorithm>

#include "sql/lexer.h"

namespace opentrail::sql {
namespace {

constexpr std::string_view kBefore = "transform(";
constexpr std::string_view kAfter = ", e -> ROW(e))";
constexpr std::string_view kExponent = "E0";

// Text to add before an offset of the statement.
struct Insertion {
  size_t offset;
  std::string_view text;
};

bool Opens(TokenKind kind) { return kind == TokenKind::kLeftParenthesis || kind == TokenKind::kLeftBracket; }
bool Closes(TokenKind kind) { return kind == TokenKind::kRightParenthesis || kind == TokenKind::kRightBracket; }

size_t OffsetOf(const Token& token, std::string_view statement) {
  return static_cast<size_t>(token.text.data() - statement.data());
}

// Of the UNNEST at tokens[at]: its arguments begin behind the parenthesis and end at a comma of their own depth.
void AddInsertions(std::span<const Token> tokens, size_t at, const RowUnnest& unnest, std::string_view statement,
                   std::vector<Insertion>& insertions) {
  size_t argument = 0;
  size_t depth = 1;
  size_t first = at + 2;
  for (size_t i = first; i < tokens.size() && depth > 0; ++i) {
    const TokenKind kind = tokens[i].kind;
    if (Opens(kind)) ++depth;
    if (Closes(kind)) --depth;
    if (depth > 1 || (depth == 1 && kind != TokenKind::kComma)) continue;
    if (std::ranges::find(unnest.arguments, argument) != unnest.arguments.end()) {
      insertions.push_back({OffsetOf(tokens[first], statement), kBefore});
      insertions.push_back({OffsetOf(tokens[i - 1], statement) + tokens[i - 1].text.size(), kAfter});
    }
    first = i + 1;
    ++argument;
  }
}

}  // namespace

std::string TrinoText(std::string_view statement, std::span<const RowUnnest> unnests, DecimalLiterals decimals) {
  const auto tokens = Tokenize(statement);
  if (!tokens) return std::string(statement);  // it was not resolved, then
  size_t end = statement.size();
  std::vector<Insertion> insertions;
  for (size_t i = 0; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    if (token.kind == TokenKind::kSemicolon) end = OffsetOf(token, statement);
    if (token.kind == TokenKind::kDecimalLiteral && decimals == DecimalLiterals::kDouble) {
      insertions.push_back({OffsetOf(token, statement) + token.text.size(), kExponent});
    }
    if (token.kind != TokenKind::kUnnest) continue;
    const auto unnest = std::ranges::find(unnests, token.position, &RowUnnest::position);
    if (unnest != unnests.end()) AddInsertions(*tokens, i, *unnest, statement, insertions);
  }
  std::ranges::stable_sort(insertions, {}, &Insertion::offset);
  std::string text;
  size_t done = 0;
  for (const Insertion& insertion : insertions) {
    text += statement.substr(done, insertion.offset - done);
    text += insertion.text;
    done = insertion.offset;
  }
  return text += statement.substr(done, end - done);
}

}  // namespace opentrail::sql
