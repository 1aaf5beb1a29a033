#pragma once

#include <string_view>

namespace opentrail::services::s3 {

// Whether a bucket policy grants access to the public: an Allow to everyone (or to everyone but some) that no condition
// with a fixed value holds to known callers. Text that is no JSON is not public.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
[[nodiscard]] bool IsPublicPolicy(std::string_view text);

}  // namespace opentrail::services::s3
