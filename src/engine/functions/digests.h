#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/functions/hyper_log_log.h"

// Digests that answer for all values added: quantiles, and how two sets overlap. Thread-compatible; copyable. Each
// serializes to bytes that only its own Parse reads.
namespace opentrail::engine {

// Dunning's merging t-digest, with Trino's compression and interpolation: exact while values are few.
class TDigest {
 public:
  void Add(double value, double weight);
  void Merge(const TDigest& other);
  // quantile within [0, 1]; NaN where nothing was added.
  [[nodiscard]] double ValueAt(double quantile);
  // Multiplies all weights; factor > 0.
  void Scale(double factor);
  [[nodiscard]] std::string Serialize();
  [[nodiscard]] static std::optional<TDigest> Parse(std::string_view bytes);

 private:
  struct Centroid {
    double mean;
    double weight;
  };
  void Compress();
  [[nodiscard]] double Between(double offset) const;

  std::vector<Centroid> centroids_;
  size_t sorted_ = 0;  // those in front, in order; what is behind came since
  double min_ = 0;
  double max_ = 0;
  double total_ = 0;
};

// Weighted values in order, neighbours joined once there are many.
class QuantileDigest {
 public:
  void Add(int64_t value, double weight);
  void Merge(const QuantileDigest& other);
  [[nodiscard]] std::optional<int64_t> ValueAt(double quantile) const;
  // The share of the weight that lies below the value.
  [[nodiscard]] std::optional<double> QuantileAt(int64_t value) const;
  [[nodiscard]] std::string Serialize() const;
  [[nodiscard]] static std::optional<QuantileDigest> Parse(std::string_view bytes);

 private:
  void Compress();

  std::map<int64_t, double> weights_;
  double total_ = 0;
};

// The smallest hashes of a set, each with how often it came, and a HyperLogLog of it.
class SetDigest {
 public:
  static constexpr size_t kMaxHashes = 8192;

  void Add(uint64_t hash);
  void Merge(const SetDigest& other);
  [[nodiscard]] int64_t Cardinality() const;
  [[nodiscard]] static int64_t IntersectionCardinality(const SetDigest& a, const SetDigest& b);
  [[nodiscard]] static double JaccardIndex(const SetDigest& a, const SetDigest& b);
  [[nodiscard]] const std::map<int64_t, int16_t>& HashCounts() const { return counts_; }
  [[nodiscard]] std::string Serialize() const;
  [[nodiscard]] static std::optional<SetDigest> Parse(std::string_view bytes);

 private:
  [[nodiscard]] bool IsExact() const { return counts_.size() < kMaxHashes; }
  void AddCount(int64_t hash, int count);

  std::map<int64_t, int16_t> counts_;
  HyperLogLog sketch_{11};
};

}  // namespace opentrail::engine
