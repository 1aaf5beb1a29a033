#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

// AWS keeps the first four addresses of a subnet, and its last, for itself.
constexpr uint32_t kFirstHost = 4;
constexpr uint32_t kReserved = kFirstHost + 1;
constexpr int kSmallestNetwork = 28;

constexpr FilterPath kSubnetFilters[] = {{"subnet-id", "SubnetId"},
                                         {"subnet-arn", "SubnetArn"},
                                         {"subnetArn", "SubnetArn"},
                                         {"vpc-id", "VpcId"},
                                         {"cidr", "CidrBlock"},
                                         {"cidr-block", "CidrBlock"},
                                         {"cidrBlock", "CidrBlock"},
                                         {"availability-zone", "AvailabilityZone"},
                                         {"availabilityZone", "AvailabilityZone"},
                                         {"availability-zone-id", "AvailabilityZoneId"},
                                         {"available-ip-address-count", "AvailableIpAddressCount"},
                                         {"default-for-az", "DefaultForAz"},
                                         {"defaultForAz", "DefaultForAz"},
                                         {"map-public-ip-on-launch", "MapPublicIpOnLaunch"},
                                         {"state", "State"},
                                         {"owner-id", "OwnerId"}};

constexpr std::string_view kColumns = "subnet_id, vpc_id, zone, cidr, next_host, maps_public_ip, is_default";

Subnet Read(const store::Rows& rows) {
  return {.id = std::string(rows.Text(0)),
          .vpc_id = std::string(rows.Text(1)),
          .zone = std::string(rows.Text(2)),
          .cidr = ParseCidr(rows.Text(3)).value_or(Cidr{}),
          .next_host = static_cast<uint32_t>(rows.Integer(4)),
          .maps_public_ip = rows.Boolean(5)};
}

// "us-east-1a" -> "use1-az1": AWS's own numbers differ from account to account.
std::string ZoneId(std::string_view region_name, std::string_view zone) {
  for (const Region& region : Regions()) {
    if (region.name != region_name || zone.empty()) continue;
    return fmt::format("{}-az{}", region.name, region.zones.find(zone.back()) + 1);
  }
  return {};
}

int64_t UsedAddresses(store::Connection& state, std::string_view subnet_id) {
  store::Rows rows =
      state.Query("SELECT count(*) FROM ec2_instance WHERE subnet_id = ? AND wanted <> 'terminated'", subnet_id);
  return rows.Next() ? rows.Integer(0) : 0;
}

Value Describe(const Call& call, const store::Rows& rows, store::Connection& state) {
  const Subnet subnet = Read(rows);
  const int64_t room = static_cast<int64_t>(subnet.cidr.Size()) - kReserved - UsedAddresses(state, subnet.id);
  return Value::Object({{"AvailabilityZoneId", ZoneId(call.region, subnet.zone)},
                        {"MapCustomerOwnedIpOnLaunch", false},
                        {"OwnerId", call.account_id},
                        {"AssignIpv6AddressOnCreation", false},
                        {"Ipv6CidrBlockAssociationSet", Value::List()},
                        {"Tags", TagsOf(state, subnet.id)},
                        {"SubnetArn", Arn(call, "subnet", subnet.id)},
                        {"EnableDns64", false},
                        {"Ipv6Native", false},
                        {"SubnetId", subnet.id},
                        {"State", "available"},
                        {"VpcId", subnet.vpc_id},
                        {"CidrBlock", subnet.cidr.Text()},
                        {"AvailableIpAddressCount", room},
                        {"AvailabilityZone", subnet.zone},
                        {"DefaultForAz", rows.Boolean(6)},
                        {"MapPublicIpOnLaunch", subnet.maps_public_ip}});
}

// The zone that the call names; the region's first where it names none.
AwsResult<std::string> ZoneOf(const Call& call) {
  std::string zones, wanted = Text(call.input["AvailabilityZone"]);
  const std::string_view wanted_id = call.input["AvailabilityZoneId"].Text();
  for (const Region& region : Regions()) {
    if (region.name != call.region) continue;
    for (const char letter : region.zones) {
      const std::string zone = fmt::format("{}{}", region.name, letter);
      if (zone == wanted || (wanted.empty() && (wanted_id.empty() || wanted_id == ZoneId(region.name, zone)))) {
        return zone;
      }
      zones += (zones.empty() ? "" : ", ") + zone;
    }
  }
  if (wanted.empty()) wanted = wanted_id;
  return AwsFailure("InvalidParameterValue",
                    "Value ({}) for parameter availabilityZone is invalid. Subnets can currently only be created in "
                    "the following availability zones: {}.",
                    wanted, zones);
}

AwsResult<Cidr> SubnetCidr(const Value& input, const Vpc& vpc, store::Connection& state) {
  const std::string_view text = input["CidrBlock"].Text();
  if (text.empty()) return AwsFailure("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.");
  const auto cidr = ParseCidr(text);
  if (!cidr) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter cidrBlock is invalid. This is not a valid CIDR block.", text);
  }
  if (cidr->bits > kSmallestNetwork || !vpc.cidr.Contains(*cidr)) {
    return AwsFailure("InvalidSubnet.Range", "The CIDR '{}' is invalid.", text);
  }
  store::Rows rows = state.Query("SELECT cidr FROM ec2_subnet WHERE vpc_id = ?", vpc.id);
  while (rows.Next()) {
    if (ParseCidr(rows.Text(0)).value_or(Cidr{}).Overlaps(*cidr)) {
      return AwsFailure("InvalidSubnet.Conflict", "The CIDR '{}' conflicts with another subnet", text);
    }
  }
  return *cidr;
}

}  // namespace

