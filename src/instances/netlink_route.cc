#include "instances/netlink_route.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>
#include <thread>

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

namespace opentrail::instances {
namespace {

Status Checked(int error, std::string_view doing, std::string_view what) {
  if (error == 0) return {};
  return MakeError(ErrorCode::kIo, "{} {}: {}", doing, what, std::strerror(error));
}

uint32_t NetworkOrder(Ipv4 address) { return htonl(address.bits); }

void PutEnd(NetlinkMessage& message, const VethEnd& end, uint32_t mtu) {
  message.PutText(IFLA_IFNAME, end.name);
  if (!end.mac.empty()) message.Put(IFLA_ADDRESS, end.mac);
  message.PutNumber(IFLA_MTU, mtu);
  message.PutNumber(IFLA_NET_NS_FD, static_cast<uint32_t>(end.namespace_descriptor));
}

}  // namespace

Result<RouteSocket> RouteSocket::Open() {
  auto socket = NetlinkSocket::Open(NETLINK_ROUTE);
  if (!socket) return std::unexpected(socket.error());
  return RouteSocket(std::move(*socket));
}

Status RouteSocket::CreateVeth(const VethEnd& end, const VethEnd& peer, uint32_t mtu) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  message.PutHeader<ifinfomsg>();
  PutEnd(message, end, mtu);
  message.PutNested(IFLA_LINKINFO, [&] {
    message.PutText(IFLA_INFO_KIND, "veth");
    message.PutNested(IFLA_INFO_DATA, [&] {
      message.PutNested(VETH_INFO_PEER, [&] { PutEnd(message, peer, mtu); }, sizeof(ifinfomsg));
    });
  });
  return Checked(socket_.Request(message), "making the link", end.name);
}

Status RouteSocket::DeleteLink(const std::string& name) {
  NetlinkMessage message(RTM_DELLINK, 0);
  message.PutHeader<ifinfomsg>();
  message.PutText(IFLA_IFNAME, name);
  const int error = socket_.Request(message);
  return Checked(error == ENODEV ? 0 : error, "removing the link", name);
}

Status RouteSocket::SetUp(const std::string& name) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  auto& header = message.PutHeader<ifinfomsg>();
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP;
  message.PutText(IFLA_IFNAME, name);
  return Checked(socket_.Request(message), "bringing up", name);
}

Status RouteSocket::AwaitCarrier(const std::string& name) {
  constexpr auto kPause = std::chrono::milliseconds(1);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(kCarrierMsMax);
  for (;;) {
    NetlinkMessage message(RTM_GETLINK, 0);
    message.PutHeader<ifinfomsg>();
    message.PutText(IFLA_IFNAME, name);
    uint8_t state = IF_OPER_UNKNOWN;
    const int error = socket_.Dump(message, [&](const nlmsghdr& answer) {
      ForEachAttribute(answer, sizeof(ifinfomsg), [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == IFLA_OPERSTATE) state = mnl_attr_get_u8(&attribute);
      });
    });
    if (error != 0) return Checked(error, "waiting for the link", name);
    if (state == IF_OPER_UP || std::chrono::steady_clock::now() >= deadline) return {};
    std::this_thread::sleep_for(kPause);
  }
}

Result<uint32_t> RouteSocket::IndexOf(const std::string& name) {
  NetlinkMessage message(RTM_GETLINK, 0);
  message.PutHeader<ifinfomsg>();
  message.PutText(IFLA_IFNAME, name);
  uint32_t index = 0;
  const int error = socket_.Dump(message, [&](const nlmsghdr& answer) {
    index = static_cast<uint32_t>(static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&answer))->ifi_index);
  });
  if (const Status status = Checked(error, "finding the link", name); !status) return std::unexpected(status.error());
  return index;
}

Status RouteSocket::AddAddress(const std::string& interface, Ipv4Prefix address) {
  const auto index = IndexOf(interface);
  if (!index) return std::unexpected(index.error());
  NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
  auto& header = message.PutHeader<ifaddrmsg>();
  header.ifa_family = AF_INET;
  header.ifa_prefixlen = static_cast<uint8_t>(address.length);
  header.ifa_index = *index;
  message.PutNumber(IFA_LOCAL, NetworkOrder(address.address));
  message.PutNumber(IFA_ADDRESS, NetworkOrder(address.address));
  if (address.length < 31) {
    message.PutNumber(IFA_BROADCAST, NetworkOrder({address.address.bits | ~address.mask()}));
  }
  return Checked(socket_.Request(message), "adding the address", address.address.Text());
}

Result<NetlinkMessage> RouteSocket::RouteMessage(uint16_t type, uint16_t flags, const Route& route) {
  NetlinkMessage message(type, flags);
  auto& header = message.PutHeader<rtmsg>();
  header.rtm_family = AF_INET;
  header.rtm_dst_len = static_cast<uint8_t>(route.destination.length);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_type = route.interface.empty() ? RTN_UNREACHABLE : RTN_UNICAST;
  header.rtm_scope = route.gateway || route.interface.empty() ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  if (route.gateway) header.rtm_flags = RTNH_F_ONLINK;
  message.PutNumber(RTA_DST, NetworkOrder(route.destination.network()));
  if (!route.interface.empty()) {
    const auto index = IndexOf(route.interface);
    if (!index) return std::unexpected(index.error());
    message.PutNumber(RTA_OIF, *index);
  }
  if (route.gateway) message.PutNumber(RTA_GATEWAY, NetworkOrder(*route.gateway));
  if (route.source) message.PutNumber(RTA_PREFSRC, NetworkOrder(*route.source));
  return message;
}

Status RouteSocket::AddRoute(const Route& route) {
  auto message = RouteMessage(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
  if (!message) return std::unexpected(message.error());
  return Checked(socket_.Request(*message), "adding the route to", route.destination.Text());
}

Status RouteSocket::RemoveRoute(const Route& route) {
  auto message = RouteMessage(RTM_DELROUTE, 0, route);
  if (!message) return std::unexpected(message.error());
  const int error = socket_.Request(*message);
  return Checked(error == ESRCH ? 0 : error, "removing the route to", route.destination.Text());
}

Result<std::vector<Ipv4Prefix>> RouteSocket::Destinations(const std::string& except) {
  const auto known = except.empty() ? Result<uint32_t>(0) : IndexOf(except);
  const uint32_t except_index = known.value_or(0);
  NetlinkMessage message(RTM_GETROUTE, NLM_F_DUMP);
  message.PutHeader<rtmsg>().rtm_family = AF_INET;
  std::vector<Ipv4Prefix> found;
  const int error = socket_.Dump(message, [&](const nlmsghdr& answer) {
    Ipv4Prefix prefix{{}, static_cast<const rtmsg*>(mnl_nlmsg_get_payload(&answer))->rtm_dst_len};
    uint32_t interface = 0;
    ForEachAttribute(answer, sizeof(rtmsg), [&](const nlattr& attribute) {
      if (mnl_attr_get_type(&attribute) == RTA_DST) prefix.address.bits = ntohl(mnl_attr_get_u32(&attribute));
      if (mnl_attr_get_type(&attribute) == RTA_OIF) interface = mnl_attr_get_u32(&attribute);
    });
    if (prefix.length > 0 && (except_index == 0 || interface != except_index)) found.push_back(prefix);
  });
  if (const Status status = Checked(error, "listing", "routes"); !status) return std::unexpected(status.error());
  return found;
}

}  // namespace opentrail::instances
