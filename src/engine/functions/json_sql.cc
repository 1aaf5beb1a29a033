#include "engine/functions/json_sql.h"

#include <optional>
#include <string>
#include <string_view>

#include "engine/functions/json_sql_path.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;
using OptionalString = std::optional<std::string>;

// The path of one place in a query, and what it selects.
class Evaluation {
 public:
  Evaluation() = default;

  SqlJsonPath::Selection Select(Text json, Text path) {
    if (!path_ || path != text_) {
      path_.emplace(path);
      text_ = path;
    }
    JsonCursor cursor(json);
    Text whole;
    if (!cursor.Value(whole) || !cursor.AtEnd()) return {{}, std::string(kNoJson)};
    return path_->Select(whole);
  }

  [[noreturn]] static void ThrowError(const std::string& error) {
    if (error == kNoJson) ThrowTrino("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: {}", error);
    ThrowTrino("PATH_EVALUATION_ERROR", "path evaluation failed: {}", error);
  }

 private:
  static constexpr Text kNoJson = "the text is no JSON";

  std::string text_;
  std::optional<SqlJsonPath> path_;
};

struct Exists {
  Evaluation evaluation;
  std::optional<bool> operator()(Text json, Text path, Text on_error) {
    const auto selection = evaluation.Select(json, path);
    if (selection.error.empty()) return !selection.items.empty();
    if (on_error == "error") Evaluation::ThrowError(selection.error);
    if (on_error == "unknown") return std::nullopt;
    return on_error == "true";
  }
};

// A scalar item's SQL text; false where the item is none.
bool ScalarOf(Text item, OptionalString& value) {
  std::string scratch;
  switch (KindOfJson(item)) {
    case JsonKind::kObject:
    case JsonKind::kArray: return false;
    case JsonKind::kNull: value = std::nullopt; return true;
    case JsonKind::kString:
      value = JsonStringText(item, scratch).transform([](Text text) { return std::string(text); });
      return true;
    case JsonKind::kNumber:
    case JsonKind::kTrue:
    case JsonKind::kFalse: value = std::string(item); return true;
  }
  return false;
}

struct Value {
  Evaluation evaluation;
  OptionalString operator()(OptionalText json, OptionalText path, OptionalText on_empty, OptionalText default_on_empty,
                            OptionalText on_error, OptionalText default_on_error) {
    if (!json || !path) return std::nullopt;
    const auto selection = evaluation.Select(*json, *path);
    const Text error_clause = on_error.value_or("");
    const auto failed = [&](Text why) {
      if (error_clause != "error") return Otherwise(error_clause, default_on_error);
      if (!selection.error.empty()) Evaluation::ThrowError(selection.error);
      ThrowTrino("JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: {}", why);
    };
    if (!selection.error.empty()) return failed(selection.error);
    if (selection.items.empty()) {
      if (on_empty.value_or("") != "error") return Otherwise(on_empty.value_or(""), default_on_empty);
      return failed("JSON path found no items");
    }
    if (selection.items.size() > 1) return failed("JSON path found multiple items");
    OptionalString value;
    if (ScalarOf(selection.items.front(), value)) return value;
    return failed("JSON path found an item that cannot be converted to an SQL value");
  }

 private:
  static OptionalString Otherwise(Text clause, OptionalText otherwise) {
    if (clause != "default" || !otherwise) return std::nullopt;
    return std::string(*otherwise);
  }
};

OptionalString Canonical(Text item) {
  std::string text;
  if (!AppendJsonCanonical(item, JsonKeyOrder::kAsWritten, text)) return std::nullopt;
  return text;
}

std::string Wrapped(const std::vector<Text>& items) {
  std::string array = "[";
  for (const Text item : items) {
    if (array.size() > 1) array += ',';
    array += Canonical(item).value_or("null");
  }
  return array + "]";
}

struct Query {
  Evaluation evaluation;
  OptionalString operator()(Text json, Text path, Text wrapper, Text quotes, Text on_empty, Text on_error) {
    const auto selection = evaluation.Select(json, path);
    if (!selection.error.empty()) {
      if (on_error == "error") Evaluation::ThrowError(selection.error);
      return Otherwise(on_error);
    }
    if (selection.items.empty()) return Refused(on_empty, "JSON path found no items");
    const JsonKind kind = KindOfJson(selection.items.front());
    const bool is_container = kind == JsonKind::kObject || kind == JsonKind::kArray;
    const bool lone_container = selection.items.size() == 1 && is_container;
    if (wrapper == "with unconditional" || (wrapper == "with conditional" && !lone_container)) {
      return Wrapped(selection.items);
    }
    if (selection.items.size() > 1) return Refused(on_error, "JSON path found multiple items");
    if (quotes == "omit" && kind == JsonKind::kString) {
      OptionalString text;
      ScalarOf(selection.items.front(), text);
      return text;
    }
    return Canonical(selection.items.front());
  }

 private:
  static OptionalString Otherwise(Text clause) {
    if (clause == "empty array") return "[]";
    if (clause == "empty object") return "{}";
    return std::nullopt;
  }
  static OptionalString Refused(Text clause, Text why) {
    if (clause == "error") ThrowTrino("JSON_QUERY_RESULT_ERROR", "cannot extract JSON from JSON: {}", why);
    return Otherwise(clause);
  }
};

}  // namespace

void RegisterSqlJsonFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_json_exists", Exists{});
  RegisterScalar(database, "trino_json_value", Value{});
  RegisterScalar(database, "trino_json_query", Query{});
}

}  // namespace opentrail::engine
