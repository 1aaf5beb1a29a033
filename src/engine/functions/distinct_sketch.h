#pragma once

#include <cstdint>
#include <vector>

namespace opentrail::engine {

// How many different 64-bit hashes were added: exactly while they are few, then by HyperLogLog with the registers that
// the asked-for standard error needs. Hashes must be uniform. Thread-compatible; copyable.
class DistinctSketch {
 public:
  static constexpr double kMinError = 0.0040625;  // Trino's bounds on the standard error
  static constexpr double kMaxError = 0.26;
  static constexpr double kDefaultError = 0.023;

  explicit DistinctSketch(double standard_error);

  void Add(uint64_t hash);
  // Either may be exact; of different precisions the coarser one decides.
  void Merge(const DistinctSketch& other);
  [[nodiscard]] int64_t Estimate() const;

 private:
  void AddToRegisters(uint64_t hash);
  void LeaveExact();
  void ReduceTo(uint32_t index_bits);

  uint32_t index_bits_;
  std::vector<uint64_t> exact_;     // sorted, while registers_ is empty
  std::vector<uint8_t> registers_;  // 2^index_bits_ of them
};

}  // namespace opentrail::engine
