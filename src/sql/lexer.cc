#include "sql/lexer.h"

#include <optional>
#include <string>

#include "catalog/event_data_store.h"
#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsWordPart(char c) { return IsLetter(c) || IsDigit(c) || c == '_'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Walks the text once. offset_ is a byte; position_ counts lines and code points beside it.
class Lexer {
 public:
  Lexer(std::string_view text, Quoting quoting, Dialect dialect) : text_(text), quoting_(quoting), dialect_(dialect) {}

  std::vector<Token> Run() {
    std::vector<Token> tokens;
    for (SkipHidden(); offset_ < text_.size(); SkipHidden()) tokens.push_back(Next());
    tokens.push_back({TokenKind::kEndOfInput, position_, {}});
    return tokens;
  }

 private:
  [[nodiscard]] char At(size_t ahead) const { return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0'; }
  [[nodiscard]] bool StartsWith(std::string_view prefix) const { return text_.substr(offset_).starts_with(prefix); }

  void Advance(size_t bytes) {
    AdvancePosition(text_.substr(offset_, bytes), position_);
    offset_ += bytes;
  }

  void SkipHidden() {
    while (offset_ < text_.size()) {
      if (IsSpace(text_[offset_])) {
        Advance(1);
      } else if (StartsWith("--")) {
        const size_t end = text_.find_first_of("\r\n", offset_);
        Advance((end == std::string_view::npos ? text_.size() : end) - offset_);
      } else if (!SkipBracketedComment()) {
        return;
      }
    }
  }

  bool SkipBracketedComment() {
    if (!StartsWith("/*") || no_comment_end_) return false;
    const size_t end = text_.find("*/", offset_ + 2);
    if (end == std::string_view::npos) {
      no_comment_end_ = true;  // or a text of many openers would be searched to its end for each of them
      return false;
    }
    Advance(end + 2 - offset_);
    return true;
  }

  Token Take(TokenKind kind, size_t bytes) {
    const Token token{kind, position_, text_.substr(offset_, bytes)};
    Advance(bytes);
    return token;
  }

  Token Next() {
    const char c = text_[offset_];
    if (dialect_ == Dialect::kLake && AtEventDataStoreId()) {
      return Take(TokenKind::kIdentifier, catalog::kEventDataStoreIdLength);
    }
    if (quoting_ == Quoting::kBackslash) {
      if (c == '\'' || c == '"') return HiveString();
    } else if (const std::optional<Token> literal = TrinoLiteral()) {
      return *literal;
    }
    if (c == '`') return Delimited(TokenKind::kBackquotedIdentifier, 0, Doubling::kEscapes);
    if (IsDigit(c) || (c == '.' && IsDigit(At(1)))) return Number();
    if (IsLetter(c) || c == '_') return Word();
    return Punctuation();
  }

  [[nodiscard]] bool AtEventDataStoreId() const {
    return catalog::IsEventDataStoreId(text_.substr(offset_, catalog::kEventDataStoreIdLength)) &&
           !IsWordPart(At(catalog::kEventDataStoreIdLength));
  }

  std::optional<Token> TrinoLiteral() {
    const char c = text_[offset_];
    if (c == '\'') return Delimited(TokenKind::kStringLiteral, 0, Doubling::kEscapes);
    if (c == '"') return Delimited(TokenKind::kQuotedIdentifier, 0, Doubling::kEscapes);
    if ((c == 'x' || c == 'X') && At(1) == '\'') return Delimited(TokenKind::kBinaryLiteral, 1, Doubling::kCloses);
    if ((c == 'u' || c == 'U') && At(1) == '&' && At(2) == '\'') {
      return Delimited(TokenKind::kUnicodeStringLiteral, 2, Doubling::kEscapes);
    }
    return std::nullopt;
  }

  // Hive's: one or more literals without a blank between them.
  Token HiveString() {
    const TokenKind kind = text_[offset_] == '"' ? TokenKind::kQuotedIdentifier : TokenKind::kStringLiteral;
    size_t length = 0;
    while (At(length) == '\'' || At(length) == '"') {
      const size_t closed = ClosedAt(length);
      if (closed == 0) break;
      length = closed;
    }
    return length > 0 ? Take(kind, length) : Take(TokenKind::kOther, text_.size() - offset_);
  }

  // Behind the quote that closes the one `opening` bytes ahead; 0 where none does.
  [[nodiscard]] size_t ClosedAt(size_t opening) const {
    const char quote = At(opening);
    for (size_t at = opening + 1; offset_ + at < text_.size(); ++at) {
      if (At(at) == quote) return at + 1;
      if (At(at) == '\\') ++at;
    }
    return 0;
  }

  enum class Doubling { kEscapes, kCloses };

  // A literal whose opening quote stands `prefix` bytes ahead. Where it never closes, its prefix is a word and its
  // quote a character of no meaning.
  Token Delimited(TokenKind kind, size_t prefix, Doubling doubling) {
    const char quote = text_[offset_ + prefix];
    std::optional<size_t> closed;
    for (size_t at = text_.find(quote, offset_ + prefix + 1); at != std::string_view::npos;
         at = text_.find(quote, at)) {
      closed = ++at;
      if (doubling == Doubling::kCloses || at >= text_.size() || text_[at] != quote) break;
      ++at;
    }
    if (closed) return Take(kind, *closed - offset_);
    return prefix > 0 ? Word() : Take(TokenKind::kOther, 1);
  }

  // 1_000 is a number of Trino's, and of Hive's a name.
  [[nodiscard]] size_t DigitsFrom(size_t ahead) const {
    const size_t first = ahead;
    const bool grouped = quoting_ == Quoting::kDoubled;
    while (IsDigit(At(ahead)) || (grouped && ahead > first && At(ahead) == '_' && IsDigit(At(ahead + 1)))) ++ahead;
    return ahead;
  }

  // 0x1F, 0o17, 0b101, an underscore between digits or none; 0 where no such number stands here.
  [[nodiscard]] size_t RadixNumber() const {
    if (At(0) != '0') return 0;
    const char radix = static_cast<char>(At(1) | 0x20);
    const auto is_digit = [radix](char c) {
      const char lower = static_cast<char>(c | 0x20);
      if (radix == 'x') return IsDigit(c) || (lower >= 'a' && lower <= 'f');
      return (radix == 'o' && c >= '0' && c <= '7') || (radix == 'b' && (c == '0' || c == '1'));
    };
    size_t length = 2;
    while (is_digit(At(length)) || (length > 2 && At(length) == '_' && is_digit(At(length + 1)))) ++length;
    return length > 2 ? length : 0;
  }

  // The longest of an integer, a decimal, a double and a name that starts with a digit; a number wins a tie.
  Token Number() {
    if (const size_t radix = quoting_ == Quoting::kDoubled ? RadixNumber() : 0; radix > 0 && !IsWordPart(At(radix))) {
      return Take(TokenKind::kIntegerLiteral, radix);
    }
    size_t length = DigitsFrom(0);
    size_t word = length;
    while (length > 0 && IsWordPart(At(word))) ++word;
    TokenKind kind = TokenKind::kIntegerLiteral;
    if (At(length) == '.') {
      length = DigitsFrom(length + 1);
      kind = TokenKind::kDecimalLiteral;
    }
    // A mantissa has no underscores: 1_0e3 is a name.
    const bool grouped = text_.substr(offset_, length).find('_') != std::string_view::npos;
    if (!grouped && (At(length) == 'e' || At(length) == 'E')) {
      const size_t sign = At(length + 1) == '+' || At(length + 1) == '-' ? 1 : 0;
      if (IsDigit(At(length + 1 + sign))) {
        length = DigitsFrom(length + 1 + sign);
        kind = TokenKind::kDoubleLiteral;
      }
    }
    return word > length ? Take(TokenKind::kDigitIdentifier, word) : Take(kind, length);
  }

  Token Word() {
    size_t length = 1;
    while (IsWordPart(At(length))) ++length;
    return Take(WordKind(text_.substr(offset_, length)), length);
  }

  Token Punctuation() {
    struct Sign {
      std::string_view text;
      TokenKind kind;
    };
    static constexpr Sign kSigns[] = {
        {"<>", TokenKind::kNotEqual},
        {"!=", TokenKind::kNotEqual},
        {"<=", TokenKind::kLessOrEqual},
        {">=", TokenKind::kGreaterOrEqual},
        {"||", TokenKind::kConcat},
        {"->", TokenKind::kArrow},
        {"=>", TokenKind::kDoubleArrow},
        {"{-", TokenKind::kOther},
        {"-}", TokenKind::kOther},
        {"=", TokenKind::kEqual},
        {"<", TokenKind::kLess},
        {">", TokenKind::kGreater},
        {"+", TokenKind::kPlus},
        {"-", TokenKind::kMinus},
        {"*", TokenKind::kAsterisk},
        {"/", TokenKind::kSlash},
        {"%", TokenKind::kPercent},
        {"?", TokenKind::kQuestionMark},
        {"(", TokenKind::kLeftParenthesis},
        {")", TokenKind::kRightParenthesis},
        {"[", TokenKind::kLeftBracket},
        {"]", TokenKind::kRightBracket},
        {",", TokenKind::kComma},
        {".", TokenKind::kDot},
        {";", TokenKind::kSemicolon},
        {":", TokenKind::kColon},
    };
    for (const Sign& sign : kSigns) {
      if (StartsWith(sign.text)) return Take(sign.kind, sign.text.size());
    }
    return Take(TokenKind::kOther, CodePointBytes(text_[offset_]));
  }

  std::string_view text_;
  Quoting quoting_;
  Dialect dialect_;
  size_t offset_ = 0;
  Position position_;
  bool no_comment_end_ = false;
};

}  // namespace

Result<std::vector<Token>> Tokenize(std::string_view text, Quoting quoting, Dialect dialect) {
  if (const std::optional<size_t> invalid = FirstInvalidUtf8(text)) {
    Position position;
    AdvancePosition(text.substr(0, *invalid), position);
    return std::unexpected(Error{ErrorCode::kSyntaxError, position, "the statement is not valid UTF-8"});
  }
  return Lexer(text, quoting, dialect).Run();
}

}  // namespace opentrail::sql
