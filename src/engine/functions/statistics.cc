#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <vector>

#include "engine/functions/collections.h"
#include "engine/functions/list.h"
#include "engine/functions/scalar.h"

// Statistics over the list of an aggregate's rows.
namespace opentrail::engine {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::LogicalType;
using duckdb::StructVector;
using duckdb::Vector;
using scalar_detail::Column;

struct Weighted {
  double value;
  double weight;
};

// The rows (value, weight) of one list that have both, sorted by value.
class WeightedLists {
 public:
  WeightedLists(Vector& lists, idx_t rows)
      : reader_(lists, rows),
        values_(*StructVector::GetEntries(reader_.Elements())[0], reader_.ElementCount()),
        weights_(*StructVector::GetEntries(reader_.Elements())[1], reader_.ElementCount()) {}

  [[nodiscard]] std::vector<Weighted> Sorted(idx_t row) const {
    std::vector<Weighted> sorted;
    const duckdb::list_entry_t entry = reader_.Entry(row);
    for (idx_t i = entry.offset; i < entry.offset + entry.length; i++) {
      if (!values_.Missing(i) && !weights_.Missing(i)) sorted.push_back({values_.Get(i), weights_.Get(i)});
    }
    std::sort(sorted.begin(), sorted.end(), [](const Weighted& a, const Weighted& b) { return a.value < b.value; });
    return sorted;
  }

