#include "codec/gzip.h"

#include <algorithm>
#include <new>

#include <libdeflate.h>
#include <zlib.h>

namespace opentrail::codec {
namespace {

constexpr size_t kSmallestMember = 18;       // header 10, empty block 2 at least, trailer 8; deflate's shortest is 20
constexpr uint64_t kDeflateRatioMax = 1032;  // no deflate stream reaches more
constexpr int kGzipWindowBits = 15 + 16;     // zlib: the largest window, gzip framing

bool IsPadding(std::span<const uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; });
}

constexpr std::string_view kMember = "gzip member";
constexpr std::string_view kMagic = "1f 8b";

class GzipStream final : public InflateStream {
 public:
  explicit GzipStream(const InflateLimits& limits) : InflateStream(limits, kMember) {
    if (inflateInit2(&zlib_, kGzipWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~GzipStream() override { inflateEnd(&zlib_); }

 protected:
  Next BeginMember(std::span<const uint8_t> in) override;
  Step InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) override;

 private:
  z_stream zlib_{};
  bool in_padding_ = false;
};

InflateStream::Next GzipStream::BeginMember(std::span<const uint8_t> in) {
  if (in_padding_ || (!IsFirstMember() && in[0] == 0)) {
    in_padding_ = true;
    if (IsPadding(in)) return Next::kNone;
  }
  if (in_padding_ || in[0] != 0x1F) {
    SetGarbage(kMagic);
    return Next::kFault;
  }
  inflateReset(&zlib_);
  return Next::kMember;
}

InflateStream::Step GzipStream::InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  constexpr size_t kMost = 1UL << 30;               // zlib counts in 32 bits
  zlib_.next_in = const_cast<uint8_t*>(in.data());  // zlib only reads it
  zlib_.avail_in = static_cast<uInt>(std::min(in.size(), kMost));
  zlib_.next_out = out.data();
  zlib_.avail_out = static_cast<uInt>(std::min(out.size(), kMost));
  const uInt in_before = zlib_.avail_in;
  const uInt out_before = zlib_.avail_out;
  const int result = inflate(&zlib_, Z_NO_FLUSH);
  const uInt taken = in_before - zlib_.avail_in;
  if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END) {
    SetDamaged(Consumed() + taken, zlib_.msg != nullptr ? zlib_.msg : "inflate failed");
    return Step::kFault;
  }
  in = in.subspan(taken);
  out = out.subspan(out_before - zlib_.avail_out);
  return result == Z_STREAM_END ? Step::kMemberEnd : Step::kGoesOn;
}

}  // namespace

std::unique_ptr<InflateStream> NewGzipStream(const InflateLimits& limits) {
  return std::make_unique<GzipStream>(limits);
}

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
    libdeflate_result result =
        libdeflate_gzip_decompress_ex(decompressor, in.data(), in.size(), out, room, &member.consumed, &member.written);
    if (result == LIBDEFLATE_SUCCESS) return member;
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE) return {.end = Member::End::kBad};
    if (room >= bound - kept) return {.end = Member::End::kLimit};
    room = std::min(room * 2, bound - kept);
  }
}

Inflated GzipInflater::Inflate(std::span<const uint8_t> in, const InflateLimits& limits, InflateTarget& target) {
  Inflated result;
  uint64_t bound = InflateBound(limits, in.size());
  size_t at = 0;
  while (at < in.size()) {
    std::span<const uint8_t> rest = in.subspan(at);
    if (!IsGzip(rest)) {
      if (at == 0 || !IsPadding(rest)) result.fault = GarbageFault(at, kMember, kMagic);
      return result;
    }
    State::Member member = state_->InflateMember(rest, result.bytes, bound, target);
    switch (member.end) {
      case State::Member::End::kWhole:
        at += member.consumed;
        result.bytes += member.written;
        break;
      case State::Member::End::kLimit: result.fault = LimitFault(limits, in.size(), at); return result;
      case State::Member::End::kBad: return State::InflatePrefix(in, at, result.bytes, limits, target);
    }
  }
  if (in.empty()) result.fault = InflateFault{0, InflateFaultKind::kCutOff, "an empty file is no gzip file"};
  return result;
}

// A member that libdeflate refused, once more with a reader that says why and how far it is good.
Inflated GzipInflater::State::InflatePrefix(std::span<const uint8_t> in, size_t begin, size_t kept,
                                            const InflateLimits& limits, InflateTarget& target) {
  Inflated result;
  result.bytes = kept;
  uint64_t bound = InflateBound(limits, in.size());
  GzipStream stream({.max_inflated_bytes = bound - kept, .max_ratio = UINT32_MAX});
  std::span<const uint8_t> rest = in.subspan(begin);
  size_t written = 0;
  size_t room = 64UL << 10;
  while (!result.fault) {
    uint8_t* out = target.Reserve(kept + written, kept + written + room) + kept + written;
    InflateStream::Piece piece = stream.Inflate(rest, true, {out, room});
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
  if (result.fault->kind == InflateFaultKind::kCutOff) {
    result.bytes = kept + written;
    result.is_prefix = true;
  }
  return result;
}

}  // namespace opentrail::codec
