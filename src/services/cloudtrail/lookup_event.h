#pragma once

#include <string_view>

#include "base/result.h"
#include "codec/value.h"

namespace opentrail::services::cloudtrail {

// A record as LookupEvents answers it.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Event.html
[[nodiscard]] Result<Value> LookupEvent(std::string_view record);

}  // namespace opentrail::services::cloudtrail