 private:
  ListReader reader_;
  Column<double> values_;
  Column<double> weights_;
};

double PercentileOf(const std::vector<Weighted>& sorted, double percentile) {
  if (!(percentile >= 0 && percentile <= 1)) ThrowInvalidArgument("Percentile must be between 0 and 1");
  double total = 0;
  for (const Weighted& entry : sorted) {
    if (!(entry.weight >= 1)) ThrowInvalidArgument("percentile weight must be >= 1, was {}", entry.weight);
    total += entry.weight;
  }
  double below = 0;
  for (const Weighted& entry : sorted) {
    below += entry.weight;
    if (below >= percentile * total) return entry.value;
  }
  return sorted.back().value;
}

void WeightedPercentile(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const WeightedLists lists(arguments.data[0], rows);
  const Column<double> percentiles(arguments.data[1], rows);
  for (idx_t row = 0; row < rows; row++) {
    const std::vector<Weighted> sorted = lists.Sorted(row);
    if (sorted.empty() || percentiles.Missing(row)) {
      FlatVector::SetNull(result, row, true);
    } else {
      FlatVector::GetData<double>(result)[row] = PercentileOf(sorted, percentiles.Get(row));
    }
  }
  MarkConstant(arguments, result);
}

// Equal values become one bucket, then the two nearest neighbours are merged until few enough are left: the histogram
// of Ben-Haim and Tom-Tov, made of all rows at once instead of as they come.
std::vector<Weighted> Histogram(std::vector<Weighted> sorted, size_t bucket_count) {
  std::vector<Weighted> buckets;
  for (const Weighted& entry : sorted) {
    if (!buckets.empty() && buckets.back().value == entry.value) buckets.back().weight += entry.weight;
    else buckets.push_back(entry);
  }
  std::vector<size_t> next(buckets.size());
  std::vector<size_t> previous(buckets.size());
  for (size_t i = 0; i < buckets.size(); i++) {
    next[i] = i + 1;
    previous[i] = i - 1;  // of the first: never followed
  }
  std::vector<uint32_t> version(buckets.size(), 0);
  struct Gap {
    double width;
    size_t left;
    size_t right;
    uint32_t left_version;
    uint32_t right_version;
    bool operator>(const Gap& other) const { return width > other.width || (width == other.width && left > other.left); }
  };
  std::priority_queue<Gap, std::vector<Gap>, std::greater<>> gaps;
  const auto add_gap = [&](size_t left, size_t right) {
    gaps.push({buckets[right].value - buckets[left].value, left, right, version[left], version[right]});
  };
  for (size_t i = 0; i + 1 < buckets.size(); i++) add_gap(i, i + 1);
  std::vector<bool> merged(buckets.size(), false);
  for (size_t left_over = buckets.size(); left_over > bucket_count;) {
    const Gap gap = gaps.top();
    gaps.pop();
    if (merged[gap.left] || merged[gap.right] || version[gap.left] != gap.left_version ||
        version[gap.right] != gap.right_version) {
      continue;
    }
    Weighted& left = buckets[gap.left];
    const Weighted& right = buckets[gap.right];
    const double weight = left.weight + right.weight;
    left = {(left.value * left.weight + right.value * right.weight) / weight, weight};
    version[gap.left]++;
    merged[gap.right] = true;
    next[gap.left] = next[gap.right];
    if (next[gap.left] < buckets.size()) {
      previous[next[gap.left]] = gap.left;
      add_gap(gap.left, next[gap.left]);
    }
    if (gap.left > 0) add_gap(previous[gap.left], gap.left);
    left_over--;
  }
  std::vector<Weighted> kept;
  for (size_t i = 0; i < buckets.size(); i = next[i]) kept.push_back(buckets[i]);
  return kept;
}

void NumericHistogram(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const WeightedLists lists(arguments.data[0], rows);
  const Column<int64_t> bucket_counts(arguments.data[1], rows);
  std::vector<Weighted> all;
  const idx_t start = ListVector::GetListSize(result);
  for (idx_t row = 0; row < rows; row++) {
    const std::vector<Weighted> sorted = lists.Sorted(row);
    const idx_t first = all.size();
    if (!sorted.empty() && !bucket_counts.Missing(row)) {
      const int64_t count = bucket_counts.Get(row);
      if (count < 2) {
        ThrowInvalidArgument("numeric_histogram bucket count must be greater than one, input value: {}", count);
      }
      for (const Weighted& bucket : Histogram(sorted, count)) all.push_back(bucket);
    }
    FlatVector::GetData<duckdb::list_entry_t>(result)[row] = {start + first, all.size() - first};
    if (all.size() == first) FlatVector::SetNull(result, row, true);
  }
  ListVector::Reserve(result, start + all.size());
  auto& fields = StructVector::GetEntries(ListVector::GetEntry(result));
  for (idx_t i = 0; i < all.size(); i++) {
    FlatVector::GetData<double>(*fields[0])[start + i] = all[i].value;
    FlatVector::GetData<double>(*fields[1])[start + i] = all[i].weight;
  }
  ListVector::SetListSize(result, start + all.size());
  MarkConstant(arguments, result);
}

// The population's third standardized moment; nullopt for fewer than three values.
std::optional<double> SkewnessOf(const Column<double>& values, duckdb::list_entry_t entry) {
  double count = 0;
  double sum = 0;
  for (idx_t i = entry.offset; i < entry.offset + entry.length; i++) {
    if (values.Missing(i)) continue;
    count++;
    sum += values.Get(i);
  }
  if (count < 3) return std::nullopt;
  double m2 = 0;
  double m3 = 0;
  for (idx_t i = entry.offset; i < entry.offset + entry.length; i++) {
    if (values.Missing(i)) continue;
    const double deviation = values.Get(i) - sum / count;
    m2 += deviation * deviation;
    m3 += deviation * deviation * deviation;
  }
  return std::sqrt(count) * m3 / std::pow(m2, 1.5);
}

void Skewness(DataChunk& arguments, ExpressionState&, Vector& result) {
  const idx_t rows = RowsToCompute(arguments);
  const ListReader lists(arguments.data[0], rows);
  const Column<double> values(lists.Elements(), lists.ElementCount());
  for (idx_t row = 0; row < rows; row++) {
    const std::optional<double> skewness = SkewnessOf(values, lists.Entry(row));
    if (skewness) FlatVector::GetData<double>(result)[row] = *skewness;
    else FlatVector::SetNull(result, row, true);
  }
  MarkConstant(arguments, result);
}

}  // namespace

void RegisterStatisticAggregates(duckdb::DatabaseInstance& database) {
  const LogicalType number = LogicalType::DOUBLE;
  const LogicalType weighted = LogicalType::LIST(LogicalType::STRUCT({{"_1", number}, {"_2", number}}));
  RegisterChunk(database, {"trino_weighted_percentile", {weighted, number}, number, WeightedPercentile});
  RegisterChunk(database, {"trino_numeric_histogram",
                           {weighted, LogicalType::BIGINT},
                           LogicalType::MAP(number, number),
                           NumericHistogram});
  RegisterChunk(database, {"trino_skewness", {LogicalType::LIST(number)}, number, Skewness});
}

}  // namespace opentrail::engine
