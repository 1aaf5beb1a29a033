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
constexpr const char* kRecordField = "";  // of logs::ScanRequest

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

TextRules RulesOf(const formats::TableFormat& format, const catalog::Column& column, const std::string& name) {
  if (column.partition) return {TextDialect::kHive, InvalidText::kIsError, name};
  if (const auto* json = format.As<formats::JsonFormat>()) {
    if (json->is_openx) return {TextDialect::kOpenxJson, InvalidText::kIsNull, name};
    return {TextDialect::kJson, InvalidText::kIsError, name};
  }
  if (format.As<formats::CsvFormat>() != nullptr) {
    return {TextDialect::kCsv, format.null_for_invalid ? InvalidText::kIsNull : InvalidText::kIsError, name};
  }
  const bool is_log = format.As<formats::CloudTrailFormat>() != nullptr || column.hidden;
  return {is_log ? TextDialect::kLogs : TextDialect::kHive, InvalidText::kIsNull, name};
}

ScanColumnKind KindOf(const Type& type, const formats::TableFormat& format, const catalog::Column& column) {
  if (IsPlainText(type)) return ScanColumnKind::kText;
  if (type.kind() == TypeKind::kTimestampWithTimeZone) return ScanColumnKind::kInstant;
  if (!IsNested(type)) return ScanColumnKind::kScalar;
  const bool is_line = format.As<formats::DelimitedFormat>() != nullptr && !column.hidden && !column.partition;
  return is_line ? ScanColumnKind::kHiveText : ScanColumnKind::kJson;
}

// Columns that are no partition keys and not hidden are fields of the records.
ScanColumn ColumnOf(const std::string& name, const Type& type, const catalog::Column& like,
                    const formats::TableFormat& format) {
  if (like.source == catalog::ColumnSource::kRecord) return {name, type, ScanColumnKind::kText, {kRecordField}};
  if (like.source == catalog::ColumnSource::kRecordChecksum) {
    return {name, type, ScanColumnKind::kChecksum, {kRecordField}};
  }
  ScanColumn column = like.hidden ? PathColumn(name, type) : ScanColumn{name, type, ScanColumnKind::kText, {name}};
  if (like.partition) column.fields = {fmt::format("$partition.{}", name)};
  if (column.kind == ScanColumnKind::kText) column.kind = KindOf(type, format, like);
  column.rules = RulesOf(format, like, name);
  return column;
}

// A field of the struct that `parent` is. Delimited text has no names: there it is found by its place.
ScanColumn FieldOf(const ScanColumn& parent, size_t field, const formats::TableFormat& format) {
  const std::string name = parent.name + "." + Lower(parent.type.field_names()[field]);
  ScanColumn column = ColumnOf(name, parent.type.arguments()[field], {}, format);
  if (format.As<formats::DelimitedFormat>() == nullptr) return column;
  column.kind = ScanColumnKind::kHiveText;
  column.fields = parent.fields;
  column.path = parent.path;
  column.path.push_back(field);
  return column;
}

// What the table does not declare itself: the nodes below a struct, and the raw texts.
void AddDerived(const ScanColumn& parent, const formats::TableFormat& format, std::vector<ScanColumn>& columns) {
  if (!IsNested(parent.type)) return;
  ScanColumn raw{parent.name + std::string(kRawSuffix), Type::Varchar(), ScanColumnKind::kText, parent.fields};
  if (!parent.path.empty()) {
    raw.kind = ScanColumnKind::kHiveText;
    raw.path = parent.path;
  }
  columns.push_back(std::move(raw));
  if (parent.type.kind() != TypeKind::kRow) return;
  for (size_t i = 0; i < parent.type.arguments().size(); ++i) {
    const ScanColumn field = FieldOf(parent, i, format);
    columns.push_back(field);
    AddDerived(field, format, columns);
  }
}

}  // namespace

Result<std::vector<ScanColumn>> MakeScanSchema(const catalog::Table& table, const formats::TableFormat& format) {
  std::vector<ScanColumn> columns;
  for (const catalog::Column& column : table.columns) {
    const auto type = sql::ParseHiveType(column.hive_type);
    if (!type) {
      return MakeError(ErrorCode::kInvalidArgument, "column '{}' of table '{}.{}': '{}' is no Hive type", column.name,
                       table.database, table.name, column.hive_type);
    }
    const bool is_flat = format.As<formats::CsvFormat>() != nullptr || format.As<formats::RegexFormat>() != nullptr;
    if (is_flat && IsNested(*type)) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "HIVE_UNSUPPORTED_FORMAT: column '{}' is of the type {}, which its "
                       "SerDe has not",
                       column.name, type->Name());
    }
    columns.push_back(ColumnOf(Lower(column.name), *type, column, format));
  }
  const size_t declared = columns.size();
  for (size_t i = 0; i < declared; ++i) AddDerived(ScanColumn(columns[i]), format, columns);
  return columns;
}

}  // namespace opentrail::engine
