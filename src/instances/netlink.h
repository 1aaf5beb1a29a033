#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include <linux/netlink.h>

#include "base/result.h"

struct mnl_socket;

// Netlink (RFC 3549, netlink(7)) over libmnl: what rtnetlink and conntrack have in common.
namespace opentrail::instances {

// One request as it is built: a header of the family's own, then attributes. Small: what does not fit is a
// programmer's error. Not thread-safe.
class NetlinkMessage {
 public:
  // `flags` beside NLM_F_REQUEST and NLM_F_ACK.
  NetlinkMessage(uint16_t type, uint16_t flags);

  // The family's header (ifinfomsg, rtmsg ...), zeroed, to be filled in. Once, before any attribute.
  template <typename Header>
  Header& PutHeader() {
    return *static_cast<Header*>(PutHeaderBytes(sizeof(Header)));
  }
  void Put(uint16_t attribute, std::string_view bytes);
  void PutNumber(uint16_t attribute, uint32_t number);
  void PutText(uint16_t attribute, std::string_view text);  // with its NUL
  // The attributes that `fill` puts, inside of this one. `header_bytes` of zeros come before them.
  void PutNested(uint16_t attribute, const std::function<void()>& fill, size_t header_bytes = 0);

  [[nodiscard]] nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(buffer_); }

 private:
  void* PutHeaderBytes(size_t size);

  static constexpr size_t kBytes = 2048;
  alignas(nlmsghdr) char buffer_[kBytes];
};

// The attributes of a message after its family's header, and those inside of one of them.
void ForEachAttribute(const nlmsghdr& message, size_t header_bytes, const std::function<void(const nlattr&)>& each);
void ForEachNested(const nlattr& parent, const std::function<void(const nlattr&)>& each);

// A conversation with the kernel about the network namespace in which it was opened, whichever the thread is in later.
// Movable; not thread-safe.
class NetlinkSocket {
 public:
  // In the calling thread's namespace. `bus`: NETLINK_ROUTE or NETLINK_NETFILTER.
  static Result<NetlinkSocket> Open(int bus);

  // Sends it and waits for the kernel's word: 0, or an errno.
  [[nodiscard]] int Request(NetlinkMessage& message);
  // As Request, for a request with NLM_F_DUMP: `each` sees every message of the answer.
  [[nodiscard]] int Dump(NetlinkMessage& message, const std::function<void(const nlmsghdr&)>& each);

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  explicit NetlinkSocket(mnl_socket* socket) : socket_(socket) {}
  int Exchange(NetlinkMessage& message, const std::function<void(const nlmsghdr&)>& each);

  std::unique_ptr<mnl_socket, Close> socket_;
  uint32_t sequence_ = 0;
};

}  // namespace opentrail::instances
