#include "sql/token_cursor.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

constexpr size_t kShownCodePointsMax = 200;

std::string_view RuleName(Rule rule) {
  switch (rule) {
    case Rule::kExpression: return "<expression>";
    case Rule::kIdentifier: return "<identifier>";
    case Rule::kPredicate: return "<predicate>";
    case Rule::kQuery: return "<query>";
    case Rule::kString: return "<string>";
    case Rule::kType: return "<type>";
    case Rule::kCount_: break;
  }
  return "";
}

}  // namespace

std::string Shown(const Token& token) {
  if (token.kind == TokenKind::kEndOfInput) return "<EOF>";
  size_t bytes = 0;
  for (size_t shown = 0; bytes < token.text.size(); ++shown) {
    if (shown == kShownCodePointsMax) return std::string(token.text.substr(0, bytes)) + "…";
    bytes += CodePointBytes(token.text[bytes]);
  }
  return std::string(token.text);
}

const Token& TokenCursor::Ahead(size_t distance) const {
  static const Token failed{TokenKind::kFailed, {}, {}};
  if (error_) return failed;
  return tokens_[std::min(index_ + distance, tokens_.size() - 1)];
}

bool TokenCursor::AtIdentifier(size_t distance) const {
  const TokenKind kind = Ahead(distance).kind;
  return IsNonReserved(kind) || (kind >= TokenKind::kIdentifier && kind <= TokenKind::kDigitIdentifier);
}

bool TokenCursor::Remembers() {
  if (error_ || marked_at_ == index_) return false;
  if (expected_at_ != index_) {
    expected_at_ = index_;
    expected_kinds_.reset();
    expected_rules_.reset();
  }
  return true;
}

void TokenCursor::Expect(TokenKind kind) {
  if (Remembers()) expected_kinds_.set(static_cast<size_t>(kind));
}

void TokenCursor::Expect(Rule rule) {
  if (Remembers()) expected_rules_.set(static_cast<size_t>(rule));
}

void TokenCursor::Mark(Rule rule) {
  Expect(rule);
  marked_at_ = index_;
}

void TokenCursor::Forget() {
  expected_kinds_.reset();
  expected_rules_.reset();
  marked_at_.reset();
}

void TokenCursor::Retreat(size_t index) {
  index_ = index;
  error_.reset();
  Forget();
}

bool TokenCursor::Check(TokenKind kind) {
  if (At(kind)) return true;
  Expect(kind);
  return false;
}

bool TokenCursor::Accept(TokenKind kind) {
  if (!Check(kind)) return false;
  Take();
  return true;
}

bool TokenCursor::Require(TokenKind kind) {
  if (Accept(kind)) return true;
  FailHere();
  return false;
}

Token TokenCursor::Take() {
  Token token = Current();
  if (!error_ && index_ + 1 < tokens_.size()) ++index_;
  return token;
}

void TokenCursor::FailHere() {
  if (error_) return;
  Fail(Here(), fmt::format("mismatched input '{}'. Expecting: {}", Shown(Current()), Expected()));
}

void TokenCursor::Fail(std::optional<Position> position, std::string message, ErrorCode code) {
  if (!error_) error_ = Error{code, position, std::move(message)};
}

std::string TokenCursor::Expected() const {
  std::vector<std::string_view> names;
  if (expected_at_ == index_) {
    for (size_t kind = 0; kind < kTokenKinds; ++kind) {
      if (expected_kinds_.test(kind)) names.push_back(DisplayName(static_cast<TokenKind>(kind)));
    }
    for (size_t rule = 0; rule < expected_rules_.size(); ++rule) {
      if (expected_rules_.test(rule)) names.push_back(RuleName(static_cast<Rule>(rule)));
    }
  }
  std::ranges::sort(names);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace opentrail::sql
