#include "codec/bzip2.h"

#include <algorithm>
#include <new>

#include <bzlib.h>

namespace opentrail::codec {

struct Bzip2Stream::State {
  bz_stream stream{};
  bool is_open = false;
  bool is_first = true;
  ~State() { Close(); }
  void Close() {
    if (is_open) BZ2_bzDecompressEnd(&stream);
    is_open = false;
  }
  void Open() {
    Close();
    stream = {};
    constexpr int kQuiet = 0;
    constexpr int kFast = 0;  // with all the memory that a block takes: 3.6 MB
    if (BZ2_bzDecompressInit(&stream, kQuiet, kFast) != BZ_OK) throw std::bad_alloc();
    is_open = true;
  }
};

Bzip2Stream::Bzip2Stream(const InflateLimits& limits)
    : InflateStream(limits, "bzip2 stream"), state_(std::make_unique<State>()) {}
Bzip2Stream::~Bzip2Stream() = default;

InflateStream::Next Bzip2Stream::BeginMember(std::span<const uint8_t> /*in*/) {
  state_->is_first = IsFirstMember();
  state_->Open();
  return Next::kMember;
}

InflateStream::Step Bzip2Stream::InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  constexpr size_t kMost = 1UL << 30;  // the library counts in 32 bits
  bz_stream& stream = state_->stream;
  // The library only reads it.
  stream.next_in = const_cast<char*>(reinterpret_cast<const char*>(in.data()));
  stream.avail_in = static_cast<unsigned>(std::min(in.size(), kMost));
  stream.next_out = reinterpret_cast<char*>(out.data());
  stream.avail_out = static_cast<unsigned>(std::min(out.size(), kMost));
  const unsigned in_before = stream.avail_in;
  const unsigned out_before = stream.avail_out;
  const int result = BZ2_bzDecompress(&stream);
  const unsigned taken = in_before - stream.avail_in;
  if (result != BZ_OK && result != BZ_STREAM_END) {
    if (result == BZ_MEM_ERROR) throw std::bad_alloc();
    if (result == BZ_DATA_ERROR_MAGIC && !state_->is_first) {
      SetGarbage("'BZh'");
    } else {
      SetDamaged(Consumed() + taken, result == BZ_DATA_ERROR_MAGIC ? "bad magic number" : "data integrity error");
    }
    return Step::kFault;
  }
  in = in.subspan(taken);
  out = out.subspan(out_before - stream.avail_out);
  return result == BZ_STREAM_END ? Step::kMemberEnd : Step::kGoesOn;
}

}  // namespace opentrail::codec
