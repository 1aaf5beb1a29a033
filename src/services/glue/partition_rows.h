#pragma once

#include <optional>
#include <string>

#include "services/glue/catalog_rows.h"

// A table's partitions as rows. Each function answers the errors of one partition, as batches tell them one by one.
namespace opentrail::services::glue {

// Values is the PartitionValueList of the model.
[[nodiscard]] std::optional<Value> FindPartition(store::Connection& state, const Call& call, const Table& table,
                                                 const Value& values);
[[nodiscard]] AwsStatus InsertPartition(store::Connection& state, const Call& call, const Table& table,
                                        const Value& input);
[[nodiscard]] AwsStatus ChangePartition(store::Connection& state, const Table& table, const Value& values,
                                        const Value& input);
[[nodiscard]] AwsStatus RemovePartition(store::Connection& state, const Table& table, const Value& values);
// Partition of the model from a row.
[[nodiscard]] Value DescribePartition(const Call& call, const Table& table, std::string_view document, int64_t created);

}  // namespace opentrail::services::glue
