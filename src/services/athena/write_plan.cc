#include "services/athena/write_plan.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "formats/partition_filters.h"
#include "services/athena/glue_table.h"
#include "services/athena/query_failure.h"
#include "services/athena/write_properties.h"
#include "sql/ddl_storage.h"
#include "sql/operators.h"
#include "sql/text.h"
#include "sql/type.h"

namespace opentrail::services::athena {
namespace {

using sql::Type;

template <typename... Args>
std::unexpected<Failure> Failed(fmt::format_string<Args...> format, Args&&... args) {
  return std::unexpected(EngineFailure(fmt::format(format, std::forward<Args>(args)...)));
}

struct Target {
  std::string database;
  std::string table;
  [[nodiscard]] std::string FullName() const { return fmt::format("awsdatacatalog.{}.{}", database, table); }
};

std::expected<Target, Failure> TargetOf(const sql::QualifiedName& name, const WriteContext& context) {
  const auto& parts = name.parts;
  const auto part = [&](size_t from_end) { return sql::LowerCase(parts[parts.size() - from_end].text); };
  if (parts.size() > 3 || (parts.size() == 3 && part(3) != context.session.catalog)) {
    return Failed("CATALOG_NOT_FOUND: line {}:{}: Catalog '{}' does not exist", name.position.line,
                  name.position.column, part(parts.size()));
  }
  return Target{parts.size() > 1 ? part(2) : context.session.database, part(1)};
}

// Glue's Table; null: there is none.
std::expected<Value, Failure> FindTable(const Target& target, CallerCalls& calls) {
  const auto reply =
      calls.Invoke("glue", "GetTable", Value::Object({{"DatabaseName", target.database}, {"Name", target.table}}));
  if (reply) return reply->output["Table"];
  if (reply.error().code == "EntityNotFoundException") return Value();
  return Failed("HIVE_METASTORE_ERROR: {}: {}", reply.error().code, reply.error().message);
}

std::expected<sql::Translation, Failure> TranslateRows(const sql::Query& query, const WriteContext& context,
                                                       std::vector<bool>* named = nullptr) {
  auto translation = sql::TranslateQuery(query, context.catalog, context.session, named);
  if (!translation) return std::unexpected(EngineFailure(translation.error().Text()));
  return *std::move(translation);
}

// An object's name: a time, the statement, and a number behind it.
std::string ObjectName(const Execution& execution) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(execution.submitted);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  return fmt::format("{:04}{:02}{:02}_{:02}{:02}{:02}_{}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), execution.id);
}

// The last columns become texts: what partitions are named by.
std::expected<void, Failure> NamePartitions(size_t keys, sql::Translation& rows) {
  if (keys == 0) return {};
  const size_t first = rows.columns.size() - keys;
  std::string columns;
  std::string names;
  for (size_t i = 0; i < rows.columns.size(); ++i) {
    std::string value = fmt::format("c{}", i);
    names += (i == 0 ? "" : ", ") + value;
    if (i >= first) {
      const auto text = sql::ApplyCast({rows.columns[i].type, value}, Type::Varchar(), sql::CastMode::kCast, {});
      if (!text) {
        return Failed("NOT_SUPPORTED: Unsupported partition column type: {}", rows.columns[i].type.Name());
      }
      value = fmt::format("coalesce({}, '{}')", text->sql, formats::kDefaultPartition);
      rows.columns[i].type = Type::Varchar();
    }
    columns += (i == 0 ? "" : ", ") + value;
  }
  rows.engine_sql = fmt::format("SELECT {} FROM ({}) AS source({})", columns, rows.engine_sql, names);
  return {};
}

// The columns of a new table, its partition keys apart.
struct NewColumns {
  std::vector<sql::HiveColumn> columns;
  std::vector<sql::HiveColumn> keys;
};

std::expected<std::vector<sql::HiveColumn>, Failure> HiveColumnsOf(const std::vector<sql::OutputColumn>& columns) {
  std::vector<sql::HiveColumn> hive;
  std::set<std::string> names;
  for (const sql::OutputColumn& column : columns) {
    const std::string name = sql::LowerCase(column.name);
    if (!names.insert(name).second) {
      return Failed("DUPLICATE_COLUMN_NAME: line 1:1: Column name '{}' specified more than once", name);
    }
    if (column.type.kind() == sql::TypeKind::kUnknown) {
      return Failed("COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: {}", name);
    }
    auto type = sql::HiveTypeName(column.type);
    if (!type) return std::unexpected(EngineFailure(type.error().Text()));
    hive.push_back({name, *std::move(type), std::nullopt});
  }
  return hive;
}

std::expected<NewColumns, Failure> SplitKeys(std::vector<sql::HiveColumn> columns,
                                             const std::vector<std::string>& partitioned_by) {
  NewColumns split{std::move(columns), {}};
  std::string keys;
  for (const std::string& key : partitioned_by) {
    keys += (keys.empty() ? "" : ", ") + key;
    if (std::ranges::find(split.columns, key, &sql::HiveColumn::name) == split.columns.end()) {
      return Failed("INVALID_TABLE_PROPERTY: Partition columns [{}] not present in schema", key);
    }
  }
  const size_t count = partitioned_by.size();
  if (count > 0 && count >= split.columns.size()) {
    return Failed("USER_ERROR: Table contains only partition columns");
  }
  const auto first = split.columns.end() - static_cast<ptrdiff_t>(count);
  if (!std::equal(first, split.columns.end(), partitioned_by.begin(), partitioned_by.end(),
                  [](const sql::HiveColumn& column, const std::string& key) { return column.name == key; })) {
    return Failed(
        "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as the "
        "table properties: [{}]",
        keys);
  }
  split.keys.assign(first, split.columns.end());
  split.columns.erase(first, split.columns.end());
  return split;
}

sql::StorageFormat StorageOf(const WriteSettings& settings) {
  const bool is_json = settings.format_name == "JSON";
  sql::StorageFormat storage = *sql::NamedStorageFormat(is_json ? "jsonfile" : settings.format_name);
  std::string separator = "1";
  if (const auto* text = std::get_if<formats::DelimitedFormat>(&settings.format.form)) {
    if (text->separators[0] != '\1') {
      separator = std::string(1, text->separators[0]);
      storage.serde_properties.emplace_back("field.delim", separator);
    }
  }
  storage.serde_properties.emplace_back(std::string(sql::kSerializationFormat), separator);
  return storage;
}

sql::Properties TableProperties(const WriteSettings& settings) {
  constexpr std::string_view kNames[] = {"NONE", "GZIP", "SNAPPY", "ZSTD", "LZ4"};
  const std::string compression(kNames[static_cast<size_t>(settings.format.compression)]);
  sql::Properties properties = {{"has_encrypted_data", "false"}};
  if (settings.format_name == "PARQUET") {
    properties.emplace_back("parquet.compression", compression);
    properties.emplace_back("classification", "parquet");
  } else {
    properties.emplace_back("write.compression", compression);
    if (settings.format_name == "JSON") properties.emplace_back("classification", "json");
  }
  return properties;
}

// Where the files of a new table go.
std::expected<std::string, Failure> LocationOf(const WriteSettings& settings, const WriteContext& context) {
  const std::string_view output = context.execution.output();
  if (!settings.external_location) {
    return fmt::format("{}tables/{}/", output.substr(0, output.rfind('/') + 1), context.execution.id);
  }
  if (context.is_location_enforced) {
    return Failed(
        "INVALID_TABLE_PROPERTY: The Create Table As Select query failed because it was submitted with an "
        "'external_location' property to an Athena Workgroup that enforces a centralized output location for all "
        "queries. Please remove the 'external_location' property and resubmit the query.");
  }
  return *settings.external_location + (settings.external_location->ends_with('/') ? "" : "/");
}

void SetOutput(const WriteSettings& settings, const Execution& execution, WritePlan& plan) {
  plan.output.format = settings.format;
  plan.output.partition_keys = settings.partitioned_by.size();
  plan.place.keys = settings.partitioned_by;
  plan.place.name = ObjectName(execution);
  plan.place.suffix = formats::FileSuffix(settings.format);
  plan.must_be_empty = true;
}

// ---- INSERT ------------------------------------------------------------------------------------------------------

std::expected<formats::WriteFormat, Failure> WriteFormatOf(const Value& table) {
  const auto format = GlueFormat(table);
  if (!format) return std::unexpected(EngineFailure(format.error().message));
  if (format->header_lines > 0 || format->footer_lines > 0) {
    return Failed(
        "NOT_SUPPORTED: Inserting into Hive table with skip.header.line.count or skip.footer.line.count "
        "property is not supported");
  }
  formats::WriteFormat write;
  if (const auto* json = format->As<formats::JsonFormat>()) {
    write.form = *json;
  } else if (const auto* delimited = format->As<formats::DelimitedFormat>()) {
    write.form = *delimited;
  } else if (format->As<formats::ParquetFormat>() == nullptr) {
    return Failed("NOT_SUPPORTED: Inserting into tables of the SerDe {} is not supported",
                  table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"].Text());
  }
  for (const std::string_view name : {"write.compression", "parquet.compression", "compression"}) {
    const std::string_view value = table["Parameters"][name].Text();
    const auto compression = formats::ParseCompression(value);
    if (!value.empty() && !compression)
      return Failed("INVALID_TABLE_PROPERTY: Property '{}' is invalid: '{}'", name, value);
    if (compression) write.compression = *compression;
  }
  if (!formats::IsWritable(write)) return Failed("NOT_SUPPORTED: This compression of text files is not supported yet");
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
      if (!type) return Failed("HIVE_INVALID_METADATA: '{}' is no Hive type", column["Type"].Text());
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
      return Failed("COLUMN_NOT_FOUND: line {}:{}: Insert column name does not exist in target table: {}", at.line,
                    at.column, name);
    }
    auto& source = sources[static_cast<size_t>(column - columns.begin())];
    if (source) {
      return Failed("DUPLICATE_COLUMN_NAME: line {}:{}: Insert column name is specified more than once: {}", at.line,
                    at.column, name);
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
    return Failed("TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [{}], Query: [{}]",
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
std::expected<std::map<std::vector<std::string>, std::string>, Failure> PartitionsOf(const Target& target,
                                                                                     CallerCalls& calls) {
  std::map<std::vector<std::string>, std::string> partitions;
  Value input =
      Value::Object({{"DatabaseName", target.database}, {"TableName", target.table}, {"ExcludeColumnSchema", true}});
  for (;;) {
    const auto page = calls.Invoke("glue", "GetPartitions", input);
    if (!page) return Failed("HIVE_METASTORE_ERROR: {}: {}", page.error().code, page.error().message);
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

Planned PlanWrite(const sql::CreateTableAs& create, WriteContext& context) {
  const auto target = TargetOf(create.table, context);
  if (!target) return std::unexpected(target.error());
  const auto existing = FindTable(*target, context.calls);
  if (!existing) return std::unexpected(existing.error());
  WritePlan plan;
  if (!existing->IsNull()) {
    plan.is_done = create.if_not_exists;
    if (plan.is_done) return plan;
    return Failed("TABLE_ALREADY_EXISTS: line 1:1: Destination table '{}' already exists", target->FullName());
  }
  if (!context.catalog.HasDatabase(target->database)) {
    return Failed("SCHEMA_NOT_FOUND: line 1:1: Schema '{}' does not exist", target->database);
  }
  const auto settings = ReadWriteProperties(create.properties, WriteKind::kTable);
  if (!settings) return std::unexpected(settings.error());
  std::vector<bool> named_columns;
  auto rows = TranslateRows(*create.query, context, &named_columns);
  if (!rows) return std::unexpected(std::move(rows.error()));
  const auto unnamed = std::ranges::find(named_columns, false);
  if (create.columns.empty() && unnamed != named_columns.end()) {
    return Failed("MISSING_COLUMN_NAME: line 1:1: Column name not specified at position {}",
                  unnamed - named_columns.begin() + 1);
  }
  if (!create.columns.empty() && create.columns.size() != rows->columns.size()) {
    return Failed("MISMATCHED_COLUMN_ALIASES: line 1:1: Column alias list has {} entries but relation has {} columns",
                  create.columns.size(), rows->columns.size());
  }
  for (size_t i = 0; i < create.columns.size(); ++i) rows->columns[i].name = create.columns[i].text;
  auto columns = HiveColumnsOf(rows->columns);
  if (!columns) return std::unexpected(std::move(columns.error()));
  for (const sql::HiveColumn& column : *columns) plan.output.names.push_back(column.name);
  auto split = SplitKeys(*std::move(columns), settings->partitioned_by);
  if (!split) return std::unexpected(std::move(split.error()));
  auto location = LocationOf(*settings, context);
  if (!location) return std::unexpected(std::move(location.error()));
  if (const auto named = NamePartitions(split->keys.size(), *rows); !named) return std::unexpected(named.error());
  sql::CreateTable made;
  made.table = {std::nullopt, target->database, target->table, {}};
  made.columns = std::move(split->columns);
  made.partition_keys = std::move(split->keys);
  made.comment = create.comment;
  made.format = StorageOf(*settings);
  made.location = *location;
  made.properties = TableProperties(*settings);
  SetOutput(*settings, context.execution, plan);
  plan.has_rows = create.with_data;
  plan.rows = *std::move(rows);
  plan.place.location = *std::move(location);
  plan.database = target->database;
  plan.table = target->table;
  plan.target_name = target->database + "." + target->table;
  plan.new_table = GlueTable(made, context.execution.submitted);
  plan.table_value = plan.new_table;
  return plan;
}

Planned PlanWrite(const sql::InsertInto& insert, WriteContext& context) {
  const auto target = TargetOf(insert.table, context);
  if (!target) return std::unexpected(target.error());
  auto table = FindTable(*target, context.calls);
  if (!table) return std::unexpected(std::move(table.error()));
  if (table->IsNull()) {
    return Failed("TABLE_NOT_FOUND: line 1:1: Table '{}' does not exist", target->FullName());
  }
  if ((*table)["TableType"].Text() == "VIRTUAL_VIEW") {
    return Failed("NOT_SUPPORTED: line 1:1: Inserting into views is not supported");
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

Planned PlanWrite(const sql::Unload& unload, WriteContext& context) {
  const auto settings = ReadWriteProperties(unload.properties, WriteKind::kUnload);
  if (!settings) return std::unexpected(settings.error());
  if (!S3Location::Parse(unload.location)) {
    return Failed("INVALID_TABLE_PROPERTY: '{}' is not a valid S3 path", unload.location);
  }
  auto rows = TranslateRows(*unload.query, context);
  if (!rows) return std::unexpected(std::move(rows.error()));
  auto columns = HiveColumnsOf(rows->columns);
  if (!columns) return std::unexpected(std::move(columns.error()));
  WritePlan plan;
  for (const sql::HiveColumn& column : *columns) plan.output.names.push_back(column.name);
  const auto split = SplitKeys(*std::move(columns), settings->partitioned_by);
  if (!split) return std::unexpected(split.error());
  if (const auto named = NamePartitions(split->keys.size(), *rows); !named) return std::unexpected(named.error());
  SetOutput(*settings, context.execution, plan);
  plan.rows = *std::move(rows);
  plan.place.location = unload.location + (unload.location.ends_with('/') ? "" : "/");
  plan.target_name = "unload";
  return plan;
}

}  // namespace opentrail::services::athena
