#include "engine/functions/hyper_log_log.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/functions/byte_text.h"

namespace opentrail::engine {
namespace {

constexpr uint8_t kSparseTag = 2;
constexpr uint8_t kDenseTag = 3;
constexpr uint32_t kPrefixBits = 26;  // of the hash, in a sparse entry
constexpr uint32_t kValueBits = 6;
constexpr uint8_t kMaxDelta = 15;

// How many zeros follow the first `bits` bits.
uint8_t ZerosBehind(uint64_t hash, uint32_t bits) {
  return static_cast<uint8_t>(std::countl_zero((hash << bits) | (uint64_t{1} << (bits - 1))));
}

double LinearCounting(double empty, double all) { return all * std::log(all / empty); }

double Alpha(uint32_t bits) {
  if (bits <= 4) return 0.673;
  if (bits == 5) return 0.697;
  if (bits == 6) return 0.709;
  return 0.7213 / (1 + 1.079 / static_cast<double>(1U << bits));
}

}  // namespace

uint32_t HyperLogLog::IndexBitsOf(double standard_error) {
  const double buckets = std::ceil(1.0816 / (standard_error * standard_error));
  return std::clamp<uint32_t>(static_cast<uint32_t>(std::ceil(std::log2(buckets))), 4, kMaxIndexBits);
}

void HyperLogLog::Add(uint64_t hash) {
  if (!buckets_.empty()) {
    Raise(static_cast<uint32_t>(hash >> (64 - index_bits_)), static_cast<uint8_t>(ZerosBehind(hash, index_bits_) + 1));
    return;
  }
  AddEntry(static_cast<uint32_t>(hash >> (64 - kPrefixBits)) << kValueBits | ZerosBehind(hash, kPrefixBits));
}

void HyperLogLog::Raise(uint32_t bucket, uint8_t value) { buckets_[bucket] = std::max(buckets_[bucket], value); }

void HyperLogLog::AddEntry(uint32_t entry) {
  const auto place =
      std::ranges::lower_bound(entries_, entry >> kValueBits, {}, [](uint32_t other) { return other >> kValueBits; });
  if (place != entries_.end() && *place >> kValueBits == entry >> kValueBits) {
    *place = std::max(*place, entry);
    return;
  }
  entries_.insert(place, entry);
  // A sparse entry takes four bytes, a dense bucket half of one.
  if (entries_.size() * 8 > size_t{1} << index_bits_) MakeDense();
}

void HyperLogLog::MakeDense() {
  if (!buckets_.empty()) return;
  buckets_.assign(size_t{1} << index_bits_, 0);
  for (const uint32_t entry : entries_) {
    const uint32_t rest_bits = kPrefixBits - index_bits_;
    const uint32_t prefix = entry >> kValueBits;
    const uint32_t rest = prefix & ((1U << rest_bits) - 1);
    const uint32_t zeros = rest != 0 ? static_cast<uint32_t>(std::countl_zero(rest)) - (32 - rest_bits)
                                     : rest_bits + (entry & ((1U << kValueBits) - 1));
    Raise(prefix >> rest_bits, static_cast<uint8_t>(zeros + 1));
  }
  entries_ = {};
}

void HyperLogLog::Merge(const HyperLogLog& other) {
  if (other.buckets_.empty()) {
    if (buckets_.empty()) {
      for (const uint32_t entry : other.entries_) {
        if (!buckets_.empty()) break;
        AddEntry(entry);
      }
      if (buckets_.empty()) return;
    }
    HyperLogLog dense = other;
    dense.MakeDense();
    for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] = std::max(buckets_[i], dense.buckets_[i]);
    return;
  }
  MakeDense();
  for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] = std::max(buckets_[i], other.buckets_[i]);
}

