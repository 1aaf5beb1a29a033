#include "services/athena/table_partitions.h"

#include "formats/partition_filters.h"
#include "services/athena/glue_table.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

using catalog::KeyFilter;
using logs::Predicate;

constexpr int64_t kPartitionsOfPage = 1000;

}  // namespace

Result<TablePartitions> TablePartitions::Of(const Value& glue_table, Time now) {
  TablePartitions partitions;
  partitions.database_ = glue_table["DatabaseName"].Text();
  partitions.table_ = glue_table["Name"].Text();
  partitions.location_ = glue_table["StorageDescriptor"]["Location"].Text();
  partitions.now_ = std::chrono::floor<std::chrono::seconds>(now);
  for (const Value& key : glue_table["PartitionKeys"].elements()) {
    partitions.keys_.push_back(sql::LowerCase(key["Name"].Text()));
  }
  const catalog::TableProperties properties = TextMap(glue_table["Parameters"]);
  if (partitions.keys_.empty() || !catalog::Projection::IsEnabled(properties)) return partitions;
  auto projection = catalog::Projection::Parse(partitions.keys_, properties, partitions.location_);
  if (!projection) {
    return MakeError(ErrorCode::kInvalidArgument, "INVALID_TABLE_PROPERTY: {}", projection.error().message);
  }
  partitions.projection_ = *std::move(projection);
  return partitions;
}

TablePlace TablePartitions::PlaceOf(std::string location, const std::vector<std::string>& values) const {
  return {std::move(location), formats::PartitionFieldsOf(keys_, values)};
}

Result<std::vector<TablePlace>> TablePartitions::Places(std::span<const Predicate> predicates, CallerCalls& calls,
                                                        const CancelToken& cancel) const {
  if (keys_.empty()) return std::vector<TablePlace>{{location_, nullptr}};
  const std::vector<KeyFilter> filters = formats::KeyFiltersOf(predicates);
  if (!projection_) return Registered(filters, calls, cancel);
  auto partitions = projection_->Partitions(filters, now_);
  if (!partitions) return std::unexpected(std::move(partitions.error()));
  std::vector<TablePlace> places;
  for (catalog::Partition& partition : *partitions) {
    places.push_back(PlaceOf(std::move(partition.location), partition.values));
  }
  return places;
}

Result<std::vector<TablePlace>> TablePartitions::Registered(std::span<const KeyFilter> filters, CallerCalls& calls,
                                                            const CancelToken& cancel) const {
  std::vector<TablePlace> places;
  Value input = Value::Object({{"DatabaseName", database_},
                               {"TableName", table_},
                               {"ExcludeColumnSchema", true},
                               {"MaxResults", kPartitionsOfPage}});
  for (;;) {
    if (cancel.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled");
    const auto page = calls.Invoke("glue", "GetPartitions", input);
    if (!page) {
      return MakeError(ErrorCode::kIo, "HIVE_METASTORE_ERROR: {}: {}", page.error().code, page.error().message);
    }
    for (const Value& partition : page->output["Partitions"].elements()) {
      std::vector<std::string> values;
      for (const Value& value : partition["Values"].elements()) values.emplace_back(value.Text());
      values.resize(keys_.size());
      bool passes = true;
      for (size_t i = 0; i < keys_.size(); ++i) passes = passes && catalog::PassesAll(filters, keys_[i], values[i]);
      const std::string_view location = partition["StorageDescriptor"]["Location"].Text();
      if (passes && !location.empty()) places.push_back(PlaceOf(std::string(location), values));
    }
    if (!page->output.Has("NextToken")) return places;
    input.Set("NextToken", page->output["NextToken"]);
  }
}

}  // namespace opentrail::services::athena
