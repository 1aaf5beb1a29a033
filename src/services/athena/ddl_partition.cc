#include <algorithm>

#include "services/athena/ddl_context.h"
#include "services/athena/glue_table.h"
#include "sql/text.h"

// https://docs.aws.amazon.com/athena/latest/ug/alter-table-add-partition.html
namespace opentrail::services::athena {
namespace {

constexpr size_t kDeletedByCall = 25;  // what one call of Glue takes

// The values in the order of the table's keys. nullopt: they are not those of its keys.
std::optional<Value> ValuesOf(const Value& table, const sql::PartitionValues& partition) {
  const auto& keys = table["PartitionKeys"].elements();
  Value values = Value::List();
  for (const Value& key : keys) {
    const std::string name = sql::LowerCase(key["Name"].Text());
    const auto given = std::ranges::find(partition, name, &std::pair<std::string, std::string>::first);
    if (given != partition.end()) values.Append(given->second);
  }
  if (values.elements().size() != keys.size() || partition.size() != keys.size()) return std::nullopt;
  return values;
}

std::unexpected<Failure> WrongKeys(const sql::PartitionValues& partition) {
  std::string spec;
  for (const auto& [key, value] : partition) spec += fmt::format("{}{}={}", spec.empty() ? "" : ", ", key, value);
  return DdlFailed(
      fmt::format("FAILED: SemanticException [Error 10006]: Partition spec {{{}}} contains non-partition columns or "
                  "lacks some of the table's",
                  spec));
}

// Reads one partition, changes its PartitionInput and writes it back.
template <typename Edit>
TextOutcome EditPartition(DdlContext& context, const sql::TableName& name, const sql::PartitionValues& partition,
                          Edit&& edit) {
  const auto table = context.FindTable(name);
  if (!table) return std::unexpected(table.error());
  const auto values = ValuesOf(*table, partition);
  if (!values) return WrongKeys(partition);
  Value input = context.KeyOf(name);
  input.Set("PartitionValues", *values);
  const auto found = context.Glue("GetPartition", input);
  if (!found) return DdlTaskFailed(found.error());
  Value changed = Value::Object();
  for (const std::string_view member :
       {"Values", "LastAccessTime", "StorageDescriptor", "Parameters", "LastAnalyzedTime"}) {
    changed.SetIfPresent(member, found->output["Partition"][member]);
  }
  if (std::optional<Failure> failure = edit(*table, changed)) return std::unexpected(*std::move(failure));
  Value update = context.KeyOf(name);
  update.Set("PartitionValueList", *values);
  update.Set("PartitionInput", std::move(changed));
  return context.Change("UpdatePartition", std::move(update));
}

// Expression of GetPartitions.
std::string ExpressionOf(const std::vector<sql::DropPartitions::Condition>& conditions) {
  std::string text;
  for (const auto& condition : conditions) {
    text += fmt::format("{}{} {} {}", text.empty() ? "" : " AND ", sql::QuoteIdentifier(condition.key),
                        condition.comparison, sql::QuoteLiteral(condition.value));
  }
  return text;
}

}  // namespace

TextOutcome Run(DdlContext& context, const sql::AddPartitions& add) {
  const auto table = context.FindTable(add.table);
  if (!table) return std::unexpected(table.error());
  Value::Elements inputs;
  for (const auto& partition : add.partitions) {
    const auto values = ValuesOf(*table, partition.values);
    if (!values) return WrongKeys(partition.values);
    inputs.push_back(GluePartition(*table, *values, partition.location));
  }
  return context.ChangeInBatches(
      "BatchCreatePartition", context.KeyOf(add.table), "PartitionInputList", inputs, kPartitionsCreatedByCall,
      [&](const AwsError& error) { return error.code != "AlreadyExistsException" || !add.if_not_exists; });
}

TextOutcome Run(DdlContext& context, const sql::DropPartitions& drop) {
  const auto table = context.FindTable(drop.table);
  if (!table) return std::unexpected(table.error());
  Value::Elements dropped;
  for (const auto& conditions : drop.partitions) {
    Value input = context.KeyOf(drop.table);
    input.Set("Expression", ExpressionOf(conditions));
    const auto found = context.ListAll("GetPartitions", "Partitions", std::move(input));
    if (!found) return DdlTaskFailed(found.error());
    if (found->elements().empty() && !drop.if_exists) {
      return DdlFailed(
          fmt::format("FAILED: SemanticException [Error 10006]: Partition not found ({})", ExpressionOf(conditions)));
    }
    for (const Value& partition : found->elements()) {
      Value values = Value::Object({{"Values", partition["Values"]}});
      if (std::ranges::find(dropped, values) == dropped.end()) dropped.push_back(std::move(values));
    }
  }
  return context.ChangeInBatches("BatchDeletePartition", context.KeyOf(drop.table), "PartitionsToDelete", dropped,
                                 kDeletedByCall,
                                 [](const AwsError& error) { return error.code != "EntityNotFoundException"; });
}

// The files stay where they are.
TextOutcome Run(DdlContext& context, const sql::RenamePartition& rename) {
  return EditPartition(context, rename.table, rename.from,
                       [&](const Value& table, Value& partition) -> std::optional<Failure> {
                         auto values = ValuesOf(table, rename.to);
                         if (!values) return WrongKeys(rename.to).error();
                         partition.Set("Values", *std::move(values));
                         return std::nullopt;
                       });
}

TextOutcome Run(DdlContext& context, const sql::SetLocation& set) {
  const auto move = [&](const Value& /*table*/, Value& partition) -> std::optional<Failure> {
    partition.At("StorageDescriptor").Set("Location", GlueLocation(set.location));
    return std::nullopt;
  };
  if (!set.partition.empty()) return EditPartition(context, set.table, set.partition, move);
  return context.EditTable(set.table, [&](Value& input) { return move(Value(), input); });
}

}  // namespace opentrail::services::athena
