#pragma once

#include <filesystem>
#include <string>

#include "sql/translate.h"

namespace opentrail::engine {

// The engine's SQL that writes a statement's result into a Parquet file, each column under its name and as the Parquet
// type nearest to its own: timestamp with time zone as an instant (its zone is lost), intervals as INTERVAL, ipaddress
// as its text.
[[nodiscard]] std::string ParquetSql(const sql::Translation& translation, const std::filesystem::path& file);

}  // namespace opentrail::engine
