#include "engine/json_reader.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "duckdb/common/types/string_type.hpp"

namespace opentrail::engine {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::string_t;
using duckdb::StringVector;
using duckdb::StructVector;
using duckdb::Vector;
using sql::TypeKind;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool EqualsIgnoringCase(std::string_view key, std::string_view lower) {
  return key.size() == lower.size() &&
         std::equal(key.begin(), key.end(), lower.begin(), [](char a, char b) { return LowerAscii(a) == b; });
}

void SetText(Vector& target, idx_t row, std::string_view inner, bool escaped) {
  SetValid(target, row);
  auto& slot = FlatVector::GetData<string_t>(target)[row];
  if (!escaped) {
    slot = string_t(inner.data(), static_cast<uint32_t>(inner.size()));
    return;
  }
  std::string text;
  if (!UnescapeJson(inner, text)) return SetNull(target, row);
  slot = StringVector::AddStringOrBlob(target, text.data(), text.size());
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = LowerAscii(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The four digits behind "\u" at `at`; -1: none.
int32_t HexUnit(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return -1;
  int32_t unit = 0;
  for (size_t i = 0; i < 4; ++i) {
    const int digit = HexDigit(text[at + i]);
    if (digit < 0) return -1;
    unit = unit * 16 + digit;
  }
  return unit;
}

void AppendUtf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | (code >> 6));
    return put(0x80 | (code & 0x3F));
  }
  if (code < 0x10000) {
    put(0xE0 | (code >> 12));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
  }
  put(0x80 | ((code >> 6) & 0x3F));
  put(0x80 | (code & 0x3F));
}

// The escape whose letter 'u' stands at `at`; how many characters it takes from there on, 0: not one.
size_t AppendUnicodeEscape(std::string_view inner, size_t at, std::string& out) {
  constexpr uint32_t kReplacement = 0xFFFD;
  const int32_t unit = HexUnit(inner, at + 1);
  if (unit < 0) return 0;
  if (unit < 0xD800 || unit > 0xDFFF) {
    AppendUtf8(out, static_cast<uint32_t>(unit));
    return 5;
  }
  const bool high = unit < 0xDC00;
  if (high && inner.substr(at + 5).starts_with("\\u")) {
    const int32_t low = HexUnit(inner, at + 7);
    if (low >= 0xDC00 && low <= 0xDFFF) {
      AppendUtf8(out, 0x10000 + ((static_cast<uint32_t>(unit) - 0xD800) << 10) + (static_cast<uint32_t>(low) - 0xDC00));
      return 11;
    }
  }
  AppendUtf8(out, kReplacement);
  return 5;
}

char SimpleEscape(char letter) {
  switch (letter) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return '\0';
  }
}

}  // namespace

bool UnescapeJson(std::string_view inner, std::string& out) {
  out.clear();
  out.reserve(inner.size());
  for (size_t i = 0; i < inner.size();) {
    const size_t slash = std::min(inner.find('\\', i), inner.size());
    out.append(inner, i, slash - i);
    i = slash + 1;
    if (slash == inner.size()) break;
    if (i == inner.size()) return false;
    if (inner[i] == 'u') {
      const size_t taken = AppendUnicodeEscape(inner, i, out);
      if (taken == 0) return false;
      i += taken;
      continue;
    }
    const char plain = SimpleEscape(inner[i]);
    if (plain == '\0') return false;
    out.push_back(plain);
    ++i;
  }
  return true;
}

JsonReader::JsonReader(const sql::Type& type, TextRules rules) : root_(MakeNode(type)), rules_(std::move(rules)) {}

JsonReader::Node JsonReader::MakeNode(const sql::Type& type) {
  Node node;
  node.kind = type.kind();
  node.type = type;
  for (const sql::Type& argument : type.arguments()) node.children.push_back(MakeNode(argument));
  for (const std::string& name : type.field_names()) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), LowerAscii);
    node.names.push_back(std::move(lower));
  }
  return node;
}

void JsonReader::Read(std::string_view text, Vector& target, idx_t row) {
  if (text.data() == nullptr) return SetNull(target, row);
  text_ = text;
  position_ = 0;
  const bool nested = !root_.children.empty();
  if (!nested) {  // the logs give a string's text without its quotes
    SetScalarText(target, row, text, root_.type, rules_);
    return;
  }
  if (!ReadValue(root_, target, row, 0)) return SetNull(target, row);
  SkipSpace();
  if (position_ != text_.size()) SetNull(target, row);
}

