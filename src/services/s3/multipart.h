#pragma once

#include <string>

#include "services/s3/checksum.h"
#include "services/s3/upload_rows.h"

namespace opentrail::services::s3 {

// input.PartNumber, 1 to kMaxPartNumber. InvalidArgument.
[[nodiscard]] AwsResult<int64_t> PartNumber(const Call& call);
// "crc32c", as messages have it.
[[nodiscard]] std::string LowerName(const ChecksumAlgorithm& algorithm);

}  // namespace opentrail::services::s3
