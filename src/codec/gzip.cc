#include "codec/gzip.h"

#include <algorithm>
#include <new>

#include <fmt/format.h>
#include <libdeflate.h>
#include <zlib.h>

namespace opentrail::codec {
namespace {

constexpr size_t kSmallestMember = 18;         // header 10, empty block 2 at least, trailer 8; deflate's shortest is 20
constexpr uint64_t kDeflateRatioMax = 1032;    // no deflate stream reaches more
constexpr int kGzipWindowBits = 15 + 16;       // zlib: the largest window, gzip framing

bool IsPadding(std::span<const uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; });
}

// The most that `limits` lets these compressed bytes become.
uint64_t BoundOf(const InflateLimits& limits, uint64_t compressed) {
  uint64_t by_ratio = std::max(kRatioFree, compressed * limits.max_ratio);
  return std::min(limits.max_inflated_bytes, by_ratio);
}

GzipFault LimitFault(const InflateLimits& limits, uint64_t compressed, uint64_t offset) {
  bool by_size = limits.max_inflated_bytes <= compressed * limits.max_ratio;
  return {offset, GzipFaultKind::kLimit,
          by_size ? fmt::format("inflates to more than {} bytes (max_inflated_bytes)", limits.max_inflated_bytes)
                  : fmt::format("inflates to more than {} times its size (max_ratio)", limits.max_ratio)};
}

GzipFault GarbageFault(uint64_t offset) {
  return {offset, GzipFaultKind::kGarbage,
          "bytes after the end of the gzip data that are no gzip member: expected 1f 8b or the file's end"};
}

}  // namespace

bool IsGzip(std::span<const uint8_t> bytes) { return bytes.size() >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B; }

uint64_t InflatedSizeHint(std::span<const uint8_t, 4> trailer, uint64_t compressed_size) {
  uint64_t size = trailer[0] | (static_cast<uint64_t>(trailer[1]) << 8) | (static_cast<uint64_t>(trailer[2]) << 16) |
                  (static_cast<uint64_t>(trailer[3]) << 24);
  return std::min(size, compressed_size * kDeflateRatioMax);
}

uint64_t InflatedSizeHint(std::span<const uint8_t> bytes) {
  if (bytes.size() < kSmallestMember) return 0;
  return InflatedSizeHint(bytes.last<4>(), bytes.size());
}

struct GzipInflater::State {
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  ~State() { libdeflate_free_decompressor(decompressor); }

  struct Member {
    size_t consumed = 0;
    size_t written = 0;
    enum class End : uint8_t { kWhole, kBad, kLimit } end = End::kWhole;
  };
  Member InflateMember(std::span<const uint8_t> in, size_t kept, uint64_t bound, InflateTarget& target) const;
  static Inflated InflatePrefix(std::span<const uint8_t> in, size_t begin, size_t kept, const InflateLimits& limits,
                                InflateTarget& target);
};

GzipInflater::GzipInflater() : state_(std::make_unique<State>()) {
  if (state_->decompressor == nullptr) throw std::bad_alloc();
}
GzipInflater::~GzipInflater() = default;

// One member at the start of `in`, into what follows the first `kept` bytes. The trailer's size is a first guess only.
GzipInflater::State::Member GzipInflater::State::InflateMember(std::span<const uint8_t> in, size_t kept, uint64_t bound,
                                                               InflateTarget& target) const {
  constexpr uint64_t kFirstGuess = 4096;
  uint64_t room = std::min(std::max(InflatedSizeHint(in), kFirstGuess), bound - kept);
  for (;;) {
    uint8_t* out = target.Reserve(kept, kept + room) + kept;
    Member member;
    libdeflate_result result = libdeflate_gzip_decompress_ex(decompressor, in.data(), in.size(), out, room,
                                                             &member.consumed, &member.written);
    if (result == LIBDEFLATE_SUCCESS) return member;
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return {.end = Member::End::kBad};
    if (room >= bound - kept) return {.end = Member::End::kLimit};
    room = std::min(room * 2, bound - kept);
  }
}

Inflated GzipInflater::Inflate(std::span<const uint8_t> in, const InflateLimits& limits, InflateTarget& target) {
  Inflated result;
  uint64_t bound = BoundOf(limits, in.size());
  size_t at = 0;
  while (at < in.size()) {
    std::span<const uint8_t> rest = in.subspan(at);
    if (!IsGzip(rest)) {
      if (at == 0 || !IsPadding(rest)) result.fault = GarbageFault(at);
      return result;
    }
    State::Member member = state_->InflateMember(rest, result.bytes, bound, target);
    switch (member.end) {
      case State::Member::End::kWhole:
        at += member.consumed;
        result.bytes += member.written;
        break;
      case State::Member::End::kLimit:
        result.fault = LimitFault(limits, in.size(), at);
        return result;
      case State::Member::End::kBad:
        return State::InflatePrefix(in, at, result.bytes, limits, target);
    }
  }
  if (in.empty()) result.fault = GzipFault{0, GzipFaultKind::kCutOff, "an empty file is no gzip file"};
  return result;
}

