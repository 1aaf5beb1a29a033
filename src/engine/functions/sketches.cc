#include <bit>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/aggregate_state.h"
#include "engine/functions/collections.h"
#include "engine/functions/digests.h"
#include "engine/functions/hyper_log_log.h"
#include "engine/functions/list.h"
#include "engine/functions/murmur_hash.h"
#include "engine/functions/scalar.h"

// The aggregates that give a sketch, those that merge sketches, and what can be asked of one.
namespace opentrail::engine {
namespace {

using duckdb::AggregateInputData;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::LogicalType;
using duckdb::Vector;
using scalar_detail::Column;

template <typename Sketch>
Sketch ParseOrThrow(std::string_view bytes) {
  auto sketch = Sketch::Parse(bytes);
  if (!sketch) ThrowInvalidArgument("The bytes are no sketch of this kind");
  return *std::move(sketch);
}

template <typename Sketch>
Sketch& Owned(SketchState<Sketch>& state) {
  if (state.sketch == nullptr) state.sketch = new Sketch();
  return *state.sketch;
}

template <typename Sketch>
void Finalize(Vector& state_vector, AggregateInputData&, Vector& result, idx_t count, idx_t offset) {
  const States<SketchState<Sketch>> states(state_vector, count);
  result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
  for (idx_t row = 0; row < count; row++) {
    Sketch* const sketch = states[row].sketch;
    if (sketch == nullptr) {
      FlatVector::SetNull(result, offset + row, true);
    } else {
      FlatVector::GetData<duckdb::string_t>(result)[offset + row] =
          duckdb::StringVector::AddStringOrBlob(result, sketch->Serialize());
    }
  }
}

// merge(): of sketches in bytes.
template <typename Sketch>
void UpdateMerge(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const Column<std::string_view> values(inputs[0], count);
  const States<SketchState<Sketch>> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (values.Missing(row)) continue;
    const Sketch other = ParseOrThrow<Sketch>(values.Get(row));
    if (states[row].sketch == nullptr) {
      states[row].sketch = new Sketch(other);
      continue;
    }
    MergeSketch(*states[row].sketch, other);
  }
}

template <typename Sketch>
void RegisterMerge(duckdb::DatabaseInstance& database, const char* name) {
  AddAggregate(
      database, name,
      {SketchAggregate<Sketch>({LogicalType::BLOB}, LogicalType::BLOB, UpdateMerge<Sketch>, Finalize<Sketch>)});
}

// Of a whole number, or of a text's bytes.
uint64_t HashOf(int64_t value) { return MurmurHash(static_cast<uint64_t>(value)); }
uint64_t HashOf(std::string_view value) { return MurmurHash(value); }
uint64_t HashOf(double value) { return MurmurHash(std::bit_cast<uint64_t>(value)); }

template <typename Sketch, typename T>
void UpdateHashes(Vector inputs[], AggregateInputData&, idx_t input_count, Vector& state_vector, idx_t count) {
  const Column<T> values(inputs[0], count);
  std::optional<Column<double>> errors;
  if (input_count > 1) errors.emplace(inputs[1], count);
  const States<SketchState<Sketch>> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (values.Missing(row)) continue;
    if constexpr (std::is_same_v<Sketch, HyperLogLog>) {
      if (states[row].sketch == nullptr && errors && !errors->Missing(row)) {
        states[row].sketch = new HyperLogLog(IndexBitsOrThrow(errors->Get(row)));
      }
    }
    Owned(states[row]).Add(HashOf(values.Get(row)));
  }
}

template <typename Sketch>
void RegisterHashed(duckdb::DatabaseInstance& database, const char* name, bool with_error) {
  std::vector<duckdb::AggregateFunction> overloads;
  const auto add = [&](const LogicalType& type, duckdb::aggregate_update_t update) {
    overloads.push_back(SketchAggregate<Sketch>({type}, LogicalType::BLOB, update, Finalize<Sketch>));
    if (!with_error) return;
    overloads.push_back(
        SketchAggregate<Sketch>({type, LogicalType::DOUBLE}, LogicalType::BLOB, update, Finalize<Sketch>));
  };
  add(LogicalType::BIGINT, UpdateHashes<Sketch, int64_t>);
  add(LogicalType::DOUBLE, UpdateHashes<Sketch, double>);
  add(LogicalType::VARCHAR, UpdateHashes<Sketch, std::string_view>);
  AddAggregate(database, name, std::move(overloads));
}

double CheckedWeight(double weight) {
  if (!(weight > 0)) ThrowInvalidArgument("weight must be > 0");
  return weight;
}

