#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What a path of SQL/JSON works on: a JSON value, a scalar decoded and a container as its text.
namespace opentrail::engine {

struct JsonNull {};
struct JsonContainer {
  std::string_view text;  // an object or array, well-formed; what it points into outlives the item
};
using JsonItem = std::variant<JsonNull, bool, int64_t, double, std::string, JsonContainer>;

// The item of a value's raw text (JsonCursor::Value).
[[nodiscard]] JsonItem ItemOf(std::string_view raw);
// Appends the item as JSON text.
void AppendItem(const JsonItem& item, std::string& out);
// A scalar as SQL text, as a cast of it to varchar gives it; nullopt for null. The item must be no container.
[[nodiscard]] std::optional<std::string> ScalarText(const JsonItem& item);

[[nodiscard]] bool IsObject(const JsonItem& item);
[[nodiscard]] bool IsArray(const JsonItem& item);
[[nodiscard]] std::vector<JsonItem> ElementsOf(const JsonItem& array);
struct JsonField {
  std::string key;
  JsonItem value;
};
[[nodiscard]] std::vector<JsonField> FieldsOf(const JsonItem& object);

}  // namespace opentrail::engine
