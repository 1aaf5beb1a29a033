#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "formats/row_reader.h"

namespace opentrail::formats {

// Where the n-th value of a line goes. A value type.
class ColumnPlaces {
 public:
  struct Place {
    size_t column;           // of the table
    size_t field;            // of the batch
    bool is_nested = false;  // the value is to be taken apart further
  };

  // Fields that name no column (those of the file, which start with '$') have no place.
  ColumnPlaces(std::span<const LineColumn> columns, std::span<const std::string> fields) : columns_(columns.size()) {
    for (size_t field = 0; field < fields.size(); ++field) {
      const auto column = std::ranges::find(columns, fields[field], &LineColumn::name);
      if (column == columns.end()) continue;
      places_.push_back({static_cast<size_t>(column - columns.begin()), field, column->is_nested});
    }
    std::ranges::sort(places_, {}, &Place::column);
  }

  // In the order of the table's columns.
  [[nodiscard]] const std::vector<Place>& places() const { return places_; }
  [[nodiscard]] size_t column_count() const { return columns_; }

 private:
  std::vector<Place> places_;
  size_t columns_;
};

// What a row's place takes; data() == nullptr is NULL.
inline void PutValue(logs::RowTarget& target, const ColumnPlaces::Place& place, std::string_view value) {
  target.columns[place.field][target.row] = value;
}

}  // namespace opentrail::formats