template <typename Digest, typename T>
void UpdateWeighted(Vector inputs[], AggregateInputData&, idx_t, Vector& state_vector, idx_t count) {
  const Column<T> values(inputs[0], count);
  const Column<double> weights(inputs[1], count);
  const States<SketchState<Digest>> states(state_vector, count);
  for (idx_t row = 0; row < count; row++) {
    if (values.Missing(row) || weights.Missing(row)) continue;
    if constexpr (std::is_floating_point_v<T>) {
      if (std::isnan(values.Get(row))) ThrowInvalidArgument("value is NaN");
    }
    Owned(states[row]).Add(values.Get(row), CheckedWeight(weights.Get(row)));
  }
}

// A double as a whole number of the same order, and back.
int64_t OrderedBits(double value) {
  const auto bits = std::bit_cast<int64_t>(value);
  return bits ^ ((bits >> 63) & INT64_MAX);
}
double FromOrderedBits(int64_t bits) { return std::bit_cast<double>(bits ^ ((bits >> 63) & INT64_MAX)); }

double CheckedQuantile(double quantile) {
  if (!(quantile >= 0 && quantile <= 1)) ThrowInvalidArgument("quantile must be in [0, 1], was {}", quantile);
  return quantile;
}

double CheckedPercentile(double percentile) {
  if (!(percentile >= 0 && percentile <= 1)) ThrowInvalidArgument("Percentile must be between 0 and 1");
  return percentile;
}

template <double (*check)(double)>
std::vector<double> ValuesOf(std::string_view bytes, const std::vector<std::optional<double>>& quantiles) {
  TDigest digest = ParseOrThrow<TDigest>(bytes);
  std::vector<double> values;
  for (const auto& quantile : quantiles) {
    if (!quantile) ThrowInvalidArgument("Percentile cannot be null");
    values.push_back(digest.ValueAt(check(*quantile)));
  }
  return values;
}

void RegisterTDigest(duckdb::DatabaseInstance& database) {
  const LogicalType number = LogicalType::DOUBLE;
  const LogicalType blob = LogicalType::BLOB;
  const LogicalType numbers = LogicalType::LIST(number);
  AddAggregate(database, "trino_tdigest_agg",
               {SketchAggregate<TDigest>({number, number}, blob, UpdateWeighted<TDigest, double>, Finalize<TDigest>)});
  RegisterMerge<TDigest>(database, "trino_tdigest_merge");
  RegisterScalar(database, "trino_tdigest_value", {blob, number}, number, [](std::string_view bytes, double quantile) {
    return ParseOrThrow<TDigest>(bytes).ValueAt(CheckedQuantile(quantile));
  });
  RegisterScalar(database, "trino_tdigest_percentile", {blob, number}, number,
                 [](std::string_view bytes, double percentile) {
                   return ParseOrThrow<TDigest>(bytes).ValueAt(CheckedPercentile(percentile));
                 });
  RegisterScalar(database, "trino_tdigest_values", {blob, numbers}, numbers, ValuesOf<CheckedQuantile>);
  RegisterScalar(database, "trino_tdigest_percentiles", {blob, numbers}, numbers, ValuesOf<CheckedPercentile>);
  RegisterScalar(database, "trino_tdigest_scale", {blob, number}, blob, [](std::string_view bytes, double factor) {
    if (!(factor > 0)) ThrowInvalidArgument("Scale factor should be positive.");
    TDigest digest = ParseOrThrow<TDigest>(bytes);
    digest.Scale(factor);
    return digest.Serialize();
  });
}

std::vector<std::optional<int64_t>> QuantileValues(std::string_view bytes,
                                                   const std::vector<std::optional<double>>& quantiles) {
  const QuantileDigest digest = ParseOrThrow<QuantileDigest>(bytes);
  std::vector<std::optional<int64_t>> values;
  for (const auto& quantile : quantiles) {
    if (!quantile) ThrowInvalidArgument("quantile cannot be null");
    values.push_back(digest.ValueAt(CheckedQuantile(*quantile)));
  }
  return values;
}

void RegisterQuantileDigest(duckdb::DatabaseInstance& database) {
  const LogicalType number = LogicalType::DOUBLE;
  const LogicalType bigint = LogicalType::BIGINT;
  const LogicalType blob = LogicalType::BLOB;
  AddAggregate(database, "trino_qdigest_agg",
               {SketchAggregate<QuantileDigest>({bigint, number}, blob, UpdateWeighted<QuantileDigest, int64_t>,
                                                Finalize<QuantileDigest>)});
  RegisterMerge<QuantileDigest>(database, "trino_qdigest_merge");
  RegisterScalar(database, "trino_qdigest_value", {blob, number}, bigint, [](std::string_view bytes, double quantile) {
    return ParseOrThrow<QuantileDigest>(bytes).ValueAt(CheckedQuantile(quantile));
  });
  RegisterScalar(database, "trino_qdigest_values", {blob, LogicalType::LIST(number)}, LogicalType::LIST(bigint),
                 QuantileValues);
  RegisterScalar(database, "trino_qdigest_quantile", {blob, bigint}, number, [](std::string_view bytes, int64_t value) {
    return ParseOrThrow<QuantileDigest>(bytes).QuantileAt(value);
  });
  RegisterScalar(database, "trino_ordered_bits", OrderedBits, Throws::kNever);
  RegisterScalar(database, "trino_from_ordered_bits", FromOrderedBits, Throws::kNever);
}