bool JsonReader::ReadValue(const Node& node, Vector& target, idx_t row, int depth) {
  if (depth > kMaxDepth) return false;
  SkipSpace();
  const char first = Peek();
  if (IsPlainText(node.type)) return ReadText(target, row, depth);
  if (node.kind == TypeKind::kRow && first == '{') return ReadRow(node, target, row, depth);
  if (node.kind == TypeKind::kArray && first == '[') return ReadArray(node, target, row, depth);
  if (node.kind == TypeKind::kMap && first == '{') return ReadMap(node, target, row, depth);
  if (node.children.empty() && first != '{' && first != '[') return ReadScalar(node, target, row, depth);
  if (node.kind == TypeKind::kArray && rules_.dialect == TextDialect::kOpenxJson) {
    return ReadWrapped(node, target, row, depth);
  }
  std::string_view raw;
  SetNull(target, row);
  return SkipValue(depth, raw);
}

bool JsonReader::ReadRow(const Node& node, Vector& target, idx_t row, int depth) {
  auto& entries = StructVector::GetEntries(target);
  SetValid(target, row);
  for (auto& entry : entries) SetNull(*entry, row);
  ++position_;
  std::string_view key;
  std::string_view raw;
  for (bool first = true, end = false;; first = false) {
    if (!NextKey(first, key, end)) return false;
    if (end) return true;
    const auto name =
        std::ranges::find_if(node.names, [&](const std::string& n) { return EqualsIgnoringCase(key, n); });
    const auto index = static_cast<size_t>(name - node.names.begin());
    const bool read = name == node.names.end() ? SkipValue(depth + 1, raw)
                                               : ReadValue(node.children[index], *entries[index], row, depth + 1);
    if (!read) return false;
  }
}

bool JsonReader::ReadArray(const Node& node, Vector& target, idx_t row, int depth) {
  const idx_t begin = ListVector::GetListSize(target);
  idx_t count = 0;
  ++position_;
  for (bool end = false;; ++count) {
    if (!NextElement(count == 0, ']', end)) return false;
    if (end) break;
    ListVector::Reserve(target, begin + count + 1);
    ListVector::SetListSize(target, begin + count + 1);
    if (!ReadValue(node.children[0], ListVector::GetEntry(target), begin + count, depth + 1)) return false;
  }
  SetValid(target, row);
  FlatVector::GetData<duckdb::list_entry_t>(target)[row] = {begin, count};
  return true;
}

// What is no array where one is asked for is its only element, with the OpenX SerDe; null and the empty text are NULL.
bool JsonReader::ReadWrapped(const Node& node, Vector& target, idx_t row, int depth) {
  const size_t begin = position_;
  std::string_view raw;
  if (!SkipValue(depth, raw)) return false;
  SetNull(target, row);
  if (raw == "null" || raw == "\"\"") return true;
  position_ = begin;
  const idx_t at = ListVector::GetListSize(target);
  ListVector::Reserve(target, at + 1);
  ListVector::SetListSize(target, at + 1);
  if (!ReadValue(node.children[0], ListVector::GetEntry(target), at, depth + 1)) return false;
  SetValid(target, row);
  FlatVector::GetData<duckdb::list_entry_t>(target)[row] = {at, 1};
  return true;
}

bool JsonReader::ReadMap(const Node& node, Vector& target, idx_t row, int depth) {
  const idx_t begin = ListVector::GetListSize(target);
  idx_t count = 0;
  std::unordered_map<std::string, idx_t> places;  // the engine's maps must not hold a key twice
  std::string_view key;
  ++position_;
  for (bool first = true, end = false;; first = false) {
    if (!NextKey(first, key, end)) return false;
    if (end) break;
    const auto [place, is_new] = places.try_emplace(std::string(key), begin + count);
    if (is_new) {
      ++count;
      ListVector::Reserve(target, begin + count);
      ListVector::SetListSize(target, begin + count);
      Vector& keys = *StructVector::GetEntries(ListVector::GetEntry(target))[0];
      SetValid(ListVector::GetEntry(target), place->second);
      if (keys.GetType().InternalType() == duckdb::PhysicalType::VARCHAR) {
        SetValid(keys, place->second);
        FlatVector::GetData<string_t>(keys)[place->second] =
            StringVector::AddStringOrBlob(keys, place->first.data(), place->first.size());
      } else if (!TrySetScalarText(keys, place->second, key, node.children[0].type, rules_.dialect)) {
        return false;
      }
    }
    Vector& values = *StructVector::GetEntries(ListVector::GetEntry(target))[1];
    if (!ReadValue(node.children[1], values, place->second, depth + 1)) return false;
  }
  SetValid(target, row);
  FlatVector::GetData<duckdb::list_entry_t>(target)[row] = {begin, count};
  return true;
}

