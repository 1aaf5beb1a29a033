#pragma once

#include <string_view>

#include "base/aws_error.h"
#include "services/s3/object_rows.h"
#include "services/service.h"

// Conditional requests.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
namespace opentrail::services::s3 {

// Whether an If-Match or If-None-Match field names the tag: "*", or one of a list, quoted or not.
[[nodiscard]] bool NamesEtag(std::string_view field, std::string_view etag);

// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since of a read: PreconditionFailed, or NotModified (304,
// with the fields that one needs).
[[nodiscard]] AwsStatus CheckReadConditions(const Call& call, const Object& object);
// The same of a copy's source (CopySourceIf...): PreconditionFailed.
[[nodiscard]] AwsStatus CheckSourceConditions(const Call& call, const Object& object);
// If-Match and If-None-Match of a write on what stands at input.Key now: PreconditionFailed, NoSuchKey.
[[nodiscard]] AwsStatus CheckWriteConditions(const Call& call, store::Connection& state, const Bucket& bucket);

}  // namespace opentrail::services::s3
