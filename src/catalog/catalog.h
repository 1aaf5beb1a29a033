#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/view.h"

namespace opentrail::catalog {

// What of a log's record a column is.
enum class ColumnSource : uint8_t {
  kKey,             // the value of the key that the column is named after
  kRecord,          // the record's own JSON text
  kRecordChecksum,  // Base64 of that text's SHA-256
};

struct Column {
  std::string name;        // lower case
  std::string hive_type;   // as Glue keeps it: "string", "struct<type:string,arn:string>"
  bool hidden = false;     // resolves by name, is not part of SELECT *: "$path", and the path's partition columns
  bool partition = false;  // a partition key: its value comes from the partition that a file is in
  ColumnSource source = ColumnSource::kKey;  // of a CloudTrail log, neither hidden nor a partition key
};

struct Table {
  std::string catalog;   // "awsdatacatalog"
  std::string database;  // "default"
  std::string name;      // lower case
  std::vector<Column> columns;
};

// Names to tables. Thread-safe for reading.
class Catalog {
 public:
  virtual ~Catalog() = default;
  // Names are compared in lower case. nullptr: no such table; valid as long as the catalog.
  [[nodiscard]] virtual const Table* FindTable(std::string_view database, std::string_view name) const = 0;
  [[nodiscard]] virtual bool HasDatabase(std::string_view database) const = 0;
  // The view of that name; nullptr: there is none. Views and tables share their names.
  [[nodiscard]] virtual const View* FindView(std::string_view /*database*/, std::string_view /*name*/) const {
    return nullptr;
  }
};

// Adds the hidden columns that every table over files has: "$path", "$file_size", "$file_modified_time".
void AddFileColumns(Table& table);
// Adds, hidden, what the paths of CloudTrail's log files say: account, region, year, month, day, timestamp, date, dt, …
void AddPathColumns(Table& table);

// The CloudTrail table in the shape of Athena's documentation and console, with those hidden columns.
[[nodiscard]] Table CloudTrailTable(std::string database, std::string name);

}  // namespace opentrail::catalog
