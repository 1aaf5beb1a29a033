#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"

// Tags of buckets and objects.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html
namespace opentrail::services::s3 {

inline constexpr size_t kMaxObjectTags = 10;
inline constexpr size_t kMaxBucketTags = 50;

// A TagSet as it is stored (JSON; "" for none), checked. InvalidTag, BadRequest.
[[nodiscard]] AwsResult<std::string> CheckTagSet(const Value& tag_set, size_t max_tags);
// From the x-amz-tagging header: "a=1&b=2". InvalidArgument, and as above.
[[nodiscard]] AwsResult<std::string> ParseTagHeader(std::string_view header);
// As stored, back to a list of {Key, Value}.
[[nodiscard]] Value ReadTagSet(std::string_view stored);

}  // namespace opentrail::services::s3
