#pragma once

#include "base/result.h"
#include "instances/netlink.h"
#include "instances/network_address.h"

namespace opentrail::instances {

// The flows that the kernel tracks in one network namespace. Movable; not thread-safe.
class ConntrackSocket {
 public:
  // Of the calling thread's namespace.
  static Result<ConntrackSocket> Open();

  // Forgets every flow from or to the address, as it was sent or as it was translated: whoever has the address next
  // starts with none. kIo carries the kernel's words.
  Status Forget(Ipv4 address);

 private:
  explicit ConntrackSocket(NetlinkSocket socket) : socket_(std::move(socket)) {}
  NetlinkSocket socket_;
};

}  // namespace opentrail::instances
