#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/write_format.h"
#include "services/athena/execution.h"
#include "sql/write_statement.h"

namespace opentrail::services::athena {

// What CREATE TABLE AS and UNLOAD say in WITH (…).
struct WriteSettings {
  std::string format_name;  // "PARQUET"
  formats::WriteFormat format;
  std::vector<std::string> partitioned_by;  // lower case
  std::optional<std::string> external_location;
};

enum class WriteKind : uint8_t { kTable, kUnload };

// A property that the statement has not, or whose value is wrong, is refused in Athena's words.
// https://docs.aws.amazon.com/athena/latest/ug/create-table-as.html
[[nodiscard]] std::expected<WriteSettings, Failure> ReadWriteProperties(const sql::WriteProperties& properties,
                                                                        WriteKind kind);

}  // namespace opentrail::services::athena
