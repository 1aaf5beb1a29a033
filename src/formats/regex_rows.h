#pragma once

#include "codec/java_regex.h"
#include "formats/column_places.h"

namespace opentrail::formats {

// RegexSerDe's lines: the groups of a pattern that matches the line as a whole. A group that took no part is NULL, and
// all are where the line does not match.
class RegexRows final : public RowReader {
 public:
  // Error: INVALID_TABLE_PROPERTY, the pattern is none, too long, or has fewer groups than the table has columns.
  static Result<std::unique_ptr<RowReader>> Make(const RegexFormat& format, ColumnPlaces places);

  void BeginText(const uint8_t* data, size_t size) override;
  std::optional<logs::TextFault> Read(size_t begin, size_t end, logs::RowTarget& target) override;

 private:
  RegexRows(codec::JavaRegex regex, ColumnPlaces places) : regex_(std::move(regex)), places_(std::move(places)) {}

  codec::JavaRegex regex_;
  const ColumnPlaces places_;
  std::string_view text_;
};

}  // namespace opentrail::formats