AwsResult<Subnet> FindSubnet(store::Connection& state, std::string_view region, std::string_view id) {
  store::Rows rows =
      state.Query(fmt::format("SELECT {} FROM ec2_subnet WHERE subnet_id = ? AND region = ?", kColumns), id, region);
  if (rows.Next()) return Read(rows);
  return AwsFailure("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist", id);
}

std::optional<Subnet> FindDefaultSubnet(store::Connection& state, std::string_view region, std::string_view zone) {
  store::Rows rows = state.Query(
      fmt::format("SELECT {} FROM ec2_subnet WHERE region = ? AND is_default = 1 ORDER BY zone", kColumns), region);
  while (rows.Next()) {
    if (zone.empty() || rows.Text(2) == zone) return Read(rows);
  }
  return std::nullopt;
}

std::optional<std::string> TakePrivateAddress(store::Connection& state, Subnet& subnet) {
  std::unordered_set<std::string> used;
  store::Rows rows =
      state.Query("SELECT private_ip FROM ec2_instance WHERE subnet_id = ? AND wanted <> 'terminated'", subnet.id);
  while (rows.Next()) used.emplace(rows.Text(0));
  const auto hosts = static_cast<uint32_t>(subnet.cidr.Size()) - kReserved;
  for (uint32_t tried = 0; tried < hosts; ++tried) {
    const uint32_t host = (subnet.next_host + tried) % hosts;
    std::string address = DottedAddress(subnet.cidr.first + kFirstHost + host);
    if (used.contains(address)) continue;
    subnet.next_host = (host + 1) % hosts;
    state.Execute("UPDATE ec2_subnet SET next_host = ? WHERE subnet_id = ?", subnet.next_host, subnet.id);
    return address;
  }
  return std::nullopt;
}

AwsResult<Reply> CreateSubnet(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  auto vpc = FindVpc(state, call.region, call.input["VpcId"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  auto zone = ZoneOf(call);
  if (!zone) return std::unexpected(zone.error());
  auto cidr = SubnetCidr(call.input, *vpc, state);
  if (!cidr) return std::unexpected(cidr.error());
  const std::string id = RandomHexId(service.environment().random, "subnet-");
  state.Execute(
      "INSERT INTO ec2_subnet(subnet_id, region, vpc_id, zone, cidr, next_host, is_default, maps_public_ip, "
      "acl_association_id) VALUES(?, ?, ?, ?, ?, 0, 0, 0, ?)",
      id, call.region, vpc->id, *zone, cidr->Text(), RandomHexId(service.environment().random, "aclassoc-"));
  if (auto tagged = AddTagSpecifications(call, "subnet", id, state); !tagged) return std::unexpected(tagged.error());
  store::Rows rows = state.Query(fmt::format("SELECT {} FROM ec2_subnet WHERE subnet_id = ?", kColumns), id);
  Reply reply;
  if (rows.Next()) reply.output.Set("Subnet", Describe(call, rows, state));
  return reply;
}

AwsResult<Reply> DescribeSubnets(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  Value::Elements all;
  store::Rows rows = state.Query(
      fmt::format("SELECT {} FROM ec2_subnet WHERE region = ? ORDER BY zone, rowid", kColumns), call.region);
  while (rows.Next()) all.push_back(Describe(call, rows, state));
  if (auto found = SelectIds(call.input["SubnetIds"], "SubnetId", "InvalidSubnetID.NotFound", "subnet ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Subnets", kSubnetFilters}, std::move(all));
}

AwsResult<Reply> DeleteSubnet(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto subnet = FindSubnet(state, call.region, call.input["SubnetId"].Text());
  if (!subnet) return std::unexpected(subnet.error());
  if (UsedAddresses(state, subnet->id) > 0) {
    return AwsFailure("DependencyViolation", "The subnet '{}' has dependencies and cannot be deleted.", subnet->id);
  }
  state.Execute("DELETE FROM ec2_route_association WHERE subnet_id = ?", subnet->id);
  state.Execute("DELETE FROM ec2_subnet WHERE subnet_id = ?", subnet->id);
  RemoveTags(state, subnet->id);
  return Reply{};
}

AwsResult<Reply> ModifySubnetAttribute(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto subnet = FindSubnet(state, call.region, call.input["SubnetId"].Text());
  if (!subnet) return std::unexpected(subnet.error());
  const Value& maps = call.input["MapPublicIpOnLaunch"]["Value"];
  if (maps.IsNull()) {
    return AwsFailure("UnsupportedOperation", "Of a subnet's attributes only mapPublicIpOnLaunch can be modified.");
  }
  state.Execute("UPDATE ec2_subnet SET maps_public_ip = ? WHERE subnet_id = ?", maps.Boolean(), subnet->id);
  return Reply{};
}

}  // namespace opentrail::services::ec2
