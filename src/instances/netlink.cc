#include "instances/netlink.h"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <vector>

#include <libmnl/libmnl.h>

namespace opentrail::instances {
namespace {

constexpr size_t kDumpBytes = 32 * 1024;  // the most that the kernel puts into one piece of a dump

}  // namespace

NetlinkMessage::NetlinkMessage(uint16_t type, uint16_t flags) {
  nlmsghdr* made = mnl_nlmsg_put_header(buffer_);
  made->nlmsg_type = type;
  made->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
}

void* NetlinkMessage::PutHeaderBytes(size_t size) { return mnl_nlmsg_put_extra_header(header(), size); }

void NetlinkMessage::Put(uint16_t attribute, std::string_view bytes) {
  const bool fits = mnl_attr_put_check(header(), kBytes, attribute, bytes.size(), bytes.data());
  assert(fits);
  (void)fits;
}

void NetlinkMessage::PutNumber(uint16_t attribute, uint32_t number) {
  Put(attribute, std::string_view(reinterpret_cast<const char*>(&number), sizeof number));
}

void NetlinkMessage::PutText(uint16_t attribute, std::string_view text) { Put(attribute, std::string(text) + '\0'); }

void NetlinkMessage::PutNested(uint16_t attribute, const std::function<void()>& fill, size_t header_bytes) {
  nlattr* nest = mnl_attr_nest_start_check(header(), kBytes, attribute);
  assert(nest != nullptr);
  if (header_bytes > 0) PutHeaderBytes(header_bytes);
  fill();
  mnl_attr_nest_end(header(), nest);
}

void ForEachAttribute(const nlmsghdr& message, size_t header_bytes, const std::function<void(const nlattr&)>& each) {
  const auto* end = static_cast<const char*>(mnl_nlmsg_get_payload_tail(&message));
  const auto* at = static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(&message, header_bytes));
  for (; mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at))); at = mnl_attr_next(at)) each(*at);
}

void ForEachNested(const nlattr& parent, const std::function<void(const nlattr&)>& each) {
  const auto* at = static_cast<const nlattr*>(mnl_attr_get_payload(&parent));
  const char* end = reinterpret_cast<const char*>(at) + mnl_attr_get_payload_len(&parent);
  for (; mnl_attr_ok(at, static_cast<int>(end - reinterpret_cast<const char*>(at))); at = mnl_attr_next(at)) each(*at);
}

void NetlinkSocket::Close::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

Result<NetlinkSocket> NetlinkSocket::Open(int bus) {
  NetlinkSocket opened(mnl_socket_open2(bus, SOCK_CLOEXEC));
  if (opened.socket_ == nullptr || mnl_socket_bind(opened.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return MakeError(ErrorCode::kIo, "no netlink socket: {}", std::strerror(errno));
  }
  return opened;
}

int NetlinkSocket::Request(NetlinkMessage& message) {
  return Exchange(message, [](const nlmsghdr&) {});
}

int NetlinkSocket::Dump(NetlinkMessage& message, const std::function<void(const nlmsghdr&)>& each) {
  return Exchange(message, each);
}

int NetlinkSocket::Exchange(NetlinkMessage& message, const std::function<void(const nlmsghdr&)>& each) {
  message.header()->nlmsg_seq = ++sequence_;
  if (mnl_socket_sendto(socket_.get(), message.header(), message.header()->nlmsg_len) < 0) return errno;
  const mnl_cb_t callback = [](const nlmsghdr* header, void* data) {
    (*static_cast<const std::function<void(const nlmsghdr&)>*>(data))(*header);
    return MNL_CB_OK;
  };
  std::vector<char> buffer(kDumpBytes);
  for (;;) {
    const ssize_t got = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
    if (got < 0) return errno;
    const int ran = mnl_cb_run(buffer.data(), static_cast<size_t>(got), sequence_, mnl_socket_get_portid(socket_.get()),
                               callback, const_cast<std::function<void(const nlmsghdr&)>*>(&each));
    if (ran < 0) return errno;
    if (ran == MNL_CB_STOP) return 0;
  }
}

}  // namespace opentrail::instances
