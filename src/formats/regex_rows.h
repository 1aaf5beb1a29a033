#pragma once

#include "formats/column_places.h"

namespace opentrail::formats {

inline constexpr size_t kMaxPatternBytes = 32768;
inline constexpr int kMaxPatternNesting = 250;
// Steps back within one line, after which it is a fault.
inline constexpr unsigned long kMaxMatchRetries = 10'000'000;

// RegexSerDe's lines: the groups of a pattern that matches the line as a whole. A group that took no part is NULL, and
// all are where the line does not match.
class RegexRows final : public RowReader {
 public:
  // Error: INVALID_TABLE_PROPERTY, the pattern is none, or has fewer groups than the table has columns.
  static Result<std::unique_ptr<RowReader>> Make(const RegexFormat& format, ColumnPlaces places);
  ~RegexRows() override;
  RegexRows(const RegexRows&) = delete;
  RegexRows& operator=(const RegexRows&) = delete;

  void BeginText(const uint8_t* data, size_t size) override;
  std::optional<logs::TextFault> Read(size_t begin, size_t end, logs::RowTarget& target) override;

 private:
  explicit RegexRows(ColumnPlaces places);

  const ColumnPlaces places_;
  struct State;
  std::unique_ptr<State> state_;
  std::string_view text_;
};

}  // namespace opentrail::formats
