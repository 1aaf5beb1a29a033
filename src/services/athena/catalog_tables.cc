#include "services/athena/catalog_tables.h"

#include "services/athena/query_failure.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

constexpr int kErrorUser = 2;
constexpr int kErrorPermission = 1500;

formats::Properties PropertiesOf(const Value& parameters) {
  formats::Properties properties;
  for (const Value::Member& each : parameters.members()) properties.emplace(each.name, each.value.Text());
  return properties;
}

void AddColumns(const Value& columns, bool are_partition_keys, catalog::Table& table) {
  for (const Value& column : columns.elements()) {
    table.columns.push_back({.name = sql::LowerCase(column["Name"].Text()),
                             .hive_type = std::string(column["Type"].Text()),
                             .partition = are_partition_keys});
  }
}

}  // namespace

Result<engine::BoundTable> CatalogTables::Bind(const Value& glue_table) {
  const Value& storage = glue_table["StorageDescriptor"];
  const auto format = formats::TableFormatOf({.input_format = storage["InputFormat"].Text(),
                                              .serde = storage["SerdeInfo"]["SerializationLibrary"].Text(),
                                              .serde_properties = PropertiesOf(storage["SerdeInfo"]["Parameters"]),
                                              .table_properties = PropertiesOf(glue_table["Parameters"])});
  if (!format) return std::unexpected(format.error());
  auto partitions = TablePartitions::Of(glue_table, now_);
  if (!partitions) return std::unexpected(std::move(partitions.error()));
  engine::BoundTable bound;
  bound.table.catalog = "awsdatacatalog";
  bound.table.database = glue_table["DatabaseName"].Text();
  bound.table.name = glue_table["Name"].Text();
  AddColumns(storage["Columns"], false, bound.table);
  AddColumns(glue_table["PartitionKeys"], true, bound.table);
  catalog::AddFileColumns(bound.table);
  bound.source.store = std::make_shared<BucketStore>(calls_, note_, *std::move(partitions));
  bound.source.strict = true;
  bound.format = *format;
  return bound;
}

bool CatalogTables::HasDatabase(std::string_view database) {
  if (const auto known = databases_.find(database); known != databases_.end()) return known->second;
  const auto reply = calls_.Invoke("glue", "GetDatabase", Value::Object({{"Name", database}}));
  if (!reply && reply.error().code != "EntityNotFoundException") {
    note_.Tell({reply.error().message, kErrorUser, kErrorPermission});
  }
  return databases_[std::string(database)] = reply.has_value();
}

std::optional<engine::BoundTable> CatalogTables::FindTable(std::string_view database, std::string_view name) {
  const auto reply = calls_.Invoke("glue", "GetTable", Value::Object({{"DatabaseName", database}, {"Name", name}}));
  if (!reply) {
    if (reply.error().code != "EntityNotFoundException") {
      note_.Tell({reply.error().message, kErrorUser, kErrorPermission});
    }
    return std::nullopt;
  }
  auto bound = Bind(reply->output["Table"]);
  if (!bound) {
    note_.Tell(EngineFailure(bound.error().message));
    return std::nullopt;
  }
  return *std::move(bound);
}

}  // namespace opentrail::services::athena
