#pragma once

#include <string_view>

namespace opentrail::services::s3 {

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
[[nodiscard]] bool IsBucketName(std::string_view name);
// The regions that a bucket may be made in, us-east-1 among them.
[[nodiscard]] bool IsRegion(std::string_view region);

}  // namespace opentrail::services::s3
