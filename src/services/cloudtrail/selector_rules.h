#pragma once

#include <cstdint>

#include "base/aws_error.h"
#include "codec/value.h"

// What CloudTrail takes as selectors of a trail or an event data store. InvalidEventSelectorsException says what is
// wrong with them. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
namespace opentrail::services::cloudtrail {

// A list of EventSelector, with what was left out filled in.
[[nodiscard]] AwsResult<Value> CheckedEventSelectors(const Value& selectors);
// A list of AdvancedEventSelector. An event data store may choose management events by any source; a trail leaves out
// two noisy ones alone. Events that no call makes (configuration items, evidence, …) are refused.
enum class SelectorOwner : uint8_t { kTrail, kEventDataStore };
[[nodiscard]] AwsResult<Value> CheckedAdvancedSelectors(const Value& selectors,
                                                        SelectorOwner owner = SelectorOwner::kTrail);

}  // namespace opentrail::services::cloudtrail
