#pragma once

#include <cstdint>
#include <new>
#include <utility>
#include <vector>

#include "duckdb/common/types/vector.hpp"
#include "duckdb/function/aggregate_function.hpp"
#include "engine/functions/scalar.h"

// Aggregates with a state of their own inside the engine: what each of them needs.
namespace opentrail::engine {

// Puts an aggregate into the system catalog.
void AddAggregate(duckdb::DatabaseInstance& database, const char* name,
                  std::vector<duckdb::AggregateFunction> overloads);

// The index bits of a HyperLogLog with this standard error. Throws where Trino has none.
[[nodiscard]] uint32_t IndexBitsOrThrow(double standard_error);

// States that are pointers or plain numbers, behind a vector of addresses.
template <typename State>
class States {
 public:
  States(duckdb::Vector& vector, duckdb::idx_t count) { vector.ToUnifiedFormat(count, format_); }
  [[nodiscard]] State& operator[](duckdb::idx_t row) const {
    const auto* addresses = duckdb::UnifiedVectorFormat::GetData<duckdb::data_ptr_t>(format_);
    return *reinterpret_cast<State*>(addresses[format_.sel->get_index(row)]);
  }

 private:
  duckdb::UnifiedVectorFormat format_;
};

template <typename State>
duckdb::idx_t SizeOfState(const duckdb::AggregateFunction&) {
  return sizeof(State);
}

template <typename State>
void InitState(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
  new (state) State();
}

// A sketch that a state owns: null until its first value. Sketch has Merge(const Sketch&) and can be copied.
template <typename Sketch>
struct SketchState {
  Sketch* sketch;
};

// Trino merges HyperLogLogs of one precision only.
template <typename Sketch>
void MergeSketch(Sketch& target, const Sketch& source) {
  if constexpr (requires { target.SameShape(source); }) {
    if (!target.SameShape(source)) ThrowInvalidArgument("Cannot merge HLLs with different number of buckets");
  }
  target.Merge(source);
}

template <typename Sketch>
void CombineSketches(duckdb::Vector& source_vector, duckdb::Vector& target_vector, duckdb::AggregateInputData&,
                     duckdb::idx_t count) {
  const States<SketchState<Sketch>> sources(source_vector, count);
  const States<SketchState<Sketch>> targets(target_vector, count);
  for (duckdb::idx_t row = 0; row < count; row++) {
    const Sketch* source = sources[row].sketch;
    if (source == nullptr) continue;
    if (targets[row].sketch == nullptr)
      targets[row].sketch = new Sketch(*source);
    else
      MergeSketch(*targets[row].sketch, *source);
  }
}

template <typename Sketch>
void DestroySketches(duckdb::Vector& state_vector, duckdb::AggregateInputData&, duckdb::idx_t count) {
  const States<SketchState<Sketch>> states(state_vector, count);
  for (duckdb::idx_t row = 0; row < count; row++) {
    delete states[row].sketch;
    states[row].sketch = nullptr;
  }
}

// An aggregate over a sketch; it sees NULL arguments itself.
template <typename Sketch>
duckdb::AggregateFunction SketchAggregate(duckdb::vector<duckdb::LogicalType> arguments, duckdb::LogicalType result,
                                          duckdb::aggregate_update_t update, duckdb::aggregate_finalize_t finalize) {
  using State = SketchState<Sketch>;
  duckdb::AggregateFunction function(std::move(arguments), std::move(result), SizeOfState<State>, InitState<State>,
                                     update, CombineSketches<Sketch>, finalize,
                                     duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  function.destructor = DestroySketches<Sketch>;
  function.order_dependent = duckdb::AggregateOrderDependent::NOT_ORDER_DEPENDENT;
  return function;
}

}  // namespace opentrail::engine
