#pragma once

#include "services/kms/key.h"

namespace opentrail::services::kms {

// Adds or replaces; tags: a list of {TagKey, TagValue}. TagException, LimitExceededException.
[[nodiscard]] AwsStatus AddTags(store::Connection& state, const Key& key, const Value& tags);

}  // namespace opentrail::services::kms
