#include "services/cloudtrail/lookup_event.h"

#include "codec/timestamp.h"
#include "trail/event_history.h"

namespace opentrail::services::cloudtrail {
namespace {

Value TextIfAny(std::optional<std::string>& text) { return text ? Value(std::move(*text)) : Value(nullptr); }

}  // namespace

Result<Value> LookupEvent(std::string_view record) {
  auto described = trail::DescribeRecord(record);
  if (!described) return std::unexpected(std::move(described.error()));
  Value resources = Value::List();
  for (trail::Resource& resource : described->resources) {
    resources.Append(
        Value::Object({{"ResourceType", std::move(resource.type)}, {"ResourceName", std::move(resource.name)}}));
  }
  Value event = Value::Object({{"EventId", std::move(described->event_id)},
                               {"EventName", std::move(described->event_name)},
                               {"ReadOnly", std::move(described->read_only)}});
  event.SetIfPresent("AccessKeyId", TextIfAny(described->access_key_id));
  if (const auto time = codec::ParseIso8601(described->event_time)) event.Set("EventTime", *time);
  event.Set("EventSource", std::move(described->event_source));
  event.SetIfPresent("Username", TextIfAny(described->username));
  event.Set("Resources", std::move(resources));
  event.Set("CloudTrailEvent", std::move(described->cloudtrail_event));
  return event;
}

}  // namespace opentrail::services::cloudtrail
