#pragma once

#include <cstdint>

namespace opentrail::sql {

// A place in the statement's text as Trino counts it: lines from 1, columns from 1 in code points.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;

  friend bool operator==(const Position&, const Position&) = default;
};

}  // namespace opentrail::sql
