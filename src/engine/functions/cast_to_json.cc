#include <algorithm>
#include <cmath>

#include "duckdb/common/types/value.hpp"

#include "engine/functions/cast_internal.h"
#include "engine/functions/int128.h"
#include "engine/functions/java_number.h"
#include "engine/functions/json_walk.h"
#include "sql/datetime_text.h"
#include "sql/type.h"

// CAST(value AS json): the value as JSON text.
namespace opentrail::engine {

namespace {

using duckdb::LogicalType;
using duckdb::Value;
using sql::Type;
using sql::TypeKind;

void Append(const Value& value, const Type& type, std::string& out);

void AppendArray(const Value& value, const Type& type, std::string& out) {
  out += '[';
  bool first = true;
  for (const Value& element : duckdb::ListValue::GetChildren(value)) {
    if (!std::exchange(first, false)) out += ',';
    Append(element, type.element(), out);
  }
  out += ']';
}

// Numbers and booleans name a member by their JSON text, strings by themselves.
std::string KeyText(const Value& key, const Type& type) {
  if (type.kind() == TypeKind::kVarchar && !key.IsNull()) return duckdb::StringValue::Get(key);
  std::string text;
  Append(key, type, text);
  return text;
}

void AppendMap(const Value& value, const Type& type, std::string& out) {
  std::vector<std::pair<std::string, const Value*>> members;
  for (const Value& entry : duckdb::MapValue::GetChildren(value)) {
    const auto& pair = duckdb::StructValue::GetChildren(entry);
    members.emplace_back(KeyText(pair[0], type.key()), &pair[1]);
  }
  std::ranges::sort(members, {}, &std::pair<std::string, const Value*>::first);
  out += '{';
  bool first = true;
  for (const auto& [key, member] : members) {
    if (!std::exchange(first, false)) out += ',';
    AppendJsonQuoted(key, out);
    out += ':';
    Append(*member, type.value(), out);
  }
  out += '}';
}

void AppendRow(const Value& value, const Type& type, std::string& out) {
  const auto& fields = duckdb::StructValue::GetChildren(value);
  out += '{';
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    AppendJsonQuoted(i < type.field_names().size() ? type.field_names()[i] : std::string_view(), out);
    out += ':';
    Append(fields[i], type.arguments()[i], out);
  }
  out += '}';
}

// JSON has no such numbers: they are strings, as Jackson writes them.
template <typename Number>
void AppendNumber(Number number, std::string& out) {
  std::string text;
  if constexpr (sizeof(Number) == sizeof(float))
    AppendJavaFloat(number, text);
  else
    AppendJavaDouble(number, text);
  if (std::isfinite(number))
    out += text;
  else
    AppendJsonQuoted(text, out);
}

void Append(const Value& value, const Type& type, std::string& out) {
  if (value.IsNull()) {
    out += "null";
    return;
  }
  switch (type.kind()) {
    case TypeKind::kArray: return AppendArray(value, type, out);
    case TypeKind::kMap: return AppendMap(value, type, out);
    case TypeKind::kRow: return AppendRow(value, type, out);
    case TypeKind::kJson: out += duckdb::StringValue::Get(value); return;
    case TypeKind::kVarchar:
    case TypeKind::kChar: return AppendJsonQuoted(duckdb::StringValue::Get(value), out);
    case TypeKind::kReal: return AppendNumber(value.GetValue<float>(), out);
    case TypeKind::kDouble: return AppendNumber(value.GetValue<double>(), out);
    case TypeKind::kDate: return AppendJsonQuoted(sql::FormatDate(value.GetValue<duckdb::date_t>().days), out);
    case TypeKind::kTimestamp:
      return AppendJsonQuoted(sql::FormatTimestamp(value.GetValue<duckdb::timestamp_t>().value, type.precision()), out);
    case TypeKind::kDecimal: {
      const Value wide = value.DefaultCastAs(LogicalType::DECIMAL(38, static_cast<uint8_t>(type.scale())));
      out += FormatDecimal(FromHugeint(wide.GetValueUnsafe<duckdb::hugeint_t>()), type.scale());
      return;
    }
    default: out += value.ToString(); return;  // booleans and integers
  }
}

void ExecuteToJson(duckdb::DataChunk& chunk, duckdb::ExpressionState&, duckdb::Vector& result) {
  const std::string name = chunk.data[1].GetValue(0).ToString();
  const auto type = sql::ParseType(name);
  if (!type) ThrowInvalidArgument("'{}' is not a type", name);
  const bool constant = chunk.AllConstant();
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  std::string text;
  for (duckdb::idx_t row = 0; row < (constant ? 1 : chunk.size()); ++row) {
    const Value value = chunk.data[0].GetValue(row);
    if (value.IsNull()) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    text.clear();
    Append(value, *type, text);
    duckdb::FlatVector::GetData<duckdb::string_t>(result)[row] = duckdb::StringVector::AddString(result, text);
  }
  if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void RegisterToJsonCasts(duckdb::DatabaseInstance& database) {
  RegisterChunk(database, {.name = "trino_cast_to_json",
                           .arguments = {LogicalType::ANY, LogicalType::VARCHAR},
                           .result = LogicalType::VARCHAR,
                           .function = ExecuteToJson});
}

void RegisterJsonCasts(duckdb::DatabaseInstance& database) {
  RegisterFromJsonCasts(database);
  RegisterToJsonCasts(database);
}

}  // namespace opentrail::engine
