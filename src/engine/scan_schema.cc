#include "engine/scan_schema.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace opentrail::engine {
namespace {

using sql::Type;
using sql::TypeKind;

using Alias = std::pair<std::string_view, std::string_view>;

// The names that partition columns go by, and the field of the path that each is.
constexpr Alias kPathColumns[] = {
    {"account", "$account"},
    {"account_id", "$account"},
    {"accountid", "$account"},
    {"p_account", "$account"},
    {"account_partition", "$account"},
    {"region", "$region"},
    {"p_region", "$region"},
    {"region_partition", "$region"},
    {"year", "$year"},
    {"month", "$month"},
    {"day", "$day"},
    {"organization", "$organization"},
};
// A day as one partition column, "2026/11/23" as in the path.
constexpr std::string_view kPathDateColumns[] = {
    "timestamp", "date", "dt", "p_date", "event_date", "eventdate", "partition_date", "date_partition", "log_date"};
constexpr char kPathSeparator = '/';

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool IsNested(const Type& type) {
  return type.kind() == TypeKind::kRow || type.kind() == TypeKind::kArray || type.kind() == TypeKind::kMap;
}

ScanColumn PathColumn(const std::string& name, const Type& type) {
  for (const auto& [column, field] : kPathColumns) {
    if (column == name) return {name, type, ScanColumnKind::kText, {std::string(field)}};
  }
  if (std::ranges::find(kPathDateColumns, name) != std::end(kPathDateColumns)) {
    return {name, type, ScanColumnKind::kPathDate, {"$year", "$month", "$day"}, kPathSeparator};
  }
  return {name, type, ScanColumnKind::kText, {name}};
}

// Columns that are no partition keys and not hidden are fields of the records.
ScanColumn ColumnOf(const std::string& name, const Type& type, const catalog::Column& like) {
  ScanColumn column = like.hidden ? PathColumn(name, type) : ScanColumn{name, type, ScanColumnKind::kText, {name}};
  if (like.partition) column.fields = {fmt::format("$partition.{}", name)};
  if (type.kind() == TypeKind::kTimestampWithTimeZone) {
    column.kind = ScanColumnKind::kInstant;
  } else if (type.kind() != TypeKind::kVarchar && type.kind() != TypeKind::kChar) {
    column.kind = ScanColumnKind::kJson;
  }
  return column;
}

// What the table does not declare itself: the nodes below a struct, and the raw texts.
void AddDerived(const std::string& name, const Type& type, std::vector<ScanColumn>& columns) {
  if (!IsNested(type)) return;
  columns.push_back({name + "$raw", Type::Varchar(), ScanColumnKind::kText, {name}});
  if (type.kind() != TypeKind::kRow) return;
  for (size_t i = 0; i < type.arguments().size(); ++i) {
    const std::string child = name + "." + Lower(type.field_names()[i]);
    columns.push_back(ColumnOf(child, type.arguments()[i], {}));
    AddDerived(child, type.arguments()[i], columns);
  }
}

}  // namespace

Result<std::vector<ScanColumn>> MakeScanSchema(const catalog::Table& table) {
  std::vector<ScanColumn> columns;
  for (const catalog::Column& column : table.columns) {
    const auto type = sql::ParseHiveType(column.hive_type);
    if (!type) {
      return MakeError(ErrorCode::kInvalidArgument, "column '{}' of table '{}.{}': '{}' is no Hive type", column.name,
                       table.database, table.name, column.hive_type);
    }
    columns.push_back(ColumnOf(Lower(column.name), *type, column));
  }
  const size_t declared = columns.size();
  for (size_t i = 0; i < declared; ++i) AddDerived(std::string(columns[i].name), Type(columns[i].type), columns);
  return columns;
}

}  // namespace opentrail::engine
