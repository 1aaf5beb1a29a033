#include "sql/function_signature.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "sql/text.h"

namespace opentrail::sql {

namespace {

constexpr int kMaxPatternDepth = 16;

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool IsVariableName(std::string_view word) {
  constexpr std::string_view kLetters = "EKRSTUVekrstuv";
  const bool digit = word.size() == 2 && word[1] >= '1' && word[1] <= '9';
  return (word.size() == 1 || digit) && kLetters.find(word[0]) != std::string_view::npos;
}

class SignatureParser {
 public:
  explicit SignatureParser(const FunctionSignature& row) : text_(row.signature) { signature_.row = &row; }

  std::optional<Signature> Parse() {
    signature_.listed = !Take("~");
    if (!Take("(")) return std::nullopt;
    if (!Take(")") && !TakeParameters()) return std::nullopt;
    if (!Take("->")) return std::nullopt;
    auto result = TakePattern(0);
    if (!result || !AtEnd()) return std::nullopt;
    signature_.result = *std::move(result);
    // By name, but where there is a state (reduce) or a result of its own (zip_with): Trino declares those in the order
    // of their parameters.
    const bool declared = std::ranges::any_of(signature_.variables, [](const TypeVariable& variable) {
      return variable.name == "S" || variable.name == "R";
    });
    if (!declared) std::ranges::sort(signature_.variables, {}, &TypeVariable::name);
    return std::move(signature_);
  }

 private:
  bool TakeParameters() {
    do {
      auto parameter = TakePattern(0);
      if (!parameter || signature_.variadic) return false;
      signature_.parameters.push_back(*std::move(parameter));
      signature_.variadic = Take("...");
    } while (Take(","));
    return Take(")");
  }

  std::optional<TypePattern> TakePattern(int depth) {
    if (depth > kMaxPatternDepth) return std::nullopt;
    const std::string_view word = TakeWord();
    if (IsVariableName(word)) return TakeVariable(word);
    if (word == "array") return TakeNested(PatternKind::kArray, depth);
    if (word == "map") return TakeNested(PatternKind::kMap, depth);
    if (word == "qdigest") return TakeNested(PatternKind::kQDigest, depth);
    if (word == "function") return TakeNested(PatternKind::kFunction, depth);
    if (word == "row") return Peek("(") ? TakeNested(PatternKind::kRow, depth) : TypePattern{PatternKind::kAnyRow};
    if (word == "decimal") return TakeDecimal();
    if (word == "varchar") return TakeText(PatternKind::kAnyVarchar, PatternKind::kVarchar);
    if (word == "char") return TakeText(PatternKind::kAnyChar, PatternKind::kChar);
    if (word == "joniregexp" || word == "jsonpath" || word == "codepoints") {
      return TypePattern{PatternKind::kAnyVarchar, Type(), std::string(word)};
    }
    if (word == "timestamp" && (!Peek("(") || Peek("(max"))) {
      return TakePoint(PatternKind::kAnyTimestamp, PatternKind::kAnyTimestampWithTimeZone);
    }
    if (word == "time" && (!Peek("(") || Peek("(max"))) {
      return TakePoint(PatternKind::kAnyTime, PatternKind::kAnyTimeWithTimeZone);
    }
    return TakeConcrete(word);
  }

  TypePattern TakeVariable(std::string_view spelling) {
    const std::string word = UpperCase(spelling);
    VariableConstraint constraint = VariableConstraint::kNone;
    if (Take(":")) {
      constraint = TakeWord() == "orderable" ? VariableConstraint::kOrderable : VariableConstraint::kComparable;
    }
    const auto known = std::ranges::find(signature_.variables, word, &TypeVariable::name);
    if (known == signature_.variables.end()) {
      signature_.variables.push_back({word, constraint});
    } else {
      known->constraint = std::max(known->constraint, constraint);
    }
    return {PatternKind::kVariable, Type(), word, std::string(spelling)};
  }

  std::optional<TypePattern> TakeNested(PatternKind kind, int depth) {
    if (!Take("(")) return std::nullopt;
    TypePattern pattern{kind};
    do {
      auto argument = TakePattern(depth + 1);
      if (!argument) return std::nullopt;
      pattern.arguments.push_back(*std::move(argument));
    } while (Take(","));
    if (!Take(")")) return std::nullopt;
    const size_t count = pattern.arguments.size();
    if (kind == PatternKind::kQDigest && count != 1) return std::nullopt;
    if ((kind == PatternKind::kArray && count != 1) || (kind == PatternKind::kMap && count != 2)) return std::nullopt;
    return pattern;
  }

