#pragma once

#include <string>
#include <string_view>

namespace opentrail::codec {

// One gzip member (RFC 1952) that holds all of `text`: without a name and without a time, so that the same text gives
// the same bytes. Thread-safe.
[[nodiscard]] std::string GzipCompress(std::string_view text);

}  // namespace opentrail::codec
