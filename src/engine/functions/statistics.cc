#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <tuple>
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
    // NaN last, so that there is an order at all.
    std::sort(sorted.begin(), sorted.end(), [](const Weighted& a, const Weighted& b) {
      return std::isnan(b.value) ? !std::isnan(a.value) : a.value < b.value;
    });
    return sorted;
  }

 private:
  ListReader reader_;
  Column<double> values_;
  Column<double> weights_;
};

// Merges neighbouring buckets, the two nearest first: the histogram of Ben-Haim and Tom-Tov, made of all rows at once
// instead of as they come.
class BucketMerger {
 public:
  explicit BucketMerger(const std::vector<Weighted>& sorted) {
    for (const Weighted& entry : sorted) Append(entry);
    for (size_t i = 0; i + 1 < buckets_.size(); i++) AddGap(i, i + 1);
  }

  std::vector<Weighted> MergeTo(size_t count) {
    for (size_t left = buckets_.size(); left > count;) left -= MergeNearest() ? 1 : 0;
    std::vector<Weighted> kept;
    for (size_t i = 0; i < buckets_.size(); i = buckets_[i].next) kept.push_back(buckets_[i].entry);
    return kept;
  }

 private:
  struct Bucket {
    Weighted entry;
    size_t previous;  // of the first: itself
    size_t next;      // of the last: the number of buckets
    uint32_t merges = 0;
    bool gone = false;
  };
  // The distance of two neighbours, as of their merges then: stale where either has merged since.
  struct Gap {
    double width;
    size_t left;
    size_t right;
    uint32_t left_merges;
    uint32_t right_merges;
    bool operator>(const Gap& other) const { return std::tie(width, left) > std::tie(other.width, other.left); }
  };

  void Append(const Weighted& entry) {
    if (!buckets_.empty() && buckets_.back().entry.value == entry.value) {
      buckets_.back().entry.weight += entry.weight;
    } else {
      const size_t index = buckets_.size();
      buckets_.push_back({entry, index == 0 ? 0 : index - 1, index + 1});
    }
  }

  void AddGap(size_t left, size_t right) {
    const Bucket& a = buckets_[left];
    const Bucket& b = buckets_[right];
    gaps_.push({b.entry.value - a.entry.value, left, right, a.merges, b.merges});
  }

  // False: the nearest gap was stale, and is dropped.
  bool MergeNearest() {
    const Gap gap = gaps_.top();
    gaps_.pop();
    Bucket& left = buckets_[gap.left];
    Bucket& right = buckets_[gap.right];
    if (left.gone || right.gone || left.merges != gap.left_merges || right.merges != gap.right_merges) return false;
    const double weight = left.entry.weight + right.entry.weight;
    left.entry.value = (left.entry.value * left.entry.weight + right.entry.value * right.entry.weight) / weight;
    left.entry.weight = weight;
    left.merges++;
    left.next = right.next;
    right.gone = true;
    if (left.next < buckets_.size()) {
      buckets_[left.next].previous = gap.left;
      AddGap(gap.left, left.next);
    }
    if (gap.left > 0) AddGap(left.previous, gap.left);
    return true;
  }

  std::vector<Bucket> buckets_;
  std::priority_queue<Gap, std::vector<Gap>, std::greater<>> gaps_;
};

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
        ThrowInvalidArgument("numeric_histogram bucket count must be greater than one");
      }
      if (std::isnan(sorted.back().value)) ThrowInvalidArgument("numeric_histogram takes no NaN");
      for (const Weighted& bucket : BucketMerger(sorted).MergeTo(count)) all.push_back(bucket);
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

}  // namespace

void RegisterStatisticAggregates(duckdb::DatabaseInstance& database) {
  const LogicalType number = LogicalType::DOUBLE;
  RegisterScalar(database, "trino_percentile_weight", [](double weight) {
    if (!(weight >= 1))
      ThrowInvalidArgument("weight must be >= 1, was {}", weight < 1e7 && weight == std::trunc(weight)
                                                              ? fmt::format("{:.1f}", weight)
                                                              : fmt::format("{}", weight));
    return weight;
  });
  const LogicalType weighted = LogicalType::LIST(LogicalType::STRUCT({{"_1", number}, {"_2", number}}));
  RegisterChunk(
      database,
      {"trino_numeric_histogram", {weighted, LogicalType::BIGINT}, LogicalType::MAP(number, number), NumericHistogram});
  RegisterMoments(database);
}

}  // namespace opentrail::engine
