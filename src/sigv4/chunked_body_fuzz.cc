// Any aws-chunked body, whole and in pieces: the same bytes come out and the same is refused. What is signed never
// gives a byte that its signature does not cover: with a key that the input cannot know, none at all.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sigv4/chunked_body.h"

namespace {

using namespace opentrail;
using namespace opentrail::sigv4;

constexpr uint64_t kMaxDecoded = 1 << 20;

struct Decoded {
  std::string bytes;
  std::string code;
};

Decoded Decode(const Claim& claim, std::string_view body, size_t piece_bytes, uint64_t length) {
  Decoded decoded;
  ChunkedBody chunked(claim, "a key", length, [&](std::string_view bytes) {
    decoded.bytes += bytes;
    if (decoded.bytes.size() > length) std::abort();
    return AwsStatus();
  });
  AwsStatus status;
  for (; status && !body.empty(); body.remove_prefix(std::min(piece_bytes, body.size()))) {
    status = chunked.Feed(body.substr(0, piece_bytes));
  }
  if (status) status = chunked.End();
  if (status && decoded.bytes.size() != length) std::abort();
  if (!status) decoded.code = status.error().code;
  return decoded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  constexpr Payload kPayloads[] = {Payload::kSignedChunks, Payload::kSignedChunksWithTrailer,
                                   Payload::kUnsignedChunksWithTrailer};
  Claim claim{.scheme = Scheme::kHeader, .date = "20261123", .region = "us-east-1", .service = "s3"};
  claim.amz_date = "20261123T084102Z";
  claim.payload = kPayloads[data[0] % 3];
  if (data[0] & 0x80) claim.trailer = "x-amz-checksum-crc32";
  const uint64_t length = std::min<uint64_t>(kMaxDecoded, data[1] | data[2] << 8);
  const std::string_view body(reinterpret_cast<const char*>(data) + 4, size - 4);
  const Decoded whole = Decode(claim, body, body.size() + 1, length);
  const Decoded pieces = Decode(claim, body, 1 + data[3] % 64, length);
  if (whole.bytes != pieces.bytes || whole.code != pieces.code) std::abort();
  if (claim.payload != Payload::kUnsignedChunksWithTrailer && !whole.bytes.empty()) std::abort();
  return 0;
}
