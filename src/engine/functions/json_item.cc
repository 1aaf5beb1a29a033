#include "engine/functions/json_item.h"

#include <charconv>

#include <fmt/format.h>

#include "engine/functions/java_number.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/number_text.h"

namespace opentrail::engine {
namespace {

JsonItem NumberOf(std::string_view raw) {
  int64_t integer = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), integer);
  if (error == std::errc() && end == raw.data() + raw.size()) return integer;
  return ParseDouble(raw);
}

std::string_view TextOf(const JsonItem& item) { return std::get<JsonContainer>(item).text; }

}  // namespace

JsonItem ItemOf(std::string_view raw) {
  switch (KindOfJson(raw)) {
    case JsonKind::kObject:
    case JsonKind::kArray: return JsonContainer{raw};
    case JsonKind::kString: {
      std::string scratch;
      return std::string(JsonStringText(raw, scratch).value_or(std::string_view()));
    }
    case JsonKind::kNumber: return NumberOf(raw);
    case JsonKind::kTrue: return true;
    case JsonKind::kFalse: return false;
    case JsonKind::kNull: return JsonNull{};
  }
  return JsonNull{};
}

void AppendItem(const JsonItem& item, std::string& out) {
  if (std::holds_alternative<JsonNull>(item)) {
    out += "null";
  } else if (const auto* truth = std::get_if<bool>(&item)) {
    out += *truth ? "true" : "false";
  } else if (const auto* integer = std::get_if<int64_t>(&item)) {
    out += std::to_string(*integer);
  } else if (const auto* number = std::get_if<double>(&item)) {
    AppendJavaDouble(*number, out);
  } else if (const auto* text = std::get_if<std::string>(&item)) {
    AppendJsonQuoted(*text, out);
  } else if (!AppendJsonCanonical(TextOf(item), JsonKeyOrder::kAsWritten, out)) {
    out += "null";
  }
}

std::optional<std::string> ScalarText(const JsonItem& item) {
  if (std::holds_alternative<JsonNull>(item)) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&item)) return *text;
  if (const auto* number = std::get_if<double>(&item)) return FormatScientific(*number);
  std::string text;
  AppendItem(item, text);
  return text;
}

bool IsObject(const JsonItem& item) {
  return std::holds_alternative<JsonContainer>(item) && TextOf(item).starts_with('{');
}

bool IsArray(const JsonItem& item) {
  return std::holds_alternative<JsonContainer>(item) && TextOf(item).starts_with('[');
}

std::vector<JsonItem> ElementsOf(const JsonItem& array) {
  std::vector<JsonItem> elements;
  JsonCursor cursor(TextOf(array));
  cursor.Take('[');
  if (cursor.Take(']')) return elements;
  std::string_view element;
  do {
    if (!cursor.Value(element)) break;
    elements.push_back(ItemOf(element));
  } while (cursor.Take(','));
  return elements;
}

std::vector<JsonField> FieldsOf(const JsonItem& object) {
  std::vector<JsonField> fields;
  JsonCursor cursor(TextOf(object));
  cursor.Take('{');
  std::string_view key;
  std::string_view value;
  while (cursor.String(key) && cursor.Take(':') && cursor.Value(value)) {
    JsonField field;
    if (!AppendJsonUnescaped(key, field.key)) break;
    field.value = ItemOf(value);
    fields.push_back(std::move(field));
    cursor.Take(',');
  }
  return fields;
}

}  // namespace opentrail::engine
