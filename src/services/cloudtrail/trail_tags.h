#pragma once

#include "base/aws_error.h"
#include "codec/value.h"

namespace opentrail::services::cloudtrail {

// `tags` (a list of {Key, Value}) with those of `added` in it. InvalidTagParameterException,
// TagsLimitExceededException.
[[nodiscard]] AwsResult<Value> WithTags(Value tags, const Value& added);

}  // namespace opentrail::services::cloudtrail
