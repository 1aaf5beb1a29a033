#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/service.h"

// What the operations share: the region's default network, tags, ARNs.
namespace opentrail::services::ec2 {

inline constexpr size_t kMaxTags = 50;

// A region's default VPC with its subnets, gateway and default group, made at the first touch. Gives the VPC's id; ""
// where it was deleted since.
std::string EnsureRegion(const Environment& environment, std::string_view region, store::Connection& state);

// Regions and their zones' letters, as an account has them enabled from the start.
struct Region {
  std::string_view name;
  std::string_view zones;  // "abc"
};
[[nodiscard]] std::span<const Region> Regions();

[[nodiscard]] std::string Arn(const Call& call, std::string_view type, std::string_view id);

// The resource's tags: [{Key, Value}], by key.
[[nodiscard]] Value TagsOf(store::Connection& state, std::string_view resource_id);
// What an operation made and TagSpecifications may tag.
struct NewResource {
  std::string_view type, id;
};
// From TagSpecifications, each to all resources of its type. InvalidParameterValue, TagLimitExceeded.
[[nodiscard]] AwsStatus AddTagSpecifications(const Call& call, std::span<const NewResource> made,
                                             store::Connection& state);
[[nodiscard]] inline AwsStatus AddTagSpecifications(const Call& call, std::initializer_list<NewResource> made,
                                                    store::Connection& state) {
  return AddTagSpecifications(call, std::span(made.begin(), made.size()), state);
}
[[nodiscard]] inline AwsStatus AddTagSpecifications(const Call& call, std::string_view type,
                                                    std::string_view resource_id, store::Connection& state) {
  return AddTagSpecifications(call, {{type, resource_id}}, state);
}
[[nodiscard]] AwsStatus AddTags(const Call& call, const Value& tags, std::string_view type,
                                std::string_view resource_id, store::Connection& state);
void RemoveTags(store::Connection& state, std::string_view resource_id);
// "security-group" from "sg-..."; "" for an id of no kind that we have.
[[nodiscard]] std::string_view TypeOfId(std::string_view id);

[[nodiscard]] std::string Text(const Value& value);

}  // namespace opentrail::services::ec2
