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

// Dunning's merging t-digest as Trino has it, to the last digit where one thread adds all values: what is added is
// merged finely, what is written coarsely, and merging goes up and down in turn. https://github.com/tdunning/t-digest
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
  void Append(Centroid centroid);
  void Compress(double compression);
  // Beyond the middle of the last centroid; nullopt where the offset is no inner one.
  [[nodiscard]] std::optional<double> Above(double offset) const;
  [[nodiscard]] double Between(double offset) const;
  [[nodiscard]] double Inside(size_t left, double offset) const;

  std::vector<Centroid> centroids_;
  bool is_merged_ = true;     // nothing came since
  bool is_downward_ = false;  // the way of the next merge
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
