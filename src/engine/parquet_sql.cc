#include "engine/parquet_sql.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "sql/operators.h"

namespace opentrail::engine {
namespace {

using sql::Type;
using sql::TypeKind;

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    quoted.push_back(c);
    if (c == quote) quoted.push_back(c);
  }
  quoted.push_back(quote);
  return quoted;
}

bool IsStoredAsIs(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kTimestampWithTimeZone:
    case TypeKind::kTimeWithTimeZone:
    case TypeKind::kIntervalDayToSecond:
    case TypeKind::kIntervalYearToMonth:
    case TypeKind::kIpAddress: return false;
    default: return std::ranges::all_of(type.arguments(), IsStoredAsIs);
  }
}

std::string Stored(const Type& type, const std::string& value, int depth);

std::string StoredRow(const Type& type, const std::string& value, int depth) {
  std::string fields;
  for (size_t i = 0; i < type.arguments().size(); ++i) {
    const bool is_named = i < type.field_names().size() && !type.field_names()[i].empty();
    const std::string name = Quote(is_named ? type.field_names()[i] : fmt::format("_{}", i + 1), '"');
    const std::string field = fmt::format("struct_extract_at({}, {})", value, i + 1);
    fields += fmt::format("{}{} := {}", i == 0 ? "" : ", ", name, Stored(type.arguments()[i], field, depth));
  }
  return fmt::format("CASE WHEN {} IS NOT NULL THEN struct_pack({}) END", value, fields);
}

std::string StoredList(const Type& element, const std::string& list, int depth) {
  const std::string parameter = fmt::format("e{}", depth);
  return fmt::format("list_transform({}, lambda {}: {})", list, parameter, Stored(element, parameter, depth + 1));
}

std::string Stored(const Type& type, const std::string& value, int depth) {
  if (IsStoredAsIs(type)) return value;
  switch (type.kind()) {
    case TypeKind::kTimestampWithTimeZone:
      return fmt::format("CAST(make_timestamp(({} >> 12) * 1000) AS TIMESTAMPTZ)", value);
    case TypeKind::kIntervalDayToSecond: return fmt::format("to_milliseconds({})", value);
    case TypeKind::kIntervalYearToMonth: return fmt::format("to_months({})", value);
    case TypeKind::kArray: return StoredList(type.element(), value, depth);
    case TypeKind::kRow: return StoredRow(type, value, depth);
    case TypeKind::kMap:
      return fmt::format("map({}, {})", StoredList(type.key(), fmt::format("map_keys({})", value), depth),
                         StoredList(type.value(), fmt::format("map_values({})", value), depth));
    default: {  // what has a text and nothing nearer
      const auto text = sql::ApplyCast({type, value}, Type::Varchar(), sql::CastMode::kCast, {});
      return text ? text->sql : value;
    }
  }
}

}  // namespace

std::string ParquetSql(const sql::Translation& translation, const std::filesystem::path& file) {
  std::string columns;
  std::string names;
  for (size_t i = 0; i < translation.columns.size(); ++i) {
    const sql::OutputColumn& column = translation.columns[i];
    const std::string_view comma = i == 0 ? "" : ", ";
    columns += fmt::format("{}{} AS {}", comma, Stored(column.type, fmt::format("c{}", i), 0), Quote(column.name, '"'));
    names += fmt::format("{}c{}", comma, i);
  }
  return fmt::format("COPY (SELECT {} FROM ({}) AS result({})) TO {} (FORMAT parquet, COMPRESSION zstd)", columns,
                     translation.engine_sql, names, Quote(file.string(), '\''));
}

}  // namespace opentrail::engine
