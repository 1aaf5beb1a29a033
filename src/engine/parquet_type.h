#pragma once

#include <optional>
#include <string>
#include <vector>

#include "duckdb/common/multi_file/multi_file_data.hpp"
#include "engine/scan_schema.h"

namespace opentrail::engine {

// HIVE_BAD_DATA, where the file's column of that name is of a type that the table's is not read from; nullopt: it can
// be read, or the file has none. https://docs.aws.amazon.com/athena/latest/ug/handling-schema-updates-chapter.html
[[nodiscard]] std::optional<std::string> ParquetTypeProblem(
    const duckdb::vector<duckdb::MultiFileColumnDefinition>& file_columns, const ScanColumn& column,
    const std::string& path);

}  // namespace opentrail::engine
