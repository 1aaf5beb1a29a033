#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace opentrail::trail {

// The eight attributes of LookupEvents.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html
enum class LookupAttribute : uint8_t {
  kEventId,
  kEventName,
  kReadOnly,
  kUsername,
  kResourceType,
  kResourceName,
  kEventSource,
  kAccessKeyId
};

// Their names, in the order of the enumeration.
[[nodiscard]] std::span<const std::string_view> LookupAttributeNames();
// "EventName" -> kEventName; nullopt for any other word (they are case-sensitive, as AWS's).
[[nodiscard]] std::optional<LookupAttribute> ParseLookupAttribute(std::string_view name);

}  // namespace opentrail::trail
