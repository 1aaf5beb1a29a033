#pragma once

#include "formats/column_places.h"

namespace opentrail::formats {

// OpenCSVSerde's lines: values between separators, perhaps in quotes. Within quotes a doubled quote is one, and the
// escape character stands before a quote or itself; before anything else it is dropped. A line ends every quote.
// Missing values are NULL, empty ones are empty texts.
class CsvRows final : public RowReader {
 public:
  CsvRows(const CsvFormat& format, ColumnPlaces places) : format_(format), places_(std::move(places)) {}

  void BeginText(const uint8_t* data, size_t size) override;
  std::optional<logs::TextFault> Read(size_t begin, size_t end, logs::RowTarget& target) override;

 private:
  // The value that begins at `at`, which becomes the place of the separator behind it, or the line's size.
  [[nodiscard]] std::string_view TakeValue(std::string_view line, size_t& at, logs::RowTarget& target) const;
  [[nodiscard]] std::string_view TakeQuoted(std::string_view line, size_t& at, logs::RowTarget& target) const;

  const CsvFormat format_;
  const ColumnPlaces places_;
  std::string_view text_;
};

}  // namespace opentrail::formats
