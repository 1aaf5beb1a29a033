#include "trail/lookup_attribute.h"

#include <algorithm>
#include <array>

namespace opentrail::trail {
namespace {

constexpr auto kNames = std::to_array<std::string_view>(
    {"EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"});

}  // namespace

std::span<const std::string_view> LookupAttributeNames() { return kNames; }

std::optional<LookupAttribute> ParseLookupAttribute(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<LookupAttribute>(found - kNames.begin());
}

}  // namespace opentrail::trail
