#include "codec/inflate.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "codec/bzip2.h"
#include "codec/gzip.h"
#include "codec/zstd.h"

namespace opentrail::codec {
namespace {

// Zstandard lets frames that hold no text stand before others; their magic numbers differ in their last four bits.
bool IsSkippableFrame(std::span<const uint8_t> bytes) {
  return (bytes[0] & 0xF0) == 0x50 && bytes[1] == 0x2A && bytes[2] == 0x4D && bytes[3] == 0x18;
}

}  // namespace

uint64_t InflateBound(const InflateLimits& limits, uint64_t compressed) {
  const uint64_t by_ratio = std::max(kRatioFree, compressed * limits.max_ratio);
  return std::min(limits.max_inflated_bytes, by_ratio);
}

InflateFault LimitFault(const InflateLimits& limits, uint64_t compressed, uint64_t offset) {
  const bool by_size = limits.max_inflated_bytes <= compressed * limits.max_ratio;
  return {offset, InflateFaultKind::kLimit,
          by_size ? fmt::format("inflates to more than {} bytes (max_inflated_bytes)", limits.max_inflated_bytes)
                  : fmt::format("inflates to more than {} times its size (max_ratio)", limits.max_ratio)};
}

InflateFault GarbageFault(uint64_t offset, std::string_view member, std::string_view expected) {
  return {
      offset, InflateFaultKind::kGarbage,
      fmt::format("bytes after the end of the data that are no {}: expected {} or the file's end", member, expected)};
}

Compression CompressionOf(std::span<const uint8_t> bytes) {
  constexpr std::array<uint8_t, 4> kZstdMagic = {0x28, 0xB5, 0x2F, 0xFD};
  if (IsGzip(bytes)) return Compression::kGzip;
  if (bytes.size() < kZstdMagic.size()) return Compression::kNone;
  if (std::ranges::equal(bytes.first<4>(), kZstdMagic) || IsSkippableFrame(bytes)) return Compression::kZstd;
  // "BZh" and the size of its blocks; a text may begin so, but its first block has a magic number of its own.
  constexpr std::array<uint8_t, 6> kBlockMagic = {0x31, 0x41, 0x59, 0x26, 0x53, 0x59};
  constexpr std::array<uint8_t, 6> kEndMagic = {0x17, 0x72, 0x45, 0x38, 0x50, 0x90};
  constexpr size_t kHeaderBytes = 4;
  if (bytes.size() < kHeaderBytes + kBlockMagic.size()) return Compression::kNone;
  const auto block = bytes.subspan(kHeaderBytes, kBlockMagic.size());
  const bool is_header = bytes[0] == 'B' && bytes[1] == 'Z' && bytes[2] == 'h' && bytes[3] >= '1' && bytes[3] <= '9';
  const bool is_block = std::ranges::equal(block, kBlockMagic) || std::ranges::equal(block, kEndMagic);
  return is_header && is_block ? Compression::kBzip2 : Compression::kNone;
}

std::string_view CompressionName(Compression compression) {
  switch (compression) {
    case Compression::kNone: return "";
    case Compression::kGzip: return "gzip";
    case Compression::kZstd: return "zstd";
    case Compression::kBzip2: return "bzip2";
  }
  return "";
}

std::unique_ptr<InflateStream> NewInflateStream(Compression compression, const InflateLimits& limits) {
  switch (compression) {
    case Compression::kNone:
    case Compression::kGzip: return NewGzipStream(limits);
    case Compression::kZstd: return NewZstdStream(limits);
    case Compression::kBzip2: return NewBzip2Stream(limits);
  }
  return nullptr;
}

void InflateStream::SetDamaged(uint64_t offset, std::string_view why) {
  fault_ = {offset, InflateFaultKind::kDamaged,
            fmt::format("damaged data in the {} that begins at offset {}: {}", member_, member_begin_, why)};
}

void InflateStream::StepMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  const size_t unread = in.size();
  const size_t room = out.size();
  const Step step = InflateMember(in, out);
  consumed_ += unread - in.size();
  written_ += room - out.size();
  if (step == Step::kMemberEnd) in_member_ = false;
  if (step != Step::kFault && written_ > InflateBound(limits_, consumed_)) {
    fault_ = LimitFault(limits_, consumed_, member_begin_);
  }
}

InflateStream::Piece InflateStream::Inflate(std::span<const uint8_t> in, bool is_end, std::span<uint8_t> out) {
  std::span<const uint8_t> unread = in;
  std::span<uint8_t> room = out;
  while (!fault_ && !room.empty()) {
    if (!in_member_) {
      if (unread.empty()) break;
      const Next next = BeginMember(unread);
      if (next == Next::kNone) {
        consumed_ += unread.size();
        unread = {};
      }
      in_member_ = next == Next::kMember;
      member_begin_ = consumed_;
      continue;
    }
    const size_t before = unread.size() + room.size();
    StepMember(unread, room);
    if (fault_ || !in_member_ || unread.size() + room.size() != before) continue;
    if (is_end && unread.empty()) {
      fault_ = {consumed_, InflateFaultKind::kCutOff,
                fmt::format("the {} that begins at offset {} is cut off", member_, member_begin_)};
    }
    break;
  }
  return {in.size() - unread.size(), out.size() - room.size(), fault_};
}

}  // namespace opentrail::codec
