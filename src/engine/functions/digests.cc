#include "engine/functions/digests.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/functions/byte_text.h"

namespace opentrail::engine {
namespace {

constexpr double kCompression = 100;                    // Trino's default; of what is written
constexpr double kInnerCompression = 2 * kCompression;  // of what is in memory
constexpr size_t kMaxCentroids = 1260;                  // before they are merged
constexpr size_t kMaxQuantileEntries = 20'000;

double MaxShare(double quantile, double normalizer) { return quantile * (1 - quantile) / normalizer; }

// How far a value goes from y0 to y1 while x goes from x0 towards x1.
double Rise(double x, double x0, double x1, double y0, double y1) { return (x - x0) / (x1 - x0) * (y1 - y0); }

}  // namespace

void TDigest::Append(Centroid centroid) {
  if (centroids_.size() >= kMaxCentroids) Compress(kInnerCompression);
  centroids_.push_back(centroid);
  total_ += centroid.weight;
  is_merged_ = false;
}

void TDigest::Add(double value, double weight) {
  min_ = total_ == 0 ? value : std::min(min_, value);
  max_ = total_ == 0 ? value : std::max(max_, value);
  Append({value, weight});
}

void TDigest::Merge(const TDigest& other) {
  if (other.total_ == 0) return;
  min_ = total_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = total_ == 0 ? other.max_ : std::max(max_, other.max_);
  for (const Centroid& centroid : other.centroids_) Append(centroid);
}

void TDigest::Scale(double factor) {
  for (Centroid& centroid : centroids_) centroid.weight *= factor;
  total_ *= factor;
}

// Neighbours become one while their weight stays below what the scale function allows at their quantile.
void TDigest::Compress(double compression) {
  is_merged_ = true;
  if (centroids_.empty()) return;
  std::ranges::stable_sort(centroids_, {}, &Centroid::mean);
  if (is_downward_) std::ranges::reverse(centroids_);
  const double normalizer = compression / (4 * std::log(total_ / compression) + 24);
  std::vector<Centroid> merged = {centroids_[0]};
  double below = 0;
  double limit = MaxShare(0, normalizer);
  for (size_t i = 1; i < centroids_.size(); ++i) {
    const Centroid& next = centroids_[i];
    Centroid& last = merged.back();
    const double weight = last.weight + next.weight;
    const double quantile = std::min(1.0, (below + weight) / total_);
    if (weight <= total_ * std::min(limit, MaxShare(quantile, normalizer))) {
      last.mean += (next.mean - last.mean) * next.weight / weight;
      last.weight = weight;
      continue;
    }
    below += last.weight;
    limit = MaxShare(below / total_, normalizer);
    merged.push_back(next);
  }
  if (is_downward_) std::ranges::reverse(merged);
  is_downward_ = !is_downward_;
  centroids_ = std::move(merged);
}

double TDigest::ValueAt(double quantile) {
  if (!is_merged_) Compress(kInnerCompression);
  if (centroids_.empty()) return std::numeric_limits<double>::quiet_NaN();
  const Centroid& first = centroids_.front();
  if (centroids_.size() == 1) return first.mean;
  const double offset = quantile * total_;
  if (offset < 1) return min_;
  if (offset < first.weight / 2) return min_ + Rise(offset, 1, first.weight / 2, min_, first.mean);
  if (total_ - offset <= centroids_.back().weight / 2) {
    if (const auto above = Above(offset)) return *above;
  }
  return offset >= total_ - 1 ? max_ : Between(offset);
}

std::optional<double> TDigest::Above(double offset) const {
  const Centroid& last = centroids_.back();
  if (offset > total_ - 1 || last.weight / 2 <= 1) return std::nullopt;
  return max_ + Rise(total_ - offset, 1, last.weight / 2, max_, last.mean);
}

// Between the two centroids whose middles enclose the offset.
double TDigest::Between(double offset) const {
  double middle = centroids_[0].weight / 2;
  for (size_t left = 0; left + 1 < centroids_.size(); ++left) {
    const double width = (centroids_[left].weight + centroids_[left + 1].weight) / 2;
    if (middle + width > offset) return Inside(left, offset - middle);
    middle += width;
  }
  return Above(offset).value_or(max_);
}

// `offset`: from the middle of the left one. A centroid of weight 1 is its value throughout, and none of the way.
double TDigest::Inside(size_t left, double offset) const {
  const Centroid& from = centroids_[left];
  const Centroid& to = centroids_[left + 1];
  const double half = from.weight / 2;
  if (from.weight == 1 && offset < half) return from.mean;
  if (to.weight == 1 && offset >= half) return to.mean;
  double width = (from.weight + to.weight) / 2;
  if (from.weight == 1) {
    offset -= half;
    width = to.weight / 2;
  } else if (to.weight == 1) {
    width = half;
  }
  return from.mean + Rise(offset, 0, width, from.mean, to.mean);
}

std::string TDigest::Serialize() {
  Compress(kCompression);
  std::string bytes;
  for (const double number : {min_, max_, total_}) AppendBytes(number, bytes);
  for (const Centroid& centroid : centroids_) {
    AppendBytes(centroid.mean, bytes);
    AppendBytes(centroid.weight, bytes);
  }
  return bytes;
}

std::optional<TDigest> TDigest::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  TDigest digest;
  digest.min_ = reader.Take<double>();
  digest.max_ = reader.Take<double>();
  digest.total_ = reader.Take<double>();
  if (reader.Left() % (2 * sizeof(double)) != 0) return std::nullopt;
  while (reader.Left() > 0) {
    const auto mean = reader.Take<double>();
    const auto weight = reader.Take<double>();
    if (!(weight > 0)) return std::nullopt;
    digest.centroids_.push_back({mean, weight});
  }
  return reader.Complete() ? std::optional(std::move(digest)) : std::nullopt;
}

