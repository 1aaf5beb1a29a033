#include "codec/json.h"

#include <algorithm>
#include <limits>
#include <utility>

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

bool IsEscaped(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

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

// Runs that need no escape are copied whole: nearly every text is one.
void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  for (;;) {
    const size_t run = static_cast<size_t>(std::ranges::find_if(text, IsEscaped) - text.begin());
    out.append(text.data(), run);
    if (run == text.size()) break;
    AppendEscape(out, text[run]);
    text.remove_prefix(run + 1);
  }
  out += '"';
}

}  // namespace opentrail::codec
