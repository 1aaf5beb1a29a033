#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "codec/inflate.h"

// Reading gzip (RFC 1952), members one after the other as one text.
namespace opentrail::codec {

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
  size_t bytes = 0;                   // written, all of them checked against their member's CRC unless is_prefix
  bool is_prefix = false;             // the last member is cut off: its beginning was written unchecked
  std::optional<InflateFault> fault;  // what ended the reading early
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

// At about a third of the speed of GzipInflater. Zeros after the last member are padding.
[[nodiscard]] std::unique_ptr<InflateStream> NewGzipStream(const InflateLimits& limits);

}  // namespace opentrail::codec
