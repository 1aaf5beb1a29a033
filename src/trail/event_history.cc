#include "trail/event_history.h"

#include <utility>

#include "codec/json.h"
#include "trail/record_resources.h"

namespace opentrail::trail {
namespace {

std::string TextOf(codec::JsonValue value) { return value.Text().value_or(""); }

// Who the console's User name column shows: the user, "root", or a role's session name.
std::optional<std::string> UsernameOf(codec::JsonValue identity) {
  const std::string_view type = identity["type"].String().value_or("");
  if (type == "Root") return "root";
  if (const auto name = identity["userName"].String(); name && !name->empty()) return std::string(*name);
  if (type == "AssumedRole" || type == "FederatedUser") {
    const std::string_view principal = identity["principalId"].String().value_or("");
    if (const size_t colon = principal.find(':'); colon != std::string_view::npos) {
      return std::string(principal.substr(colon + 1));
    }
    const std::string_view arn = identity["arn"].String().value_or("");
    if (const size_t slash = arn.rfind('/'); slash != std::string_view::npos) {
      return std::string(arn.substr(slash + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

HistoryEvent DescribeParsed(codec::JsonValue root) {
  struct Field {
    std::string_view name;
    std::string HistoryEvent::* text;
  };
  static constexpr Field kFields[] = {{"eventID", &HistoryEvent::event_id},
                                      {"eventName", &HistoryEvent::event_name},
                                      {"readOnly", &HistoryEvent::read_only},
                                      {"eventTime", &HistoryEvent::event_time},
                                      {"eventSource", &HistoryEvent::event_source}};
  HistoryEvent event;
  codec::JsonValue identity;
  RecordParts parts;
  unsigned found = 0;  // of duplicates the first counts
  // One pass over the members: asking for each by name would be a pass each.
  root.ForEachMember([&](std::string_view name, codec::JsonValue value) {
    for (size_t i = 0; i < std::size(kFields); ++i) {
      if (name != kFields[i].name || (found >> i & 1) != 0) continue;
      found |= 1U << i;
      event.*kFields[i].text = TextOf(value);
      return;
    }
    if (name == "userIdentity" && identity.IsMissing()) identity = value;
    if (name == "requestParameters" && parts.parameters.IsMissing()) parts.parameters = value;
    if (name == "responseElements" && parts.response.IsMissing()) parts.response = value;
    if (name == "resources" && parts.resources.IsMissing()) parts.resources = value;
  });
  event.username = UsernameOf(identity);
  if (const auto key = identity["accessKeyId"].String(); key && !key->empty()) event.access_key_id = *key;
  event.resources = ResourcesOf(event.event_source, event.event_name, parts);
  return event;
}

Result<HistoryEvent> DescribeRecord(std::string_view record) {
  const auto document = codec::JsonDocument::Parse(record);
  if (!document) return std::unexpected(document.error());
  if (!document->Root().IsObject()) return MakeError(ErrorCode::kCorrupt, "a record must be a JSON object");
  HistoryEvent event = DescribeParsed(document->Root());
  event.cloudtrail_event = record;
  return event;
}

bool Matches(const HistoryEvent& event, const LookupCondition& condition) {
  bool matches = false;
  ForEachAttribute(event, [&](LookupAttribute attribute, std::string_view value) {
    matches = matches || (attribute == condition.key && value == condition.value);
  });
  return matches;
}

}  // namespace opentrail::trail
