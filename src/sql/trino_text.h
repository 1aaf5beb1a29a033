#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/position.h"

namespace opentrail::sql {

// An UNNEST of arrays of rows that gives each row as one column, as Athena does where the columns are named so. Trino
// itself gives a column for each field.
struct RowUnnest {
  Position position;              // of the word UNNEST
  std::vector<size_t> arguments;  // which of its arrays are of rows, from 0
  friend bool operator==(const RowUnnest&, const RowUnnest&) = default;
};

// What a decimal literal, 1.5, is: Athena reads a DOUBLE, Trino itself a DECIMAL(2,1).
enum class DecimalLiterals : uint8_t { kDecimal, kDouble };

// The statement as Trino must be asked it to answer as Athena does. In each of these UNNESTs an array of rows becomes
// one of rows of a row, transform(a, e -> ROW(e)); 1.5 becomes 1.5E0 where it is a double. All else stays as it is
// written, but for a semicolon at the end, which Trino's protocol does not take. `unnests` are of this very text
// (Translation::row_unnests). Linear in the text.
[[nodiscard]] std::string TrinoText(std::string_view statement, std::span<const RowUnnest> unnests,
                                    DecimalLiterals decimals);

}  // namespace opentrail::sql
