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
  SqlJsonPath::Selection Select(Text json, Text path, OptionalText variables) {
    if (!path_ || path != text_) {
      path_.emplace(path);
      text_ = path;
    }
    JsonCursor cursor(json);
    Text whole;
    if (!cursor.Value(whole) || !cursor.AtEnd()) return {{}, std::string(kNoJson), {}};
    SqlJsonPath::Variables passed;
    if (variables) {
      for (JsonField& field : FieldsOf(JsonContainer{*variables})) {
        passed.emplace_back(std::move(field.key), std::move(field.value));
      }
    }
    return path_->Select(ItemOf(whole), passed);
  }

  [[noreturn]] static void ThrowError(const std::string& error) {
    if (error == kNoJson) ThrowTrino("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ");
    ThrowTrino("PATH_EVALUATION_ERROR", "path evaluation failed: {}", error);
  }

 private:
  static constexpr Text kNoJson = "the text is no JSON";

  std::string text_;
  std::optional<SqlJsonPath> path_;
};

struct Exists {
  Evaluation evaluation;
  std::optional<bool> operator()(OptionalText json, OptionalText path, OptionalText variables, OptionalText on_error) {
    if (!json || !path) return std::nullopt;
    const auto selection = evaluation.Select(*json, *path, variables);
    if (selection.error.empty()) return !selection.items.empty();
    if (on_error == "error") Evaluation::ThrowError(selection.error);
    if (on_error == "unknown") return std::nullopt;
    return on_error == "true";
  }
};

bool IsContainer(const JsonItem& item) { return std::holds_alternative<JsonContainer>(item); }

struct Value {
  Evaluation evaluation;
  OptionalString operator()(OptionalText json, OptionalText path, OptionalText variables, OptionalText on_empty,
                            OptionalText default_on_empty, OptionalText on_error, OptionalText default_on_error) {
    if (!json || !path) return std::nullopt;
    const auto selection = evaluation.Select(*json, *path, variables);
    const Text error_clause = on_error.value_or("");
    const auto failed = [&](Text why) {
      if (error_clause != "error") return Otherwise(error_clause, default_on_error);
      if (!selection.error.empty()) Evaluation::ThrowError(selection.error);
      ThrowTrino("JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: {}", why);
    };
    if (!selection.error.empty()) return failed(selection.error);
    if (selection.items.empty()) {
      if (on_empty.value_or("") != "error") return Otherwise(on_empty.value_or(""), default_on_empty);
      ThrowTrino("JSON_VALUE_RESULT_ERROR", "cannot extract SQL scalar from JSON: JSON path found no items");
    }
    if (selection.items.size() > 1) return failed("JSON path found multiple items");
    if (!IsContainer(selection.items.front())) return ScalarText(selection.items.front());
    return failed("JSON path found an item that cannot be converted to an SQL value");
  }

 private:
  static OptionalString Otherwise(Text clause, OptionalText otherwise) {
    if (clause != "default" || !otherwise) return std::nullopt;
    return std::string(*otherwise);
  }
};

std::string JsonText(const JsonItem& item) {
  std::string text;
  AppendItem(item, text);
  return text;
}

std::string Wrapped(const std::vector<JsonItem>& items) {
  std::string array = "[";
  for (const JsonItem& item : items) {
    if (array.size() > 1) array += ',';
    AppendItem(item, array);
  }
  return array + "]";
}

struct Query {
  Evaluation evaluation;
  OptionalString operator()(OptionalText json, OptionalText path, OptionalText variables, OptionalText wrapper,
                            OptionalText quotes, OptionalText on_empty, OptionalText on_error) {
    if (!json || !path) return std::nullopt;
    const auto selection = evaluation.Select(*json, *path, variables);
    if (!selection.error.empty()) {
      if (on_error == "error") Evaluation::ThrowError(selection.error);
      return Otherwise(on_error.value_or(""));
    }
    if (selection.items.empty()) return Refused(on_empty.value_or(""), "JSON path found no items");
    const JsonItem& first = selection.items.front();
    const bool lone_container = selection.items.size() == 1 && IsContainer(first);
    if (wrapper == "with unconditional" || (wrapper == "with conditional" && !lone_container)) {
      return Wrapped(selection.items);
    }
    if (selection.items.size() > 1) return Refused(on_error.value_or(""), "JSON path found multiple items");
    if (quotes == "omit" && std::holds_alternative<std::string>(first)) return std::get<std::string>(first);
    return JsonText(first);
  }

 private:
  static OptionalString Otherwise(Text clause) {
    if (clause == "empty array") return "[]";
    if (clause == "empty object") return "{}";
    return std::nullopt;
  }
  static OptionalString Refused(Text clause, Text why) {
    if (clause == "error") ThrowTrino("JSON_OUTPUT_CONVERSION_ERROR", "conversion from JSON failed: {}", why);
    return Otherwise(clause);
  }
};

struct Items {
  Evaluation evaluation;
  std::vector<std::string> operator()(OptionalText json, OptionalText path, OptionalText variables,
                                      OptionalText on_error) {
    if (!json || !path) return {};
    const auto selection = evaluation.Select(*json, *path, variables);
    if (!selection.error.empty() && on_error == "error") Evaluation::ThrowError(selection.error);
    std::vector<std::string> texts;
    for (const JsonItem& item : selection.items) texts.push_back(JsonText(item));
    return texts;
  }
};

}  // namespace

void RegisterSqlJsonFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_json_exists", Exists{});
  RegisterScalar(database, "trino_json_value", Value{});
  RegisterScalar(database, "trino_json_query", Query{});
  RegisterScalar(database, "trino_json_items", Items{});
  RegisterJsonConstructors(database);
  RegisterScalar(database, "trino_json_value_mismatch", [](std::string_view type) -> std::string {
    ThrowTrino("JSON_VALUE_RESULT_ERROR",
               "cannot extract SQL scalar from JSON: Cannot cast value of type varchar to declared return type of "
               "function JSON_VALUE: {}",
               type);
  });
}

}  // namespace opentrail::engine
