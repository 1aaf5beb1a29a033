#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// HyperLogLog in the binary form of Trino's (airlift's): a sketch stored by Athena or Trino reads here, and the other
// way around.
//   sparse  02 | index bits | entries, 16 bits | entries, 32 bits each, ascending: 26 bits of the hash, 6 of zeros
//   behind dense   03 | index bits | baseline | deltas, 4 bits each | overflows, 16 bits | their buckets | their deltas
//   above 15
namespace opentrail::engine {

class HyperLogLog {
 public:
  static constexpr uint32_t kDefaultIndexBits = 12;  // Trino's standard error of 0.01625
  static constexpr uint32_t kMaxIndexBits = 16;

  explicit HyperLogLog(uint32_t index_bits = kDefaultIndexBits) : index_bits_(index_bits) {}
  // The fewest index bits whose standard error is at most this.
  [[nodiscard]] static uint32_t IndexBitsOf(double standard_error);
  // nullopt where the bytes are no sketch.
  [[nodiscard]] static std::optional<HyperLogLog> Parse(std::string_view bytes);

  void Add(uint64_t hash);  // MurmurHash of the value
  // Both must have the same number of index bits: SameShape tells.
  void Merge(const HyperLogLog& other);
  [[nodiscard]] bool SameShape(const HyperLogLog& other) const { return index_bits_ == other.index_bits_; }
  [[nodiscard]] int64_t Cardinality() const;
  [[nodiscard]] std::string Serialize() const;
  void MakeDense();

 private:
  void AddEntry(uint32_t entry);
  void Raise(uint32_t bucket, uint8_t value);
  [[nodiscard]] std::string SerializeDense() const;
  bool ParseDense(std::string_view bytes);

  uint32_t index_bits_;
  std::vector<uint32_t> entries_;  // while sparse
  std::vector<uint8_t> buckets_;   // 2^index_bits_ of them once dense
};

}  // namespace opentrail::engine
