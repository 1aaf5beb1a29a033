#include <algorithm>
#include <string>

#include "duckdb/common/types/hugeint.hpp"
#include "duckdb/planner/expression.hpp"
#include "engine/functions/collections.h"
#include "engine/functions/decimal.h"
#include "engine/functions/list.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::DecimalType;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;

using Arguments = duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>;
using BindResult = duckdb::unique_ptr<duckdb::FunctionData>;

Int128 RoundDecimal(Int128 value, int precision, int scale, int decimals) {
  if (decimals >= scale) return value;
  // As Trino: a decimal of at most 18 digits with none left of the rounded place is 0, not rounded up.
  if (precision < 18 && precision - scale + decimals <= 0) return 0;
  if (scale - decimals > kMaxDecimalDigits) return 0;
  const Int128 factor = PowerOfTen(scale - decimals);
  return DivideHalfUp(value, factor) * factor;
}

Int128 TruncateDecimal(Int128 value, int precision, int scale, int decimals) {
  if (decimals >= scale) return value;
  if (precision - scale + decimals <= 0) return 0;
  return value - value % PowerOfTen(scale - decimals);
}

// round(x, n) and truncate(x, n): the operation on the unscaled number, checked against the result's digits.
template <Int128 (*kOperation)(Int128, int, int, int)>
void WithDecimals(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const LogicalType& type = arguments.data[0].GetType();
  const DecimalColumn values(arguments.data[0], rows);
  const scalar_detail::Column<int32_t> decimals(arguments.data[1], rows);
  for (idx_t row = 0; row < rows; row++) {
    if (values.Missing(row) || decimals.Missing(row)) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    const int places = std::clamp<int32_t>(decimals.Get(row), -2 * kMaxDecimalDigits, kMaxDecimalDigits);
    SetDecimal(result, row,
               kOperation(values.Get(row), DecimalType::GetWidth(type), DecimalType::GetScale(type), places));
  }
  MarkConstant(arguments, result);
}

// What the engine's sum holds beside a decimal's digits.
void CheckSum(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const DecimalColumn sums(arguments.data[0], rows);
  const Int128 bound = PowerOfTen(kMaxDecimalDigits);
  for (idx_t row = 0; row < rows; row++) {
    if (sums.Missing(row)) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    const Int128 sum = sums.Get(row);
    if (sum >= bound || sum <= -bound) ThrowTrinoText("GENERIC_INTERNAL_ERROR", "Decimal overflow");
    SetDecimal(result, row, sum);
  }
  MarkConstant(arguments, result);
}

void ModDecimal(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const DecimalColumn dividends(arguments.data[0], rows);
  const DecimalColumn divisors(arguments.data[1], rows);
  const int left_scale = DecimalType::GetScale(arguments.data[0].GetType());
  const int right_scale = DecimalType::GetScale(arguments.data[1].GetType());
  const int scale = std::max(left_scale, right_scale);
  for (idx_t row = 0; row < rows; row++) {
    if (dividends.Missing(row) || divisors.Missing(row)) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    if (divisors.Get(row) == 0) ThrowTrino("DIVISION_BY_ZERO", "Division by zero");
    SetDecimal(result, row,
               Rescale(dividends.Get(row), scale - left_scale) % Rescale(divisors.Get(row), scale - right_scale));
  }
  MarkConstant(arguments, result);
}

void KeepArgumentTypes(duckdb::ScalarFunction& function, const Arguments& arguments) {
  for (idx_t i = 0; i < arguments.size(); i++) {
    if (function.arguments[i].id() == duckdb::LogicalTypeId::DECIMAL) {
      function.arguments[i] = DecimalOf(arguments[i]->return_type);
    }
  }
}

BindResult BindRound(duckdb::ClientContext&, duckdb::ScalarFunction& function, Arguments& arguments) {
  KeepArgumentTypes(function, arguments);
  const LogicalType& type = function.arguments[0];
  function.return_type =
      LogicalType::DECIMAL(std::min(kMaxDecimalDigits, DecimalType::GetWidth(type) + 1), DecimalType::GetScale(type));
  return nullptr;
}

BindResult BindTruncate(duckdb::ClientContext&, duckdb::ScalarFunction& function, Arguments& arguments) {
  KeepArgumentTypes(function, arguments);
  function.return_type = function.arguments[0];
  return nullptr;
}

BindResult BindMod(duckdb::ClientContext&, duckdb::ScalarFunction& function, Arguments& arguments) {
  KeepArgumentTypes(function, arguments);
  const int scale =
      std::max(DecimalType::GetScale(function.arguments[0]), DecimalType::GetScale(function.arguments[1]));
  const int whole =
      std::min(DecimalType::GetWidth(function.arguments[0]) - DecimalType::GetScale(function.arguments[0]),
               DecimalType::GetWidth(function.arguments[1]) - DecimalType::GetScale(function.arguments[1]));
  function.return_type = LogicalType::DECIMAL(std::clamp(whole + scale, 1, kMaxDecimalDigits), scale);
  return nullptr;
}

}  // namespace

void RegisterDecimalMath(duckdb::DatabaseInstance& database) {
  const LogicalType decimal = LogicalTypeOfAnyDecimal();
  const auto add = [&](const char* name, const LogicalType& second, duckdb::scalar_function_t function,
                       duckdb::bind_scalar_function_t bind) {
    RegisterChunk(database, {.name = name,
                             .arguments = {decimal, second},
                             .result = decimal,
                             .function = std::move(function),
                             .bind = bind});
  };
  add("trino_round_decimal", LogicalType::INTEGER, WithDecimals<RoundDecimal>, BindRound);
  add("trino_truncate_decimal", LogicalType::INTEGER, WithDecimals<TruncateDecimal>, BindTruncate);
  RegisterChunk(database, {.name = "trino_sum_decimal",
                           .arguments = {decimal},
                           .result = decimal,
                           .function = CheckSum,
                           .bind = BindTruncate});
  add("trino_mod_decimal", decimal, ModDecimal, BindMod);
}

}  // namespace opentrail::engine
