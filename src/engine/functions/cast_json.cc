#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/planner/expression.hpp"

#include "engine/functions/cast_internal.h"
#include "engine/functions/int128.h"
#include "engine/functions/java_number.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/number_text.h"
#include "engine/functions/utf8.h"
#include "sql/type.h"

// CAST(json AS type): a walk over the text that makes values of the wanted type.
namespace opentrail::engine {

namespace {

using duckdb::LogicalType;
using duckdb::Value;
using sql::Type;
using sql::TypeKind;

// The wanted type on both sides, resolved once a statement.
struct Target {
  Type type;
  LogicalType engine;
  std::vector<Target> children;  // element; key, value; fields

  static Target Of(const Type& type, const LogicalType& engine) {
    Target target{type, engine, {}};
    if (type.kind() == TypeKind::kArray) {
      target.children.push_back(Of(type.element(), duckdb::ListType::GetChildType(engine)));
    } else if (type.kind() == TypeKind::kMap) {
      target.children.push_back(Of(type.key(), duckdb::MapType::KeyType(engine)));
      target.children.push_back(Of(type.value(), duckdb::MapType::ValueType(engine)));
    } else if (type.kind() == TypeKind::kRow) {
      for (size_t i = 0; i < type.arguments().size(); ++i) {
        target.children.push_back(Of(type.arguments()[i], duckdb::StructType::GetChildType(engine, i)));
      }
    }
    return target;
  }
};

// Why a text is no value of the type; turned into the cast's error, or NULL for TRY_CAST.
struct Mismatch {
  std::string reason;
  std::optional<std::string> whole;  // the cast's whole message, where it does not quote the JSON
};

// A value's first token, as errors show it: a bracket, a string without its quotes, any other scalar.
std::string TokenOf(std::string_view raw) {
  switch (KindOfJson(raw)) {
    case JsonKind::kObject: return "{";
    case JsonKind::kArray: return "[";
    case JsonKind::kString: {
      std::string scratch;
      return std::string(JsonStringText(raw, scratch).value_or(raw));
    }
    case JsonKind::kNumber:
    case JsonKind::kTrue:
    case JsonKind::kFalse:
    case JsonKind::kNull: break;
  }
  return std::string(raw);
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return lower;
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
  return upper;
}

// A JSON scalar as the text that CAST(… AS varchar) gives; NULL is the caller's.
std::string ScalarText(std::string_view raw, const Type& type) {
  switch (KindOfJson(raw)) {
    case JsonKind::kString: {
      std::string scratch;
      const auto text = JsonStringText(raw, scratch);
      if (!text) throw Mismatch{"malformed string", {}};
      return std::string(*text);
    }
    case JsonKind::kNumber: {
      if (IsJsonInteger(raw)) return std::string(raw);
      const auto number = ParseJavaDouble(raw);
      if (!number) throw Mismatch{"malformed number", {}};
      return FormatScientific(*number);
    }
    case JsonKind::kTrue: return "true";
    case JsonKind::kFalse: return "false";
    case JsonKind::kNull:
    case JsonKind::kObject:
    case JsonKind::kArray: break;
  }
  throw Mismatch{fmt::format("Unexpected token when cast to {}: {}", type.BaseName(), TokenOf(raw)), {}};
}

bool IsBoolean(std::string_view raw) {
  const JsonKind kind = KindOfJson(raw);
  return kind == JsonKind::kTrue || kind == JsonKind::kFalse;
}

template <typename T>
T OrMismatch(std::optional<T> value, Mismatch mismatch = {}) {
  if (!value) throw Mismatch(std::move(mismatch));
  return *value;
}

// A text that is no value of the type: "Cannot cast 'abc' to BIGINT".
Mismatch NoSuchValue(std::string_view text, std::string_view type) {
  const std::string message = fmt::format("Cannot cast '{}' to {}", text, type);
  return {message, message};
}

template <typename T>
T IntegerOf(std::string_view raw, const Type& type) {
  if (IsBoolean(raw)) return KindOfJson(raw) == JsonKind::kTrue ? 1 : 0;
  if (KindOfJson(raw) == JsonKind::kNumber && !IsJsonInteger(raw)) {
    const double number = OrMismatch(ParseJavaDouble(raw));
    std::string java;
    AppendJavaDouble(number, java);
    const std::string message = fmt::format("Unable to cast {} to {}", java, type.BaseName());
    return OrMismatch(IntegerFromDouble<T>(number), {message, message});
  }
  const std::string text = ScalarText(raw, type);
  const auto value = IntegerFromText<T>(text);
  if (!value && KindOfJson(raw) == JsonKind::kNumber) throw Mismatch{};
  return OrMismatch(value, NoSuchValue(text, type.kind() == TypeKind::kInteger ? "INT" : Upper(type.BaseName())));
}

double DoubleOf(std::string_view raw, const Type& type) {
  if (IsBoolean(raw)) return KindOfJson(raw) == JsonKind::kTrue ? 1 : 0;
  const std::string text = KindOfJson(raw) == JsonKind::kNumber ? std::string(raw) : ScalarText(raw, type);
  return OrMismatch(ParseJavaDouble(text), NoSuchValue(text, type.kind() == TypeKind::kReal ? "REAL" : "DOUBLE"));
}

bool BooleanOf(std::string_view raw, const Type& type) {
  if (KindOfJson(raw) == JsonKind::kNumber) return DoubleOf(raw, type) != 0;
  const std::string text = ScalarText(raw, type);
  return OrMismatch(BooleanFromText(text), NoSuchValue(text, "BOOLEAN"));
}

Value DecimalOf(std::string_view raw, const Target& target) {
  const std::string text = IsBoolean(raw)                         ? (KindOfJson(raw) == JsonKind::kTrue ? "1" : "0")
                           : KindOfJson(raw) == JsonKind::kNumber ? std::string(raw)
                                                                  : ScalarText(raw, target.type);
  const auto scale = static_cast<uint8_t>(target.type.scale());
  const std::string message = fmt::format("Cannot cast input json to {}", Upper(target.type.Name()));
  const bool number = KindOfJson(raw) == JsonKind::kNumber;
  const Int128 value =
      OrMismatch(ParseDecimal(text, target.type.precision(), scale), number ? Mismatch{message, message} : Mismatch{});
  return Value::DECIMAL(ToHugeint(value), 38, scale).DefaultCastAs(target.engine);
}

Value TextOf(std::string_view raw, const Target& target) {
  std::string text = ScalarText(raw, target.type);
  const size_t end = OffsetOfCodePoint(text, target.type.length());
  if (end != std::string_view::npos) text.resize(end);
  return Value(std::move(text));
}

Value ValueOf(std::string_view raw, const Target& target);

Value ArrayOf(std::string_view raw, const Target& target) {
  JsonCursor cursor(raw);
  if (!cursor.Take('[')) throw Mismatch{fmt::format("Expected a json array, but got {}", TokenOf(raw)), {}};
  duckdb::vector<Value> elements;
  while (!cursor.Take(']')) {
    if (!elements.empty() && !cursor.Take(',')) throw Mismatch{"malformed array", {}};
    std::string_view element;
    if (!cursor.Value(element)) throw Mismatch{"malformed array", {}};
    elements.push_back(ValueOf(element, target.children[0]));
  }
  return Value::LIST(target.children[0].engine, std::move(elements));
}

// visit(key, raw value) for each member of an object's text.
template <typename Visit>
void ForEachMember(std::string_view raw, Visit&& visit) {
  JsonCursor cursor(raw);
  if (!cursor.Take('{')) throw Mismatch{fmt::format("Expected a json object, but got {}", TokenOf(raw)), {}};
  bool first = true;
  std::string scratch;
  while (!cursor.Take('}')) {
    if (!first && !cursor.Take(',')) throw Mismatch{"malformed object", {}};
    first = false;
    std::string_view key;
    std::string_view value;
    cursor.Peek();
    if (!cursor.String(key) || !cursor.Take(':') || !cursor.Value(value)) throw Mismatch{"malformed object", {}};
    scratch.clear();
    if (!AppendJsonUnescaped(key, scratch)) throw Mismatch{"malformed key", {}};
    visit(std::string_view(scratch), value);
  }
}

Value MapOf(std::string_view raw, const Target& target) {
  duckdb::vector<Value> keys;
  duckdb::vector<Value> values;
  std::set<std::string, std::less<>> seen;
  ForEachMember(raw, [&](std::string_view key, std::string_view value) {
    if (!seen.emplace(key).second) throw Mismatch{"Duplicate keys are not allowed", {}};
    std::string quoted;
    AppendJsonQuoted(key, quoted);
    keys.push_back(ValueOf(quoted, target.children[0]));
    values.push_back(ValueOf(value, target.children[1]));
  });
  return Value::MAP(target.children[0].engine, target.children[1].engine, std::move(keys), std::move(values));
}

Value RowOfArray(std::string_view raw, const Target& target) {
  JsonCursor cursor(raw);
  cursor.Take('[');
  duckdb::vector<Value> fields;
  while (!cursor.Take(']')) {
    if (!fields.empty() && !cursor.Take(',')) throw Mismatch{"malformed array", {}};
    std::string_view element;
    if (!cursor.Value(element)) throw Mismatch{"malformed array", {}};
    if (fields.size() == target.children.size()) {
      throw Mismatch{fmt::format("Expected json array ending, but got {}", TokenOf(element)), {}};
    }
    fields.push_back(ValueOf(element, target.children[fields.size()]));
  }
  if (fields.size() != target.children.size()) {
    throw Mismatch{fmt::format("Unexpected token when cast to {}: ]", target.children[fields.size()].type.BaseName()),
                   {}};
  }
  return Value::STRUCT(target.engine, std::move(fields));
}

// An array by position; an object by name, whatever the case, a missing member being NULL.
Value RowOf(std::string_view raw, const Target& target) {
  if (KindOfJson(raw) == JsonKind::kArray) return RowOfArray(raw, target);
  if (KindOfJson(raw) != JsonKind::kObject) {
    throw Mismatch{fmt::format("Expected a json array or object, but got {}", TokenOf(raw)), {}};
  }
  duckdb::vector<Value> fields;
  for (const Target& child : target.children) fields.emplace_back(child.engine);
  std::vector<bool> seen(fields.size());
  const auto& names = target.type.field_names();
  ForEachMember(raw, [&](std::string_view key, std::string_view value) {
    const std::string lower = Lower(key);
    const auto field = std::ranges::find_if(names, [&](const std::string& name) { return Lower(name) == lower; });
    if (field == names.end()) return;
    const auto index = static_cast<size_t>(field - names.begin());
    if (seen[index]) throw Mismatch{fmt::format("Duplicate field: {}", lower), {}};
    seen[index] = true;
    fields[index] = ValueOf(value, target.children[index]);
  });
  return Value::STRUCT(target.engine, std::move(fields));
}

Value ValueOf(std::string_view raw, const Target& target) {
  if (target.type.kind() != TypeKind::kJson && KindOfJson(raw) == JsonKind::kNull) return Value(target.engine);
  switch (target.type.kind()) {
    case TypeKind::kJson: return Value(std::string(raw));
    case TypeKind::kBoolean: return Value::BOOLEAN(BooleanOf(raw, target.type));
    case TypeKind::kTinyint: return Value::TINYINT(IntegerOf<int8_t>(raw, target.type));
    case TypeKind::kSmallint: return Value::SMALLINT(IntegerOf<int16_t>(raw, target.type));
    case TypeKind::kInteger: return Value::INTEGER(IntegerOf<int32_t>(raw, target.type));
    case TypeKind::kBigint: return Value::BIGINT(IntegerOf<int64_t>(raw, target.type));
    case TypeKind::kReal: return Value::FLOAT(static_cast<float>(DoubleOf(raw, target.type)));
    case TypeKind::kDouble: return Value::DOUBLE(DoubleOf(raw, target.type));
    case TypeKind::kDecimal: return DecimalOf(raw, target);
    case TypeKind::kVarchar: return TextOf(raw, target);
    case TypeKind::kArray: return ArrayOf(raw, target);
    case TypeKind::kMap: return MapOf(raw, target);
    case TypeKind::kRow: return RowOf(raw, target);
    default: throw Mismatch{"no cast from json", {}};
  }
}

struct TargetData : duckdb::FunctionData {
  explicit TargetData(std::shared_ptr<const Target> wanted) : target(std::move(wanted)) {}
  [[nodiscard]] duckdb::unique_ptr<FunctionData> Copy() const override { return duckdb::make_uniq<TargetData>(target); }
  [[nodiscard]] bool Equals(const FunctionData& other) const override {
    return target->type == other.Cast<TargetData>().target->type;
  }
  std::shared_ptr<const Target> target;  // shared by the copies that the planner makes of one call; never changed
};

// (json, the type's name, a NULL of the type).
duckdb::unique_ptr<duckdb::FunctionData> BindFromJson(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  if (!arguments[1]->IsFoldable()) ThrowInvalidArgument("the type of a cast must be a constant");
  const std::string name = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments[1]).ToString();
  const auto type = sql::ParseType(name);
  if (!type) ThrowInvalidArgument("'{}' is not a type", name);
  function.return_type = arguments[2]->return_type;
  function.arguments[2] = function.return_type;
  return duckdb::make_uniq<TargetData>(std::make_shared<const Target>(Target::Of(*type, function.return_type)));
}

[[noreturn]] void ThrowCast(std::string_view json, const Type& type, const Mismatch& mismatch) {
  const TypeKind kind = type.kind();
  if (kind == TypeKind::kArray || kind == TypeKind::kMap || kind == TypeKind::kRow) {
    ThrowTrino("INVALID_CAST_ARGUMENT", "Cannot cast to {}.{}{}\n{}", type.Name(), mismatch.reason.empty() ? "" : " ",
               mismatch.reason, json);
  }
  if (mismatch.whole) ThrowTrinoText("INVALID_CAST_ARGUMENT", *mismatch.whole);
  ThrowTrino("INVALID_CAST_ARGUMENT", "Cannot cast '{}' to {}", json,
             kind == TypeKind::kDecimal ? Upper(type.Name()) : type.Name());
}

enum class OnMismatch : uint8_t { kThrow, kNull };

Value CastText(std::string_view json, const Target& target, OnMismatch on_mismatch) {
  try {
    std::string_view raw;
    JsonCursor cursor(json);
    if (!cursor.Value(raw) || !cursor.AtEnd()) throw Mismatch{};
    return ValueOf(raw, target);
  } catch (const Mismatch& mismatch) {
    if (on_mismatch == OnMismatch::kNull) return Value(target.engine);
    ThrowCast(json, target.type, mismatch);
  }
}

template <OnMismatch on_mismatch>
void ExecuteFromJson(duckdb::DataChunk& chunk, duckdb::ExpressionState& state, duckdb::Vector& result) {
  const Target& target = *state.expr.Cast<duckdb::BoundFunctionExpression>().bind_info->Cast<TargetData>().target;
  const bool constant = chunk.data[0].GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
  const duckdb::idx_t count = constant ? 1 : chunk.size();
  duckdb::UnifiedVectorFormat texts;
  chunk.data[0].ToUnifiedFormat(count, texts);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (duckdb::idx_t row = 0; row < count; ++row) {
    const duckdb::idx_t index = texts.sel->get_index(row);
    if (!texts.validity.RowIsValid(index)) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    const auto& text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(texts)[index];
    result.SetValue(row, CastText({text.GetData(), text.GetSize()}, target, on_mismatch));
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

template <OnMismatch on_mismatch>
void RegisterFromJson(duckdb::DatabaseInstance& database, const char* name) {
  // The third argument is always NULL and says only its type.
  RegisterChunk(database, {.name = name,
                           .arguments = {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::ANY},
                           .result = LogicalType::ANY,
                           .function = ExecuteFromJson<on_mismatch>,
                           .bind = BindFromJson,
                           .null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING,
                           .throws = on_mismatch == OnMismatch::kThrow ? Throws::kSometimes : Throws::kNever});
}

}  // namespace

void RegisterFromJsonCasts(duckdb::DatabaseInstance& database) {
  RegisterFromJson<OnMismatch::kThrow>(database, "trino_cast_json");
  RegisterFromJson<OnMismatch::kNull>(database, "trino_try_cast_json");
}

}  // namespace opentrail::engine
