#pragma once

#include <string_view>

#include "codec/value.h"
#include "services/cloudtrail/event_data_store_rows.h"

namespace opentrail::services::cloudtrail {

// What GetEventDataStore answers, and (but for `Status` where it was just made) what calls that change a store do.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventDataStore.html
[[nodiscard]] Value DescribeEventDataStore(const EventDataStore& store, std::string_view account_id);

}  // namespace opentrail::services::cloudtrail
