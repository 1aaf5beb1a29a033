#pragma once

#include "formats/column_places.h"

namespace opentrail::formats {

// LazySimpleSerDe's lines: values between separators. A value that is the null text is NULL, and so is one that the
// line does not have; every line is a row.
class DelimitedRows final : public RowReader {
 public:
  DelimitedRows(const DelimitedFormat& format, ColumnPlaces places);

  void BeginText(const uint8_t* data, size_t size) override;
  std::optional<logs::TextFault> Read(size_t begin, size_t end, logs::RowTarget& target) override;

 private:
  void Put(const ColumnPlaces::Place& place, std::string_view value, logs::RowTarget& target) const;

  const DelimitedFormat format_;
  const ColumnPlaces places_;
  std::string_view text_;
};

// The end of the value that begins at `begin`: the next separator that no escape character stands before, or the end.
[[nodiscard]] size_t FindSeparator(std::string_view text, size_t begin, char separator, std::optional<char> escape);

// Takes the escapes away: the character behind one as it stands, but for 'n' and 'r', which are line ends. `out` has
// room for text.size() bytes; how many were written.
size_t RemoveEscapes(std::string_view text, char escape, char* out);

}  // namespace opentrail::formats
