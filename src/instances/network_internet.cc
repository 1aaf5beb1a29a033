#include "instances/network_internet.h"

#include <optional>

#include <fmt/format.h>

#include "instances/filter.h"
#include "instances/network_namespace.h"
#include "instances/network_plan.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kUserLink = "user";
constexpr std::string_view kHostInterface = "eth0";

std::string RouterLink(uint32_t number) { return fmt::format("vpc{}", number); }

// New connections to the user's machine are dropped: nothing here is to reach what listens there.
constexpr std::string_view kFilter = R"(table inet internet {{
  set sources {{ type ifname . ipv4_addr; }}
  chain sources_checked {{
    type filter hook prerouting priority raw; policy drop;
    iifname "lo" accept
    iifname . ip saddr @sources accept
  }}
  chain forward {{
    type filter hook forward priority filter; policy accept;
    oifname "{user}" ct state established,related accept
    oifname "{user}" drop
  }}
  chain input {{
    type filter hook input priority filter; policy drop;
    iifname "lo" accept
    ct state related accept
    ip daddr {endpoint} tcp dport {{ 53, 80, 443 }} accept
    ip daddr {endpoint} udp dport 53 accept
  }}
  chain output {{
    type filter hook output priority filter; policy accept;
    oifname "{user}" ct state new drop
  }}
}}
)";

// The inner end of a host's link, inside its namespace.
Status FurnishHost(Ipv4 address) {
  auto routes = RouteSocket::Open();
  if (!routes) return std::unexpected(routes.error());
  const std::string interface(kHostInterface);
  Status status = routes->AddAddress(interface, {address, 32});
  if (status) status = routes->SetUp(interface);
  if (status) {
    status =
        routes->AddRoute({.destination = {{}, 0}, .interface = interface, .gateway = kEndpointAddress, .source = {}});
  }
  return status;
}

}  // namespace

Result<std::unique_ptr<Internet>> Internet::Create() {
  auto made = MakeNetworkNamespace();
  if (!made) return std::unexpected(made.error());
  std::unique_ptr<Internet> internet;
  const Status opened = InNetworkNamespace(made->get(), [&]() -> Status {
    auto routes = RouteSocket::Open();
    if (!routes) return std::unexpected(routes.error());
    auto filter = NftRuleset::Open();
    if (!filter) return std::unexpected(filter.error());
    internet.reset(new Internet(std::move(*made), std::move(*routes), std::move(*filter)));
    return internet->Furnish();
  });
  if (!opened) return std::unexpected(opened.error());
  return internet;
}

Status Internet::Furnish() {
  Status status = WriteSysctl("net/ipv4/ip_forward", "1");
  if (status) {
    status =
        filter_.Apply(fmt::format(kFilter, fmt::arg("user", kUserLink), fmt::arg("endpoint", kEndpointAddress.Text())));
  }
  if (status) status = routes_.AddAddress("lo", {kEndpointAddress, 32});
  return status;
}

Status Internet::AddLink(const VethEnd& end, const VethEnd& peer) {
  Status status = routes_.CreateVeth(end, peer, kInternetMtu);
  if (status) status = routes_.SetUp(end.name);
  return status;
}

Status Internet::Admit(const std::string& link, Ipv4 address, std::optional<Ipv4> gateway) {
  if (!links_.emplace(address, link).second) {
    return MakeError(ErrorCode::kInvalidArgument, "the address {} is taken", address.Text());
  }
  Status status = routes_.AddRoute({.destination = {address, 32}, .interface = link, .gateway = gateway, .source = {}});
  if (status) {
    status = filter_.Apply(fmt::format("add element inet internet sources {{ \"{}\" . {} }}\n", link, address.Text()));
  }
  if (!status) links_.erase(address);
  return status;
}

Status Internet::Dismiss(const std::string& link, Ipv4 address, std::optional<Ipv4> gateway) {
  const auto found = links_.find(address);
  if (found == links_.end() || found->second != link) return {};
  links_.erase(found);
  const Status status =
      filter_.Apply(fmt::format("delete element inet internet sources {{ \"{}\" . {} }}\n", link, address.Text()));
  const Status removed =
      routes_.RemoveRoute({.destination = {address, 32}, .interface = link, .gateway = gateway, .source = {}});
  return status ? removed : status;
}

Status Internet::AddRouter(uint32_t number, int router_namespace) {
  const std::string link = RouterLink(number);
  Status status = AddLink({link, "", namespace_.get()}, {std::string(kUplink), "", router_namespace});
  if (status) status = Admit(link, UplinkAddress(number), std::nullopt);
  return status;
}

Status Internet::RemoveRouter(uint32_t number) {
  const Status status = Dismiss(RouterLink(number), UplinkAddress(number), std::nullopt);
  const Status deleted = routes_.DeleteLink(RouterLink(number));
  return status ? deleted : status;
}

Status Internet::AddPublicAddress(uint32_t router, Ipv4 address) {
  return Admit(RouterLink(router), address, UplinkAddress(router));
}

Status Internet::RemovePublicAddress(uint32_t router, Ipv4 address) {
  return Dismiss(RouterLink(router), address, UplinkAddress(router));
}

Status Internet::AddUser(const std::string& link, int host, Ipv4 user) {
  Status status = AddLink({std::string(kUserLink), "", namespace_.get()}, {link, "", host});
  if (status) status = Admit(std::string(kUserLink), user, std::nullopt);
  return status;
}

Status Internet::AwaitLink(Ipv4 address) {
  const auto found = links_.find(address);
  return found == links_.end() ? Status() : routes_.AwaitCarrier(found->second);
}

const FileDescriptor* Internet::FindHost(Ipv4 address) const {
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? nullptr : &found->second;
}

Status Internet::AddHost(Ipv4 address) {
  if (IsTaken(address)) return MakeError(ErrorCode::kInvalidArgument, "the address {} is taken", address.Text());
  auto made = MakeNetworkNamespace();
  if (!made) return std::unexpected(made.error());
  const std::string link = fmt::format("host{}", next_host_++);
  Status status = AddLink({link, "", namespace_.get()}, {std::string(kHostInterface), "", made->get()});
  if (status) status = Admit(link, address, std::nullopt);
  if (status) status = InNetworkNamespace(made->get(), [&] { return FurnishHost(address); });
  if (status) status = routes_.AwaitCarrier(link);
  if (status) {
    hosts_.emplace(address, std::move(*made));
    return {};
  }
  (void)RemoveHost(address);  // the first error is the one to tell
  (void)routes_.DeleteLink(link);
  return status;
}

Status Internet::RemoveHost(Ipv4 address) {
  const auto found = links_.find(address);
  if (found == links_.end() || !found->second.starts_with("host")) return {};
  const std::string link = found->second;
  hosts_.erase(address);
  const Status status = Dismiss(link, address, std::nullopt);
  const Status deleted = routes_.DeleteLink(link);
  return status ? deleted : status;
}

}  // namespace opentrail::instances
