#include <algorithm>

#include "services/glue/handlers.h"
#include "services/glue/partition_expression.h"
#include "services/glue/partition_rows.h"

// https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-partitions.html
namespace opentrail::services::glue {
namespace {

constexpr int64_t kMaxSegments = 10;

// A part of the partitions, for callers that read side by side. One segment is all of them.
struct Segment {
  int64_t number = 0;
  int64_t total = 1;

  [[nodiscard]] bool Has(std::string_view partition) const {
    if (total == 1) return true;
    uint64_t hash = 1469598103934665603ULL;  // FNV-1a
    for (const char c : partition) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return static_cast<int64_t>(hash % static_cast<uint64_t>(total)) == number;
  }
};

AwsResult<Segment> ReadSegment(const Value& input) {
  if (!input.IsObject()) return Segment{};
  const Segment segment{input["SegmentNumber"].Integer(0), input["TotalSegments"].Integer(1)};
  if (segment.total < 1 || segment.total > kMaxSegments || segment.number < 0 || segment.number >= segment.total) {
    return InvalidInput("Invalid segment");
  }
  return segment;
}

}  // namespace

AwsResult<Reply> CreatePartition(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  if (AwsStatus status = InsertPartition(state, call, *table, call.input["PartitionInput"]); !status) {
    return std::unexpected(std::move(status.error()));
  }
  return Reply{};
}

AwsResult<Reply> UpdatePartition(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  if (AwsStatus status = ChangePartition(state, *table, call.input["PartitionValueList"], call.input["PartitionInput"]);
      !status) {
    return std::unexpected(std::move(status.error()));
  }
  return Reply{};
}

AwsResult<Reply> DeletePartition(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  if (AwsStatus status = RemovePartition(state, *table, call.input["PartitionValues"]); !status) {
    return std::unexpected(std::move(status.error()));
  }
  return Reply{};
}

AwsResult<Reply> GetPartition(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  auto partition = FindPartition(state, call, *table, call.input["PartitionValues"]);
  if (!partition) return EntityNotFound("Cannot find partition.");
  return Reply{.output = Value::Object({{"Partition", *std::move(partition)}})};
}

AwsResult<Reply> GetPartitions(Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto table = GetTableOf(state, call);
  if (!table) return std::unexpected(table.error());
  const auto expression = PartitionExpression::Parse(call.input["Expression"].Text(), table->input["PartitionKeys"]);
  if (!expression) return std::unexpected(expression.error());
  const auto segment = ReadSegment(call.input["Segment"]);
  if (!segment) return std::unexpected(segment.error());
  auto page = ListPage(call);
  if (!page) return std::unexpected(std::move(page.error()));
  const bool without_columns = call.input["ExcludeColumnSchema"].Boolean();
  store::Rows rows = state.Query(
      "SELECT partition_values, document, created FROM glue_partition WHERE table_id = ? AND partition_values > ? "
      "ORDER "
      "BY partition_values",
      table->id, page->after());
  while (rows.Next()) {
    if (!segment->Has(rows.Text(0))) continue;
    Value partition = DescribePartition(call, *table, rows.Text(1), rows.Integer(2));
    if (!expression->Matches(partition["Values"])) continue;
    if (without_columns && partition.Has("StorageDescriptor")) partition.At("StorageDescriptor").Remove("Columns");
    if (!page->Add(std::move(partition), rows.Text(0))) break;
  }
  return Reply{.output = page->Finish("Partitions")};
}

}  // namespace opentrail::services::glue
