#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/netlink_route.h"
#include "instances/network_address.h"
#include "instances/nft_ruleset.h"

namespace opentrail::instances {

// Everything outside of the VPCs: a network namespace that routes between their routers, hosts with addresses of their
// own, the user's machine and the AWS endpoints. Each may send from its own addresses alone; the user's machine gets
// only answers to what it began. Single-threaded.
class Internet {
 public:
  static Result<std::unique_ptr<Internet>> Create();

  // A link between the VPC's router, where it is named kUplink, and this; number 1 to kMaxRouters decides its address.
  Status AddRouter(uint32_t number, int router_namespace);
  Status RemoveRouter(uint32_t number);
  // A public address of an instance behind the router.
  Status AddPublicAddress(uint32_t router, Ipv4 address);
  Status RemovePublicAddress(uint32_t router, Ipv4 address);

  // The link to the user's machine: its end is named `link` in the namespace `host`, with the user's address.
  Status AddUser(const std::string& link, int host, Ipv4 user);

  // Once the other end of the link is up, which a router's and the user's are by their own hands: until packets pass to
  // the address, a router's own or the user's.
  Status AwaitLink(Ipv4 address);

  // A host of its own with that one address. kInvalidArgument where the address is taken.
  Status AddHost(Ipv4 address);
  // Its namespace; nullptr where there is none.
  [[nodiscard]] const FileDescriptor* FindHost(Ipv4 address) const;
  // Idempotent.
  Status RemoveHost(Ipv4 address);
  [[nodiscard]] bool IsTaken(Ipv4 address) const { return links_.contains(address); }

  [[nodiscard]] int descriptor() const { return namespace_.get(); }

 private:
  Internet(FileDescriptor made, RouteSocket routes, NftRuleset filter)
      : namespace_(std::move(made)), routes_(std::move(routes)), filter_(std::move(filter)) {}
  Status Furnish();
  Status AddLink(const VethEnd& end, const VethEnd& peer);
  // The address is behind the link: it may send, and is sent to.
  Status Admit(const std::string& link, Ipv4 address, std::optional<Ipv4> gateway);
  Status Dismiss(const std::string& link, Ipv4 address, std::optional<Ipv4> gateway);

  FileDescriptor namespace_;
  RouteSocket routes_;
  NftRuleset filter_;
  std::map<Ipv4, std::string> links_;     // what is behind which
  std::map<Ipv4, FileDescriptor> hosts_;  // their namespaces
  uint32_t next_host_ = 1;
};

}  // namespace opentrail::instances
