#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/ddl.h"

namespace opentrail::sql {

inline constexpr std::string_view kSerializationFormat = "serialization.format";

// What CREATE TABLE says of the files' form, as far as it says it.
struct StorageClauses {
  std::optional<std::string> row_serde;    // ROW FORMAT SERDE
  std::optional<StorageFormat> stored_as;  // its serde is empty after INPUTFORMAT … OUTPUTFORMAT …
  Properties properties;                   // of the serde, delimiters included
};

// STORED AS name, in any case: without serde properties; nullopt where there is no such format.
[[nodiscard]] std::optional<StorageFormat> NamedStorageFormat(std::string_view name);

// The form that Hive makes of the clauses: text files unless they say otherwise, and always a "serialization.format".
[[nodiscard]] StorageFormat ResolveStorageFormat(StorageClauses clauses);

}  // namespace opentrail::sql