void QuantileDigest::Add(int64_t value, double weight) {
  weights_[value] += weight;
  total_ += weight;
  if (weights_.size() > kMaxQuantileEntries) Compress();
}

void QuantileDigest::Merge(const QuantileDigest& other) {
  for (const auto& [value, weight] : other.weights_) weights_[value] += weight;
  total_ += other.total_;
  if (weights_.size() > kMaxQuantileEntries) Compress();
}

// Every second value takes the weight of the one before it.
void QuantileDigest::Compress() {
  bool odd = false;
  double carried = 0;
  for (auto entry = weights_.begin(); entry != weights_.end();) {
    odd = !odd;
    if (odd && std::next(entry) != weights_.end()) {
      carried = entry->second;
      entry = weights_.erase(entry);
    } else {
      entry->second += carried;
      carried = 0;
      ++entry;
    }
  }
}

std::optional<int64_t> QuantileDigest::ValueAt(double quantile) const {
  if (weights_.empty()) return std::nullopt;
  double below = 0;
  for (const auto& [value, weight] : weights_) {
    below += weight;
    if (below > quantile * total_) return value;
  }
  return weights_.rbegin()->first;
}

std::optional<double> QuantileDigest::QuantileAt(int64_t value) const {
  if (weights_.empty() || value < weights_.begin()->first || value > weights_.rbegin()->first) return std::nullopt;
  double below = 0;
  for (const auto& [known, weight] : weights_) {
    if (known >= value) break;
    below += weight;
  }
  return below / total_;
}

std::string QuantileDigest::Serialize() const {
  std::string bytes;
  for (const auto& [value, weight] : weights_) {
    AppendBytes(value, bytes);
    AppendBytes(weight, bytes);
  }
  return bytes;
}

std::optional<QuantileDigest> QuantileDigest::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  QuantileDigest digest;
  while (reader.Left() > 0 && !reader.failed()) {
    const auto value = reader.Take<int64_t>();
    const auto weight = reader.Take<double>();
    if (!(weight > 0)) return std::nullopt;
    digest.weights_[value] += weight;
    digest.total_ += weight;
  }
  return reader.Complete() ? std::optional(std::move(digest)) : std::nullopt;
}

void SetDigest::AddCount(int64_t hash, int count) {
  const auto known = counts_.find(hash);
  if (known != counts_.end()) {
    known->second = static_cast<int16_t>(std::min(known->second + count, int{std::numeric_limits<int16_t>::max()}));
    return;
  }
  if (!IsExact() && hash >= counts_.rbegin()->first) return;
  counts_.emplace(hash, static_cast<int16_t>(count));
  if (counts_.size() > kMaxHashes) counts_.erase(std::prev(counts_.end()));
}

void SetDigest::Add(uint64_t hash) {
  sketch_.Add(hash);
  AddCount(static_cast<int64_t>(hash), 1);
}

void SetDigest::Merge(const SetDigest& other) {
  sketch_.Merge(other.sketch_);
  for (const auto& [hash, count] : other.counts_) AddCount(hash, count);
}

int64_t SetDigest::Cardinality() const {
  return IsExact() ? static_cast<int64_t>(counts_.size()) : sketch_.Cardinality();
}

int64_t SetDigest::IntersectionCardinality(const SetDigest& a, const SetDigest& b) {
  if (a.IsExact() && b.IsExact()) {
    return std::ranges::count_if(a.counts_, [&](const auto& entry) { return b.counts_.contains(entry.first); });
  }
  SetDigest both = a;
  both.Merge(b);
  const double estimate = JaccardIndex(a, b) * static_cast<double>(both.Cardinality());
  return std::min(
      {std::llround(estimate), static_cast<long long>(a.Cardinality()), static_cast<long long>(b.Cardinality())});
}

// Of the union's smallest hashes, as many as the smaller set has, the share that both sets have.
double SetDigest::JaccardIndex(const SetDigest& a, const SetDigest& b) {
  const size_t size = std::min(a.counts_.size(), b.counts_.size());
  if (size == 0) return 0;
  size_t seen = 0;
  size_t common = 0;
  auto left = a.counts_.begin();
  auto right = b.counts_.begin();
  while (seen < size) {
    const bool has_left = left != a.counts_.end();
    const bool has_right = right != b.counts_.end();
    if (has_left && has_right && left->first == right->first) {
      ++common, ++left, ++right;
    } else if (!has_right || (has_left && left->first < right->first)) {
      ++left;
    } else {
      ++right;
    }
    ++seen;
  }
  return static_cast<double>(common) / static_cast<double>(size);
}

std::string SetDigest::Serialize() const {
  std::string bytes;
  const std::string sketch = sketch_.Serialize();
  AppendBytes(static_cast<uint32_t>(sketch.size()), bytes);
  bytes += sketch;
  for (const auto& [hash, count] : counts_) {
    AppendBytes(hash, bytes);
    AppendBytes(count, bytes);
  }
  return bytes;
}

std::optional<SetDigest> SetDigest::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  SetDigest digest;
  auto sketch = HyperLogLog::Parse(reader.TakeText(reader.Take<uint32_t>()));
  if (!sketch || !sketch->SameShape(digest.sketch_)) return std::nullopt;
  digest.sketch_ = *std::move(sketch);
  while (reader.Left() > 0 && !reader.failed()) {
    const auto hash = reader.Take<int64_t>();
    digest.AddCount(hash, reader.Take<int16_t>());
  }
  return reader.Complete() ? std::optional(std::move(digest)) : std::nullopt;
}

}  // namespace opentrail::engine
