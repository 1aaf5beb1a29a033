#pragma once

#include <cstdint>
#include <optional>

#include "sql/ast.h"

namespace opentrail::sql {

inline constexpr uint32_t kMaxDecimalPrecision = 38;

struct DecimalShape {
  uint32_t precision = 1;
  uint32_t scale = 0;
  friend bool operator==(const DecimalShape&, const DecimalShape&) = default;
};

// The shape of a + - * / % over two decimals, as Trino derives it; nullopt where the scale would pass 38 digits, which
// Trino refuses. Pure.
[[nodiscard]] std::optional<DecimalShape> DecimalResult(BinaryOperator operation, DecimalShape left,
                                                        DecimalShape right);

}  // namespace opentrail::sql
