#include "engine/functions/json_walk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <span>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <fmt/format.h>

#include "engine/functions/utf8.h"

namespace opentrail::engine {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The first quote, backslash or control byte at or behind `from`; `end` where there is none.
const char* FindStringSpecial(const char* from, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f);
  for (; end - from >= 16; from += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    const __m128i control = _mm_cmpeq_epi8(_mm_max_epu8(bytes, last_control), last_control);
    const __m128i special =
        _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto mask = static_cast<uint32_t>(_mm_movemask_epi8(special));
    if (mask != 0) return from + std::countr_zero(mask);
  }
#endif
  while (from < end && *from != '"' && *from != '\\' && static_cast<uint8_t>(*from) >= 0x20) from++;
  return from;
}

std::optional<uint32_t> ParseHex4(std::string_view digits) {
  if (digits.size() < 4) return std::nullopt;
  uint32_t value = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + 4, value, 16);
  if (error != std::errc() || stop != digits.data() + 4) return std::nullopt;
  return value;
}

char UnescapedOf(char escape) {
  switch (escape) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"':
    case '\\':
    case '/': return escape;
    default: return '\0';
  }
}

// Which containers enclose the cursor: a bit each, so that a hostile depth costs no memory.
class Nesting {
 public:
  bool Push(bool is_object) {
    if (depth_ == kMaxJsonDepth) return false;
    const uint64_t bit = uint64_t{1} << (depth_ % 64);
    uint64_t& word = words_[depth_ / 64];
    word = is_object ? word | bit : word & ~bit;
    depth_++;
    return true;
  }
  void Pop() { depth_--; }
  [[nodiscard]] bool Empty() const { return depth_ == 0; }
  [[nodiscard]] bool InObject() const { return (words_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64) & 1) != 0; }

 private:
  int depth_ = 0;
  std::array<uint64_t, kMaxJsonDepth / 64 + 1> words_;  // only bits below depth_ are read
};

}  // namespace

void JsonCursor::SkipSpace() {
  while (next_ < end_ && (*next_ == ' ' || *next_ == '\n' || *next_ == '\r' || *next_ == '\t')) next_++;
}

char JsonCursor::Peek() {
  SkipSpace();
  return next_ < end_ ? *next_ : '\0';
}

bool JsonCursor::Take(char expected) {
  SkipSpace();
  if (next_ == end_ || *next_ != expected) return false;
  next_++;
  return true;
}

bool JsonCursor::AtEnd() {
  SkipSpace();
  return next_ == end_;
}

bool JsonCursor::SkipString() {
  next_++;  // the opening quote
  while (true) {
    next_ = FindStringSpecial(next_, end_);
    if (next_ == end_) return false;
    if (*next_ == '"') {
      next_++;
      return true;
    }
    if (*next_ != '\\' || end_ - next_ < 2) return false;  // a bare control byte
    if (next_[1] == 'u') {
      if (!ParseHex4({next_ + 2, static_cast<size_t>(end_ - next_ - 2)})) return false;
      next_ += 6;
    } else {
      if (UnescapedOf(next_[1]) == '\0') return false;
      next_ += 2;
    }
  }
}

bool JsonCursor::SkipNumber() {
  const auto digits = [&] {
    const char* first = next_;
    while (next_ < end_ && IsDigit(*next_)) next_++;
    return next_ - first;
  };
  if (*next_ == '-') next_++;
  const bool leading_zero = next_ < end_ && *next_ == '0';
  const auto integer_digits = digits();
  if (integer_digits == 0 || (leading_zero && integer_digits > 1)) return false;
  if (next_ < end_ && *next_ == '.') {
    next_++;
    if (digits() == 0) return false;
  }
  if (next_ < end_ && (*next_ == 'e' || *next_ == 'E')) {
    next_++;
    if (next_ < end_ && (*next_ == '+' || *next_ == '-')) next_++;
    if (digits() == 0) return false;
  }
  return next_ == end_ || std::strchr(" \t\r\n,]}", *next_) != nullptr;
}

