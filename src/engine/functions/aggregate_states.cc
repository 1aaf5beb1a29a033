#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "duckdb/function/aggregate_function.hpp"
#include "duckdb/main/database.hpp"
#include "duckdb/parser/parsed_data/create_aggregate_function_info.hpp"
#include "engine/functions/aggregate_state.h"
#include "engine/functions/collections.h"
#include "engine/functions/decimal.h"
#include "engine/functions/hyper_log_log.h"

// The aggregates that need a state of their own inside the engine.
namespace opentrail::engine {
namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::UnifiedVectorFormat;
using duckdb::Vector;

// approx_distinct

using DistinctState = SketchState<HyperLogLog>;

constexpr double kDistinctError = 0.023;  // Trino's, where none is asked for

void UpdateDistinct(Vector inputs[], AggregateInputData&, idx_t input_count, Vector& state_vector, idx_t count) {
  Vector hashes(LogicalType::HASH);
  duckdb::VectorOperations::Hash(inputs[0], hashes, count);
  UnifiedVectorFormat hash_format;
  hashes.ToUnifiedFormat(count, hash_format);
  UnifiedVectorFormat values;
  inputs[0].ToUnifiedFormat(count, values);
  std::optional<scalar_detail::Column<double>> errors;
  if (input_count > 1) errors.emplace(inputs[1], count);
  const States<DistinctState> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (!values.validity.RowIsValid(values.sel->get_index(row))) continue;
    DistinctState& state = states[row];
    if (state.sketch == nullptr) {
      const double error = errors && !errors->Missing(row) ? errors->Get(row) : kDistinctError;
      state.sketch = new HyperLogLog(IndexBitsOrThrow(error));
    }
    state.sketch->Add(UnifiedVectorFormat::GetData<uint64_t>(hash_format)[hash_format.sel->get_index(row)]);
  }
}

void FinalizeDistinct(Vector& state_vector, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  const States<DistinctState> states(state_vector, count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < count; row++) {
    const HyperLogLog* sketch = states[row].sketch;
    FlatVector::GetData<int64_t>(result)[offset + row] = sketch == nullptr ? 0 : sketch->Cardinality();
  }
}

AggregateFunction ApproxDistinct(duckdb::vector<LogicalType> arguments) {
  AggregateFunction function =
      SketchAggregate<HyperLogLog>(std::move(arguments), LogicalType::BIGINT, UpdateDistinct, FinalizeDistinct);
  function.distinct_dependent = duckdb::AggregateDistinctDependent::NOT_DISTINCT_DEPENDENT;
  return function;
}

// sum of bigints, which overflows as soon as it is past the range, as Trino's does

struct SumState {
  int64_t sum;
  bool has_value;
};

void AddBigint(SumState& state, int64_t value) {
  int64_t total = 0;
  if (__builtin_add_overflow(state.sum, value, &total)) {
    ThrowTrino("NUMERIC_VALUE_OUT_OF_RANGE", "bigint addition overflow: {} + {}", state.sum, value);
  }
  state = {total, true};
}

void UpdateSum(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const scalar_detail::Column<int64_t> values(inputs[0], count);
  const States<SumState> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (!values.Missing(row)) AddBigint(states[row], values.Get(row));
  }
}

// Of no groups: one state for all rows.
void UpdateOneSum(Vector inputs[], AggregateInputData&, idx_t, duckdb::data_ptr_t state, idx_t count) {
  const scalar_detail::Column<int64_t> values(inputs[0], count);
  SumState& sum = *reinterpret_cast<SumState*>(state);
  for (idx_t row = 0; row < count; row++) {
    if (!values.Missing(row)) AddBigint(sum, values.Get(row));
  }
}

void CombineSums(Vector& source_vector, Vector& target_vector, AggregateInputData&, idx_t count) {
  const States<SumState> sources(source_vector, count);
  const States<SumState> targets(target_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (sources[row].has_value) AddBigint(targets[row], sources[row].sum);
  }
}

void FinalizeSum(Vector& state_vector, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  const States<SumState> states(state_vector, count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < count; row++) {
    if (states[row].has_value)
      FlatVector::GetData<int64_t>(result)[offset + row] = states[row].sum;
    else
      FlatVector::SetNull(result, offset + row, true);
  }
}

// avg of decimals

struct AverageState {
  duckdb::hugeint_t sum;
  int64_t count;
};

void AddChecked(duckdb::hugeint_t& sum, Int128 value) {
  Int128 total = 0;
  if (__builtin_add_overflow(FromHugeint(sum), value, &total)) {
    ThrowTrinoText("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow");
  }
  sum = ToHugeint(total);
}

void UpdateAverage(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const DecimalColumn values(inputs[0], count);
  const States<AverageState> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (values.Missing(row)) continue;
    AddChecked(states[row].sum, values.Get(row));
    states[row].count++;
  }
}

void CombineAverage(Vector& source_vector, Vector& target_vector, AggregateInputData&, idx_t count) {
  const States<AverageState> sources(source_vector, count);
  const States<AverageState> targets(target_vector, count);
  for (idx_t row = 0; row < count; row++) {
    AddChecked(targets[row].sum, FromHugeint(sources[row].sum));
    targets[row].count += sources[row].count;
  }
}

void FinalizeAverage(Vector& state_vector, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  const States<AverageState> states(state_vector, count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < count; row++) {
    const AverageState& state = states[row];
    if (state.count == 0)
      FlatVector::SetNull(result, offset + row, true);
    else
      SetDecimal(result, offset + row, DivideHalfUp(FromHugeint(state.sum), state.count));
  }
}

duckdb::unique_ptr<duckdb::FunctionData> BindAverage(
    duckdb::ClientContext&, AggregateFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  function.arguments[0] = DecimalOf(arguments[0]->return_type);
  function.return_type = function.arguments[0];
  return nullptr;
}

}  // namespace

void AddAggregate(duckdb::DatabaseInstance& database, const char* name, std::vector<AggregateFunction> overloads) {
  duckdb::AggregateFunctionSet set(name);
  for (AggregateFunction& overload : overloads) set.AddFunction(std::move(overload));
  duckdb::CreateAggregateFunctionInfo info(std::move(set));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateFunction(duckdb::CatalogTransaction::GetSystemTransaction(database),
                                                             info);
}

void RegisterApproxDistinct(duckdb::DatabaseInstance& database) {
  AddAggregate(database, "trino_approx_distinct",
               {ApproxDistinct({LogicalType::ANY}), ApproxDistinct({LogicalType::ANY, LogicalType::DOUBLE})});
}

void RegisterBigintSum(duckdb::DatabaseInstance& database) {
  AggregateFunction function({LogicalType::BIGINT}, LogicalType::BIGINT, SizeOfState<SumState>, InitState<SumState>,
                             UpdateSum, CombineSums, FinalizeSum, duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING,
                             UpdateOneSum);
  AddAggregate(database, "trino_sum", {std::move(function)});
}

void RegisterDecimalAverage(duckdb::DatabaseInstance& database) {
  AggregateFunction function({LogicalTypeOfAnyDecimal()}, LogicalTypeOfAnyDecimal(), SizeOfState<AverageState>,
                             InitState<AverageState>, UpdateAverage, CombineAverage, FinalizeAverage,
                             duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING);
  function.bind = BindAverage;
  AddAggregate(database, "trino_avg_decimal", {std::move(function)});
}

}  // namespace opentrail::engine
