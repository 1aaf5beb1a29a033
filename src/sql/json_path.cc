#include "sql/json_path.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sql/utf8.h"

namespace opentrail::sql {
namespace {

constexpr std::string_view kValueStarts =
    "{'+', '(', '$', '@', 'false', 'last', '-', 'null', 'true', DECIMAL_VALUE, DOUBLE_VALUE, INTEGER_VALUE, STRING, "
    "NAMED_VARIABLE}";
constexpr std::string_view kEnd = "<EOF>";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The tokens of a path, one after the other.
class PathTokens {
 public:
  explicit PathTokens(std::string_view path) : path_(path) { Next(); }

  [[nodiscard]] std::string_view Current() const { return token_.empty() ? kEnd : token_; }
  [[nodiscard]] bool AtEnd() const { return token_.empty(); }
  void Next() {
    at_ += token_.size();
    while (at_ < path_.size() && IsBlank(path_[at_])) ++at_;
    token_ = path_.substr(at_, Length());
  }

  // Of the current token, in the statement.
  [[nodiscard]] Position Place(Position literal) const {
    Position place{literal.line, literal.column + 1};
    AdvancePosition(path_.substr(0, at_), place);
    return place;
  }

 private:
  [[nodiscard]] size_t Length() const {
    const std::string_view rest = path_.substr(at_);
    if (rest.empty()) return 0;
    if (rest[0] == '"') return std::min(rest.find('"', 1), rest.size() - 1) + 1;
    if (IsLetter(rest[0]) || (rest[0] == '$' && rest.size() > 1 && IsLetter(rest[1]))) {
      return 1 + Run(rest.substr(1), [](char c) { return IsLetter(c) || IsDigit(c); });
    }
    if (IsDigit(rest[0])) return Run(rest, IsDigit);
    for (const std::string_view pair : {"..", "==", "<>", "!=", "<=", ">=", "&&", "||"}) {
      if (rest.starts_with(pair)) return pair.size();
    }
    return std::min(CodePointBytes(rest[0]), rest.size());
  }

  template <typename Predicate>
  static size_t Run(std::string_view text, Predicate belongs) {
    return static_cast<size_t>(std::ranges::find_if_not(text, belongs) - text.begin());
  }

  std::string_view path_;
  size_t at_ = 0;
  std::string_view token_;
};

bool StartsValue(std::string_view token) {
  static constexpr std::array<std::string_view, 9> kStarts = {"+", "(", "@", "-", "false", "last", "$", "null", "true"};
  if (std::ranges::find(kStarts, token) != kStarts.end()) return true;
  return IsDigit(token[0]) || token[0] == '"' || token[0] == '$';
}

Result<void> CheckStart(PathTokens& tokens, Position literal) {
  const std::string_view mode = tokens.Current();
  if (mode != "lax" && mode != "strict") {
    const std::string_view form = StartsValue(mode) ? "missing {{'lax', 'strict'}} at '{}'"
                                                    : "mismatched input '{}' expecting {{'lax', 'strict'}}";
    return std::unexpected(
        Error{ErrorCode::kSyntaxError, tokens.Place(literal), fmt::format(fmt::runtime(form), mode)});
  }
  tokens.Next();
  if (StartsValue(tokens.Current())) return {};
  return std::unexpected(Error{ErrorCode::kSyntaxError, tokens.Place(literal),
                               fmt::format("mismatched input '{}' expecting {}", tokens.Current(), kValueStarts)});
}

Result<void> Unsupported(std::string_view what, Position literal) {
  return std::unexpected(
      Error{ErrorCode::kNotSupported, literal, fmt::format("{} in JSON path is not yet supported", what)});
}

}  // namespace

Result<void> CheckJsonPath(std::string_view path, Position literal) {
  PathTokens tokens(path);
  if (auto started = CheckStart(tokens, literal); !started) return started;
  std::string_view before;
  std::string_view last;
  for (; !tokens.AtEnd(); tokens.Next()) {
    const std::string_view token = tokens.Current();
    if (token == "like_regex" && last != "." && last != "..") return Unsupported("like_regex predicate", literal);
    if (token == "(" && last == "datetime" && before == ".") return Unsupported("datetime method", literal);
    before = last;
    last = token;
  }
  if (last == "." || last == ".." || last == "[") {
    return std::unexpected(Error{ErrorCode::kSyntaxError, tokens.Place(literal),
                                 fmt::format("no viable alternative at input '{}'", last)});
  }
  return {};
}

}  // namespace opentrail::sql
