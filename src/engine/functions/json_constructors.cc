#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/json_sql.h"
#include "engine/functions/json_walk.h"
#include "engine/functions/list.h"
#include "engine/functions/scalar.h"
#include "engine/functions/utf8.h"

// JSON_OBJECT and JSON_ARRAY, whose values come as JSON texts, and what FORMAT JSON makes of a text or bytes.
namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;
using OptionalTextColumn = scalar_detail::Column<std::optional<std::string_view>>;

// The arguments from `first` on, as columns of texts.
std::vector<OptionalTextColumn> TextsFrom(DataChunk& arguments, idx_t first, idx_t rows) {
  std::vector<OptionalTextColumn> columns;
  for (idx_t i = first; i < arguments.ColumnCount(); i++) columns.emplace_back(arguments.data[i], rows);
  return columns;
}

bool FlagOf(DataChunk& arguments, idx_t index) { return arguments.data[index].GetValue(0).GetValue<bool>(); }

// A member of an object, and where Java's HashMap puts its key.
struct Member {
  uint32_t hash;
  std::string text;  // "key":value
};

// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/String.html#hashCode(), spread as HashMap does
uint32_t MapHash(std::string_view key) {
  uint32_t hash = 0;
  for (size_t at = 0; at < key.size();) {
    const uint32_t code_point = NextCodePoint(key, at);
    if (code_point >= 0x10000) hash = hash * 31 + (0xd800 + ((code_point - 0x10000) >> 10));
    hash = hash * 31 + (code_point < 0x10000 ? code_point : 0xdc00 + ((code_point - 0x10000) & 0x3ff));
  }
  return hash ^ (hash >> 16);
}

// In the order of a HashMap, in which Trino keeps them.
std::string JoinMembers(std::vector<Member> members) {
  uint32_t buckets = 16;
  while (members.size() * 4 > buckets * size_t{3}) buckets *= 2;
  std::ranges::stable_sort(members, {}, [&](const Member& member) { return member.hash & (buckets - 1); });
  std::string object = "{";
  for (const Member& member : members) {
    if (object.size() > 1) object += ',';
    object += member.text;
  }
  return object + "}";
}

void JsonObject(DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const bool null_on_null = FlagOf(arguments, 0);
  const bool unique_keys = FlagOf(arguments, 1);
  const auto columns = TextsFrom(arguments, 2, rows);
  for (idx_t row = 0; row < rows; row++) {
    std::vector<Member> members;
    std::set<std::string, std::less<>> keys;
    for (size_t i = 0; i + 1 < columns.size(); i += 2) {
      const auto key = columns[i].Get(row);
      if (!key) ThrowInvalidArgument("null value passed for JSON object key to JSON_OBJECT function");
      const auto value = columns[i + 1].Get(row);
      if (!value && !null_on_null) continue;
      if (!keys.emplace(*key).second) {
        if (unique_keys) ThrowInvalidArgument("duplicate key passed to JSON_OBJECT function");
        ThrowTrino("NOT_SUPPORTED", "cannot construct a JSON object with duplicate key");
      }
      Member& member = members.emplace_back(MapHash(*key), std::string());
      AppendJsonQuoted(*key, member.text);
      member.text += ':';
      member.text += value.value_or("null");
    }
    FlatVector::GetData<duckdb::string_t>(result)[row] =
        scalar_detail::CopyText(result, JoinMembers(std::move(members)));
  }
  MarkConstant(arguments, result);
}

void JsonArray(DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const bool null_on_null = FlagOf(arguments, 0);
  const auto columns = TextsFrom(arguments, 1, rows);
  for (idx_t row = 0; row < rows; row++) {
    std::string array = "[";
    for (const OptionalTextColumn& column : columns) {
      const auto value = column.Get(row);
      if (!value && !null_on_null) continue;
      if (array.size() > 1) array += ',';
      array += value.value_or("null");
    }
    FlatVector::GetData<duckdb::string_t>(result)[row] = scalar_detail::CopyText(result, array + "]");
  }
  MarkConstant(arguments, result);
}

std::string Formatted(std::string_view text) {
  std::string json;
  if (!AppendJsonCanonical(text, JsonKeyOrder::kAsWritten, json)) {
    ThrowTrino("JSON_INPUT_CONVERSION_ERROR", "conversion to JSON failed: ");
  }
  return json;
}

// One code point of little-endian bytes; surrogate pairs of 16 bits are joined.
uint32_t TakeCodePoint(std::string_view bytes, size_t& at, size_t width) {
  const auto unit = [&](size_t from) {
    uint32_t value = 0;
    for (size_t i = 0; i < width && from + i < bytes.size(); ++i) {
      value |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[from + i])) << (8 * i);
    }
    return value;
  };
  const uint32_t first = unit(at);
  at += width;
  if (width == 4 || first < 0xd800 || first > 0xdbff || at >= bytes.size()) return first;
  const uint32_t second = unit(at);
  if (second < 0xdc00 || second > 0xdfff) return first;
  at += width;
  return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

std::string Decode(std::string_view bytes, std::string_view encoding) {
  if (encoding == "utf8") return std::string(bytes);
  std::string text;
  const size_t width = encoding == "utf16" ? 2 : 4;
  for (size_t at = 0; at < bytes.size();) {
    const uint32_t code_point = TakeCodePoint(bytes, at, width);
    const bool valid = code_point <= 0x10ffff && (code_point < 0xd800 || code_point > 0xdfff);
    AppendUtf8(valid ? code_point : 0xfffd, text);
  }
  return text;
}

}  // namespace

void RegisterJsonConstructors(duckdb::DatabaseInstance& database) {
  const auto add = [&](const char* name, duckdb::vector<LogicalType> flags, duckdb::scalar_function_t function) {
    RegisterChunk(database, {.name = name,
                             .arguments = std::move(flags),
                             .result = LogicalType::VARCHAR,
                             .function = std::move(function),
                             .varargs = LogicalType::VARCHAR,
                             .null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING});
  };
  add("trino_json_object", {LogicalType::BOOLEAN, LogicalType::BOOLEAN}, JsonObject);
  add("trino_json_array", {LogicalType::BOOLEAN}, JsonArray);
  RegisterScalar(database, "trino_json_formatted", Formatted);
  RegisterScalar(database, "trino_json_decode", {LogicalType::BLOB, LogicalType::VARCHAR}, LogicalType::VARCHAR, Decode,
                 Throws::kNever);
}

}  // namespace opentrail::engine
