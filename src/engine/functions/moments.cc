#include <cmath>
#include <cstdint>
#include <optional>

#include "engine/functions/aggregate_state.h"
#include "engine/functions/collections.h"
#include "engine/functions/scalar.h"

// skewness, kurtosis and linear regression, by the update and merge formulas that Trino uses, so that the last digits
// agree. Pébay, Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order Statistical
// Moments (2008).
namespace opentrail::engine {
namespace {

using duckdb::AggregateFunction;
using duckdb::AggregateInputData;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;
using scalar_detail::Column;

// The mean and the sums of the second to fourth powers of the deviations from it.
struct MomentState {
  int64_t count;
  double mean;
  double m2;
  double m3;
  double m4;

  void Add(double value) {
    const auto before = static_cast<double>(count++);
    const auto n = static_cast<double>(count);
    const double delta = value - mean;
    const double step = delta / n;
    const double square = delta * step * before;
    m4 = m4 + square * (step * step) * (n * n - 3 * n + 3) + 6 * (step * step) * m2 - 4 * step * m3;
    m3 = m3 + square * step * (n - 2) - 3 * step * m2;
    m2 += square;
    mean += step;
  }

  void Merge(const MomentState& other) {
    if (other.count == 0) return;
    const auto a = static_cast<double>(count);
    const auto b = static_cast<double>(other.count);
    const double n = a + b;
    const double delta = other.mean - mean;
    const double square = delta * delta;
    m4 += other.m4 + square * square * a * b * (a * a - a * b + b * b) / (n * n * n) +
          6 * square * (a * a * other.m2 + b * b * m2) / (n * n) + 4 * delta * (a * other.m3 - b * m3) / n;
    m3 += other.m3 + square * delta * a * b * (a - b) / (n * n) + 3 * delta * (a * other.m2 - b * m2) / n;
    m2 += other.m2 + square * a * b / n;
    mean = (a * mean + b * other.mean) / n;
    count += other.count;
  }
};

std::optional<double> Skewness(const MomentState& state) {
  if (state.count < 3) return std::nullopt;
  return std::sqrt(static_cast<double>(state.count)) * state.m3 / std::pow(state.m2, 1.5);
}

std::optional<double> Kurtosis(const MomentState& state) {
  if (state.count < 4) return std::nullopt;
  const auto n = static_cast<double>(state.count);
  return (n - 1) * n * (n + 1) / ((n - 2) * (n - 3)) * state.m4 / (state.m2 * state.m2) -
         3 * ((n - 1) * (n - 1)) / ((n - 2) * (n - 3));
}

// The means of both, the sum of the products of their deviations, and that of the squares of x's.
struct RegressionState {
  int64_t count;
  double mean_x;
  double mean_y;
  double c2;
  double m2_x;

  void Add(double y, double x) {
    const auto n = static_cast<double>(++count);
    const double delta_x = x - mean_x;
    mean_x += delta_x / n;
    mean_y += (y - mean_y) / n;
    c2 += delta_x * (y - mean_y);
    m2_x += delta_x * (x - mean_x);
  }

  void Merge(const RegressionState& other) {
    if (other.count == 0) return;
    const auto a = static_cast<double>(count);
    const auto b = static_cast<double>(other.count);
    const double n = a + b;
    const double delta_x = other.mean_x - mean_x;
    const double delta_y = other.mean_y - mean_y;
    c2 += other.c2 + delta_x * delta_y * a * b / n;
    m2_x += other.m2_x + delta_x * delta_x * a * b / n;
    mean_x += delta_x * b / n;
    mean_y += delta_y * b / n;
    count += other.count;
  }
};

std::optional<double> Finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

std::optional<double> Slope(const RegressionState& state) {
  return state.count == 0 ? std::nullopt : Finite(state.c2 / state.m2_x);
}

std::optional<double> Intercept(const RegressionState& state) {
  if (state.count == 0) return std::nullopt;
  return Finite(state.mean_y - state.c2 / state.m2_x * state.mean_x);
}

void UpdateMoments(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const Column<double> values(inputs[0], count);
  const States<MomentState> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (!values.Missing(row)) states[row].Add(values.Get(row));
  }
}

void UpdateRegression(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const Column<double> dependent(inputs[0], count);
  const Column<double> independent(inputs[1], count);
  const States<RegressionState> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (dependent.Missing(row) || independent.Missing(row)) continue;
    states[row].Add(dependent.Get(row), independent.Get(row));
  }
}

template <typename State>
void CombineStates(Vector& source_vector, Vector& target_vector, AggregateInputData&, idx_t count) {
  const States<State> sources(source_vector, count);
  const States<State> targets(target_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (targets[row].count == 0)
      targets[row] = sources[row];
    else
      targets[row].Merge(sources[row]);
  }
}

template <typename State, std::optional<double> (*kAnswer)(const State&)>
void FinalizeStates(Vector& state_vector, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  const States<State> states(state_vector, count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < count; row++) {
    const std::optional<double> answer = kAnswer(states[row]);
    if (answer)
      FlatVector::GetData<double>(result)[offset + row] = *answer;
    else
      FlatVector::SetNull(result, offset + row, true);
  }
}

template <typename State, std::optional<double> (*kAnswer)(const State&)>
void Register(duckdb::DatabaseInstance& database, const char* name, duckdb::vector<LogicalType> arguments,
              duckdb::aggregate_update_t update) {
  AggregateFunction function(std::move(arguments), LogicalType::DOUBLE, SizeOfState<State>, InitState<State>, update,
                             CombineStates<State>, FinalizeStates<State, kAnswer>,
                             duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING);
  AddAggregate(database, name, {std::move(function)});
}

}  // namespace

void RegisterMoments(duckdb::DatabaseInstance& database) {
  const LogicalType number = LogicalType::DOUBLE;
  Register<MomentState, Skewness>(database, "trino_skewness", {number}, UpdateMoments);
  Register<MomentState, Kurtosis>(database, "trino_kurtosis", {number}, UpdateMoments);
  Register<RegressionState, Slope>(database, "trino_regr_slope", {number, number}, UpdateRegression);
  Register<RegressionState, Intercept>(database, "trino_regr_intercept", {number, number}, UpdateRegression);
}

}  // namespace opentrail::engine
