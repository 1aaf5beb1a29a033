#include "engine/functions/json_sql_path.h"

#include <charconv>

#include "engine/functions/json_walk.h"
#include "engine/functions/scalar.h"

// The path parser: recursive descent, from the sums down to the accessors.
namespace opentrail::engine {
namespace {

using Kind = PathNodeKind;
using NodePointer = std::unique_ptr<PathNode>;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsKeyByte(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<uint8_t>(c) >= 0x80 ||
         (!first && IsDigit(c));
}

NodePointer Make(Kind kind, std::string text = {}) {
  auto node = std::make_unique<PathNode>();
  node->kind = kind;
  node->text = std::move(text);
  return node;
}

NodePointer Make(Kind kind, NodePointer first, NodePointer second = nullptr) {
  NodePointer node = Make(kind);
  node->children.push_back(std::move(first));
  if (second) node->children.push_back(std::move(second));
  return node;
}

NodePointer MakeLiteral(JsonItem value) {
  NodePointer node = Make(Kind::kLiteral);
  node->literal = std::move(value);
  return node;
}

class PathParser {
 public:
  explicit PathParser(std::string_view text) : text_(text) {}

  NodePointer Parse(bool& strict) {
    strict = TakeWord("strict");
    if (!strict && !TakeWord("lax")) Refuse("'lax' or 'strict'");
    NodePointer node = Sum();
    if (SkipSpace() < text_.size()) Refuse("the end of the path");
    return node;
  }

 private:
  // One level of nesting while it lives.
  class Level {
   public:
    explicit Level(PathParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxSqlPathDepth) {
        ThrowTrino("INVALID_PATH", "JSON path is nested deeper than {} levels", kMaxSqlPathDepth);
      }
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    PathParser& parser_;
  };

  [[noreturn]] void Refuse(std::string_view wanted) const {
    ThrowTrino("INVALID_PATH", "invalid JSON path '{}': {} expected at character {}", text_, wanted, at_ + 1);
  }
  [[noreturn]] void Unsupported(std::string_view what) const {
    ThrowTrino("NOT_SUPPORTED", "JSON path '{}': {} is not supported", text_, what);
  }