int64_t HyperLogLog::Cardinality() const {
  if (buckets_.empty()) {
    const double all = static_cast<double>(uint64_t{1} << kPrefixBits);
    return std::llround(LinearCounting(all - static_cast<double>(entries_.size()), all));
  }
  const auto count = static_cast<double>(buckets_.size());
  double sum = 0;
  double empty = 0;
  for (const uint8_t value : buckets_) {
    sum += std::ldexp(1.0, -value);
    empty += value == 0 ? 1 : 0;
  }
  // Trino's own bound for linear counting, by which no correction of the estimate's bias is due.
  if (empty > 0.4 * count) return std::llround(LinearCounting(empty, count));
  const double estimate = Alpha(index_bits_) * count * count / sum;
  if (estimate <= 2.5 * count && empty > 0) return std::llround(LinearCounting(empty, count));
  return std::llround(estimate);
}

std::string HyperLogLog::Serialize() const {
  if (!buckets_.empty()) return SerializeDense();
  std::string bytes;
  bytes += static_cast<char>(kSparseTag);
  bytes += static_cast<char>(index_bits_);
  AppendBytes(static_cast<uint16_t>(entries_.size()), bytes);
  for (const uint32_t entry : entries_) AppendBytes(entry, bytes);
  return bytes;
}

std::string HyperLogLog::SerializeDense() const {
  const uint8_t baseline = *std::ranges::min_element(buckets_);
  std::string bytes;
  bytes += static_cast<char>(kDenseTag);
  bytes += static_cast<char>(index_bits_);
  bytes += static_cast<char>(baseline);
  std::vector<uint16_t> overflowing;
  for (size_t i = 0; i < buckets_.size(); i += 2) {
    uint8_t pair = 0;
    for (size_t j = i; j < i + 2; ++j) {
      const auto delta = static_cast<uint8_t>(buckets_[j] - baseline);
      if (delta > kMaxDelta) overflowing.push_back(static_cast<uint16_t>(j));
      pair = static_cast<uint8_t>(pair << 4 | std::min(delta, kMaxDelta));
    }
    bytes += static_cast<char>(pair);
  }
  AppendBytes(static_cast<uint16_t>(overflowing.size()), bytes);
  for (const uint16_t bucket : overflowing) AppendBytes(bucket, bytes);
  for (const uint16_t bucket : overflowing) bytes += static_cast<char>(buckets_[bucket] - baseline - kMaxDelta);
  return bytes;
}

std::optional<HyperLogLog> HyperLogLog::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  const auto tag = reader.Take<uint8_t>();
  const auto index_bits = reader.Take<uint8_t>();
  if (reader.failed() || index_bits < 1 || index_bits > kMaxIndexBits) return std::nullopt;
  HyperLogLog sketch(index_bits);
  if (tag == kDenseTag) {
    return sketch.ParseDense(bytes.substr(2)) ? std::optional(std::move(sketch)) : std::nullopt;
  }
  const auto count = reader.Take<uint16_t>();
  if (tag != kSparseTag || reader.failed() || reader.Left() != size_t{4} * count) return std::nullopt;
  for (size_t i = 0; i < count; ++i) sketch.entries_.push_back(reader.Take<uint32_t>());
  if (!std::ranges::is_sorted(sketch.entries_)) return std::nullopt;
  return sketch;
}

bool HyperLogLog::ParseDense(std::string_view bytes) {
  ByteReader reader(bytes);
  const size_t count = size_t{1} << index_bits_;
  const auto baseline = reader.Take<uint8_t>();
  for (const char byte : reader.TakeText(count / 2)) {
    const auto pair = static_cast<uint8_t>(byte);
    buckets_.push_back(static_cast<uint8_t>(baseline + (pair >> 4)));
    buckets_.push_back(static_cast<uint8_t>(baseline + (pair & kMaxDelta)));
  }
  std::vector<uint16_t> overflowing(reader.Take<uint16_t>());
  for (uint16_t& bucket : overflowing) bucket = reader.Take<uint16_t>();
  for (const uint16_t bucket : overflowing) {
    const auto above = reader.Take<uint8_t>();
    if (bucket >= buckets_.size()) return false;
    buckets_[bucket] = static_cast<uint8_t>(buckets_[bucket] + above);
  }
  return reader.Complete() && std::ranges::all_of(buckets_, [](uint8_t value) { return value <= 64; });
}

}  // namespace opentrail::engine