  std::optional<TypePattern> TakeDecimal() {
    TypePattern pattern{PatternKind::kDecimal};
    if (!Peek("(")) {
      pattern.numbers = {"p", "s"};
      return pattern;
    }
    pattern.numbers = TakeNumbers();
    return pattern.numbers.size() == 2 ? std::optional(std::move(pattern)) : std::nullopt;
  }

  std::optional<TypePattern> TakeText(PatternKind any, PatternKind with_length) {
    if (!Peek("(")) return TypePattern{any};
    TypePattern pattern{with_length};
    pattern.numbers = TakeNumbers();
    return pattern.numbers.size() == 1 ? std::optional(std::move(pattern)) : std::nullopt;
  }

  TypePattern TakePoint(PatternKind plain, PatternKind zoned) {
    TypePattern pattern{plain};
    if (Peek("(")) pattern.numbers = TakeNumbers();
    if (TakeZone()) pattern.kind = zoned;
    return pattern;
  }

  // "(p, s + 1)": empty where it is not closed.
  std::vector<std::string> TakeNumbers() {
    std::vector<std::string> numbers;
    Take("(");
    std::string number;
    for (int depth = 0; offset_ < text_.size(); ++offset_) {
      const char c = text_[offset_];
      if (depth == 0 && (c == ',' || c == ')')) {
        numbers.push_back(std::exchange(number, {}));
        if (c == ')') break;
        continue;
      }
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      number += c;
    }
    return Take(")") ? numbers : std::vector<std::string>();
  }

  bool TakeZone() {
    const size_t begin = offset_;
    if (TakeWord() == "with" && TakeWord() == "time" && TakeWord() == "zone") return true;
    offset_ = begin;
    return false;
  }

  // A type without variables: its text reaches to the next comma or parenthesis of this level.
  std::optional<TypePattern> TakeConcrete(std::string_view first_word) {
    if (first_word.empty()) return std::nullopt;
    const size_t begin = offset_ - first_word.size();
    int depth = 0;
    while (offset_ < text_.size()) {
      const char c = text_[offset_];
      if (depth == 0 && (c == ',' || c == ')' || c == '.')) break;
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++offset_;
    }
    auto type = ParseType(text_.substr(begin, offset_ - begin));
    if (!type) return std::nullopt;
    return TypePattern{PatternKind::kConcrete, *std::move(type)};
  }

  void SkipBlanks() {
    while (offset_ < text_.size() && text_[offset_] == ' ') ++offset_;
  }
  bool AtEnd() {
    SkipBlanks();
    return offset_ == text_.size();
  }
  bool Peek(std::string_view mark) {
    SkipBlanks();
    return text_.substr(offset_).starts_with(mark);
  }
  bool Take(std::string_view mark) {
    if (!Peek(mark)) return false;
    offset_ += mark.size();
    return true;
  }
  std::string_view TakeWord() {
    SkipBlanks();
    const size_t begin = offset_;
    while (offset_ < text_.size() && IsWordByte(text_[offset_])) ++offset_;
    return text_.substr(begin, offset_ - begin);
  }

  std::string_view text_;
  size_t offset_ = 0;
  Signature signature_;
};

class NumberEvaluator {
 public:
  NumberEvaluator(std::string_view text, const std::vector<NumberVariable>& variables)
      : text_(text), variables_(variables) {}

  std::optional<int64_t> Evaluate() {
    const auto value = Sum(0);
    SkipBlanks();
    return offset_ == text_.size() ? value : std::nullopt;
  }

 private:
  std::optional<int64_t> Sum(int depth) {
    auto value = Product(depth);
    while (value) {
      const bool plus = Take('+');
      if (!plus && !Take('-')) break;
      const auto next = Product(depth);
      if (!next) return std::nullopt;
      value = plus ? Saturated(__builtin_add_overflow(*value, *next, &*value), *value)
                   : Saturated(__builtin_sub_overflow(*value, *next, &*value), *value);
    }
    return value;
  }

  std::optional<int64_t> Product(int depth) {
    auto value = Term(depth);
    while (value) {
      const bool times = Take('*');
      if (!times && !Take('/')) break;
      const auto next = Term(depth);
      if (!next || (!times && *next == 0)) return std::nullopt;
      value = times ? Saturated(__builtin_mul_overflow(*value, *next, &*value), *value) : *value / *next;
    }
    return value;
  }

  // The numbers are sizes: what overflows is too large.
  static int64_t Saturated(bool overflows, const int64_t& value) {
    return overflows ? std::numeric_limits<int64_t>::max() : value;
  }

