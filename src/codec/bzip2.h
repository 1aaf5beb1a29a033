#pragma once

#include <memory>

#include "codec/inflate.h"

namespace opentrail::codec {

// bzip2: streams, one after the other, as pbzip2 writes them.
[[nodiscard]] std::unique_ptr<InflateStream> NewBzip2Stream(const InflateLimits& limits);

}  // namespace opentrail::codec