bool JsonCursor::SkipLiteral() {
  for (const std::string_view literal : {"true", "false", "null"}) {
    if (std::string_view(next_, end_ - next_).starts_with(literal)) {
      next_ += literal.size();
      return next_ == end_ || std::strchr(" \t\r\n,]}", *next_) != nullptr;
    }
  }
  return false;
}

bool JsonCursor::SkipScalar(char first) {
  if (first == '"') return SkipString();
  if (first == '-' || IsDigit(first)) return SkipNumber();
  return SkipLiteral();
}

bool JsonCursor::SkipValue() {
  Nesting nesting;
  const auto key = [&] { return Peek() == '"' && SkipString() && Take(':'); };
  while (true) {
    const char first = Peek();
    if (first == '{' || first == '[') {
      next_++;
      const bool is_object = first == '{';
      if (!nesting.Push(is_object)) return false;
      if (Peek() != (is_object ? '}' : ']')) {
        if (is_object && !key()) return false;
        continue;
      }
      next_++;
      nesting.Pop();
    } else if (first == '\0' || !SkipScalar(first)) {
      return false;
    }
    // Behind a value: close what ends here, then a comma leads to the next.
    while (!nesting.Empty() && Peek() == (nesting.InObject() ? '}' : ']')) {
      next_++;
      nesting.Pop();
    }
    if (nesting.Empty()) return true;
    if (!Take(',')) return false;
    if (nesting.InObject() && !key()) return false;
  }
}

bool JsonCursor::Value(std::string_view& raw) {
  SkipSpace();
  const char* first = next_;
  if (!SkipValue()) return false;
  raw = {first, static_cast<size_t>(next_ - first)};
  return true;
}

bool JsonCursor::String(std::string_view& raw) {
  if (Peek() != '"') return false;
  const char* first = next_ + 1;
  if (!SkipString()) return false;
  raw = {first, static_cast<size_t>(next_ - 1 - first)};
  return true;
}

JsonKind KindOfJson(std::string_view raw) {
  switch (raw.empty() ? '\0' : raw.front()) {
    case '{': return JsonKind::kObject;
    case '[': return JsonKind::kArray;
    case '"': return JsonKind::kString;
    case 't': return JsonKind::kTrue;
    case 'f': return JsonKind::kFalse;
    case 'n': return JsonKind::kNull;
    default: return JsonKind::kNumber;
  }
}

namespace {

// The code point of the \u escape at `at` (its 'u'), a surrogate pair taken as one; moves `at` behind it.
std::optional<uint32_t> TakeUnicodeEscape(std::string_view text, size_t& at) {
  const auto first = ParseHex4(text.substr(at + 1));
  if (!first) return std::nullopt;
  at += 5;
  if (*first < 0xd800 || *first > 0xdfff) return first;
  if (*first < 0xdc00 && text.substr(at).starts_with("\\u")) {
    const auto second = ParseHex4(text.substr(at + 2));
    if (second && *second >= 0xdc00 && *second <= 0xdfff) {
      at += 6;
      return 0x10000 + ((*first - 0xd800) << 10) + (*second - 0xdc00);
    }
  }
  return '?';  // a lone surrogate has no UTF-8; Java's encoder writes '?'
}

}  // namespace

bool AppendJsonUnescaped(std::string_view between_quotes, std::string& out) {
  size_t at = 0;
  while (at < between_quotes.size()) {
    const size_t escape = std::min(between_quotes.find('\\', at), between_quotes.size());
    out.append(between_quotes, at, escape - at);
    if (escape == between_quotes.size()) return true;
    at = escape + 1;
    if (at == between_quotes.size()) return false;
    if (between_quotes[at] == 'u') {
      const auto code_point = TakeUnicodeEscape(between_quotes, at);
      if (!code_point) return false;
      AppendUtf8(*code_point, out);
    } else {
      const char unescaped = UnescapedOf(between_quotes[at++]);
      if (unescaped == '\0') return false;
      out += unescaped;
    }
  }
  return true;
}