// A member that libdeflate refused, once more with a reader that says why and how far it is good.
Inflated GzipInflater::State::InflatePrefix(std::span<const uint8_t> in, size_t begin, size_t kept,
                                            const InflateLimits& limits, InflateTarget& target) {
  Inflated result;
  result.bytes = kept;
  uint64_t bound = BoundOf(limits, in.size());
  GzipStream stream({.max_inflated_bytes = bound - kept, .max_ratio = UINT32_MAX});
  std::span<const uint8_t> rest = in.subspan(begin);
  size_t written = 0;
  size_t room = 64UL << 10;
  while (!result.fault) {
    uint8_t* out = target.Reserve(kept + written, kept + written + room) + kept + written;
    GzipStream::Piece piece = stream.Inflate(rest, true, {out, room});
    rest = rest.subspan(piece.consumed);
    written += piece.written;
    result.fault = piece.fault;
    if (!piece.fault && rest.empty() && piece.written < room) {  // nothing wrong after all
      result.bytes = kept + written;
      return result;
    }
    room *= 2;
  }
  result.fault->offset += begin;
  if (result.fault->kind == GzipFaultKind::kCutOff) {
    result.bytes = kept + written;
    result.is_prefix = true;
  }
  return result;
}

struct GzipStream::State {
  InflateLimits limits;
  z_stream zlib{};
  uint64_t consumed = 0;
  uint64_t written = 0;
  uint64_t member_begin = 0;
  bool in_member = false;
  bool in_padding = false;

  std::optional<GzipFault> BeginMember(std::span<const uint8_t> in);
  std::optional<GzipFault> Step(std::span<const uint8_t>& in, std::span<uint8_t>& out);
};

GzipStream::GzipStream(const InflateLimits& limits) : state_(std::make_unique<State>()) {
  state_->limits = limits;
  if (inflateInit2(&state_->zlib, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
}
GzipStream::~GzipStream() { inflateEnd(&state_->zlib); }

std::optional<GzipFault> GzipStream::State::BeginMember(std::span<const uint8_t> in) {
  bool is_first = consumed == 0;
  if (!is_first && in[0] == 0) {
    in_padding = true;
    return std::nullopt;
  }
  if (in[0] != 0x1F) return GarbageFault(consumed);
  inflateReset(&zlib);
  member_begin = consumed;
  in_member = true;
  return std::nullopt;
}

std::optional<GzipFault> GzipStream::State::Step(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  constexpr size_t kMost = 1UL << 30;  // zlib counts in 32 bits
  zlib.next_in = const_cast<uint8_t*>(in.data());  // zlib only reads it
  zlib.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
  zlib.next_out = out.data();
  zlib.avail_out = static_cast<uInt>(std::min(out.size(), kMost));
  uInt in_before = zlib.avail_in;
  uInt out_before = zlib.avail_out;
  int result = inflate(&zlib, Z_NO_FLUSH);
  in = in.subspan(in_before - zlib.avail_in);
  out = out.subspan(out_before - zlib.avail_out);
  consumed += in_before - zlib.avail_in;
  written += out_before - zlib.avail_out;
  if (result == Z_STREAM_END) {
    in_member = false;
  } else if (result != Z_OK && result != Z_BUF_ERROR) {
    return GzipFault{consumed, GzipFaultKind::kDamaged,
                     fmt::format("damaged gzip data in the member that begins at offset {}: {}", member_begin,
                                 zlib.msg != nullptr ? zlib.msg : "inflate failed")};
  }
  if (written > BoundOf(limits, consumed)) return LimitFault(limits, consumed, member_begin);
  return std::nullopt;
}

GzipStream::Piece GzipStream::Inflate(std::span<const uint8_t> in, bool is_end, std::span<uint8_t> out) {
  Piece piece;
  std::span<const uint8_t> unread = in;
  std::span<uint8_t> room = out;
  while (!piece.fault && !room.empty()) {
    if (state_->in_padding) {
      if (!IsPadding(unread)) piece.fault = GarbageFault(state_->consumed);
      state_->consumed += unread.size();
      unread = {};
    }
    if (!state_->in_member) {
      if (unread.empty()) break;
      piece.fault = state_->BeginMember(unread);
      continue;
    }
    size_t before = unread.size() + room.size();
    piece.fault = state_->Step(unread, room);
    if (piece.fault || unread.size() + room.size() != before) continue;
    if (is_end && unread.empty()) {
      piece.fault = GzipFault{state_->consumed, GzipFaultKind::kCutOff,
                              fmt::format("the gzip member that begins at offset {} is cut off", state_->member_begin)};
    }
    break;
  }
  piece.consumed = in.size() - unread.size();
  piece.written = out.size() - room.size();
  return piece;
}

}  // namespace opentrail::codec