bool JsonReader::ReadText(Vector& target, idx_t row, int depth) {
  std::string_view text;
  bool escaped = false;
  if (Peek() == '"') {
    if (!SkipString(text, escaped)) return false;
  } else {
    if (!SkipValue(depth, text)) return false;
    if (text == "null") {
      SetNull(target, row);
      return true;
    }
  }
  SetText(target, row, text, escaped);
  return true;
}

bool JsonReader::ReadScalar(const Node& node, Vector& target, idx_t row, int depth) {
  std::string_view text;
  bool escaped = false;
  std::string plain;
  if (Peek() != '"') {
    if (!SkipValue(depth, text)) return false;
  } else {
    if (!SkipString(text, escaped)) return false;
    if (escaped && !UnescapeJson(text, plain)) return false;
    if (escaped) text = plain;
    if (text.data() == nullptr) text = "";
    SetScalarText(target, row, text, node.type, rules_);
    return true;
  }
  if (text == "null") {
    SetNull(target, row);
  } else {
    SetScalarText(target, row, text, node.type, rules_);
  }
  return true;
}

bool JsonReader::NextKey(bool first, std::string_view& key, bool& end) {
  if (!NextElement(first, '}', end)) return false;
  if (end) return true;
  if (Peek() != '"') return false;
  bool escaped = false;
  if (!SkipString(key, escaped)) return false;
  if (escaped) {
    if (!UnescapeJson(key, key_scratch_)) return false;
    key = key_scratch_;
  }
  SkipSpace();
  if (Peek() != ':') return false;
  ++position_;
  return true;
}

bool JsonReader::NextElement(bool first, char close, bool& end) {
  SkipSpace();
  if (Peek() == close) {
    ++position_;
    end = true;
    return true;
  }
  if (first) return true;
  if (Peek() != ',') return false;
  ++position_;
  SkipSpace();
  return Peek() != close;
}

bool JsonReader::SkipValue(int depth, std::string_view& raw) {
  SkipSpace();
  const size_t begin = position_;
  const char first = Peek();
  bool escaped = false;
  std::string_view part;
  const bool skipped = first == '"'                   ? SkipString(part, escaped)
                       : first == '{' || first == '[' ? SkipComposite(depth)
                                                      : SkipWord(part);
  raw = text_.substr(begin, position_ - begin);
  return skipped;
}

// What is inside is not judged beyond its brackets and strings: the scanner has.
bool JsonReader::SkipComposite(int depth) {
  std::string closers;
  std::string_view inner;
  bool escaped = false;
  do {
    switch (Peek()) {
      case '{': closers.push_back('}'); break;
      case '[': closers.push_back(']'); break;
      case '}':
      case ']':
        if (closers.back() != Peek()) return false;
        closers.pop_back();
        break;
      case '"':
        if (!SkipString(inner, escaped)) return false;
        continue;
      default: break;
    }
    if (position_ >= text_.size() || depth + static_cast<int>(closers.size()) > kMaxDepth) return false;
    ++position_;
  } while (!closers.empty());
  return true;
}

bool JsonReader::SkipString(std::string_view& inner, bool& escaped) {
  const size_t begin = ++position_;
  for (;;) {
    const size_t quote = text_.find('"', position_);
    if (quote == std::string_view::npos) return false;
    position_ = quote + 1;
    size_t slashes = 0;
    while (quote - slashes > begin && text_[quote - slashes - 1] == '\\') ++slashes;
    if (slashes % 2 != 0) continue;
    inner = text_.substr(begin, quote - begin);
    escaped = inner.find('\\') != std::string_view::npos;
    return true;
  }
}

bool JsonReader::SkipWord(std::string_view& word) {
  const size_t begin = position_;
  while (position_ < text_.size() && std::strchr(",]}:\"{[ \t\n\r", text_[position_]) == nullptr) ++position_;
  word = text_.substr(begin, position_ - begin);
  return !word.empty();
}

void JsonReader::SkipSpace() {
  while (position_ < text_.size() && IsSpace(text_[position_])) ++position_;
}

}  // namespace opentrail::engine
