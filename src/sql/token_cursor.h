#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/error.h"
#include "sql/token.h"

namespace opentrail::sql {

// Rules that an error names as a whole instead of the tokens that they may start with.
enum class Rule : uint8_t { kExpression, kIdentifier, kPredicate, kQuery, kString, kType, kCount_ };

// A token as an error shows it: whole, unless it is a literal of hundreds of characters.
[[nodiscard]] std::string Shown(const Token& token);

// The tokens of one statement, read left to right by a recursive descent parser.
//
// Every question that is asked of the current token and answered no is remembered, so that a refusal can list what
// would have been right there, as Trino does. The first error stands: from then on the current token is kFailed, which
// no grammar rule accepts, so that a parser unwinds without asking after each step whether all is well. What it returns
// on the way is of no use and may be null.
class TokenCursor {
 public:
  explicit TokenCursor(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  [[nodiscard]] const Token& Current() const { return Ahead(0); }
  [[nodiscard]] const Token& Ahead(size_t distance) const;
  [[nodiscard]] Position Here() const { return tokens_[index_].position; }
  [[nodiscard]] size_t index() const { return index_; }

  // Looks without remembering.
  [[nodiscard]] bool At(TokenKind kind, size_t distance = 0) const { return Ahead(distance).kind == kind; }
  [[nodiscard]] bool AtIdentifier(size_t distance = 0) const;
  // Those already taken, the last one at the end.
  [[nodiscard]] std::span<const Token> Taken() const { return std::span(tokens_).first(index_); }

  // Remembers that kind, or rule, would be right here. Mark also stands for every token that the rule may start with:
  // nothing more is remembered at this token.
  void Expect(TokenKind kind);
  void Expect(Rule rule);
  void Mark(Rule rule);
  // What was remembered of this token would not be right after all.
  void Forget();
  // Looks, and remembers a no.
  [[nodiscard]] bool Check(TokenKind kind);
  // Takes the token if it is of this kind.
  bool Accept(TokenKind kind);
  // Takes it or fails.
  bool Require(TokenKind kind);
  // Back to a token already taken, as if nothing had been asked or failed since.
  void Retreat(size_t index);
  // Takes whatever stands here.
  Token Take();

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  // "mismatched input 'x'. Expecting: …" at the current token.
  void FailHere();
  void Fail(std::optional<Position> position, std::string message, ErrorCode code = ErrorCode::kSyntaxError);

 private:
  [[nodiscard]] bool Remembers();
  [[nodiscard]] std::string Expected() const;

  std::vector<Token> tokens_;  // the last is kEndOfInput
  size_t index_ = 0;
  size_t expected_at_ = 0;  // the token that the two sets below speak of
  std::bitset<kTokenKinds> expected_kinds_;
  std::bitset<static_cast<size_t>(Rule::kCount_)> expected_rules_;
  std::optional<size_t> marked_at_;
  std::optional<Error> error_;
};

}  // namespace opentrail::sql