void RegisterHyperLogLog(duckdb::DatabaseInstance& database) {
  const LogicalType blob = LogicalType::BLOB;
  RegisterHashed<HyperLogLog>(database, "trino_approx_set", true);
  RegisterMerge<HyperLogLog>(database, "trino_hll_merge");
  RegisterScalar(database, "trino_hll_cardinality", {blob}, LogicalType::BIGINT,
                 [](std::string_view bytes) { return ParseOrThrow<HyperLogLog>(bytes).Cardinality(); });
  RegisterScalar(database, "trino_empty_approx_set", {LogicalType::DOUBLE}, blob, [](double error) {
    return HyperLogLog(error > 0 ? HyperLogLog::IndexBitsOf(error) : HyperLogLog::kDefaultIndexBits).Serialize();
  });
  RegisterScalar(database, "trino_hll_dense", {blob}, blob, [](std::string_view bytes) {
    HyperLogLog sketch = ParseOrThrow<HyperLogLog>(bytes);
    sketch.MakeDense();
    return sketch.Serialize();
  });
}

void HashCounts(duckdb::DataChunk& arguments, duckdb::ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const Column<std::string_view> digests(arguments.data[0], rows);
  std::vector<std::pair<int64_t, int16_t>> all;
  const idx_t start = duckdb::ListVector::GetListSize(result);
  for (idx_t row = 0; row < rows; row++) {
    const idx_t first = all.size();
    if (digests.Missing(row)) {
      FlatVector::SetNull(result, row, true);
    } else {
      const SetDigest digest = ParseOrThrow<SetDigest>(digests.Get(row));
      all.insert(all.end(), digest.HashCounts().begin(), digest.HashCounts().end());
    }
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {start + first, all.size() - first};
  }
  duckdb::ListVector::Reserve(result, start + all.size());
  auto& fields = duckdb::StructVector::GetEntries(duckdb::ListVector::GetEntry(result));
  for (idx_t i = 0; i < all.size(); i++) {
    FlatVector::GetData<int64_t>(*fields[0])[start + i] = all[i].first;
    FlatVector::GetData<int16_t>(*fields[1])[start + i] = all[i].second;
  }
  duckdb::ListVector::SetListSize(result, start + all.size());
  MarkConstant(arguments, result);
}

void RegisterSetDigest(duckdb::DatabaseInstance& database) {
  const LogicalType blob = LogicalType::BLOB;
  RegisterHashed<SetDigest>(database, "trino_make_set_digest", false);
  RegisterMerge<SetDigest>(database, "trino_merge_set_digest");
  RegisterScalar(database, "trino_set_digest_cardinality", {blob}, LogicalType::BIGINT,
                 [](std::string_view bytes) { return ParseOrThrow<SetDigest>(bytes).Cardinality(); });
  RegisterScalar(database, "trino_intersection_cardinality", {blob, blob}, LogicalType::BIGINT,
                 [](std::string_view a, std::string_view b) {
                   return SetDigest::IntersectionCardinality(ParseOrThrow<SetDigest>(a), ParseOrThrow<SetDigest>(b));
                 });
  RegisterScalar(database, "trino_jaccard_index", {blob, blob}, LogicalType::DOUBLE,
                 [](std::string_view a, std::string_view b) {
                   return SetDigest::JaccardIndex(ParseOrThrow<SetDigest>(a), ParseOrThrow<SetDigest>(b));
                 });
  RegisterChunk(database, {.name = "trino_hash_counts",
                           .arguments = {blob},
                           .result = LogicalType::MAP(LogicalType::BIGINT, LogicalType::SMALLINT),
                           .function = HashCounts,
                           .null_handling = duckdb::FunctionNullHandling::SPECIAL_HANDLING});
}

}  // namespace

uint32_t IndexBitsOrThrow(double standard_error) {
  constexpr double kMin = 0.0040625;
  constexpr double kMax = 0.26;
  if (!(standard_error >= kMin && standard_error <= kMax)) {
    ThrowInvalidArgument("Max standard error must be in [{}, {}]: {}", kMin, kMax, standard_error);
  }
  return HyperLogLog::IndexBitsOf(standard_error);
}

void RegisterSketches(duckdb::DatabaseInstance& database) {
  RegisterTDigest(database);
  RegisterQuantileDigest(database);
  RegisterHyperLogLog(database);
  RegisterSetDigest(database);
}

}  // namespace opentrail::engine
