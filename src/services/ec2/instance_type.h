#pragma once

#include <string_view>

namespace opentrail::services::ec2 {

[[nodiscard]] bool IsInstanceType(std::string_view name);

}  // namespace opentrail::services::ec2
