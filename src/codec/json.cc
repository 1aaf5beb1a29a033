#include "codec/json.h"

#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "base/append.h"

namespace opentrail::codec {

JsonValue JsonValue::operator[](std::string_view key) const {
  if (!IsObject()) return {};
  const auto member = simdjson::dom::object(element_).at_key(key);
  return member.error() == simdjson::SUCCESS ? JsonValue(member.value_unsafe()) : JsonValue();
}

std::optional<std::string_view> JsonValue::String() const {
  if (!IsString()) return std::nullopt;
  return element_.get_string().value_unsafe();
}

std::optional<std::string> JsonValue::Text() const {
  if (IsNull()) return std::nullopt;
  if (const auto text = String()) return std::string(*text);
  if (element_.is_bool()) return element_.get_bool().value_unsafe() ? "true" : "false";
  return simdjson::minify(element_);
}

Result<JsonValue> JsonReader::Parse(std::string_view text) {
  if (text.size() > parser_->capacity() || parser_->max_depth() != JsonDocument::kMaxDepth) {
    if (const auto error = parser_->allocate(text.size(), JsonDocument::kMaxDepth); error != simdjson::SUCCESS) {
      return MakeError(ErrorCode::kLimitExceeded, "JSON of {} bytes cannot be parsed: {}", text.size(),
                       simdjson::error_message(error));
    }
  }
  const auto root = parser_->parse(text.data(), text.size());
  if (root.error() != simdjson::SUCCESS) {
    return MakeError(ErrorCode::kCorrupt, "not JSON: {}", simdjson::error_message(root.error()));
  }
  return JsonValue(root.value_unsafe());
}

Result<JsonDocument> JsonDocument::Parse(std::string_view text) {
  JsonReader reader;
  auto root = reader.Parse(text);
  if (!root) return std::unexpected(std::move(root.error()));
  return JsonDocument(std::move(reader), *root);
}

namespace {

// The highest bit of each of eight bytes that needs an escape, the first byte lowest. A carry can set others, but only
// behind one that was found.
uint64_t FindEscaped(const char* bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  const uint64_t quote = word ^ (kOnes * '"'), backslash = word ^ (kOnes * '\\');
  return (((word - kOnes * 0x20) & ~word) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash)) & kHigh;
}

// The size of the beginning of `text` that needs no escape, eight bytes at a time.
size_t PlainRun(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    if (const uint64_t found = FindEscaped(text.data() + i))
      return i + static_cast<size_t>(std::countr_zero(found)) / 8;
  }
  if (i == text.size()) return i;
  char rest[] = "        ";  // blanks need none
  std::memcpy(rest, text.data() + i, text.size() - i);
  const uint64_t found = FindEscaped(rest);
  return found != 0 ? i + static_cast<size_t>(std::countr_zero(found)) / 8 : text.size();
}

void AppendEscape(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[c & 15];
  }
}

}  // namespace

bool IsPlainJsonText(std::string_view text) { return PlainRun(text) == text.size(); }

// Runs that need no escape are copied whole: nearly every text is one.
void AppendJsonString(std::string& out, std::string_view text) {
  size_t run = PlainRun(text);
  if (run == text.size()) return AppendAll(out, '"', text, '"');
  out += '"';
  for (;; run = PlainRun(text)) {
    out.append(text.data(), run);
    if (run == text.size()) break;
    AppendEscape(out, text[run]);
    text.remove_prefix(run + 1);
  }
  out += '"';
}

}  // namespace opentrail::codec