  std::optional<int64_t> Term(int depth) {
    if (depth > kMaxPatternDepth) return std::nullopt;
    if (Take('(')) {
      const auto value = Sum(depth + 1);
      return Take(')') ? value : std::nullopt;
    }
    SkipBlanks();
    const size_t begin = offset_;
    while (offset_ < text_.size() && IsWordByte(text_[offset_])) ++offset_;
    const std::string_view word = text_.substr(begin, offset_ - begin);
    if (word == "min" || word == "max") return Extreme(word == "min", depth);
    return Leaf(word);
  }

  std::optional<int64_t> Extreme(bool smallest, int depth) {
    if (!Take('(')) return std::nullopt;
    auto value = Sum(depth + 1);
    while (value && Take(',')) {
      const auto next = Sum(depth + 1);
      if (!next) return std::nullopt;
      value = smallest ? std::min(*value, *next) : std::max(*value, *next);
    }
    return Take(')') ? value : std::nullopt;
  }

  [[nodiscard]] std::optional<int64_t> Leaf(std::string_view word) const {
    int64_t number = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error == std::errc() && end == word.data() + word.size()) return number;
    const auto variable = std::ranges::find(variables_, word, &NumberVariable::name);
    return variable == variables_.end() ? std::nullopt : std::optional(variable->value);
  }

  void SkipBlanks() {
    while (offset_ < text_.size() && text_[offset_] == ' ') ++offset_;
  }
  bool Take(char mark) {
    SkipBlanks();
    if (offset_ == text_.size() || text_[offset_] != mark) return false;
    ++offset_;
    return true;
  }

  std::string_view text_;
  const std::vector<NumberVariable>& variables_;
  size_t offset_ = 0;
};

std::string JoinPatterns(const std::vector<TypePattern>& patterns, std::string_view separator);

std::string PatternName(const TypePattern& pattern) {
  switch (pattern.kind) {
    case PatternKind::kConcrete: return LowerCase(pattern.type.Name());
    case PatternKind::kVariable: return pattern.spelling;
    case PatternKind::kAnyVarchar: return pattern.variable.empty() ? "varchar" : pattern.variable;
    case PatternKind::kAnyChar: return "char(x)";
    case PatternKind::kVarchar: return "varchar(" + pattern.numbers[0] + ")";
    case PatternKind::kChar: return "char(" + pattern.numbers[0] + ")";
    case PatternKind::kAnyTime: return "time(p)";
    case PatternKind::kAnyTimeWithTimeZone: return "time(p) with time zone";
    case PatternKind::kAnyTimestamp: return "timestamp(p)";
    case PatternKind::kAnyTimestampWithTimeZone: return "timestamp(p) with time zone";
    case PatternKind::kAnyRow: return "row";
    case PatternKind::kDecimal: return "decimal(" + pattern.numbers[0] + "," + pattern.numbers[1] + ")";
    case PatternKind::kArray: return "array(" + JoinPatterns(pattern.arguments, ",") + ")";
    case PatternKind::kMap: return "map(" + JoinPatterns(pattern.arguments, ",") + ")";
    case PatternKind::kQDigest: return "qdigest(" + JoinPatterns(pattern.arguments, ",") + ")";
    case PatternKind::kRow: return "row(" + JoinPatterns(pattern.arguments, ",") + ")";
    case PatternKind::kFunction: return "function(" + JoinPatterns(pattern.arguments, ",") + ")";
  }
  return "";
}

std::string JoinPatterns(const std::vector<TypePattern>& patterns, std::string_view separator) {
  std::string text;
  for (const TypePattern& pattern : patterns) {
    if (!text.empty()) text += separator;
    text += PatternName(pattern);
  }
  return text;
}

std::string VariableName(const TypeVariable& variable) {
  switch (variable.constraint) {
    case VariableConstraint::kNone: return variable.name;
    case VariableConstraint::kComparable: return variable.name + ":comparable";
    case VariableConstraint::kOrderable: return variable.name + ":orderable";
  }
  return variable.name;
}

}  // namespace

std::string Signature::Name() const {
  std::string text(row->name);
  text += "(" + JoinPatterns(parameters, ", ") + ")";
  for (size_t i = 0; i < variables.size(); ++i) text += (i == 0 ? " " : ", ") + VariableName(variables[i]);
  return text;
}

std::optional<Signature> ParseSignature(const FunctionSignature& row) { return SignatureParser(row).Parse(); }

std::optional<int64_t> EvaluateNumber(std::string_view expression, const std::vector<NumberVariable>& variables) {
  return NumberEvaluator(expression, variables).Evaluate();
}

}  // namespace opentrail::sql
