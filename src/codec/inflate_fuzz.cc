// Streams of every compression over any bytes: they stay within their bounds, never go back, and give the same text
// however the bytes are cut; up to a fault, too.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ranges>
#include <vector>

#include "codec/inflate.h"

namespace {

using namespace opentrail::codec;

constexpr InflateLimits kLimits{.max_inflated_bytes = 4 << 20, .max_ratio = 1000};

struct Read {
  std::vector<uint8_t> text;
  bool is_faulty = false;
};

Read ReadAll(Compression compression, std::span<const uint8_t> in, size_t piece_bytes, size_t room_bytes) {
  const auto stream = NewInflateStream(compression, kLimits);
  std::vector<uint8_t> room(room_bytes);
  Read read;
  for (size_t begin = 0, end = 0;;) {
    end = std::min(in.size(), std::max(end, begin + piece_bytes));
    const bool is_end = end == in.size();
    const InflateStream::Piece piece = stream->Inflate(in.subspan(begin, end - begin), is_end, room);
    if (piece.consumed > end - begin || piece.written > room.size()) std::abort();
    read.text.insert(read.text.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(piece.written));
    if (read.text.size() > kLimits.max_inflated_bytes + room.size()) std::abort();
    begin += piece.consumed;
    read.is_faulty = piece.fault.has_value();
    if (piece.fault && piece.fault->offset > in.size()) std::abort();
    if (read.is_faulty || (is_end && begin == end && piece.written == 0)) return read;
    if (piece.written == 0 && piece.consumed == 0) {
      if (is_end) std::abort();  // neither a text nor a fault
      end += piece_bytes;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::span<const uint8_t> in(data + 2, size - 2);
  const Compression compression = CompressionOf(in);
  if (compression == Compression::kNone) return 0;
  const Read whole = ReadAll(compression, in, in.size(), 1 << 16);
  const Read pieces = ReadAll(compression, in, 1U + data[0], 1U + 16U * data[1]);
  // How much is read before a fault is seen is a matter of the cuts.
  const bool is_faulty = whole.is_faulty || pieces.is_faulty;
  const size_t common = is_faulty ? std::min(whole.text.size(), pieces.text.size()) : SIZE_MAX;
  if (!std::ranges::equal(whole.text | std::views::take(common), pieces.text | std::views::take(common))) std::abort();
  return 0;
}
