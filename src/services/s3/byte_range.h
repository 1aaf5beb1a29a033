#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/aws_error.h"

namespace opentrail::services::s3 {

struct ByteRange {
  uint64_t offset = 0;
  uint64_t length = 0;
};

// A Range field (RFC 9110 section 14.2) on `size` bytes. nullopt where it is none that S3 heeds (several ranges,
// another unit, no sense): the whole is answered then. InvalidRange where nothing of it is there.
[[nodiscard]] AwsResult<std::optional<ByteRange>> ParseRange(std::string_view field, uint64_t size);
// x-amz-copy-source-range: "bytes=first-last", both needed and there. InvalidArgument.
[[nodiscard]] AwsResult<ByteRange> ParseCopyRange(std::string_view field, uint64_t size);

}  // namespace opentrail::services::s3
