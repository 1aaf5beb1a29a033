#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "trail/lookup_attribute.h"

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

struct LookupCondition {
  LookupAttribute key = LookupAttribute::kEventId;
  std::string value;
};

// What a record is found by: all but its text. Pure; thread-safe.
[[nodiscard]] HistoryEvent DescribeParsed(codec::JsonValue record);
// The record as LookupEvents shows it; kCorrupt where it is no JSON object. Pure; thread-safe.
[[nodiscard]] Result<HistoryEvent> DescribeRecord(std::string_view record);

// visit(LookupAttribute, std::string_view value) for every value that the event is found by; some come more than once.
template <typename Visit>
void ForEachAttribute(const HistoryEvent& event, Visit&& visit) {
  visit(LookupAttribute::kEventId, std::string_view(event.event_id));
  visit(LookupAttribute::kEventName, std::string_view(event.event_name));
  visit(LookupAttribute::kReadOnly, std::string_view(event.read_only));
  visit(LookupAttribute::kEventSource, std::string_view(event.event_source));
  if (event.username) visit(LookupAttribute::kUsername, std::string_view(*event.username));
  if (event.access_key_id) visit(LookupAttribute::kAccessKeyId, std::string_view(*event.access_key_id));
  for (const Resource& resource : event.resources) {
    visit(LookupAttribute::kResourceType, std::string_view(resource.type));
    visit(LookupAttribute::kResourceName, std::string_view(resource.name));
  }
}

// Exact, case-sensitive equality, as the API has it.
[[nodiscard]] bool Matches(const HistoryEvent& event, const LookupCondition& attribute);

}  // namespace opentrail::trail
