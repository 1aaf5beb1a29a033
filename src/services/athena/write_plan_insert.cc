#include <algorithm>

#include "services/athena/glue_table.h"
#include "services/athena/write_target.h"
#include "sql/operators.h"
#include "sql/text.h"
#include "sql/type.h"

// INSERT INTO: further files of a table.
namespace opentrail::services::athena {
namespace {

using sql::Type;

std::expected<formats::WriteFormat, Failure> WriteFormatOf(const Value& table) {
  const auto format = GlueFormat(table);
  if (!format) return std::unexpected(EngineFailure(format.error().message));
  if (format->header_lines > 0 || format->footer_lines > 0) {
    return WriteFailed(
        "NOT_SUPPORTED: Inserting into Hive table with skip.header.line.count or skip.footer.line.count "
        "property is not supported");
  }
  formats::WriteFormat write;
  if (const auto* json = format->As<formats::JsonFormat>()) {
    write.form = *json;
  } else if (const auto* delimited = format->As<formats::DelimitedFormat>()) {
    write.form = *delimited;
  } else if (format->As<formats::ParquetFormat>() == nullptr) {
    return WriteFailed("NOT_SUPPORTED: Inserting into tables of the SerDe {} is not supported",
                       table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].Text());
  }
  for (const std::string_view name : {"write.compression", "parquet.compression", "compression"}) {
    const std::string_view value = table["Parameters"][name].Text();
    const auto compression = formats::ParseCompression(value);
    if (!value.empty() && !compression)
      return WriteFailed("INVALID_TABLE_PROPERTY: Property '{}' is invalid: '{}'", name, value);
    if (compression) write.compression = *compression;
  }
  if (!formats::IsWritable(write))
    return WriteFailed("NOT_SUPPORTED: This compression of text files is not supported yet");
  return write;
}

struct TableColumn {
  std::string name;
  Type type;
};

// The table's columns, partition keys last.
std::expected<std::vector<TableColumn>, Failure> ColumnsOf(const Value& table) {
  std::vector<TableColumn> columns;
  for (const Value* list : {&table["StorageDescriptor"]["Columns"], &table["PartitionKeys"]}) {
    for (const Value& column : list->elements()) {
      const auto type = sql::ParseHiveType(column["Type"].Text());
      if (!type) return WriteFailed("HIVE_INVALID_METADATA: '{}' is no Hive type", column["Type"].Text());
      columns.push_back({sql::LowerCase(column["Name"].Text()), *type});
    }
  }
  return columns;
}

// For each column of the table the query's column that it takes; nullopt: it is NULL.
std::expected<std::vector<std::optional<size_t>>, Failure> SourcesOf(const sql::InsertInto& insert,
                                                                     const std::vector<TableColumn>& columns) {
  std::vector<std::optional<size_t>> sources(columns.size());
  if (insert.columns.empty()) {
    for (size_t i = 0; i < columns.size(); ++i) sources[i] = i;
    return sources;
  }
  for (size_t i = 0; i < insert.columns.size(); ++i) {
    const std::string name = sql::LowerCase(insert.columns[i].text);
    const auto column = std::ranges::find(columns, name, &TableColumn::name);
    const sql::Position at = insert.columns[i].position;
    if (column == columns.end()) {
      return WriteFailed("COLUMN_NOT_FOUND: line {}:{}: Insert column name does not exist in target table: {}", at.line,
                         at.column, name);
    }
    auto& source = sources[static_cast<size_t>(column - columns.begin())];
    if (source) {
      return WriteFailed("DUPLICATE_COLUMN_NAME: line {}:{}: Insert column name is specified more than once: {}",
                         at.line, at.column, name);
    }
    source = i;
  }
  return sources;
}

std::string TypeList(const std::vector<Type>& types) {
  std::string list;
  for (const Type& type : types) list += (list.empty() ? "" : ", ") + type.Name();
  return list;
}

bool IsBoundedVarchar(const Type& type) {
  return type.kind() == sql::TypeKind::kVarchar && type.length() != Type::kUnbounded;
}

// A text for a column of bounded length: spaces at its end may be cut off, nothing else.
std::string FitText(std::string_view column, const Type& from, const Type& to) {
  return fmt::format(
      "CASE WHEN length(rtrim({0}, ' ')) > {1} THEN error('INVALID_CAST_ARGUMENT: Cannot truncate non-space characters "
      "when casting from {2} to {3} on INSERT') ELSE {0}[1:{1}] END",
      column, to.length(), from.Name(), to.Name());
}

// The query's rows as the table has them: its columns in their order and of their types.
std::expected<sql::Translation, Failure> FitRows(const sql::Translation& rows, const sql::InsertInto& insert,
                                                 const std::vector<TableColumn>& columns) {
  const auto sources = SourcesOf(insert, columns);
  if (!sources) return std::unexpected(sources.error());
  const size_t count = insert.columns.empty() ? columns.size() : insert.columns.size();
  std::vector<Type> types(count);
  for (size_t i = 0; i < columns.size(); ++i) {
    if ((*sources)[i]) types[*(*sources)[i]] = columns[i].type;
  }
  std::vector<Type> coerced = types;
  for (Type& type : coerced) {
    if (IsBoundedVarchar(type)) type = Type::Varchar();
  }
  const auto fitted = rows.columns.size() == count ? sql::CoerceColumns(rows, coerced) : std::nullopt;
  if (!fitted) {
    std::vector<Type> given;
    for (const sql::OutputColumn& column : rows.columns) given.push_back(column.type);
    return WriteFailed("TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [{}], Query: [{}]",
                       TypeList(types), TypeList(given));
  }
  sql::Translation whole;
  std::string selected;
  std::string names;
  for (size_t i = 0; i < count; ++i) names += fmt::format("{}c{}", i == 0 ? "" : ", ", i);
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto& source = (*sources)[i];
    selected += i == 0 ? "" : ", ";
    if (!source) {
      selected += fmt::format("CAST(NULL AS {})", columns[i].type.EngineName());
    } else if (const std::string column = fmt::format("c{}", *source); IsBoundedVarchar(columns[i].type)) {
      selected += FitText(column, rows.columns[*source].type, columns[i].type);
    } else {
      selected += column;
    }
    whole.columns.push_back({columns[i].name, columns[i].type});
  }
  whole.engine_sql = fmt::format("SELECT {} FROM ({}) AS fitted({})", selected, fitted->engine_sql, names);
  return whole;
}

