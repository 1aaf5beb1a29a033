#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/filter.h"
#include "instances/netlink_conntrack.h"
#include "instances/netlink_route.h"
#include "instances/network.h"
#include "instances/network_address.h"
#include "instances/nft_ruleset.h"

namespace opentrail::instances {

// The router of a VPC: a network namespace with a veth to each instance (no bridge: bridged neighbours would pass by
// the forward hook), one to the internet, the security groups between them, and the addresses of the VPC's own services
// (metadata, resolver). Single-threaded.
class Router {
 public:
  static Result<std::unique_ptr<Router>> Create(Ipv4Prefix vpc);
  // After Internet::AddRouter made kUplink. `own` is the router's address there.
  Status ConnectUplink(Ipv4 own);

  struct Port {
    std::string interface;  // in the router: "i7"
    Ipv4 address;
    Ipv4Prefix subnet;
    std::string mac;  // six bytes
    std::vector<std::string> groups;
  };
  // The instance's namespace: eth0 with the address, the default route. kInvalidArgument where the address is taken or
  // not of the subnet. What was made before an error is taken away by RemovePort.
  Result<FileDescriptor> AddPort(const Port& port);
  Status RemovePort(Ipv4 address);
  Status SetGroups(Ipv4 address, std::vector<std::string> groups);
  // What leads to the public address outside is the caller's part. nullopt: none.
  Status SetPublicAddress(Ipv4 address, std::optional<Ipv4> public_address);

  // In effect for all instances at once when this returns, and for every packet or none.
  Status ApplyGroup(const SecurityGroup& group);
  Status RemoveGroup(const std::string& group_id);

  [[nodiscard]] int descriptor() const { return namespace_.get(); }
  [[nodiscard]] Ipv4Prefix vpc() const { return vpc_; }
  [[nodiscard]] Ipv4 resolver() const;
  Result<std::string> ListFilter() { return filter_.List(); }

 private:
  struct Attached {
    Port port;
    std::optional<Ipv4> public_address;
    Openness egress, ingress;  // as its chains have it
  };
  Router(Ipv4Prefix vpc, FileDescriptor made, RouteSocket routes, NftRuleset filter, ConntrackSocket flows)
      : vpc_(vpc),
        namespace_(std::move(made)),
        routes_(std::move(routes)),
        filter_(std::move(filter)),
        flows_(std::move(flows)) {}
  Status Furnish();
  Status CheckPort(const Port& port) const;
  Status Wire(const Port& port, int instance);
  Status FurnishInstance(const Port& port);
  Status Filter(Attached& attached);
  // Declares the group where it is not yet: nft looks at less where nothing is declared.
  [[nodiscard]] std::string DeclarationOf(const std::string& group_id) const;
  [[nodiscard]] FilteredInterface Filtered(const Attached& attached) const;
  [[nodiscard]] Attached* Find(Ipv4 address);

  const Ipv4Prefix vpc_;
  FileDescriptor namespace_;
  RouteSocket routes_;
  NftRuleset filter_;
  ConntrackSocket flows_;
  std::map<std::string, SecurityGroup> groups_;
  std::set<std::string> declared_;  // groups with chains and a set: those known, those named
  std::map<Ipv4, Attached> ports_;
  std::set<Ipv4> gateways_;  // of subnets that have had an instance
};

}  // namespace opentrail::instances
