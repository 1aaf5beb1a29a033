#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/table_format.h"
#include "logs/record_scanner.h"

namespace opentrail::formats {

// A column that the table declares, partition keys left out.
struct LineColumn {
  std::string name;        // lower case
  bool is_nested = false;  // an array, map or struct
};

// Takes lines apart into the texts of columns, by one format. What a text means is its reader's affair: a nested column
// of delimited text comes with its separators and escapes, of JSON as JSON. Belongs to one thread.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // The text that the next lines stand in: at least 32 bytes must be readable before it, 64 after. It must stay until
  // the rows are used.
  virtual void BeginText(const uint8_t* data, size_t size) = 0;
  // The line [begin, end) of the text, without its end, into target's row, which is all NULL beforehand. Lines come in
  // their order. A fault: it is no row of the format; its offset counts from the text's start, the row's values are
  // not to be used.
  virtual std::optional<logs::TextFault> Read(size_t begin, size_t end, logs::RowTarget& target) = 0;
};

// `fields` as logs::ScanRequest takes them: for JSON dotted paths, for the others names of columns. Error: the format's
// own properties are wrong (a regular expression), or it has no lines.
[[nodiscard]] Result<std::unique_ptr<RowReader>> MakeRowReader(const TableFormat& format,
                                                               std::span<const LineColumn> columns,
                                                               std::span<const std::string> fields, size_t max_depth);

}  // namespace opentrail::formats