// Where the catalog's partitions lie that are not in the folder of their name.
std::expected<std::map<std::vector<std::string>, std::string>, Failure> PartitionsOf(const WriteTarget& target,
                                                                                     CallerCalls& calls) {
  std::map<std::vector<std::string>, std::string> partitions;
  Value input =
      Value::Object({{"DatabaseName", target.database}, {"TableName", target.table}, {"ExcludeColumnSchema", true}});
  for (;;) {
    const auto page = calls.Invoke("glue", "GetPartitions", input);
    if (!page) return WriteFailed("HIVE_METASTORE_ERROR: {}: {}", page.error().code, page.error().message);
    for (const Value& partition : page->output["Partitions"].elements()) {
      std::vector<std::string> values;
      for (const Value& value : partition["Values"].elements()) values.emplace_back(value.Text());
      partitions.emplace(std::move(values), partition["StorageDescriptor"]["Location"].Text());
    }
    if (!page->output.Has("NextToken")) return partitions;
    input.Set("NextToken", page->output["NextToken"]);
  }
}

}  // namespace

Planned PlanWrite(const sql::InsertInto& insert, WriteContext& context) {
  const auto target = TargetOf(insert.table, context);
  if (!target) return std::unexpected(target.error());
  auto table = FindTable(*target, context.calls);
  if (!table) return std::unexpected(std::move(table.error()));
  if (table->IsNull()) {
    return WriteFailed("TABLE_NOT_FOUND: line 1:1: Table '{}' does not exist", target->FullName());
  }
  if ((*table)["TableType"].Text() == "VIRTUAL_VIEW") {
    return WriteFailed("NOT_SUPPORTED: line 1:1: Inserting into views is not supported");
  }
  const auto format = WriteFormatOf(*table);
  if (!format) return std::unexpected(format.error());
  const auto columns = ColumnsOf(*table);
  if (!columns) return std::unexpected(columns.error());
  const auto rows = TranslateRows(*insert.query, context);
  if (!rows) return std::unexpected(rows.error());
  auto fitted = FitRows(*rows, insert, *columns);
  if (!fitted) return std::unexpected(std::move(fitted.error()));
  WritePlan plan;
  plan.rows = *std::move(fitted);
  for (const TableColumn& column : *columns) plan.output.names.push_back(column.name);
  for (const Value& key : (*table)["PartitionKeys"].elements()) {
    plan.place.keys.push_back(sql::LowerCase(key["Name"].Text()));
  }
  if (const auto named = NamePartitions(plan.place.keys.size(), plan.rows); !named) {
    return std::unexpected(named.error());
  }
  const bool is_projected = catalog::Projection::IsEnabled(TextMap((*table)["Parameters"]));
  if (!plan.place.keys.empty() && !is_projected) {
    auto partitions = PartitionsOf(*target, context.calls);
    if (!partitions) return std::unexpected(std::move(partitions.error()));
    plan.place.partitions = *std::move(partitions);
    plan.table = target->table;
  }
  plan.output.format = *format;
  plan.output.partition_keys = plan.place.keys.size();
  plan.place.location = (*table)["StorageDescriptor"]["Location"].Text();
  if (!plan.place.location.ends_with('/')) plan.place.location += '/';
  plan.place.name = ObjectName(context.execution);
  plan.place.suffix = formats::FileSuffix(*format);
  plan.database = target->database;
  plan.table_value = *std::move(table);
  return plan;
}

}  // namespace opentrail::services::athena
