#pragma once

#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/common/types/vector.hpp"
#include "engine/functions/scalar.h"

// DECIMAL values as unscaled 128-bit integers, whatever width the engine stores them in.
namespace opentrail::engine {

using Int128 = __int128;
inline constexpr int kMaxDecimalDigits = 38;

[[nodiscard]] inline duckdb::LogicalType LogicalTypeOfAnyDecimal() {
  return duckdb::LogicalType(duckdb::LogicalTypeId::DECIMAL);
}

// An argument that is no decimal yet (a bare NULL, an integer) as one that holds it.
[[nodiscard]] inline duckdb::LogicalType DecimalOf(const duckdb::LogicalType& type) {
  if (type.id() == duckdb::LogicalTypeId::DECIMAL) return type;
  return duckdb::LogicalType::DECIMAL(18, 0);
}

[[nodiscard]] inline Int128 PowerOfTen(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; i++) power *= 10;
  return power;
}

// Half away from zero; divisor > 0.
[[nodiscard]] inline Int128 DivideHalfUp(Int128 dividend, Int128 divisor) {
  const Int128 magnitude = dividend < 0 ? -dividend : dividend;
  const Int128 remainder = magnitude % divisor;
  const Int128 quotient = magnitude / divisor + (remainder >= divisor - remainder ? 1 : 0);
  return dividend < 0 ? -quotient : quotient;
}

[[nodiscard]] inline Int128 Rescale(Int128 value, int digits) {
  Int128 rescaled = 0;
  if (__builtin_mul_overflow(value, PowerOfTen(digits), &rescaled)) {
    ThrowTrinoText("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow");
  }
  return rescaled;
}

[[nodiscard]] inline Int128 FromHugeint(duckdb::hugeint_t value) {
  return (static_cast<Int128>(value.upper) << 64) | value.lower;
}
[[nodiscard]] inline duckdb::hugeint_t ToHugeint(Int128 value) {
  return duckdb::hugeint_t(static_cast<int64_t>(value >> 64), static_cast<uint64_t>(value));
}

// A DECIMAL argument, row by row.
class DecimalColumn {
 public:
  DecimalColumn(duckdb::Vector& vector, duckdb::idx_t count) : physical_(vector.GetType().InternalType()) {
    vector.ToUnifiedFormat(count, format_);
  }
  [[nodiscard]] bool Missing(duckdb::idx_t row) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  [[nodiscard]] Int128 Get(duckdb::idx_t row) const {
    const duckdb::idx_t index = format_.sel->get_index(row);
    switch (physical_) {
      case duckdb::PhysicalType::INT16: return duckdb::UnifiedVectorFormat::GetData<int16_t>(format_)[index];
      case duckdb::PhysicalType::INT32: return duckdb::UnifiedVectorFormat::GetData<int32_t>(format_)[index];
      case duckdb::PhysicalType::INT64: return duckdb::UnifiedVectorFormat::GetData<int64_t>(format_)[index];
      default: return FromHugeint(duckdb::UnifiedVectorFormat::GetData<duckdb::hugeint_t>(format_)[index]);
    }
  }

 private:
  duckdb::PhysicalType physical_;
  duckdb::UnifiedVectorFormat format_;
};

// Writes into a flat DECIMAL result; refuses a value with more digits than its type has.
inline void SetDecimal(duckdb::Vector& result, duckdb::idx_t row, Int128 value) {
  const int digits = duckdb::DecimalType::GetWidth(result.GetType());
  const Int128 bound = PowerOfTen(digits);
  if (value >= bound || value <= -bound) ThrowTrinoText("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow");
  switch (result.GetType().InternalType()) {
    case duckdb::PhysicalType::INT16:
      duckdb::FlatVector::GetData<int16_t>(result)[row] = static_cast<int16_t>(value);
      return;
    case duckdb::PhysicalType::INT32:
      duckdb::FlatVector::GetData<int32_t>(result)[row] = static_cast<int32_t>(value);
      return;
    case duckdb::PhysicalType::INT64:
      duckdb::FlatVector::GetData<int64_t>(result)[row] = static_cast<int64_t>(value);
      return;
    default: duckdb::FlatVector::GetData<duckdb::hugeint_t>(result)[row] = ToHugeint(value);
  }
}

}  // namespace opentrail::engine
