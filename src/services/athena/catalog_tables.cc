#include "services/athena/catalog_tables.h"

#include "services/athena/glue_table.h"
#include "services/athena/metadata_table.h"
#include "services/athena/query_failure.h"
#include "services/glue/presto_view.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

constexpr int kErrorUser = 2;
constexpr int kErrorPermission = 1500;

void AddColumns(const Value& columns, bool are_partition_keys, catalog::Table& table) {
  for (const Value& column : columns.elements()) {
    table.columns.push_back({.name = sql::LowerCase(column["Name"].Text()),
                             .hive_type = std::string(column["Type"].Text()),
                             .partition = are_partition_keys});
  }
}

// https://docs.aws.amazon.com/athena/latest/ug/creating-tables-based-on-encrypted-datasets-in-s3.html
bool MayBeSealed(const Value& parameters) {
  return sql::LowerCase(parameters["has_encrypted_data"].Text()) == "true" ||
         sql::UpperCase(parameters["encryption_option"].Text()) == "CSE_KMS";
}

}  // namespace

Result<engine::BoundTable> CatalogTables::Bind(const Value& glue_table) {
  const Value& storage = glue_table["StorageDescriptor"];
  const auto format = GlueFormat(glue_table);
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
  bound.source.store = std::make_shared<BucketStore>(calls_, note_, running_, *std::move(partitions),
                                                     MayBeSealed(glue_table["Parameters"]));
  bound.source.strict = true;
  bound.format = *format;
  return bound;
}

bool CatalogTables::HasDatabase(std::string_view database) {
  if (database == kInformationSchema) return true;
  if (const auto known = databases_.find(database); known != databases_.end()) return known->second;
  const auto reply = calls_.Invoke("glue", "GetDatabase", Value::Object({{"Name", database}}));
  if (!reply && reply.error().code != "EntityNotFoundException") {
    note_.Tell({reply.error().message, kErrorUser, kErrorPermission});
  }
  return databases_[std::string(database)] = reply.has_value();
}

const Value* CatalogTables::Load(std::string_view database, std::string_view name) {
  std::pair key{std::string(database), std::string(name)};
  auto known = tables_.find(key);
  if (known == tables_.end()) {
    auto reply = calls_.Invoke("glue", "GetTable", Value::Object({{"DatabaseName", database}, {"Name", name}}));
    if (!reply && reply.error().code != "EntityNotFoundException") {
      note_.Tell({reply.error().message, kErrorUser, kErrorPermission});
    }
    known = tables_.emplace(std::move(key), reply ? std::optional(reply->output["Table"]) : std::nullopt).first;
  }
  return known->second ? &*known->second : nullptr;
}

std::optional<engine::BoundTable> CatalogTables::FindMetadata(std::string_view database, std::string_view name) {
  auto found = [&]() -> std::optional<engine::BoundTable> {
    if (database == kInformationSchema) return InformationSchemaTable(name, calls_, note_);
    if (!name.ends_with(kPartitionsSuffix)) return std::nullopt;
    const Value* table = Load(database, name.substr(0, name.size() - kPartitionsSuffix.size()));
    return table == nullptr ? std::nullopt : PartitionsTable(*table, calls_, note_);
  }();
  has_metadata_ = has_metadata_ || found.has_value();
  return found;
}

std::optional<engine::BoundTable> CatalogTables::FindTable(std::string_view database, std::string_view name) {
  if (auto metadata = FindMetadata(database, name)) return metadata;
  if (database == kInformationSchema) return std::nullopt;
  const Value* table = Load(database, name);
  if (table == nullptr) return std::nullopt;
  auto bound = Bind(*table);
  if (!bound) {
    note_.Tell(EngineFailure(bound.error().message));
    return std::nullopt;
  }
  return *std::move(bound);
}

Status CatalogTables::AllowTable(const Value& glue_table) {
  auto partitions = TablePartitions::Of(glue_table, now_);
  if (!partitions) return std::unexpected(partitions.error());
  const BucketStore store(calls_, note_, running_, *std::move(partitions));
  return store.MayRead();
}

Result<bool> CatalogTables::Allow() {
  if (has_metadata_) return false;
  for (const auto& [name, table] : tables_) {
    if (!table || IsView(*table)) continue;
    if (const Status allowed = AllowTable(*table); !allowed) return std::unexpected(allowed.error());
  }
  return true;
}

std::vector<std::pair<std::string, std::string>> CatalogTables::Found() const {
  std::vector<std::pair<std::string, std::string>> found;
  for (const auto& [name, table] : tables_) {
    if (table && !IsView(*table)) found.push_back(name);
  }
  return found;
}

std::optional<catalog::View> CatalogTables::FindView(std::string_view database, std::string_view name) {
  if (database == kInformationSchema) return std::nullopt;
  const Value* table = Load(database, name);
  if (table == nullptr || !IsView(*table)) return std::nullopt;
  auto view = glue::ReadPrestoView(*table);
  if (view) return *std::move(view);
  note_.Tell(EngineFailure("INVALID_VIEW: " + view.error().message));
  return std::nullopt;
}

}  // namespace opentrail::services::athena
