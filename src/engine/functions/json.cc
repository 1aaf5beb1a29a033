#include <charconv>
#include <cmath>

#include "duckdb/execution/expression_executor.hpp"
#include "engine/functions/json_sql.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

using OptionalText = std::optional<std::string_view>;

// The parsed path of one place in a query; parsed again only when its text changes.
class PathCache {
 public:
  PathCache() = default;
  explicit PathCache(JsonPath::Wildcards wildcards) : wildcards_(wildcards) {}

  const JsonPath& Get(std::string_view text) {
    if (!path_ || text != text_) {
      path_ = JsonPath::Parse(text, wildcards_);
      if (!path_) ThrowInvalidArgument("Invalid JSON path: '{}'", text);
      text_ = text;
    }
    return *path_;
  }

 private:
  JsonPath::Wildcards wildcards_ = JsonPath::Wildcards::kRefused;
  std::string text_;
  std::optional<JsonPath> path_;
};

// With a path that is constant and right, the function cannot fail any more.
duckdb::unique_ptr<duckdb::FunctionData> BindPath(duckdb::ClientContext& context, duckdb::ScalarFunction& function,
                                                  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  duckdb::Value path;
  if (arguments[1]->IsFoldable() && duckdb::ExpressionExecutor::TryEvaluateScalar(context, *arguments[1], path) &&
      !path.IsNull() && JsonPath::Parse(duckdb::StringValue::Get(path))) {
    function.errors = duckdb::FunctionErrors::CANNOT_ERROR;
  }
  return nullptr;
}

// A scalar's text: a string's characters, a number or boolean as written; none for null, objects and arrays.
OptionalText ScalarText(std::string_view raw, std::string& scratch) {
  switch (KindOfJson(raw)) {
    case JsonKind::kObject:
    case JsonKind::kArray:
    case JsonKind::kNull: return std::nullopt;
    case JsonKind::kString: return JsonStringText(raw, scratch);
    case JsonKind::kNumber:
    case JsonKind::kTrue:
    case JsonKind::kFalse: return raw;
  }
  return std::nullopt;
}

struct ExtractScalar {
  PathCache paths;
  std::string scratch;
  OptionalText operator()(std::string_view json, std::string_view path) {
    const OptionalText raw = paths.Get(path).Find(json);
    return raw ? ScalarText(*raw, scratch) : std::nullopt;
  }
};

struct Extract {
  PathCache paths;
  std::string scratch;
  OptionalText operator()(std::string_view json, std::string_view path) {
    const OptionalText raw = paths.Get(path).Find(json);
    scratch.clear();
    if (!raw || !AppendJsonCanonical(*raw, JsonKeyOrder::kAsWritten, scratch)) return std::nullopt;
    return scratch;
  }
};

// CloudTrail Lake's: a path with wildcards gives the array of all that it finds.
struct ExtractAll {
  PathCache paths{JsonPath::Wildcards::kAllowed};
  Extract single;
  std::string scratch;
  OptionalText operator()(std::string_view json, std::string_view path) {
    const JsonPath& parsed = paths.Get(path);
    if (!parsed.HasWildcards()) return single(json, path);
    const auto values = parsed.FindAll(json);
    if (!values) return std::nullopt;
    scratch = "[";
    for (const std::string_view value : *values) {
      if (scratch.size() > 1) scratch += ',';
      if (!AppendJsonCanonical(value, JsonKeyOrder::kAsWritten, scratch)) return std::nullopt;
    }
    scratch += ']';
    return scratch;
  }
};

std::string JsonParse(std::string_view text) {
  std::string json;
  if (!AppendJsonCanonical(text, JsonKeyOrder::kSorted, json)) {
    ThrowInvalidArgument("Cannot convert value to JSON: '{}'", text);
  }
  return json;
}

// The same with its keys as they are written; what is no JSON stays what it is.
std::string JsonCompact(std::string_view text) {
  std::string json;
  return AppendJsonCanonical(text, JsonKeyOrder::kAsWritten, json) ? json : std::string(text);
}

// visit(raw) for each element until it returns false. False where the text is no array, or malformed on the way.
template <typename Visit>
bool ForEachElement(std::string_view json, Visit&& visit) {
  JsonCursor cursor(json);
  if (!cursor.Take('[')) return false;
  if (cursor.Take(']')) return true;
  do {
    std::string_view raw;
    if (!cursor.Value(raw)) return false;
    if (!visit(raw)) return true;
  } while (cursor.Take(','));
  return cursor.Take(']');
}

std::optional<int64_t> ArrayLength(std::string_view json) {
  int64_t length = 0;
  if (!ForEachElement(json, [&](std::string_view) { return ++length > 0; })) return std::nullopt;
  return length;
}

