#include "codec/bzip2.h"

#include <algorithm>
#include <new>

#include <bzlib.h>

namespace opentrail::codec {
namespace {

class Bzip2Stream final : public InflateStream {
 public:
  explicit Bzip2Stream(const InflateLimits& limits) : InflateStream(limits, "bzip2 stream") {}
  ~Bzip2Stream() override { Close(); }

 protected:
  Next BeginMember(std::span<const uint8_t> /*in*/) override {
    is_first_ = IsFirstMember();
    Open();
    return Next::kMember;
  }
  Step InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) override;

 private:
  void Close() {
    if (is_open_) BZ2_bzDecompressEnd(&bzip2_);
    is_open_ = false;
  }
  void Open() {
    Close();
    bzip2_ = {};
    constexpr int kQuiet = 0;
    constexpr int kFast = 0;  // with all the memory that a block takes: 3.6 MB
    if (BZ2_bzDecompressInit(&bzip2_, kQuiet, kFast) != BZ_OK) throw std::bad_alloc();
    is_open_ = true;
  }

  bz_stream bzip2_{};
  bool is_open_ = false;
  bool is_first_ = true;
};

InflateStream::Step Bzip2Stream::InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) {
  constexpr size_t kMost = 1UL << 30;  // the library counts in 32 bits
  bz_stream& stream = bzip2_;
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
    if (result == BZ_DATA_ERROR_MAGIC && !is_first_) {
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

}  // namespace

std::unique_ptr<InflateStream> NewBzip2Stream(const InflateLimits& limits) {
  return std::make_unique<Bzip2Stream>(limits);
}

}  // namespace opentrail::codec
