#pragma once

#include "base/result.h"
#include "codec/value.h"
#include "instances/network.h"

// What Network::Call takes, as it goes between the server and the launcher.
namespace opentrail::instances {

[[nodiscard]] Value ToValue(const SecurityGroup& group);
// Text that is missing is "", numbers are -1: what that means is CheckSecurityGroup's to say.
[[nodiscard]] SecurityGroup SecurityGroupOf(const Value& value);
[[nodiscard]] Value ToValue(const std::vector<std::string>& texts);
[[nodiscard]] std::vector<std::string> TextsOf(const Value& value);

}  // namespace opentrail::instances