template <typename Matches>
std::optional<bool> ArrayContains(std::string_view json, Matches&& matches) {
  bool found = false;
  if (!ForEachElement(json, [&](std::string_view raw) { return !(found = matches(raw)); })) return std::nullopt;
  return found;
}

std::optional<bool> ContainsBoolean(std::string_view json, bool value) {
  return ArrayContains(json, [&](std::string_view raw) { return raw == (value ? "true" : "false"); });
}

std::optional<bool> ContainsBigint(std::string_view json, int64_t value) {
  return ArrayContains(json, [&](std::string_view raw) {
    int64_t element = 0;
    const auto [stop, error] = std::from_chars(raw.data(), raw.data() + raw.size(), element);
    return error == std::errc() && stop == raw.data() + raw.size() && element == value;
  });
}

std::optional<bool> ContainsDouble(std::string_view json, double value) {
  if (!std::isfinite(value)) return false;
  return ArrayContains(json, [&](std::string_view raw) {
    if (KindOfJson(raw) != JsonKind::kNumber || IsJsonInteger(raw)) return false;
    double element = 0;
    std::from_chars(raw.data(), raw.data() + raw.size(), element);
    return element == value;
  });
}

std::optional<bool> ContainsVarchar(std::string_view json, std::string_view value) {
  return ArrayContains(json, [&](std::string_view raw) {
    std::string scratch;
    return KindOfJson(raw) == JsonKind::kString && JsonStringText(raw, scratch) == value;
  });
}

// A string element comes without quotes: documented as broken, and kept so by Trino.
std::optional<std::string> ArrayGet(std::string_view json, int64_t index) {
  if (index < 0) {
    const std::optional<int64_t> length = ArrayLength(json);
    if (!length || index < -*length) return std::nullopt;
    index += *length;
  }
  std::optional<std::string> element;
  const bool well_formed = ForEachElement(json, [&](std::string_view raw) {
    if (index-- > 0) return true;
    std::string text;
    if (KindOfJson(raw) == JsonKind::kString) {
      std::string scratch;
      if (const OptionalText characters = JsonStringText(raw, scratch)) element = *characters;
    } else if (KindOfJson(raw) != JsonKind::kNull && AppendJsonCanonical(raw, JsonKeyOrder::kAsWritten, text)) {
      element = std::move(text);
    }
    return false;
  });
  return well_formed ? element : std::nullopt;
}

int64_t SizeOf(std::string_view raw) {
  if (KindOfJson(raw) == JsonKind::kArray) return ArrayLength(raw).value_or(0);
  if (KindOfJson(raw) != JsonKind::kObject) return 0;
  JsonCursor cursor(raw);
  cursor.Take('{');
  int64_t size = 0;
  std::string_view skipped;
  while (cursor.String(skipped) && cursor.Take(':') && cursor.Value(skipped)) {
    size++;
    cursor.Take(',');
  }
  return size;
}

struct Size {
  PathCache paths;
  std::optional<int64_t> operator()(std::string_view json, std::string_view path) {
    const OptionalText raw = paths.Get(path).Find(json);
    return raw ? std::optional(SizeOf(*raw)) : std::nullopt;
  }
};

bool IsScalar(std::string_view json) {
  JsonCursor cursor(json);
  std::string_view raw;
  if (!cursor.Value(raw) || !cursor.AtEnd()) ThrowInvalidArgument("Invalid JSON value: {}", json);
  const JsonKind kind = KindOfJson(raw);
  return kind != JsonKind::kObject && kind != JsonKind::kArray;
}

}  // namespace

void RegisterJsonFunctions(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_json_extract_scalar", ExtractScalar{}, Throws::kSometimes, BindPath);
  RegisterScalar(database, "trino_json_extract", Extract{}, Throws::kSometimes, BindPath);
  RegisterScalar(database, "lake_json_extract", ExtractAll{}, Throws::kSometimes);
  RegisterScalar(database, "trino_json_size", Size{}, Throws::kSometimes, BindPath);
  RegisterScalar(database, "trino_json_parse", JsonParse);
  RegisterScalar(database, "trino_json_compact", JsonCompact, Throws::kNever);
  RegisterScalar(database, "trino_is_json_scalar", IsScalar);
  RegisterScalar(database, "trino_json_array_length", ArrayLength, Throws::kNever);
  RegisterScalar(database, "trino_json_array_contains_boolean", ContainsBoolean, Throws::kNever);
  RegisterScalar(database, "trino_json_array_contains_bigint", ContainsBigint, Throws::kNever);
  RegisterScalar(database, "trino_json_array_contains_double", ContainsDouble, Throws::kNever);
  RegisterScalar(database, "trino_json_array_contains_varchar", ContainsVarchar, Throws::kNever);
  RegisterScalar(database, "trino_json_array_get", ArrayGet, Throws::kNever);
  RegisterSqlJsonFunctions(database);
}

}  // namespace opentrail::engine
