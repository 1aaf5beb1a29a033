#include "trail/selectors.h"

#include <algorithm>
#include <array>

#include "codec/json.h"

namespace opentrail::trail {
namespace {

constexpr std::string_view kGlobalRegion = "us-east-1";
constexpr auto kGlobalSources = std::to_array<std::string_view>({
    "cloudfront.amazonaws.com",
    "globalaccelerator.amazonaws.com",
    "iam.amazonaws.com",
    "organizations.amazonaws.com",
    "route53.amazonaws.com",
    "shield.amazonaws.com",
    "support.amazonaws.com",
    "waf.amazonaws.com",
});

std::string TextOf(codec::JsonValue value) { return value.Text().value_or(""); }

// Fields of an advanced selector that are the event's own.
struct EventField {
  std::string_view name;
  std::string SelectableEvent::* member;
};
constexpr EventField kEventFields[] = {
    {"eventCategory", &SelectableEvent::category},
    {"readOnly", &SelectableEvent::read_only},
    {"eventSource", &SelectableEvent::source},
    {"eventName", &SelectableEvent::name},
    {"eventType", &SelectableEvent::type},
    {"userIdentity.arn", &SelectableEvent::user_arn},
    {"errorCode", &SelectableEvent::error_code},
    {"vpcEndpointId", &SelectableEvent::vpc_endpoint},
    {"sessionCredentialFromConsole", &SelectableEvent::from_console},
};
constexpr std::string_view kResourceType = "resources.type";
constexpr std::string_view kResourceArn = "resources.ARN";

std::string_view FieldOf(const SelectableEvent& event, std::string_view name) {
  const auto* field = std::ranges::find(kEventFields, name, &EventField::name);
  return field != std::end(kEventFields) ? std::string_view(event.*field->member) : std::string_view();
}

std::vector<std::string> TextsOf(const Value& list) {
  std::vector<std::string> texts;
  for (const Value& element : list.elements()) texts.emplace_back(element.Text());
  return texts;
}

// "arn:aws:s3", "arn:aws:s3:::", "arn:aws:lambda", "arn:aws:dynamodb": everything of the service.
bool NamesAll(std::string_view value) { return std::ranges::count(value, ':') == 2 || value.ends_with(":::"); }

}  // namespace

Result<SelectableEvent> ReadSelectableEvent(std::string_view record) {
  const auto document = codec::JsonDocument::Parse(record);
  if (!document) return std::unexpected(document.error());
  const codec::JsonValue root = document->Root();
  if (!root.IsObject()) return MakeError(ErrorCode::kCorrupt, "a record must be a JSON object");
  const codec::JsonValue identity = root["userIdentity"];
  SelectableEvent event{.category = TextOf(root["eventCategory"]),
                        .read_only = TextOf(root["readOnly"]),
                        .source = TextOf(root["eventSource"]),
                        .name = TextOf(root["eventName"]),
                        .type = TextOf(root["eventType"]),
                        .time = TextOf(root["eventTime"]),
                        .region = TextOf(root["awsRegion"]),
                        .user_arn = TextOf(identity["arn"]),
                        .error_code = TextOf(root["errorCode"]),
                        .vpc_endpoint = TextOf(root["vpcEndpointId"]),
                        .from_console = TextOf(root["sessionCredentialFromConsole"]),
                        .host = TextOf(root["tlsDetails"]["clientProvidedHostHeader"]),
                        .service = {},
                        .resources = {}};
  if (identity["type"].String() == "AWSService") event.service = TextOf(identity["invokedBy"]);
  root["resources"].ForEachElement([&](codec::JsonValue resource) {
    const codec::JsonValue arn = resource["ARN"].IsMissing() ? resource["ARNPrefix"] : resource["ARN"];
    event.resources.push_back({TextOf(resource["type"]), TextOf(arn)});
  });
  return event;
}

bool IsGlobalServiceEvent(const SelectableEvent& event) {
  if (event.region != kGlobalRegion) return false;
  // STS has a global endpoint beside the regional ones.
  if (event.source == "sts.amazonaws.com") return event.host == "sts.amazonaws.com";
  return std::ranges::binary_search(kGlobalSources, event.source);
}

bool IsInScope(const TrailScope& scope, const SelectableEvent& event) {
  if (IsGlobalServiceEvent(event) && !scope.global_service_events) return false;
  return scope.multi_region || event.region == scope.home_region;
}

EventSelectors::EventSelectors(const Value& selectors) {
  for (const Value& selector : selectors["EventSelectors"].elements()) basic_.push_back(ReadBasic(selector));
  for (const Value& selector : selectors["AdvancedEventSelectors"].elements()) {
    advanced_.push_back(ReadAdvanced(selector));
  }
  if (selectors.IsNull()) basic_.push_back(ReadBasic(Value::Object()));
}

bool EventSelectors::Select(const SelectableEvent& event) const {
  const auto matches = [&](const auto& selector) { return selector.Match(event); };
  return std::ranges::any_of(basic_, matches) || std::ranges::any_of(advanced_, matches);
}

EventSelectors::Basic EventSelectors::ReadBasic(const Value& selector) {
  Basic basic{.read_write = std::string(selector["ReadWriteType"].Text("All")),
              .management = selector["IncludeManagementEvents"].Boolean(true),
              .excluded_sources = TextsOf(selector["ExcludeManagementEventSources"]),
              .data = {}};
  for (const Value& resource : selector["DataResources"].elements()) {
    for (std::string& value : TextsOf(resource["Values"])) {
      basic.data.emplace_back(resource["Type"].Text(), NamesAll(value) ? std::string() : std::move(value));
    }
  }
  return basic;
}

bool EventSelectors::Basic::Match(const SelectableEvent& event) const {
  if (read_write == "ReadOnly" && event.read_only != "true") return false;
  if (read_write == "WriteOnly" && event.read_only == "true") return false;
  if (event.category == "Management") {
    return management && std::ranges::find(excluded_sources, event.source) == excluded_sources.end();
  }
  if (event.category != "Data") return false;
  return std::ranges::any_of(event.resources, [&](const SelectableEvent::Resource& resource) {
    return std::ranges::any_of(data, [&](const auto& wanted) {
      return resource.type == wanted.first && resource.arn.starts_with(wanted.second);
    });
  });
}

EventSelectors::Advanced EventSelectors::ReadAdvanced(const Value& selector) {
  struct Named {
    std::string_view name;
    Operator comparison;
    bool negated;
  };
  constexpr Named kOperators[] = {
      {"Equals", Operator::kEquals, false},           {"StartsWith", Operator::kStartsWith, false},
      {"EndsWith", Operator::kEndsWith, false},       {"NotEquals", Operator::kEquals, true},
      {"NotStartsWith", Operator::kStartsWith, true}, {"NotEndsWith", Operator::kEndsWith, true},
  };
  Advanced advanced;
  for (const Value& field : selector["FieldSelectors"].elements()) {
    const std::string_view name = field["Field"].Text();
    const bool of_resource = name == kResourceType || name == kResourceArn;
    for (const Named& named : kOperators) {
      if (!field.Has(named.name)) continue;
      (of_resource ? advanced.of_resource : advanced.of_event)
          .push_back({std::string(name), named.comparison, named.negated, TextsOf(field[named.name])});
    }
  }
  return advanced;
}

std::optional<EventSelectors::Categories> EventSelectors::CategoriesAlone() const {
  const auto is_of_category = [](const Condition& condition) { return condition.field == "eventCategory"; };
  Categories categories;
  for (const Advanced& selector : advanced_) {
    if (!selector.of_resource.empty() || !std::ranges::all_of(selector.of_event, is_of_category)) return std::nullopt;
    const auto matches = [&](std::string_view category) {
      return std::ranges::all_of(selector.of_event,
                                 [&](const Condition& condition) { return condition.Match(category); });
    };
    categories.management |= matches("Management");
    categories.data |= matches("Data");
  }
  return basic_.empty() ? std::optional(categories) : std::nullopt;
}

bool EventSelectors::Condition::Match(std::string_view text) const {
  const bool any = std::ranges::any_of(values, [&](std::string_view value) {
    switch (comparison) {
      case Operator::kEquals: return text == value;
      case Operator::kStartsWith: return text.starts_with(value);
      case Operator::kEndsWith: return text.ends_with(value);
    }
    return false;
  });
  return any != negated;
}

bool EventSelectors::Advanced::Match(const SelectableEvent& event) const {
  const auto holds = [&](const Condition& condition) { return condition.Match(FieldOf(event, condition.field)); };
  if (!std::ranges::all_of(of_event, holds)) return false;
  if (of_resource.empty()) return true;
  return std::ranges::any_of(event.resources, [&](const SelectableEvent::Resource& resource) {
    return std::ranges::all_of(of_resource, [&](const Condition& condition) {
      return condition.Match(condition.field == kResourceType ? resource.type : resource.arn);
    });
  });
}

}  // namespace opentrail::trail
