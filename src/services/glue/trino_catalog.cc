#include "services/glue/trino_catalog.h"

#include "services/glue/presto_view.h"
#include "sql/text.h"
#include "sql/type.h"

namespace opentrail::services::glue {
namespace {

constexpr std::string_view kCatalogSuffix = ":trino";
constexpr std::string_view kRecordsSuffix = "$records";
constexpr std::string_view kRecords = "records";
constexpr std::string_view kCloudTrailInput = "com.amazon.emr.cloudtrail.CloudTrailInputFormat";

bool IsCloudTrail(const Value& input) { return input["StorageDescriptor"]["InputFormat"].Text() == kCloudTrailInput; }

std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

// A log file read as a line of JSON: OpenX's reader takes keys in any case, and gives an object in a string as its
// text.
Value RecordsStorage(Value storage, const Value& columns) {
  std::string fields;
  for (const Value& column : columns.elements()) {
    fields += fmt::format("{}{}:{}", fields.empty() ? "" : ",", column["Name"].Text(), column["Type"].Text());
  }
  storage.Set("Columns",
              Value::List({Value::Object({{"Name", kRecords}, {"Type", fmt::format("array<struct<{}>>", fields)}})}));
  storage.Set("InputFormat", "org.apache.hadoop.mapred.TextInputFormat");
  storage.Set("OutputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat");
  storage.Set("SerdeInfo", Value::Object({{"SerializationLibrary", "org.openx.data.jsonserde.JsonSerDe"},
                                          {"Parameters", Value::Object({{"serialization.format", "1"}})}}));
  return storage;
}

// The view over the records. nullopt: a column has a type that is none.
std::optional<catalog::View> RecordsView(const Table& table) {
  catalog::View view{.sql = {}, .catalog = "awsdatacatalog", .database = table.database, .columns = {}};
  std::string selected;
  std::string fields;
  const auto add = [&](std::string_view source, const Value& column) {
    const auto type = sql::ParseHiveType(column["Type"].Text());
    if (!type) return false;
    const std::string name = sql::LowerCase(column["Name"].Text());
    selected += fmt::format("{}{}.{}", selected.empty() ? "" : ", ", source, Quoted(name));
    view.columns.push_back({name, type->Name()});
    return true;
  };
  for (const Value& column : table.input["StorageDescriptor"]["Columns"].elements()) {
    if (!add("r", column)) return std::nullopt;
    fields += (fields.empty() ? "" : ", ") + Quoted(view.columns.back().name);
  }
  for (const Value& key : table.partition_keys()) {
    if (!add("f", key)) return std::nullopt;
  }
  view.sql = fmt::format("SELECT {} FROM {} AS f CROSS JOIN UNNEST(f.{}) AS r ({})", selected,
                         Quoted(table.name + std::string(kRecordsSuffix)), kRecords, fields);
  return view;
}

}  // namespace

bool IsTrinoCatalog(const Call& call) {
  const std::string_view catalog = call.input["CatalogId"].Text();
  return catalog.ends_with(kCatalogSuffix) &&
         catalog.substr(0, catalog.size() - kCatalogSuffix.size()) == call.account_id;
}

std::string StoredName(const Call& call, std::string_view name) {
  if (IsTrinoCatalog(call) && name.ends_with(kRecordsSuffix)) name.remove_suffix(kRecordsSuffix.size());
  return sql::LowerCase(name);
}

std::optional<Value> OfferedTable(const Call& call, const Table& table, std::string_view asked) {
  Value described = table.Describe(call);
  const bool are_records = StoredName(call, asked) != sql::LowerCase(asked);
  if (!IsTrinoCatalog(call) || !IsCloudTrail(table.input)) return are_records ? std::nullopt : std::optional(described);
  described.Set("CatalogId", call.input["CatalogId"]);
  if (are_records) {
    described.Set("Name", sql::LowerCase(asked));
    described.Set("StorageDescriptor",
                  RecordsStorage(table.input["StorageDescriptor"], table.input["StorageDescriptor"]["Columns"]));
    return described;
  }
  const auto view = RecordsView(table);
  if (!view) return described;
  const Value stored = PrestoViewTable(table.name, *view, table.updated);
  for (const Value::Member& member : stored.members()) described.Set(member.name, member.value);
  return described;
}

Value OfferedPartition(const Call& call, const Table& table, Value partition) {
  if (!IsTrinoCatalog(call) || !IsCloudTrail(table.input)) return partition;
  partition.Set("StorageDescriptor",
                RecordsStorage(partition["StorageDescriptor"], table.input["StorageDescriptor"]["Columns"]));
  partition.Set("TableName", call.input["TableName"]);
  partition.Set("CatalogId", call.input["CatalogId"]);
  return partition;
}

}  // namespace opentrail::services::glue
