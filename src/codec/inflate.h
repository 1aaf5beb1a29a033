#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// What reading compressed text has in common, whichever way it is compressed: gzip (RFC 1952), Zstandard (RFC 8878),
// bzip2. A text is one or more members, one after the other: gzip's, Zstandard's frames, bzip2's streams.
namespace opentrail::codec {

struct InflateLimits {
  uint64_t max_inflated_bytes = 1ULL << 30;
  uint32_t max_ratio = 1000;  // inflated : compressed, judged past kRatioFree bytes
};
inline constexpr uint64_t kRatioFree = 1ULL << 20;

enum class InflateFaultKind : uint8_t {
  kDamaged,  // no valid compressed data, or a checksum that does not agree
  kCutOff,   // the bytes end inside a member
  kGarbage,  // what follows the members is none
  kLimit,    // a bound was reached
};

struct InflateFault {
  uint64_t offset = 0;  // in the compressed bytes
  InflateFaultKind kind = InflateFaultKind::kDamaged;
  std::string message;
};

// The most that `limits` let so many compressed bytes become, and the fault of more.
[[nodiscard]] uint64_t InflateBound(const InflateLimits& limits, uint64_t compressed);
[[nodiscard]] InflateFault LimitFault(const InflateLimits& limits, uint64_t compressed, uint64_t offset);
// Of bytes behind a text that begin no member: what one is called, and how it would begin.
[[nodiscard]] InflateFault GarbageFault(uint64_t offset, std::string_view member, std::string_view expected);

enum class Compression : uint8_t { kNone, kGzip, kZstd, kBzip2 };
// Told by a text's beginning, of which ten bytes are enough.
[[nodiscard]] Compression CompressionOf(std::span<const uint8_t> bytes);
// "gzip", "zstd", "bzip2"; "" of none.
[[nodiscard]] std::string_view CompressionName(Compression compression);

// Inflates piece by piece in constant memory. Belongs to one thread.
class InflateStream {
 public:
  virtual ~InflateStream() = default;
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;

  struct Piece {
    size_t consumed = 0;
    size_t written = 0;
    std::optional<InflateFault> fault;  // offset counts from the stream's start
  };
  // Takes from `in`, writes to `out`, until one of them is used up. `is_end`: nothing follows `in`.
  Piece Inflate(std::span<const uint8_t> in, bool is_end, std::span<uint8_t> out);

 protected:
  // `member`: what one is called in errors, "gzip member".
  InflateStream(const InflateLimits& limits, std::string_view member) : limits_(limits), member_(member) {}

  enum class Next : uint8_t {
    kMember,  // one begins here; nothing is taken
    kNone,    // all of `in` was taken: it is padding
    kFault,   // in fault_
  };
  // What stands between members, at the start and after each; `in` is not empty.
  virtual Next BeginMember(std::span<const uint8_t> in) = 0;

  enum class Step : uint8_t { kGoesOn, kMemberEnd, kFault };
  // Goes on in a member: moves both spans past what was taken and written.
  virtual Step InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) = 0;

  [[nodiscard]] bool IsFirstMember() const { return consumed_ == 0; }
  [[nodiscard]] uint64_t Consumed() const { return consumed_; }
  // Of the data of the member that is being read, `why` as its library says it.
  void SetDamaged(uint64_t offset, std::string_view why);
  // At the beginning of what is no member, and of how one would begin.
  void SetGarbage(std::string_view expected) { fault_ = GarbageFault(consumed_, member_, expected); }

 private:
  void StepMember(std::span<const uint8_t>& in, std::span<uint8_t>& out);

  const InflateLimits limits_;
  const std::string_view member_;
  uint64_t consumed_ = 0;
  uint64_t written_ = 0;
  uint64_t member_begin_ = 0;
  bool in_member_ = false;
  std::optional<InflateFault> fault_;
};

// Of a text so compressed; not of Compression::kNone.
[[nodiscard]] std::unique_ptr<InflateStream> NewInflateStream(Compression compression, const InflateLimits& limits);

}  // namespace opentrail::codec
