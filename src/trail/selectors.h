#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "codec/value.h"

// Which events a trail logs: its regions and its event selectors. Pure; thread-safe.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
namespace opentrail::trail {

// What selectors look at in a record.
struct SelectableEvent {
  struct Resource {
    std::string type;  // "AWS::S3::Object"
    std::string arn;   // or its ARN prefix, where the record has only that
  };
  std::string category;   // "Management", "Data"
  std::string read_only;  // "true", "false"
  std::string source;
  std::string name;
  std::string type;  // "AwsApiCall"
  std::string time;  // as in the record
  std::string region;
  std::string user_arn;
  std::string error_code;
  std::string vpc_endpoint;
  std::string from_console;  // "true"; "" otherwise
  std::string host;          // tlsDetails.clientProvidedHostHeader
  std::string service;       // the service that acted for itself (userIdentity.type AWSService); "" otherwise
  std::vector<Resource> resources;
};

// kCorrupt where the record is no JSON object.
[[nodiscard]] Result<SelectableEvent> ReadSelectableEvent(std::string_view record);

// Where a trail listens.
struct TrailScope {
  std::string home_region;
  bool multi_region = false;
  bool global_service_events = true;
};

// IAM, CloudFront and the like: recorded in us-east-1, whatever the caller's region.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
[[nodiscard]] bool IsGlobalServiceEvent(const SelectableEvent& event);
[[nodiscard]] bool IsInScope(const TrailScope& scope, const SelectableEvent& event);

// A trail's event selectors, ready to be asked.
class EventSelectors {
 public:
  // As PutEventSelectors takes them: {"EventSelectors": [...]} or {"AdvancedEventSelectors": [...]}. Null: what a trail
  // without selectors logs, all management events.
  explicit EventSelectors(const Value& selectors);

  // True where any selector matches.
  [[nodiscard]] bool Select(const SelectableEvent& event) const;

  // What is selected where no selector asks for more than the event's category; nullopt: one does.
  struct Categories {
    bool management = false;
    bool data = false;
  };
  [[nodiscard]] std::optional<Categories> CategoriesAlone() const;

 private:
  struct Basic {
    std::string read_write;  // "All", "ReadOnly", "WriteOnly"
    bool management = true;
    std::vector<std::string> excluded_sources;
    std::vector<std::pair<std::string, std::string>> data;  // resource type, ARN prefix; "": all
    [[nodiscard]] bool Match(const SelectableEvent& event) const;
  };
  enum class Operator : uint8_t { kEquals, kStartsWith, kEndsWith };
  // One operator of one field: any of `values`, or with `negated` none.
  struct Condition {
    std::string field;
    Operator comparison;
    bool negated = false;
    std::vector<std::string> values;
    [[nodiscard]] bool Match(std::string_view text) const;
  };
  struct Advanced {
    std::vector<Condition> of_event;
    std::vector<Condition> of_resource;  // all of them must hold for one and the same resource
    [[nodiscard]] bool Match(const SelectableEvent& event) const;
  };
  static Basic ReadBasic(const Value& selector);
  static Advanced ReadAdvanced(const Value& selector);

  std::vector<Basic> basic_;
  std::vector<Advanced> advanced_;
};

}  // namespace opentrail::trail
