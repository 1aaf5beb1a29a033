#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/netlink_route.h"
#include "instances/network_address.h"
#include "instances/network_internet.h"

namespace opentrail::instances {

// The user's machine: one link into the internet, whose name is made from the data directory, with one address, and a
// route of one address for each instance that has a public one. Nothing else of the host is touched, and no address
// that it uses or has a route to is taken. The link goes with the internet's namespace, its routes with it.
// Single-threaded.
class HostLink {
 public:
  // In the host's namespace. Removes what an earlier process of the same data directory left.
  static Result<HostLink> Open(const std::string& data_directory);

  Status Connect(Internet& internet);
  // Nothing of it is on the host any more. The kernel removes the link with the other end's namespace, too, but when it
  // likes to.
  void Disconnect();
  // kInvalidArgument where the host uses the address, or sends what is for it somewhere.
  Status CheckFree(Ipv4 address);
  Status AddRoute(Ipv4 public_address);
  // Idempotent.
  Status RemoveRoute(Ipv4 public_address);
  // Of kPublicRanges, those that the host leaves free.
  Result<std::vector<Ipv4Prefix>> PublicRanges();

  [[nodiscard]] Ipv4 user_address() const { return user_address_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  HostLink(std::string name, FileDescriptor home, RouteSocket routes)
      : name_(std::move(name)), home_(std::move(home)), routes_(std::move(routes)) {}
  Status ChooseUserAddress();
  Result<std::vector<Ipv4Prefix>> Destinations();

  std::string name_;
  FileDescriptor home_;
  RouteSocket routes_;
  Ipv4 user_address_;
};

// Whether an instance could have the address, as far as the host goes that the calling thread is on: it neither has the
// address nor sends what is for it anywhere but where it sends everything. Needs no rights.
[[nodiscard]] Result<bool> IsFreeOnHost(std::string_view address);

// A link's name on the host: "ot" and eight hexadecimal digits of the directory's digest.
[[nodiscard]] std::string HostLinkName(const std::string& data_directory);

}  // namespace opentrail::instances
