// The two gzip readers on the same bytes: where the whole reader finds nothing wrong, what the stream gives must be the
// same bytes, or their beginning (the stream is stricter with length codes that no encoder writes; the checksum vouches
// for the whole reader's bytes). Both must stay within their bounds.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "codec/gzip.h"

namespace {

using namespace opentrail::codec;

constexpr InflateLimits kLimits{.max_inflated_bytes = 4 << 20, .max_ratio = 1000};

class Target final : public InflateTarget {
 public:
  uint8_t* Reserve(size_t, size_t bytes) override {
    if (bytes_.size() < bytes) bytes_.resize(bytes);
    return bytes_.data();
  }
  std::vector<uint8_t> bytes_;
};

// True: all of `in` was read without a fault.
bool ReadStream(std::span<const uint8_t> in, size_t piece_bytes, std::vector<uint8_t>& out) {
  const auto stream = NewGzipStream(kLimits);
  std::vector<uint8_t> room(1 + piece_bytes * 3);
  size_t begin = 0;
  size_t end = 0;
  for (;;) {
    end = std::min(in.size(), std::max(end, begin + piece_bytes));
    InflateStream::Piece piece = stream->Inflate(in.subspan(begin, end - begin), end == in.size(), room);
    out.insert(out.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(piece.written));
    begin += piece.consumed;
    if (piece.fault) return false;
    if (out.size() > kLimits.max_inflated_bytes + room.size()) std::abort();
    if (piece.written == 0 && piece.consumed == 0) {
      if (end == in.size()) return begin == in.size();
      end = std::min(in.size(), end + piece_bytes);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  std::span<const uint8_t> in(data + 1, size - 1);
  static GzipInflater inflater;
  Target target;
  Inflated whole = inflater.Inflate(in, kLimits, target);
  if (whole.bytes > kLimits.max_inflated_bytes) std::abort();
  if (whole.fault && whole.fault->offset > in.size()) std::abort();
  std::vector<uint8_t> streamed;
  bool is_good = ReadStream(in, 1 + data[0], streamed);
  if (whole.fault || in.empty()) return 0;
  if (streamed.size() > whole.bytes || (is_good && streamed.size() != whole.bytes)) std::abort();
  if (!std::equal(streamed.begin(), streamed.end(), target.bytes_.begin())) std::abort();
  return 0;
}
