#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "services/ec2/filter.h"
#include "services/ec2/handlers.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr FilterPath kVpcFilters[] = {{"vpc-id", "VpcId"},         {"cidr", "CidrBlock"},
                                      {"cidr-block", "CidrBlock"}, {"is-default", "IsDefault"},
                                      {"isDefault", "IsDefault"},  {"state", "State"},
                                      {"owner-id", "OwnerId"},     {"dhcp-options-id", "DhcpOptionsId"}};
constexpr FilterPath kSubnetFilters[] = {{"subnet-id", "SubnetId"},
                                         {"vpc-id", "VpcId"},
                                         {"cidr-block", "CidrBlock"},
                                         {"availability-zone", "AvailabilityZone"},
                                         {"availabilityZone", "AvailabilityZone"},
                                         {"default-for-az", "DefaultForAz"},
                                         {"state", "State"},
                                         {"owner-id", "OwnerId"}};
constexpr FilterPath kGatewayFilters[] = {{"internet-gateway-id", "InternetGatewayId"},
                                          {"attachment.vpc-id", "Attachments.VpcId"},
                                          {"attachment.state", "Attachments.State"},
                                          {"owner-id", "OwnerId"}};
constexpr FilterPath kRouteTableFilters[] = {{"route-table-id", "RouteTableId"},
                                             {"vpc-id", "VpcId"},
                                             {"association.main", "Associations.Main"},
                                             {"owner-id", "OwnerId"}};
constexpr FilterPath kRegionFilters[] = {
    {"region-name", "RegionName"}, {"endpoint", "Endpoint"}, {"opt-in-status", "OptInStatus"}};
constexpr FilterPath kZoneFilters[] = {
    {"zone-name", "ZoneName"}, {"zone-id", "ZoneId"}, {"region-name", "RegionName"}, {"state", "State"}};

// Keeps those whose `member` is asked for; the first id that is not there is the error.
AwsStatus SelectIds(const Value& ids, std::string_view member, std::string_view code, std::string_view what,
                    Value::Elements& all) {
  if (ids.elements().empty()) return {};
  Value::Elements selected;
  for (const Value& id : ids.elements()) {
    const auto found = std::ranges::find_if(all, [&](const Value& each) { return each[member].Text() == id.Text(); });
    if (found == all.end()) return AwsFailure(std::string(code), "The {} '{}' does not exist", what, id.Text());
    selected.push_back(*found);
  }
  all = std::move(selected);
  return {};
}

// The common end of every Describe: ids, filters, one page.
struct Description {
  std::string_view list;
  std::span<const FilterPath> filters;
};
AwsResult<Reply> Answer(const Call& call, const Description& description, Value::Elements all) {
  if (auto kept = ApplyFilters(call.input["Filters"], description.filters, all); !kept) {
    return std::unexpected(kept.error());
  }
  Reply reply;
  if (auto paged = Page(call.input, description.list, std::move(all), reply.output); !paged) {
    return std::unexpected(paged.error());
  }
  return reply;
}

}  // namespace

AwsResult<Reply> DescribeVpcs(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows =
      state.Query("SELECT vpc_id, cidr, is_default, dhcp_options_id FROM ec2_vpc WHERE region = ?", call.region);
  while (rows.Next()) {
    all.push_back(Value::Object({{"CidrBlock", rows.Text(1)},
                                 {"DhcpOptionsId", rows.Text(3)},
                                 {"State", "available"},
                                 {"VpcId", rows.Text(0)},
                                 {"OwnerId", call.account_id},
                                 {"InstanceTenancy", "default"},
                                 {"IsDefault", rows.Boolean(2)},
                                 {"Tags", TagsOf(state, rows.Text(0))}}));
  }
  if (auto found = SelectIds(call.input["VpcIds"], "VpcId", "InvalidVpcID.NotFound", "vpc ID", all); !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Vpcs", kVpcFilters}, std::move(all));
}

AwsResult<Reply> DescribeSubnets(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows = state.Query(
      "SELECT subnet_id, vpc_id, zone, cidr, next_host FROM ec2_subnet WHERE region = ? ORDER BY zone", call.region);
  while (rows.Next()) {
    all.push_back(Value::Object({{"AvailabilityZone", rows.Text(2)},
                                 {"AvailableIpAddressCount", 4095 - rows.Integer(4)},
                                 {"CidrBlock", rows.Text(3)},
                                 {"DefaultForAz", true},
                                 {"MapPublicIpOnLaunch", true},
                                 {"State", "available"},
                                 {"SubnetId", rows.Text(0)},
                                 {"VpcId", rows.Text(1)},
                                 {"OwnerId", call.account_id},
                                 {"AssignIpv6AddressOnCreation", false},
                                 {"SubnetArn", Arn(call, "subnet", rows.Text(0))},
                                 {"Tags", TagsOf(state, rows.Text(0))}}));
  }
  if (auto found = SelectIds(call.input["SubnetIds"], "SubnetId", "InvalidSubnetID.NotFound", "subnet ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Subnets", kSubnetFilters}, std::move(all));
}

AwsResult<Reply> DescribeInternetGateways(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows = state.Query("SELECT gateway_id, vpc_id FROM ec2_vpc WHERE region = ?", call.region);
  while (rows.Next()) {
    Value attachment = Value::Object({{"State", "available"}, {"VpcId", rows.Text(1)}});
    all.push_back(Value::Object({{"Attachments", Value::List({std::move(attachment)})},
                                 {"InternetGatewayId", rows.Text(0)},
                                 {"OwnerId", call.account_id},
                                 {"Tags", TagsOf(state, rows.Text(0))}}));
  }
  if (auto found = SelectIds(call.input["InternetGatewayIds"], "InternetGatewayId", "InvalidInternetGatewayID.NotFound",
                             "internetGateway ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"InternetGateways", kGatewayFilters}, std::move(all));
}

AwsResult<Reply> DescribeRouteTables(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows =
      state.Query("SELECT route_table_id, vpc_id, gateway_id, cidr FROM ec2_vpc WHERE region = ?", call.region);
  while (rows.Next()) {
    const auto route = [&](std::string_view to, std::string_view through, std::string_view origin) {
      return Value::Object(
          {{"DestinationCidrBlock", to}, {"GatewayId", through}, {"Origin", origin}, {"State", "active"}});
    };
    Value association = Value::Object({{"Main", true}, {"RouteTableId", rows.Text(0)}});
    all.push_back(Value::Object({{"Associations", Value::List({std::move(association)})},
                                 {"PropagatingVgws", Value::List()},
                                 {"RouteTableId", rows.Text(0)},
                                 {"Routes", Value::List({route(rows.Text(3), "local", "CreateRouteTable"),
                                                         route("0.0.0.0/0", rows.Text(2), "CreateRoute")})},
                                 {"Tags", TagsOf(state, rows.Text(0))},
                                 {"VpcId", rows.Text(1)},
                                 {"OwnerId", call.account_id}}));
  }
  if (auto found =
          SelectIds(call.input["RouteTableIds"], "RouteTableId", "InvalidRouteTableID.NotFound", "routeTable ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"RouteTables", kRouteTableFilters}, std::move(all));
}

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
  const std::pair<std::string_view, std::string> attributes[] = {
      {"supported-platforms", "VPC"}, {"default-vpc", vpc}, {"vpc-max-security-groups-per-interface", "5"}};
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
