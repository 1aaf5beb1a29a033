#pragma once

#include <optional>
#include <string_view>

#include "codec/value.h"

namespace opentrail::services::ec2 {

// An image of the region's catalogue, as DescribeImages shows it.
[[nodiscard]] std::optional<Value> FindImage(std::string_view region, std::string_view image_id);
[[nodiscard]] bool IsInstanceType(std::string_view name);

}  // namespace opentrail::services::ec2
