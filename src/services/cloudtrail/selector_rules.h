#pragma once

#include "base/aws_error.h"
#include "codec/value.h"

// What CloudTrail takes as selectors of a trail. InvalidEventSelectorsException says what is wrong with them.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
namespace opentrail::services::cloudtrail {

// A list of EventSelector, with what was left out filled in.
[[nodiscard]] AwsResult<Value> CheckedEventSelectors(const Value& selectors);
// A list of AdvancedEventSelector.
[[nodiscard]] AwsResult<Value> CheckedAdvancedSelectors(const Value& selectors);

}  // namespace opentrail::services::cloudtrail
