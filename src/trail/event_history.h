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

template <typename Text>
struct BasicResource {
  Text type;  // "AWS::EC2::SecurityGroup"
  Text name;  // an id, a name or an ARN: each is an entry of its own

  friend bool operator==(const BasicResource&, const BasicResource&) = default;
};
using Resource = BasicResource<std::string>;
using ResourceView = BasicResource<std::string_view>;

// A member that is neither a text nor a truth value counts as an empty one.
template <typename Text>
struct BasicHistoryEvent {
  Text event_id;
  Text event_name;
  Text read_only;  // "true" or "false"; empty where the record does not say
  std::optional<Text> access_key_id;
  Text event_time;  // ISO 8601 as in the record
  Text event_source;
  std::optional<Text> username;
  std::vector<BasicResource<Text>> resources;
  Text cloudtrail_event;  // the record's JSON text
};
using HistoryEvent = BasicHistoryEvent<std::string>;
using HistoryEventView = BasicHistoryEvent<std::string_view>;

struct LookupCondition {
  LookupAttribute key = LookupAttribute::kEventId;
  std::string value;
};

// What a record is found by: all but its text. Views of the parsed record, valid as long as it. Pure; thread-safe.
[[nodiscard]] HistoryEventView DescribeParsed(codec::JsonValue record);
// The record as LookupEvents shows it; kCorrupt where it is no JSON object. Pure; thread-safe.
[[nodiscard]] Result<HistoryEvent> DescribeRecord(std::string_view record);

// visit(LookupAttribute, std::string_view value) for every value that the event is found by; some come more than once.
template <typename Text, typename Visit>
void ForEachAttribute(const BasicHistoryEvent<Text>& event, Visit&& visit) {
  visit(LookupAttribute::kEventId, std::string_view(event.event_id));
  visit(LookupAttribute::kEventName, std::string_view(event.event_name));
  visit(LookupAttribute::kReadOnly, std::string_view(event.read_only));
  visit(LookupAttribute::kEventSource, std::string_view(event.event_source));
  if (event.username) visit(LookupAttribute::kUsername, std::string_view(*event.username));
  if (event.access_key_id) visit(LookupAttribute::kAccessKeyId, std::string_view(*event.access_key_id));
  for (const auto& resource : event.resources) {
    visit(LookupAttribute::kResourceType, std::string_view(resource.type));
    visit(LookupAttribute::kResourceName, std::string_view(resource.name));
  }
}

// Exact, case-sensitive equality, as the API has it.
[[nodiscard]] bool Matches(const HistoryEvent& event, const LookupCondition& condition);

}  // namespace opentrail::trail
