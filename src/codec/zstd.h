#pragma once

#include <memory>

#include "codec/inflate.h"

namespace opentrail::codec {

// A window past this is refused: it is memory that a frame asks for. Frames of every level of zstd's own are below.
inline constexpr int kZstdWindowLogMax = 27;

// Zstandard (RFC 8878): frames, and skippable ones, which are passed over.
class ZstdStream final : public InflateStream {
 public:
  explicit ZstdStream(const InflateLimits& limits);
  ~ZstdStream() override;

 protected:
  Next BeginMember(std::span<const uint8_t> in) override;
  Step InflateMember(std::span<const uint8_t>& in, std::span<uint8_t>& out) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace opentrail::codec
