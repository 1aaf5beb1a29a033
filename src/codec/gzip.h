#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

// Reading gzip (RFC 1952), members one after the other as one text.
namespace opentrail::codec {

struct InflateLimits {
  uint64_t max_inflated_bytes = 1ULL << 30;
  uint32_t max_ratio = 1000;  // inflated : compressed, judged past kRatioFree bytes
};
inline constexpr uint64_t kRatioFree = 1ULL << 20;

enum class GzipFaultKind : uint8_t {
  kDamaged,  // no valid deflate data, or a checksum that does not agree
  kCutOff,   // the bytes end inside a member
  kGarbage,  // what follows the members is none
  kLimit,    // a bound was reached
};

struct GzipFault {
  uint64_t offset = 0;  // in the compressed bytes
  GzipFaultKind kind = GzipFaultKind::kDamaged;
  std::string message;
};

[[nodiscard]] bool IsGzip(std::span<const uint8_t> bytes);

// The inflated size that the last member's trailer states, within what deflate can reach; 0: too short to tell.
// A hint: it is what the writer claims, modulo 2^32.
[[nodiscard]] uint64_t InflatedSizeHint(std::span<const uint8_t> bytes);
// The same from a file's last four bytes.
[[nodiscard]] uint64_t InflatedSizeHint(std::span<const uint8_t, 4> trailer, uint64_t compressed_size);

// Where inflated bytes go.
class InflateTarget {
 public:
  virtual ~InflateTarget() = default;
  // Room for `bytes` bytes in all, the first `kept` of them as written before.
  virtual uint8_t* Reserve(size_t kept, size_t bytes) = 0;
};

struct Inflated {
  size_t bytes = 0;                // written, all of them checked against their member's CRC unless is_prefix
  bool is_prefix = false;          // the last member is cut off: its beginning was written unchecked
  std::optional<GzipFault> fault;  // what ended the reading early
};

// Inflates whole texts. Keeps its state between calls; belongs to one thread.
class GzipInflater {
 public:
  GzipInflater();
  ~GzipInflater();
  GzipInflater(const GzipInflater&) = delete;
  GzipInflater& operator=(const GzipInflater&) = delete;

  // Members before a fault are given whole. Of a member that is cut off, what can be inflated is given; of one that is
  // damaged, nothing. Zeros after the last member are padding, anything else is a fault.
  Inflated Inflate(std::span<const uint8_t> in, const InflateLimits& limits, InflateTarget& target);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Inflates piece by piece in constant memory, at about a third of the speed. Belongs to one thread.
class GzipStream {
 public:
  explicit GzipStream(const InflateLimits& limits);
  ~GzipStream();
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  struct Piece {
    size_t consumed = 0;
    size_t written = 0;
    std::optional<GzipFault> fault;  // offset counts from the stream's start
  };
  // Takes from `in`, writes to `out`, until one of them is used up. `is_end`: nothing follows `in`.
  Piece Inflate(std::span<const uint8_t> in, bool is_end, std::span<uint8_t> out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace opentrail::codec
