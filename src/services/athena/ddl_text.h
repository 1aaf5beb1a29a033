#pragma once

#include <optional>
#include <string>

#include "codec/value.h"

// What SHOW and DESCRIBE answer, of what Glue has: rows joined by newlines, as Hive lays them out.
namespace opentrail::services::athena {

// The names of databases or tables that match; a pattern is Java's regular expression for the whole name, in which '*'
// alone stands for any text, and '|' between alternatives.
[[nodiscard]] std::string NamesText(const Value& entries, const std::optional<std::string>& pattern);
[[nodiscard]] std::string ColumnNamesText(const Value& table);
[[nodiscard]] std::string PartitionsText(const Value& table, const Value& partitions);
[[nodiscard]] std::string PropertiesText(const Value& properties, const std::optional<std::string>& key);
[[nodiscard]] std::string DescribeText(const Value& table);

}  // namespace opentrail::services::athena
