#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// Event history: a record as LookupEvents shows it.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
namespace opentrail::trail {

struct Resource {
  std::string type;  // "AWS::EC2::SecurityGroup"
  std::string name;  // an id, a name or an ARN: each is an entry of its own

  friend bool operator==(const Resource&, const Resource&) = default;
};

struct HistoryEvent {
  std::string event_id;
  std::string event_name;
  std::string read_only;  // "true" or "false"; empty where the record does not say
  std::optional<std::string> access_key_id;
  std::string event_time;  // ISO 8601 as in the record
  std::string event_source;
  std::optional<std::string> username;
  std::vector<Resource> resources;
  std::string cloudtrail_event;  // the record's JSON text
};

enum class LookupAttributeKey : uint8_t {
  kEventId,
  kEventName,
  kReadOnly,
  kUsername,
  kResourceType,
  kResourceName,
  kEventSource,
  kAccessKeyId,
};
inline constexpr std::array kLookupAttributeNames = {"EventId",      "EventName",    "ReadOnly",    "Username",
                                                     "ResourceType", "ResourceName", "EventSource", "AccessKeyId"};

struct LookupAttribute {
  LookupAttributeKey key = LookupAttributeKey::kEventId;
  std::string value;
};

// "EventName" -> kEventName; nullopt for any other word (they are case-sensitive, as AWS's).
[[nodiscard]] std::optional<LookupAttributeKey> ParseLookupAttributeKey(std::string_view name);

// The record as LookupEvents shows it; kCorrupt where it is no JSON object. Pure; thread-safe.
[[nodiscard]] Result<HistoryEvent> DescribeRecord(std::string_view record);

// Exact, case-sensitive equality, as the API has it.
[[nodiscard]] bool Matches(const HistoryEvent& event, const LookupAttribute& attribute);

}  // namespace opentrail::trail
