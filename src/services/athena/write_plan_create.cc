#include <algorithm>
#include <set>

#include "services/athena/glue_table.h"
#include "services/athena/write_properties.h"
#include "services/athena/write_target.h"
#include "sql/ddl_storage.h"
#include "sql/text.h"

// CREATE TABLE AS and UNLOAD: files where none were.
namespace opentrail::services::athena {
namespace {

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
      return WriteFailed("DUPLICATE_COLUMN_NAME: line 1:1: Column name '{}' specified more than once", name);
    }
    if (column.type.kind() == sql::TypeKind::kUnknown) {
      return WriteFailed("COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: {}", name);
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
      return WriteFailed("INVALID_TABLE_PROPERTY: Partition columns [{}] not present in schema", key);
    }
  }
  const size_t count = partitioned_by.size();
  if (count > 0 && count >= split.columns.size()) {
    return WriteFailed("USER_ERROR: Table contains only partition columns");
  }
  const auto first = split.columns.end() - static_cast<ptrdiff_t>(count);
  if (!std::equal(first, split.columns.end(), partitioned_by.begin(), partitioned_by.end(),
                  [](const sql::HiveColumn& column, const std::string& key) { return column.name == key; })) {
    return WriteFailed(
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

sql::Properties TableProperties(const WriteSettings& settings, const Execution& execution) {
  constexpr std::string_view kNames[] = {"NONE", "GZIP", "SNAPPY", "ZSTD", "LZ4"};
  const std::string compression(kNames[static_cast<size_t>(settings.format.compression)]);
  sql::Properties properties = {
      {"has_encrypted_data", IsEncryptedBefore(execution.document["ResultConfiguration"]) ? "true" : "false"}};
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
    return WriteFailed(
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
    return WriteFailed("TABLE_ALREADY_EXISTS: line 1:1: Destination table '{}' already exists", target->FullName());
  }
  if (!context.catalog.HasDatabase(target->database)) {
    return WriteFailed("SCHEMA_NOT_FOUND: line 1:1: Schema '{}' does not exist", target->database);
  }
  const auto settings = ReadWriteProperties(create.properties, WriteKind::kTable);
  if (!settings) return std::unexpected(settings.error());
  std::vector<bool> named_columns;
  auto rows = TranslateRows(*create.query, context, &named_columns);
  if (!rows) return std::unexpected(std::move(rows.error()));
  const auto unnamed = std::ranges::find(named_columns, false);
  if (create.columns.empty() && unnamed != named_columns.end()) {
    return WriteFailed("MISSING_COLUMN_NAME: line 1:1: Column name not specified at position {}",
                       unnamed - named_columns.begin() + 1);
  }
  if (!create.columns.empty() && create.columns.size() != rows->columns.size()) {
    return WriteFailed(
        "MISMATCHED_COLUMN_ALIASES: line 1:1: Column alias list has {} entries but relation has {} columns",
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
  made.properties = TableProperties(*settings, context.execution);
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

Planned PlanWrite(const sql::Unload& unload, WriteContext& context) {
  const auto settings = ReadWriteProperties(unload.properties, WriteKind::kUnload);
  if (!settings) return std::unexpected(settings.error());
  if (!S3Location::Parse(unload.location)) {
    return WriteFailed("INVALID_TABLE_PROPERTY: '{}' is not a valid S3 path", unload.location);
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
