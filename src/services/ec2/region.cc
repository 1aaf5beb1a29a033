#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr FilterPath kRegionFilters[] = {
    {"region-name", "RegionName"}, {"endpoint", "Endpoint"}, {"opt-in-status", "OptInStatus"}};
constexpr FilterPath kZoneFilters[] = {
    {"zone-name", "ZoneName"}, {"zone-id", "ZoneId"}, {"region-name", "RegionName"}, {"state", "State"}};

}  // namespace

AwsResult<Reply> DescribeRegions(Ec2Service&, Call& call, store::Transaction&) {
  Value::Elements all;
  for (const Region& region : Regions()) {
    all.push_back(Value::Object({{"Endpoint", fmt::format("ec2.{}.amazonaws.com", region.name)},
                                 {"RegionName", region.name},
                                 {"OptInStatus", "opt-in-not-required"}}));
  }
  if (auto found = SelectIds(call.input["RegionNames"], "RegionName", "InvalidParameterValue", "region", all); !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Regions", kRegionFilters}, std::move(all));
}

AwsResult<Reply> DescribeAvailabilityZones(Ec2Service&, Call& call, store::Transaction&) {
  Value::Elements all;
  for (const Region& region : Regions()) {
    if (region.name != call.region) continue;
    for (size_t i = 0; i < region.zones.size(); ++i) {
      all.push_back(Value::Object({{"State", "available"},
                                   {"OptInStatus", "opt-in-not-required"},
                                   {"Messages", Value::List()},
                                   {"RegionName", region.name},
                                   {"ZoneName", fmt::format("{}{}", region.name, region.zones[i])},
                                   {"ZoneId", fmt::format("{}-az{}", region.name, i + 1)},
                                   {"GroupName", region.name},
                                   {"NetworkBorderGroup", region.name},
                                   {"ZoneType", "availability-zone"}}));
    }
  }
  if (auto found = SelectIds(call.input["ZoneNames"], "ZoneName", "InvalidParameterValue", "zone", all); !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"AvailabilityZones", kZoneFilters}, std::move(all));
}

AwsResult<Reply> DescribeAccountAttributes(Ec2Service& service, Call& call, store::Transaction& transaction) {
  const std::string vpc = EnsureRegion(service.environment(), call.region, transaction.connection());
  const std::pair<std::string_view, std::string> attributes[] = {{"supported-platforms", "VPC"},
                                                                 {"default-vpc", vpc.empty() ? "none" : vpc},
                                                                 {"vpc-max-security-groups-per-interface", "5"}};
  const auto& wanted = call.input["AttributeNames"].elements();
  Value list = Value::List();
  for (const auto& [name, value] : attributes) {
    if (!wanted.empty() && std::ranges::none_of(wanted, [&](const Value& each) { return each.Text() == name; }))
      continue;
    Value item = Value::Object({{"AttributeValue", value}});
    list.Append(Value::Object({{"AttributeName", name}, {"AttributeValues", Value::List({std::move(item)})}}));
  }
  Reply reply;
  reply.output.Set("AccountAttributes", std::move(list));
  return reply;
}

}  // namespace opentrail::services::ec2