  size_t SkipSpace() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) at_++;
    return at_;
  }
  bool At(std::string_view mark) {
    SkipSpace();
    return text_.substr(at_).starts_with(mark);
  }
  bool Take(std::string_view mark) {
    if (!At(mark)) return false;
    at_ += mark.size();
    return true;
  }
  void Require(std::string_view mark) {
    if (!Take(mark)) Refuse(mark);
  }
  bool TakeWord(std::string_view word) {
    if (!At(word)) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && IsKeyByte(text_[end], false)) return false;
    at_ = end;
    return true;
  }
  std::string TakeName() {
    const size_t first = SkipSpace();
    while (at_ < text_.size() && IsKeyByte(text_[at_], at_ == first)) at_++;
    return std::string(text_.substr(first, at_ - first));
  }
  std::string TakeString() {
    JsonCursor cursor(text_.substr(SkipSpace()));
    std::string_view raw;
    std::string decoded;
    if (!cursor.String(raw) || !AppendJsonUnescaped(raw, decoded)) Refuse("a string in double quotes");
    at_ += raw.size() + 2;
    return decoded;
  }

  NodePointer Sum() {
    const Level level(*this);
    NodePointer left = Product();
    for (;;) {
      if (Take("+")) {
        left = Make(Kind::kAdd, std::move(left), Product());
      } else if (Take("-")) {
        left = Make(Kind::kSubtract, std::move(left), Product());
      } else {
        return left;
      }
    }
  }

  NodePointer Product() {
    NodePointer left = Signed();
    for (;;) {
      if (Take("*")) {
        left = Make(Kind::kMultiply, std::move(left), Signed());
      } else if (Take("/")) {
        left = Make(Kind::kDivide, std::move(left), Signed());
      } else if (Take("%")) {
        left = Make(Kind::kModulus, std::move(left), Signed());
      } else {
        return left;
      }
    }
  }

  NodePointer Signed() {
    const Level level(*this);
    if (Take("-")) return Make(Kind::kNegate, Signed());
    if (Take("+")) return Make(Kind::kPlus, Signed());
    return Accessors(Primary());
  }

  NodePointer Primary() {
    if (Take("(")) {
      NodePointer inner = Sum();
      Require(")");
      return inner;
    }
    if (At("$")) {
      at_++;
      if (at_ == text_.size() || !IsKeyByte(text_[at_], true)) return Make(Kind::kRoot);
      return Make(Kind::kVariable, TakeName());
    }
    if (Take("@")) return Make(Kind::kCurrent);
    if (At("\"")) return MakeLiteral(TakeString());
    if (TakeWord("last")) return Make(Kind::kLast);
    if (TakeWord("null")) return MakeLiteral(JsonNull{});
    if (TakeWord("true")) return MakeLiteral(true);
    if (TakeWord("false")) return MakeLiteral(false);
    return Number();
  }

  NodePointer Number() {
    const size_t first = SkipSpace();
    size_t end = first;
    const auto digits = [&] {
      while (end < text_.size() && IsDigit(text_[end])) end++;
    };
    digits();
    if (end < text_.size() && text_[end] == '.' && end + 1 < text_.size() && IsDigit(text_[end + 1])) {
      end++;
      digits();
    }
    if (end > first && end < text_.size() && (text_[end] == 'e' || text_[end] == 'E')) {
      end++;
      if (end < text_.size() && (text_[end] == '+' || text_[end] == '-')) end++;
      digits();
    }
    if (end == first) Refuse("a value");
    at_ = end;
    return MakeLiteral(ItemOf(text_.substr(first, end - first)));
  }

  NodePointer Accessors(NodePointer node) {
    for (;;) {
      if (Take("..")) {
        node = Named(Kind::kDescendant, std::move(node));
      } else if (Take(".")) {
        node = Take("*") ? Make(Kind::kAllMembers, std::move(node)) : MemberOrMethod(std::move(node));
      } else if (Take("[")) {
        node = Elements(std::move(node));
      } else if (Take("?")) {
        Require("(");
        node = Make(Kind::kFilter, std::move(node), Disjunction());
        Require(")");
      } else {
        return node;
      }
    }
  }

  NodePointer Named(Kind kind, NodePointer base) {
    NodePointer node = Make(kind, std::move(base));
    node->text = At("\"") ? TakeString() : TakeName();
    if (node->text.empty() && text_[at_ - 1] != '"') Refuse("a key");
    return node;
  }

  NodePointer MemberOrMethod(NodePointer base) {
    const bool quoted = At("\"");
    NodePointer node = Named(Kind::kMember, std::move(base));
    if (quoted || !Take("(")) return node;
    if (node->text == "datetime") Unsupported("datetime()");
    for (const std::string_view method : {"type", "size", "double", "ceiling", "floor", "abs", "keyvalue"}) {
      if (node->text != method) continue;
      Require(")");
      node->kind = Kind::kMethod;
      return node;
    }
    Refuse("a method's name");
  }

  NodePointer Elements(NodePointer base) {
    if (Take("*")) {
      Require("]");
      return Make(Kind::kAllElements, std::move(base));
    }
    NodePointer node = Make(Kind::kElements, std::move(base));
    do {
      node->children.push_back(Sum());
      node->children.push_back(TakeWord("to") ? Sum() : nullptr);
    } while (Take(","));
    Require("]");
    return node;
  }

  NodePointer Disjunction() {
    const Level level(*this);
    NodePointer left = Conjunction();
    while (Take("||")) left = Make(Kind::kOr, std::move(left), Conjunction());
    return left;
  }

  NodePointer Conjunction() {
    NodePointer left = Predicate();
    while (Take("&&")) left = Make(Kind::kAnd, std::move(left), Predicate());
    return left;
  }

  NodePointer Predicate() {
    const Level level(*this);
    if (!At("!=") && Take("!")) return Make(Kind::kNot, Delimited());
    if (AtDelimited()) {
      // A parenthesis may hold a predicate, or the value that a comparison begins with.
      const size_t begin = at_;
      if (NodePointer inner = TryDelimited()) return inner;
      at_ = begin;
    }
    return Comparison();
  }

  bool AtDelimited() {
    if (At("(")) return true;
    const size_t begin = at_;
    const bool exists = TakeWord("exists") && At("(");
    at_ = begin;
    return exists;
  }

  NodePointer Delimited() {
    if (NodePointer inner = TryDelimited()) return inner;
    Refuse("'exists(…)' or '(…)'");
  }

  // nullptr where the parenthesis holds no predicate.
  NodePointer TryDelimited() {
    if (TakeWord("exists")) {
      Require("(");
      NodePointer node = Make(Kind::kExists, Sum());
      Require(")");
      return node;
    }
    if (!Take("(") || !HoldsPredicate()) return nullptr;
    NodePointer inner = Disjunction();
    Require(")");
    if (!TakeWord("is")) return inner;
    if (!TakeWord("unknown")) Refuse("'unknown'");
    return Make(Kind::kIsUnknown, std::move(inner));
  }

  // Whether an operator of predicates stands in the parenthesis that was just opened, at its own level or below.
  [[nodiscard]] bool HoldsPredicate() const {
    int open = 1;
    bool in_string = false;
    for (size_t i = at_; i < text_.size() && open > 0; i++) {
      const char c = text_[i];
      if (c == '\\' && in_string) i++;
      if (c == '"') in_string = !in_string;
      if (in_string) continue;
      if (c == '(') open++;
      if (c == ')') open--;
      if (c == '<' || c == '>' || c == '=' || c == '!' || c == '&' || c == '|') return true;
      if (text_.substr(i).starts_with("exists") || text_.substr(i).starts_with("starts with")) return true;
    }
    return false;
  }

  NodePointer Comparison() {
    NodePointer left = Sum();
    static constexpr std::pair<std::string_view, Kind> kOperators[] = {
        {"==", Kind::kEqual},          {"!=", Kind::kNotEqual}, {"<>", Kind::kNotEqual}, {"<=", Kind::kLessOrEqual},
        {">=", Kind::kGreaterOrEqual}, {"<", Kind::kLess},      {">", Kind::kGreater}};
    for (const auto& [symbol, kind] : kOperators) {
      if (Take(symbol)) return Make(kind, std::move(left), Sum());
    }
    if (TakeWord("like_regex")) Unsupported("like_regex");
    if (!TakeWord("starts") || !TakeWord("with")) Refuse("a comparison");
    return Make(Kind::kStartsWith, std::move(left), Primary());
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

SqlJsonPath::SqlJsonPath(std::string_view text) { root_ = PathParser(text).Parse(strict_); }

}  // namespace opentrail::engine
