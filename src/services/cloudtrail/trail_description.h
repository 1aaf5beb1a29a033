#pragma once

#include <string_view>

#include "codec/value.h"
#include "services/cloudtrail/trail_rows.h"

namespace opentrail::services::cloudtrail {

enum class TrailDetail : uint8_t {
  kSettings,  // as CreateTrail and UpdateTrail answer
  kAll,       // the Trail of DescribeTrails and GetTrail
};
[[nodiscard]] Value DescribeTrail(const Trail& trail, std::string_view account_id, TrailDetail detail);

}  // namespace opentrail::services::cloudtrail