// As Jackson writes them: what is past the basic plane, as two escapes.
void EscapeSupplementary(std::string& out, size_t from) {
  for (size_t at = from; at + 4 <= out.size(); ++at) {
    if (static_cast<unsigned char>(out[at]) < 0xF0) continue;
    size_t end = at;
    const uint32_t code = NextCodePoint(out, end);
    if (end - at != 4 || code < 0x10000 || code > 0x10FFFF) continue;  // no UTF-8: it stays, and what is behind it
    const uint32_t above = code - 0x10000;
    const std::string escaped = fmt::format("\\u{:04X}\\u{:04X}", 0xD800 + (above >> 10), 0xDC00 + (above & 0x3FF));
    out.replace(at, 4, escaped);
    at += escaped.size() - 1;
  }
}

void AppendJsonQuoted(std::string_view text, std::string& out) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  const size_t begin = out.size();
  out += '"';
  const char* next = text.data();
  const char* end = next + text.size();
  while (true) {
    const char* special = FindStringSpecial(next, end);
    out.append(next, special);
    if (special == end) break;
    const char c = *special;
    next = special + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out.append("\\u00").append({kHex[c >> 4], kHex[c & 15]});
    }
  }
  out += '"';
  EscapeSupplementary(out, begin);
}

std::optional<std::string_view> JsonStringText(std::string_view raw, std::string& scratch) {
  const std::string_view text = raw.substr(1, raw.size() - 2);
  if (text.find('\\') == std::string_view::npos) return text;
  scratch.clear();
  if (!AppendJsonUnescaped(text, scratch)) return std::nullopt;
  return scratch;
}

bool IsJsonInteger(std::string_view number) { return number.find_first_of(".eE") == std::string_view::npos; }

namespace {

bool IsUnquotedKeyByte(char c) {
  // Trino's letters and digits are Unicode's; every byte above ASCII is taken for part of one.
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<uint8_t>(c) >= 0x80;
}

enum class KeyPlace : uint8_t { kBehindDot, kInBrackets };

bool TakeUnquotedKey(std::string_view text, size_t& at, KeyPlace place, std::string& key) {
  const size_t first = at;
  const bool takes_signs = place == KeyPlace::kBehindDot;
  while (at < text.size() && (IsUnquotedKeyByte(text[at]) || (takes_signs && (text[at] == ':' || text[at] == '-'))))
    at++;
  key = text.substr(first, at - first);
  return !key.empty();
}

bool TakeQuotedKey(std::string_view text, size_t& at, std::string& key) {
  for (at++; at < text.size() && text[at] != '"'; at++) {
    if (text[at] == '\\' && (++at == text.size() || (text[at] != '"' && text[at] != '\\'))) return false;
    key += text[at];
  }
  if (at == text.size()) return false;
  at++;
  return true;
}

JsonPath::Step StepOf(std::string key) {
  JsonPath::Step step;
  step.plain = FindStringSpecial(key.data(), key.data() + key.size()) == key.data() + key.size();
  int32_t index = -1;
  const auto [stop, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error == std::errc() && stop == key.data() + key.size()) step.index = index;
  step.key = std::move(key);
  return step;
}

bool KeyEquals(std::string_view raw, const JsonPath::Step& step) {
  if (raw == step.key) return step.plain;
  if (raw.find('\\') == std::string_view::npos) return false;
  std::string decoded;
  return AppendJsonUnescaped(raw, decoded) && decoded == step.key;
}

// Moves the cursor, before an object, to the value of the step's key.
bool EnterMember(JsonCursor& cursor, const JsonPath::Step& step) {
  cursor.Take('{');
  std::string_view key;
  std::string_view skipped;
  do {
    if (!cursor.String(key) || !cursor.Take(':')) return false;
    if (KeyEquals(key, step)) return true;
  } while (cursor.Value(skipped) && cursor.Take(','));
  return false;
}

bool EnterElement(JsonCursor& cursor, const JsonPath::Step& step) {
  cursor.Take('[');
  if (step.index < 0 || cursor.Peek() == ']') return false;
  std::string_view skipped;
  for (int64_t i = 0; i < step.index; i++) {
    if (!cursor.Value(skipped) || !cursor.Take(',')) return false;
  }
  return true;
}

std::optional<std::string_view> FindAlong(std::span<const JsonPath::Step> steps, std::string_view text) {
  JsonCursor cursor(text);
  for (const JsonPath::Step& step : steps) {
    const char first = cursor.Peek();
    const bool entered = (first == '{' && EnterMember(cursor, step)) || (first == '[' && EnterElement(cursor, step));
    if (!entered) return std::nullopt;
  }
  std::string_view raw;
  if (!cursor.Value(raw)) return std::nullopt;
  return raw;
}

// The values of an object's members, or an array's elements; of a scalar there are none. False: malformed.
bool AppendInner(std::string_view text, std::vector<std::string_view>& values) {
  JsonCursor cursor(text);
  const char open = cursor.Peek();
  if (open != '{' && open != '[') return true;
  const char close = open == '{' ? '}' : ']';
  cursor.Take(open);
  if (cursor.Take(close)) return true;
  do {
    std::string_view value;
    if (open == '{' && !(cursor.String(value) && cursor.Take(':'))) return false;
    if (!cursor.Value(value)) return false;
    values.push_back(value);
  } while (cursor.Take(','));
  return cursor.Take(close);
}

// Of "[*]" or ".*" at the beginning; 0: there is none.
size_t WildcardLength(std::string_view path) {
  if (path.starts_with("[*]")) return 3;
  return path.starts_with(".*") ? 2 : 0;
}

}  // namespace

