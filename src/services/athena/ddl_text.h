#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.h"
#include "sql/ddl.h"

// What SHOW and DESCRIBE answer, of what Glue has: rows joined by newlines, as Hive lays them out.
namespace opentrail::services::athena {

// The names of databases or tables that match; a pattern is Java's regular expression for the whole name, in which '*'
// alone stands for any text, and '|' between alternatives.
[[nodiscard]] std::string NamesText(const Value& entries, const std::optional<std::string>& pattern);
[[nodiscard]] std::string ColumnNamesText(const Value& table);
[[nodiscard]] std::string PartitionsText(const Value& table, const Value& partitions);
[[nodiscard]] std::string PropertiesText(const Value& table, const std::optional<std::string>& key);
[[nodiscard]] std::string DescribeText(const Value& table, sql::Describe::Form form);
// "name\ttype\tcomment", each as wide as Hive's columns.
[[nodiscard]] std::string DescribeRow(std::string_view name, std::string_view type, std::string_view comment);

}  // namespace opentrail::services::athena
