#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

// How the files of a table are read, as its SerDe and properties say.
// https://docs.aws.amazon.com/athena/latest/ug/supported-serdes.html
namespace opentrail::formats {

// {"Records":[…]} and what else the logs come as; one row an event. See logs/document_scanner.h.
struct CloudTrailFormat {
  bool operator==(const CloudTrailFormat&) const = default;
};

// A JSON object a line. https://docs.aws.amazon.com/athena/latest/ug/json-serde.html
struct JsonFormat {
  bool is_openx = false;                    // org.openx.data.jsonserde.JsonSerDe: what does not fit its column is NULL
  bool ignores_malformed = false;           // ignore.malformed.json: a row of NULLs instead of an error
  bool ignores_case = true;                 // case.insensitive
  bool dots_in_keys = false;                // dots.in.keys: the key "a.b" is the column a_b
  std::map<std::string, std::string> keys;  // mapping.<column>
  bool operator==(const JsonFormat&) const = default;
};

// LazySimpleSerDe. https://docs.aws.amazon.com/athena/latest/ug/lazy-simple-serde.html
struct DelimitedFormat {
  static constexpr size_t kLevels = 8;
  // Of columns; of the elements of a collection; of a map's key and value; and of each level below.
  std::array<char, kLevels> separators = {'\1', '\2', '\3', '\4', '\5', '\6', '\7', '\x8'};
  std::optional<char> escape;
  std::string null_text = "\\N";
  bool last_takes_rest = false;  // the last column holds what is left of the line
  bool operator==(const DelimitedFormat&) const = default;
};

// OpenCSVSerde. https://docs.aws.amazon.com/athena/latest/ug/csv-serde.html
struct CsvFormat {
  char separator = ',';
  char quote = '"';
  char escape = '\\';
  bool operator==(const CsvFormat&) const = default;
};

// RegexSerDe: a group a column; a line that does not match as a whole is a row of NULLs.
// https://docs.aws.amazon.com/athena/latest/ug/regex-serde.html
struct RegexFormat {
  std::string pattern;  // Java's syntax
  bool ignores_case = false;
  bool operator==(const RegexFormat&) const = default;
};

// https://docs.aws.amazon.com/athena/latest/ug/parquet-serde.html
struct ParquetFormat {
  bool operator==(const ParquetFormat&) const = default;
};

// A value type.
struct TableFormat {
  std::variant<CloudTrailFormat, JsonFormat, DelimitedFormat, CsvFormat, RegexFormat, ParquetFormat> form;
  // Of each text file: skip.header.line.count, skip.footer.line.count.
  uint32_t header_lines = 0;
  uint32_t footer_lines = 0;
  bool null_for_invalid = false;  // use.null.for.invalid.data

  template <typename Form>
  [[nodiscard]] const Form* As() const {
    return std::get_if<Form>(&form);
  }
  bool operator==(const TableFormat&) const = default;
};

using Properties = std::map<std::string, std::string, std::less<>>;

// What a table says of its files, as Glue keeps it.
struct StorageDescription {
  std::string_view input_format;  // class names
  std::string_view serde;
  Properties serde_properties;
  Properties table_properties;
};

inline constexpr uint32_t kMaxSkippedLines = 1'000'000;

// Error: NOT_SUPPORTED for a SerDe that is not read here, INVALID_TABLE_PROPERTY naming a property that is wrong. The
// message begins with that code.
[[nodiscard]] Result<TableFormat> TableFormatOf(const StorageDescription& storage);

}  // namespace opentrail::formats
