#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/ec2/cidr.h"
#include "services/ec2/ec2_service.h"

// Virtual networks: VPCs and what lies in them.
// https://docs.aws.amazon.com/vpc/latest/userguide/how-it-works.html
namespace opentrail::services::ec2 {

struct Vpc {
  std::string id;
  Cidr cidr;
  bool is_default = false;
};
// InvalidVpcID.NotFound; MissingParameter for "".
[[nodiscard]] AwsResult<Vpc> FindVpc(store::Connection& state, std::string_view region, std::string_view id);
// The region's default VPC, its subnets, its gateway with the route to it. Gives the VPC's id.
std::string MakeDefaultVpc(const Environment& environment, std::string_view region, store::Connection& state);

struct Subnet {
  std::string id, vpc_id, zone;
  Cidr cidr;
  uint32_t next_host = 0;  // where the search for a free address begins
  bool maps_public_ip = false;
};
// InvalidSubnetID.NotFound.
[[nodiscard]] AwsResult<Subnet> FindSubnet(store::Connection& state, std::string_view region, std::string_view id);
// nullopt where the region has no default subnet, or none in `zone` ("" for any).
[[nodiscard]] std::optional<Subnet> FindDefaultSubnet(store::Connection& state, std::string_view region,
                                                      std::string_view zone);
// A private address that no instance has, taken out of the subnet; nullopt where it is full.
[[nodiscard]] std::optional<std::string> TakePrivateAddress(store::Connection& state, Subnet& subnet);

// A route table with the local route of its VPC; the first of a VPC is its main one.
std::string MakeRouteTable(const Environment& environment, std::string_view region, const Vpc& vpc, bool is_main,
                           store::Connection& state);
void DeleteRouteTableRows(store::Connection& state, std::string_view route_table_id);

// A public address of the ranges kept for documentation (RFC 5737), which have no hosts behind them, so nobody's is
// taken; nor one that this machine uses itself. nullopt where the account has them all.
[[nodiscard]] std::optional<std::string> FreePublicAddress(Ec2Service& service, store::Connection& state);
// Takes the instance's elastic addresses from it; true where it had one.
bool ReleaseElasticAddresses(store::Connection& state, std::string_view instance_id);

}  // namespace opentrail::services::ec2
