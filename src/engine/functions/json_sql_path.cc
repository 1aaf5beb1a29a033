#include "engine/functions/json_sql_path.h"

#include <charconv>

#include "engine/functions/json_walk.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

std::vector<std::string_view> ElementsOf(std::string_view array) {
  std::vector<std::string_view> elements;
  JsonCursor cursor(array);
  cursor.Take('[');
  if (cursor.Take(']')) return elements;
  std::string_view element;
  do {
    if (!cursor.Value(element)) break;
    elements.push_back(element);
  } while (cursor.Take(','));
  return elements;
}

bool IsKeyByte(char c, bool first) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<uint8_t>(c) >= 0x80 ||
         (!first && c >= '0' && c <= '9');
}

}  // namespace

class SqlJsonPath::Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  void Parse(SqlJsonPath& path) {
    if (TakeWord("strict"))
      path.strict_ = true;
    else
      TakeWord("lax");
    Require('$');
    while (SkipSpace() < text_.size()) path.steps_.push_back(TakeStep());
  }

 private:
  [[noreturn]] void Refuse(std::string_view wanted) const {
    ThrowTrino("INVALID_PATH", "invalid JSON path '{}': {} expected at character {}", text_, wanted, at_ + 1);
  }
  [[noreturn]] void Unsupported(std::string_view what) const {
    ThrowTrino("NOT_SUPPORTED", "JSON path '{}': {} at character {} is not supported", text_, what, at_ + 1);
  }

  size_t SkipSpace() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) at_++;
    return at_;
  }
  bool Take(char c) {
    if (SkipSpace() == text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  void Require(char c) {
    if (!Take(c)) Refuse(std::string_view(&c, 1));
  }
  bool TakeWord(std::string_view word) {
    SkipSpace();
    if (!text_.substr(at_).starts_with(word)) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && IsKeyByte(text_[end], false)) return false;
    at_ = end;
    return true;
  }

  Step TakeStep() {
    if (Take('.')) return TakeMember();
    if (Take('[')) return TakeElements();
    if (at_ < text_.size() && text_[at_] == '?') Unsupported("a filter");
    Refuse("'.' or '['");
  }

  Step TakeMember() {
    if (Take('*')) return {.kind = StepKind::kAllMembers};
    if (Take('.')) Unsupported("a descendant accessor");
    Step step{.kind = StepKind::kMember};
    if (SkipSpace() < text_.size() && text_[at_] == '"') {
      JsonCursor cursor(text_.substr(at_));
      std::string_view key;
      if (!cursor.String(key) || !AppendJsonUnescaped(key, step.key)) Refuse("a closing quote");
      at_ += key.size() + 2;
      return step;
    }
    const size_t first = at_;
    while (at_ < text_.size() && IsKeyByte(text_[at_], at_ == first)) at_++;
    step.key = text_.substr(first, at_ - first);
    if (step.key.empty()) Refuse("a key (one with other characters than letters, digits and _ in double quotes)");
    if (Take('(')) Unsupported("an item method");
    return step;
  }

  Step TakeElements() {
    if (Take('*')) {
      Require(']');
      return {.kind = StepKind::kAllElements};
    }
    Step step{.kind = StepKind::kElements};
    do {
      Range range;
      range.from = TakeIndex();
      range.to = TakeWord("to") ? TakeIndex() : range.from;
      step.ranges.push_back(range);
    } while (Take(','));
    Require(']');
    return step;
  }

  Index TakeIndex() {
    Index index;
    if (TakeWord("last")) {
      index.from_last = true;
      if (!Take('-')) return index;
    }
    SkipSpace();
    const auto [stop, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), index.offset);
    if (error != std::errc() || index.offset < 0) Refuse("an array index");
    at_ = static_cast<size_t>(stop - text_.data());
    return index;
  }

  std::string_view text_;
  size_t at_ = 0;
};

SqlJsonPath::SqlJsonPath(std::string_view text) { Parser(text).Parse(*this); }

SqlJsonPath::Selection SqlJsonPath::Select(std::string_view json) const {
  Selection current;
  std::string_view root;
  JsonCursor cursor(json);
  if (!cursor.Value(root)) return {{}, "the text is no JSON"};
  current.items = {root};
  for (const Step& step : steps_) {
    Selection next;
    for (const std::string_view item : current.items) {
      Apply(step, item, next);
      if (next.items.size() > kMaxSqlPathItems) next.error = fmt::format("more than {} items", kMaxSqlPathItems);
      if (!next.error.empty()) return next;
    }
    current = std::move(next);
  }
  return current;
}

void SqlJsonPath::Apply(const Step& step, std::string_view item, Selection& selection) const {
  const JsonKind kind = KindOfJson(item);
  const bool wants_array = step.kind == StepKind::kElements || step.kind == StepKind::kAllElements;
  if (wants_array) {
    if (kind == JsonKind::kArray) return ApplyToArray(step, ElementsOf(item), selection);
    if (!strict_) return ApplyToArray(step, {item}, selection);  // lax: a lone item is an array of one
    selection.error = "structural error: array expected";
    return;
  }
  if (kind == JsonKind::kObject) return ApplyToObject(step, item, selection);
  if (strict_) {
    selection.error = "structural error: object expected";
  } else if (kind == JsonKind::kArray) {  // lax: an array stands for its elements
    for (const std::string_view element : ElementsOf(item)) {
      if (KindOfJson(element) == JsonKind::kObject) ApplyToObject(step, element, selection);
    }
  }
}

void SqlJsonPath::ApplyToObject(const Step& step, std::string_view object, Selection& selection) const {
  JsonCursor cursor(object);
  cursor.Take('{');
  const size_t before = selection.items.size();
  std::string_view key;
  std::string_view value;
  std::string decoded;
  while (cursor.String(key) && cursor.Take(':') && cursor.Value(value)) {
    decoded.clear();
    const bool wanted =
        step.kind == StepKind::kAllMembers || (AppendJsonUnescaped(key, decoded) && decoded == step.key);
    if (wanted) selection.items.push_back(value);
    cursor.Take(',');
  }
  if (strict_ && step.kind == StepKind::kMember && selection.items.size() == before) {
    selection.error = fmt::format("structural error: missing member '{}'", step.key);
  }
}

void SqlJsonPath::ApplyToArray(const Step& step, const std::vector<std::string_view>& elements,
                               Selection& selection) const {
  const auto size = static_cast<int64_t>(elements.size());
  if (step.kind == StepKind::kAllElements) {
    selection.items.insert(selection.items.end(), elements.begin(), elements.end());
    return;
  }
  for (const Range& range : step.ranges) {
    const int64_t from = range.from.from_last ? size - 1 - range.from.offset : range.from.offset;
    const int64_t to = range.to.from_last ? size - 1 - range.to.offset : range.to.offset;
    if (strict_ && (from < 0 || to >= size || from > to)) {
      selection.error =
          fmt::format("structural error: invalid array subscript: [{}, {}] for array of size {}", from, to, size);
      return;
    }
    for (int64_t i = std::max<int64_t>(from, 0); i <= std::min(to, size - 1); i++) {
      selection.items.push_back(elements[static_cast<size_t>(i)]);
    }
  }
}

}  // namespace opentrail::engine