std::optional<JsonPath> JsonPath::Parse(std::string_view text, Wildcards wildcards) {
  JsonPath path;
  if (!text.starts_with('$')) return std::nullopt;
  size_t at = 1;
  while (at < text.size()) {
    std::string key;
    if (const size_t wildcard = wildcards == Wildcards::kAllowed ? WildcardLength(text.substr(at)) : 0; wildcard > 0) {
      at += wildcard;
      path.steps_.push_back({.key = "*", .any = true});
      continue;
    }
    if (text[at] == '.') {
      // The dash is Presto's: queries written for Athena rely on it ("$.x-amz-copy-source").
      if (!TakeUnquotedKey(text, ++at, KeyPlace::kBehindDot, key)) return std::nullopt;
    } else if (text[at] == '[') {
      at++;
      const bool quoted = at < text.size() && text[at] == '"';
      if (!(quoted ? TakeQuotedKey(text, at, key) : TakeUnquotedKey(text, at, KeyPlace::kInBrackets, key)))
        return std::nullopt;
      if (at == text.size() || text[at++] != ']') return std::nullopt;
    } else {
      return std::nullopt;
    }
    path.steps_.push_back(StepOf(std::move(key)));
  }
  return path;
}

std::optional<std::string_view> JsonPath::Find(std::string_view text) const { return FindAlong(steps_, text); }

bool JsonPath::HasWildcards() const { return std::ranges::any_of(steps_, &Step::any); }

std::optional<std::vector<std::string_view>> JsonPath::FindAll(std::string_view text) const {
  std::span<const Step> rest(steps_);
  std::vector<std::string_view> values{text};
  for (bool is_first = true; is_first || !rest.empty(); is_first = false) {
    const auto wildcard = static_cast<size_t>(std::ranges::find_if(rest, &Step::any) - rest.begin());
    std::vector<std::string_view> found;
    for (const std::string_view value : values) {
      const auto base = FindAlong(rest.first(wildcard), value);
      if (!base && is_first) return std::nullopt;
      if (!base) continue;
      if (wildcard == rest.size()) {
        found.push_back(*base);
      } else if (!AppendInner(*base, found)) {
        return std::nullopt;
      }
    }
    values = std::move(found);
    rest = rest.subspan(std::min(wildcard + 1, rest.size()));
  }
  return values;
}

}  // namespace opentrail::engine
