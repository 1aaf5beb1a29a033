#include "formats/row_reader.h"

#include "formats/csv_rows.h"
#include "formats/delimited_rows.h"
#include "formats/json_rows.h"
#include "formats/regex_rows.h"

namespace opentrail::formats {

Result<std::unique_ptr<RowReader>> MakeRowReader(const TableFormat& format, std::span<const LineColumn> columns,
                                                 std::span<const std::string> fields, size_t max_depth) {
  if (const auto* json = format.As<JsonFormat>()) return std::make_unique<JsonRows>(*json, fields, max_depth);
  const ColumnPlaces places(columns, fields);
  if (const auto* delimited = format.As<DelimitedFormat>()) return std::make_unique<DelimitedRows>(*delimited, places);
  if (const auto* csv = format.As<CsvFormat>()) return std::make_unique<CsvRows>(*csv, places);
  if (const auto* regex = format.As<RegexFormat>()) return RegexRows::Make(*regex, places);
  return MakeError(ErrorCode::kInternal, "the format is not one of lines");
}

}  // namespace opentrail::formats
