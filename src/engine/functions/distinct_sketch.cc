#include "engine/functions/distinct_sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace opentrail::engine {
namespace {

constexpr size_t kMaxExact = 256;

// Flajolet's constant of 2^bits registers.
double Alpha(uint32_t bits) {
  if (bits <= 4) return 0.673;
  if (bits == 5) return 0.697;
  if (bits == 6) return 0.709;
  return 0.7213 / (1 + 1.079 / static_cast<double>(1U << bits));
}

}  // namespace

DistinctSketch::DistinctSketch(double standard_error)
    : index_bits_(std::clamp<uint32_t>(std::ceil(std::log2(1.0816 / (standard_error * standard_error))), 4, 16)) {}

void DistinctSketch::Add(uint64_t hash) {
  if (!registers_.empty()) {
    AddToRegisters(hash);
    return;
  }
  const auto place = std::lower_bound(exact_.begin(), exact_.end(), hash);
  if (place != exact_.end() && *place == hash) return;
  exact_.insert(place, hash);
  if (exact_.size() > kMaxExact) LeaveExact();
}

void DistinctSketch::AddToRegisters(uint64_t hash) {
  const uint64_t rest = (hash << index_bits_) | (uint64_t{1} << (index_bits_ - 1));  // the bit bounds the rank
  const auto rank = static_cast<uint8_t>(std::countl_zero(rest) + 1);
  uint8_t& slot = registers_[hash >> (64 - index_bits_)];
  slot = std::max(slot, rank);
}

void DistinctSketch::LeaveExact() {
  registers_.assign(size_t{1} << index_bits_, 0);
  for (const uint64_t hash : exact_) AddToRegisters(hash);
  exact_ = {};
}

void DistinctSketch::ReduceTo(uint32_t index_bits) {
  std::vector<uint8_t> reduced(size_t{1} << index_bits, 0);
  const uint32_t dropped = index_bits_ - index_bits;
  for (size_t i = 0; i < registers_.size(); i++) {
    if (registers_[i] == 0) continue;
    // The dropped index bits come in front of those that the rank counted.
    const uint64_t low = i & ((uint64_t{1} << dropped) - 1);
    const uint32_t rank = low == 0 ? dropped + registers_[i] : dropped - (std::bit_width(low) - 1);
    uint8_t& slot = reduced[i >> dropped];
    slot = std::max<uint8_t>(slot, rank);
  }
  registers_ = std::move(reduced);
  index_bits_ = index_bits;
}

void DistinctSketch::Merge(const DistinctSketch& other) {
  if (other.registers_.empty()) {
    for (const uint64_t hash : other.exact_) Add(hash);
    return;
  }
  if (registers_.empty()) LeaveExact();
  DistinctSketch source = other;
  if (source.index_bits_ > index_bits_) source.ReduceTo(index_bits_);
  if (index_bits_ > source.index_bits_) ReduceTo(source.index_bits_);
  for (size_t i = 0; i < registers_.size(); i++) registers_[i] = std::max(registers_[i], source.registers_[i]);
}

int64_t DistinctSketch::Estimate() const {
  if (registers_.empty()) return static_cast<int64_t>(exact_.size());
  const auto count = static_cast<double>(registers_.size());
  double sum = 0;
  double zeros = 0;
  for (const uint8_t rank : registers_) {
    sum += std::ldexp(1.0, -rank);
    zeros += rank == 0 ? 1 : 0;
  }
  const double raw = Alpha(index_bits_) * count * count / sum;
  if (raw <= 2.5 * count && zeros > 0) return std::llround(count * std::log(count / zeros));
  return std::llround(raw);
}

}  // namespace opentrail::engine
