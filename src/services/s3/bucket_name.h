#pragma once

#include <string_view>

namespace opentrail::services::s3 {

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
[[nodiscard]] bool IsBucketName(std::string_view name);
// Whether AWS has such a region (of its main partition), in which a bucket may be made.
[[nodiscard]] bool IsRegion(std::string_view region);

}  // namespace opentrail::services::s3
