#include "trail/event_history.h"

#include <utility>

#include "codec/json.h"
#include "trail/record_resources.h"

namespace opentrail::trail {
namespace {

std::string_view TextOf(codec::JsonValue value) {
  if (const auto text = value.String()) return *text;
  if (value.IsMissing() || !value.element().is_bool()) return {};
  return value.element().get_bool().value_unsafe() ? "true" : "false";
}

// Who the console's User name column shows: the user, "root", or a role's session name.
std::optional<std::string_view> UsernameOf(codec::JsonValue identity) {
  const std::string_view type = identity["type"].String().value_or("");
  if (type == "Root") return "root";
  if (const auto name = identity["userName"].String(); name && !name->empty()) return name;
  if (type == "AssumedRole" || type == "FederatedUser") {
    const std::string_view principal = identity["principalId"].String().value_or("");
    if (const size_t colon = principal.find(':'); colon != std::string_view::npos) {
      return principal.substr(colon + 1);
    }
    const std::string_view arn = identity["arn"].String().value_or("");
    if (const size_t slash = arn.rfind('/'); slash != std::string_view::npos) {
      return arn.substr(slash + 1);
    }
  }
  return std::nullopt;
}

std::optional<std::string> Owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

HistoryEventView DescribeParsed(codec::JsonValue root) {
  struct Field {
    std::string_view name;
    std::string_view HistoryEventView::* text;
  };
  static constexpr Field kFields[] = {{"eventID", &HistoryEventView::event_id},
                                      {"eventName", &HistoryEventView::event_name},
                                      {"readOnly", &HistoryEventView::read_only},
                                      {"eventTime", &HistoryEventView::event_time},
                                      {"eventSource", &HistoryEventView::event_source}};
  HistoryEventView event;
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
  if (const auto key = identity["accessKeyId"].String(); key && !key->empty()) event.access_key_id = key;
  event.resources = ResourcesOf(event.event_source, event.event_name, parts);
  return event;
}

Result<HistoryEvent> DescribeRecord(std::string_view record) {
  const auto document = codec::JsonDocument::Parse(record);
  if (!document) return std::unexpected(document.error());
  if (!document->Root().IsObject()) return MakeError(ErrorCode::kCorrupt, "a record must be a JSON object");
  const HistoryEventView found = DescribeParsed(document->Root());
  HistoryEvent event{.event_id = std::string(found.event_id),
                     .event_name = std::string(found.event_name),
                     .read_only = std::string(found.read_only),
                     .access_key_id = Owned(found.access_key_id),
                     .event_time = std::string(found.event_time),
                     .event_source = std::string(found.event_source),
                     .username = Owned(found.username),
                     .resources = {},
                     .cloudtrail_event = std::string(record)};
  for (const auto& [type, name] : found.resources) event.resources.push_back({std::string(type), std::string(name)});
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
