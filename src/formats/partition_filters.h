#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/projection.h"
#include "logs/log_file.h"
#include "logs/predicate.h"

// Between the partitions of a catalog and the files that a scan reads.
namespace opentrail::formats {

// How the fields of a partition are named: "$partition.region".
inline constexpr std::string_view kPartitionField = "$partition.";
using catalog::kDefaultPartition;

// The predicates on partition keys, as the catalog takes them. Others are left out.
[[nodiscard]] std::vector<catalog::KeyFilter> KeyFiltersOf(std::span<const logs::Predicate> predicates);

// What a partition says of its files. values.size() == keys.size(); the default partition's value is left out, and so
// NULL. Shared by the partition's files.
[[nodiscard]] std::shared_ptr<const logs::PartitionFields> PartitionFieldsOf(std::span<const std::string> keys,
                                                                             std::span<const std::string> values);

// "year=2026/month=11%2F23" below a table's location: its keys and values, as Hive names folders. Empty: the path does
// not begin with such.
struct FolderPartition {
  std::vector<std::string> keys;  // in lower case
  std::vector<std::string> values;
};
[[nodiscard]] FolderPartition ParseFolders(std::string_view below_location);
// One key's folder: "year=2026", what must be escaped in the value as %XX.
[[nodiscard]] std::string FolderName(std::string_view key, std::string_view value);

}  // namespace opentrail::formats
