#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/scalar_text.h"
#include "formats/table_format.h"
#include "sql/type.h"

namespace opentrail::engine {

// Behind a column's name, its JSON text.
inline constexpr std::string_view kRawSuffix = "$raw";

// How a column of the scan is made of the files' fields.
enum class ScanColumnKind : uint8_t {
  kText,      // fields[0], as it is
  kJson,      // fields[0] is JSON text, or the text of a scalar, and is read into `type`
  kInstant,   // fields[0] is ISO 8601 text in UTC, read into a packed timestamp with time zone
  kScalar,    // fields[0] is the text of a scalar, read by `rules`
  kHiveText,  // fields[0] is a value of delimited text, read into `type` along `path`
  kChecksum,  // Base64 of the SHA-256 of fields[0]
  kPathDate,  // fields are $year, $month, $day, joined by `separator`; NULL unless the path says all three
};

struct ScanColumn {
  std::string name;
  sql::Type type;
  ScanColumnKind kind = ScanColumnKind::kText;
  std::vector<std::string> fields;  // as logs::ScanRequest takes them
  char separator = '\0';
  TextRules rules = {};
  std::vector<size_t> path = {};  // of places of fields, from the column in fields[0] to the value
};

// The columns of a table as opentrail_scan offers them: the table's own, in order; each node below a struct under its
// dotted name ("useridentity.sessioncontext.attributes.mfaauthenticated"); "<name>$raw" for the JSON text of each
// struct, array and map. Refuses a Hive type that is none, and a nested one in a format that has only texts.
[[nodiscard]] Result<std::vector<ScanColumn>> MakeScanSchema(const catalog::Table& table,
                                                             const formats::TableFormat& format = {});

}  // namespace opentrail::engine
