#include "services/glue/handlers.h"
#include "services/glue/partition_rows.h"

// Batches: each partition stands alone, and those that failed are told one by one.
// https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-partitions.html
namespace opentrail::services::glue {
namespace {

// Runs `one` for each entry; `values` names the values that an error is told with.
template <typename One, typename Values>
AwsResult<Reply> ForEach(Call& call, store::Transaction& transaction, std::string_view list, std::string_view told_as,
                         One&& one, Values&& values) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  Value errors = Value::List();
  for (const Value& entry : call.input[list].elements()) {
    const AwsStatus status = one(state, *table, entry);
    if (status) continue;
    errors.Append(Value::Object({{std::string(told_as), values(entry)}, {"ErrorDetail", ErrorDetail(status.error())}}));
  }
  return Reply{.output = Value::Object({{"Errors", std::move(errors)}})};
}

const Value& ValuesOf(const Value& entry) { return entry["Values"]; }

}  // namespace

AwsResult<Reply> BatchCreatePartition(Call& call, store::Transaction& transaction) {
  return ForEach(
      call, transaction, "PartitionInputList", "PartitionValues",
      [&](store::Connection& state, const Table& table, const Value& entry) {
        return InsertPartition(state, call, table, entry);
      },
      ValuesOf);
}

AwsResult<Reply> BatchDeletePartition(Call& call, store::Transaction& transaction) {
  return ForEach(
      call, transaction, "PartitionsToDelete", "PartitionValues",
      [](store::Connection& state, const Table& table, const Value& entry) {
        return RemovePartition(state, table, entry["Values"]);
      },
      ValuesOf);
}

AwsResult<Reply> BatchUpdatePartition(Call& call, store::Transaction& transaction) {
  return ForEach(
      call, transaction, "Entries", "PartitionValueList",
      [](store::Connection& state, const Table& table, const Value& entry) {
        return ChangePartition(state, table, entry["PartitionValueList"], entry["PartitionInput"]);
      },
      [](const Value& entry) -> const Value& { return entry["PartitionValueList"]; });
}

AwsResult<Reply> BatchGetPartition(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  Value found = Value::List();
  for (const Value& entry : call.input["PartitionsToGet"].elements()) {
    if (auto partition = FindPartition(state, call, *table, entry["Values"])) found.Append(*std::move(partition));
  }
  return Reply{.output = Value::Object({{"Partitions", std::move(found)}, {"UnprocessedKeys", Value::List()}})};
}

}  // namespace opentrail::services::glue
