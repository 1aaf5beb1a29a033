#include "duckdb/function/scalar_function.hpp"
#include "duckdb/planner/expression.hpp"

#include "engine/functions/int128.h"
#include "engine/functions/operator_internal.h"
#include "engine/functions/scalar.h"
#include "sql/decimal.h"

// Decimal arithmetic over 38 digits. Every function takes the operands and their scales; its result has 38 digits and
// the scale that Trino derives, and the statement casts it to the precision that it derives.
namespace opentrail::engine {

namespace {

using duckdb::hugeint_t;
using sql::BinaryOperator;

[[noreturn]] void Overflow() { ThrowTrinoText("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow"); }

duckdb::hugeint_t Checked(Int128 value) {
  if (Magnitude(value) >= PowerOfTen(38)) Overflow();
  return ToHugeint(value);
}

Int128 RescaleOrThrow(hugeint_t value, int32_t from, int32_t to) {
  const auto scaled = Rescale(FromHugeint(value), static_cast<uint32_t>(from), static_cast<uint32_t>(to));
  if (!scaled) Overflow();
  return *scaled;
}

hugeint_t Add(hugeint_t a, hugeint_t b, int32_t scale_a, int32_t scale_b) {
  const int32_t scale = std::max(scale_a, scale_b);
  Int128 result = 0;
  if (__builtin_add_overflow(RescaleOrThrow(a, scale_a, scale), RescaleOrThrow(b, scale_b, scale), &result)) Overflow();
  return Checked(result);
}

hugeint_t Subtract(hugeint_t a, hugeint_t b, int32_t scale_a, int32_t scale_b) {
  const int32_t scale = std::max(scale_a, scale_b);
  Int128 result = 0;
  if (__builtin_sub_overflow(RescaleOrThrow(a, scale_a, scale), RescaleOrThrow(b, scale_b, scale), &result)) Overflow();
  return Checked(result);
}

hugeint_t Multiply(hugeint_t a, hugeint_t b, int32_t, int32_t) {
  Int128 product = 0;
  if (__builtin_mul_overflow(FromHugeint(a), FromHugeint(b), &product)) Overflow();
  return Checked(product);
}

// remainder * 10 / divisor digit by digit: the product itself may not fit 128 bits.
unsigned NextDigit(UInt128& remainder, UInt128 divisor) {
  unsigned digit = 0;
  UInt128 sum = 0;
  for (int i = 0; i < 10; ++i) {
    sum += remainder;
    if (sum >= divisor) {
      sum -= divisor;
      ++digit;
    }
  }
  remainder = sum;
  return digit;
}

// Long division: a * 10^shift / b, rounded half up.
hugeint_t Divide(hugeint_t a, hugeint_t b, int32_t scale_a, int32_t scale_b) {
  const Int128 dividend = FromHugeint(a);
  const Int128 divisor = FromHugeint(b);
  if (divisor == 0) ThrowTrinoText("DIVISION_BY_ZERO", "Division by zero");
  const int32_t shift = std::max(scale_a, scale_b) - scale_a + scale_b;
  const UInt128 by = Magnitude(divisor);
  UInt128 quotient = Magnitude(dividend) / by;
  UInt128 remainder = Magnitude(dividend) % by;
  for (int32_t i = 0; i < shift; ++i) {
    if (quotient >= PowerOfTen(37)) Overflow();
    quotient = quotient * 10 + NextDigit(remainder, by);
  }
  if (remainder >= by - remainder) ++quotient;
  const auto result = static_cast<Int128>(quotient);
  return Checked((dividend < 0) != (divisor < 0) ? -result : result);
}

hugeint_t Modulus(hugeint_t a, hugeint_t b, int32_t scale_a, int32_t scale_b) {
  const int32_t scale = std::max(scale_a, scale_b);
  const Int128 divisor = RescaleOrThrow(b, scale_b, scale);
  if (divisor == 0) ThrowTrinoText("DIVISION_BY_ZERO", "Division by zero");
  return Checked(RescaleOrThrow(a, scale_a, scale) % divisor);
}

sql::DecimalShape ShapeOf(const duckdb::LogicalType& type) {
  return {duckdb::DecimalType::GetWidth(type), duckdb::DecimalType::GetScale(type)};
}

template <BinaryOperator operation>
duckdb::unique_ptr<duckdb::FunctionData> BindDecimal(
    duckdb::ClientContext&, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const sql::DecimalShape left = ShapeOf(arguments[0]->return_type);
  const sql::DecimalShape right = ShapeOf(arguments[1]->return_type);
  const auto shape = sql::DecimalResult(operation, left, right);
  if (!shape) Overflow();
  function.arguments[0] = duckdb::LogicalType::DECIMAL(38, static_cast<uint8_t>(left.scale));
  function.arguments[1] = duckdb::LogicalType::DECIMAL(38, static_cast<uint8_t>(right.scale));
  function.return_type = duckdb::LogicalType::DECIMAL(38, static_cast<uint8_t>(shape->scale));
  return nullptr;
}

template <BinaryOperator operation>
void Register(duckdb::DatabaseInstance& database, const std::string& name,
              hugeint_t (*apply)(hugeint_t, hugeint_t, int32_t, int32_t)) {
  using duckdb::LogicalType;
  const LogicalType decimal(duckdb::LogicalTypeId::DECIMAL);
  RegisterScalar(
      database, name, {decimal, decimal, LogicalType::INTEGER, LogicalType::INTEGER}, decimal,
      [apply](hugeint_t a, hugeint_t b, int32_t scale_a, int32_t scale_b) { return apply(a, b, scale_a, scale_b); },
      Throws::kSometimes, BindDecimal<operation>);
}

}  // namespace

void RegisterDecimalOperators(duckdb::DatabaseInstance& database) {
  Register<BinaryOperator::kAdd>(database, "trino_decimal_add", Add);
  Register<BinaryOperator::kSubtract>(database, "trino_decimal_subtract", Subtract);
  Register<BinaryOperator::kMultiply>(database, "trino_decimal_multiply", Multiply);
  Register<BinaryOperator::kDivide>(database, "trino_decimal_divide", Divide);
  Register<BinaryOperator::kModulus>(database, "trino_decimal_modulus", Modulus);
}

}  // namespace opentrail::engine
