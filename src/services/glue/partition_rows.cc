#include "services/glue/partition_rows.h"

#include "codec/json_value.h"
#include "services/glue/trino_catalog.h"

namespace opentrail::services::glue {
namespace {

AwsStatus CheckValues(const Table& table, const Value& values) {
  if (values.elements().size() == table.partition_keys().size()) return {};
  return InvalidInput("The number of partition keys do not match the number of partition values");
}

bool Exists(store::Connection& state, const Table& table, const Value& values) {
  return state
      .Query("SELECT 1 FROM glue_partition WHERE table_id = ? AND partition_values = ?", table.id,
             codec::WriteJson(values))
      .Next();
}

}  // namespace

Value DescribePartition(const Call& call, const Table& table, std::string_view document, int64_t created) {
  auto input = codec::ParseJsonValue(document);
  Value partition = input ? std::move(*input) : Value::Object();
  partition.Set("DatabaseName", table.database);
  partition.Set("TableName", table.name);
  partition.Set("CreationTime", Time(std::chrono::milliseconds(created)));
  partition.Set("CatalogId", call.account_id);
  return OfferedPartition(call, table, std::move(partition));
}

std::optional<Value> FindPartition(store::Connection& state, const Call& call, const Table& table,
                                   const Value& values) {
  store::Rows rows =
      state.Query("SELECT document, created FROM glue_partition WHERE table_id = ? AND partition_values = ?", table.id,
                  codec::WriteJson(values));
  if (!rows.Next()) return std::nullopt;
  return DescribePartition(call, table, rows.Text(0), rows.Integer(1));
}

AwsStatus InsertPartition(store::Connection& state, const Call& call, const Table& table, const Value& input) {
  const Value& values = input["Values"];
  if (AwsStatus status = CheckValues(table, values); !status) return status;
  if (Exists(state, table, values)) return AwsFailure("AlreadyExistsException", "Partition already exists.");
  state.Execute("INSERT INTO glue_partition(table_id, partition_values, document, created) VALUES(?, ?, ?, ?)",
                table.id, codec::WriteJson(values), codec::WriteJson(input), call.now.time_since_epoch().count());
  return {};
}

AwsStatus ChangePartition(store::Connection& state, const Table& table, const Value& values, const Value& input) {
  Value document = input;
  if (!document.Has("Values")) document.Set("Values", values);
  const Value& new_values = document["Values"];
  if (AwsStatus status = CheckValues(table, new_values); !status) return status;
  if (new_values != values && Exists(state, table, new_values)) {
    return AwsFailure("AlreadyExistsException", "Partition already exists.");
  }
  const int64_t changed = state.Execute(
      "UPDATE glue_partition SET partition_values = ?, document = ? WHERE table_id = ? AND "
      "partition_values = ?",
      codec::WriteJson(new_values), codec::WriteJson(document), table.id, codec::WriteJson(values));
  if (changed == 0) return EntityNotFound("Partition not found.");
  return {};
}

AwsStatus RemovePartition(store::Connection& state, const Table& table, const Value& values) {
  const int64_t removed = state.Execute("DELETE FROM glue_partition WHERE table_id = ? AND partition_values = ?",
                                        table.id, codec::WriteJson(values));
  if (removed == 0) return EntityNotFound("Partition not found.");
  return {};
}

}  // namespace opentrail::services::glue
