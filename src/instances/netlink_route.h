#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "instances/netlink.h"
#include "instances/network_address.h"

namespace opentrail::instances {

// One end of a virtual Ethernet pair (veth(4)).
struct VethEnd {
  std::string name;          // at most 15 characters
  std::string mac;           // six bytes; "": the kernel's choice
  int namespace_descriptor;  // where it goes
};

struct Route {
  Ipv4Prefix destination;
  std::string interface;        // "": nowhere, packets are answered with ICMP "host unreachable"
  std::optional<Ipv4> gateway;  // taken to be on the link, whatever the interface's addresses
  std::optional<Ipv4> source;   // what local programs send from
};

inline constexpr int kCarrierMsMax = 3'000;

// Links, addresses and routes of one network namespace: rtnetlink(7), IPv4 alone. Errors are kIo and name the thing and
// the kernel's reason. Movable; not thread-safe.
class RouteSocket {
 public:
  // Of the calling thread's namespace.
  static Result<RouteSocket> Open();

  Status CreateVeth(const VethEnd& end, const VethEnd& peer, uint32_t mtu);
  // Its peer goes, too. No error where there is none of that name.
  Status DeleteLink(const std::string& name);
  Status SetUp(const std::string& name);
  // Once both ends of a pair are up: until the kernel lets packets out of this one, which was up before its peer. It
  // does so a moment later, by a thread of its own, and loses what is sent meanwhile. Waits for at most
  // kCarrierMsMax; that nothing passes even then is no error, senders try again.
  Status AwaitCarrier(const std::string& name);
  Status AddAddress(const std::string& interface, Ipv4Prefix address);
  Status AddRoute(const Route& route);
  // No error where there is none like it.
  Status RemoveRoute(const Route& route);

  // Where the namespace sends anything to, in any table, with its own addresses (as /32): all but the default route,
  // and what leads through the interface `except`.
  Result<std::vector<Ipv4Prefix>> Destinations(const std::string& except);

 private:
  explicit RouteSocket(NetlinkSocket socket) : socket_(std::move(socket)) {}
  Result<uint32_t> IndexOf(const std::string& name);
  Result<NetlinkMessage> RouteMessage(uint16_t type, uint16_t flags, const Route& route);

  NetlinkSocket socket_;
};

}  // namespace opentrail::instances
