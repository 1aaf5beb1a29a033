#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

namespace opentrail {

// Where randomness comes from; passed in, never fetched. Thread-safe.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  virtual void Fill(std::span<uint8_t> bytes) = 0;
};

// The kernel's generator (getrandom(2)), buffered. Fit for keys.
class SystemRandom final : public RandomSource {
 public:
  void Fill(std::span<uint8_t> bytes) override;

 private:
  static constexpr size_t kBufferBytes = 4096;
  std::mutex mutex_;
  uint8_t buffer_[kBufferBytes];
  size_t used_ = kBufferBytes;
};

// For tests: the same sequence for the same seed. Never for keys.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void Fill(std::span<uint8_t> bytes) override;

 private:
  std::mutex mutex_;
  uint64_t state_;
};

// `size` characters drawn evenly from `alphabet` (2 to 256 characters).
[[nodiscard]] std::string RandomText(RandomSource& random, std::string_view alphabet, size_t size);
// A version 4 UUID in lower case (RFC 9562).
[[nodiscard]] std::string RandomUuid(RandomSource& random);
// An EC2 style id: prefix and 17 hex digits: sg-0a1b2c3d4e5f60718.
[[nodiscard]] std::string RandomHexId(RandomSource& random, std::string_view prefix);
// An IAM style id: prefix and characters of A-Z2-7 up to `size` in all: AIDA + 17, AKIA + 16.
[[nodiscard]] std::string RandomIamId(RandomSource& random, std::string_view prefix, size_t size);

}  // namespace opentrail
