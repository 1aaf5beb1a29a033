#include "instances/netlink_conntrack.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

namespace opentrail::instances {
namespace {

constexpr uint16_t MessageType(uint16_t operation) {
  return static_cast<uint16_t>(NFNL_SUBSYS_CTNETLINK << 8 | operation);
}

bool Names(const nlattr& tuple, Ipv4 address) {
  bool named = false;
  ForEachNested(tuple, [&](const nlattr& part) {
    if (mnl_attr_get_type(&part) != CTA_TUPLE_IP) return;
    ForEachNested(part, [&](const nlattr& end) {
      const uint16_t type = mnl_attr_get_type(&end);
      if (type != CTA_IP_V4_SRC && type != CTA_IP_V4_DST) return;
      named |= ntohl(mnl_attr_get_u32(&end)) == address.bits;
    });
  });
  return named;
}

// The original tuple of a flow that names the address in either direction, as the kernel wrote it; "" of any other.
std::string TupleNaming(const nlmsghdr& flow, Ipv4 address) {
  std::string original;
  bool named = false;
  ForEachAttribute(flow, sizeof(nfgenmsg), [&](const nlattr& attribute) {
    const uint16_t type = mnl_attr_get_type(&attribute);
    if (type != CTA_TUPLE_ORIG && type != CTA_TUPLE_REPLY) return;
    named |= Names(attribute, address);
    if (type == CTA_TUPLE_ORIG) {
      original.assign(static_cast<const char*>(mnl_attr_get_payload(&attribute)), mnl_attr_get_payload_len(&attribute));
    }
  });
  return named ? original : std::string();
}

}  // namespace

Result<ConntrackSocket> ConntrackSocket::Open() {
  auto socket = NetlinkSocket::Open(NETLINK_NETFILTER);
  if (!socket) return std::unexpected(socket.error());
  return ConntrackSocket(std::move(*socket));
}

Status ConntrackSocket::Forget(Ipv4 address) {
  NetlinkMessage dump(MessageType(IPCTNL_MSG_CT_GET), NLM_F_DUMP);
  dump.PutHeader<nfgenmsg>().nfgen_family = AF_INET;
  std::vector<std::string> tuples;
  int error = socket_.Dump(dump, [&](const nlmsghdr& flow) {
    if (std::string tuple = TupleNaming(flow, address); !tuple.empty()) tuples.push_back(std::move(tuple));
  });
  for (const std::string& tuple : tuples) {
    NetlinkMessage remove(MessageType(IPCTNL_MSG_CT_DELETE), 0);
    remove.PutHeader<nfgenmsg>().nfgen_family = AF_INET;
    remove.Put(CTA_TUPLE_ORIG | NLA_F_NESTED, tuple);
    const int removed = socket_.Request(remove);
    if (removed != 0 && removed != ENOENT) error = removed;  // ENOENT: it ended by itself meanwhile
  }
  if (error == 0) return {};
  return MakeError(ErrorCode::kIo, "forgetting the flows of {}: {}", address.Text(), std::strerror(error));
}

}  // namespace opentrail::instances
