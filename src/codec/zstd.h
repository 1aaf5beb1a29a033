#pragma once

#include <memory>

#include "codec/inflate.h"

namespace opentrail::codec {

// A window past this is refused: it is memory that a frame asks for. Frames of every level of zstd's own are below.
inline constexpr int kZstdWindowLogMax = 27;

// Zstandard (RFC 8878): frames, and skippable ones, which are passed over.
[[nodiscard]] std::unique_ptr<InflateStream> NewZstdStream(const InflateLimits& limits);

}  // namespace opentrail::codec
