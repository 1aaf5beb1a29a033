#include "instances/router.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "instances/network_namespace.h"
#include "instances/network_plan.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kInstanceInterface = "eth0";

// Idle times are AWS's (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html);
// a TCP connection that was not seen to begin is none.
constexpr std::pair<std::string_view, std::string_view> kSysctls[] = {
    {"net/ipv4/ip_forward", "1"},
    {"net/netfilter/nf_conntrack_tcp_loose", "0"},
    {"net/netfilter/nf_conntrack_tcp_timeout_established", "432000"},
    {"net/netfilter/nf_conntrack_udp_timeout", "30"},
    {"net/netfilter/nf_conntrack_udp_timeout_stream", "180"},
    {"net/netfilter/nf_conntrack_generic_timeout", "600"},
};

}  // namespace

Result<std::unique_ptr<Router>> Router::Create(Ipv4Prefix vpc) {
  auto made = MakeNetworkNamespace();
  if (!made) return std::unexpected(made.error());
  std::unique_ptr<Router> router;
  const Status opened = InNetworkNamespace(made->get(), [&]() -> Status {
    auto routes = RouteSocket::Open();
    if (!routes) return std::unexpected(routes.error());
    auto filter = NftRuleset::Open();
    if (!filter) return std::unexpected(filter.error());
    auto flows = ConntrackSocket::Open();
    if (!flows) return std::unexpected(flows.error());
    router.reset(new Router(vpc, std::move(*made), std::move(*routes), std::move(*filter), std::move(*flows)));
    return router->Furnish();
  });
  if (!opened) return std::unexpected(opened.error());
  return router;
}

Ipv4 Router::resolver() const { return vpc_.At(kResolverOffset); }

Status Router::Furnish() {
  // The filter first: conntrack's settings come with the first rule that asks for it.
  Status status = filter_.Apply(BaseCommands({.vpc = vpc_,
                                              .endpoint = kEndpointAddress,
                                              .local_endpoint = kLocalEndpointAddress,
                                              .resolvers = {resolver(), kResolverAddress},
                                              .metadata = kMetadataAddress}));
  for (const auto& [name, value] : kSysctls) {
    if (status) status = WriteSysctl(name, value);
  }
  for (const Ipv4 own : {kMetadataAddress, kResolverAddress, kLocalEndpointAddress, resolver()}) {
    if (status) status = routes_.AddAddress("lo", {own, 32});
  }
  // An address of the VPC that nobody has is not somewhere else.
  if (status) status = routes_.AddRoute({.destination = vpc_, .interface = "", .gateway = {}, .source = {}});
  return status;
}

Status Router::ConnectUplink(Ipv4 own) {
  const std::string uplink(kUplink);
  Status status = routes_.AddAddress(uplink, {own, 32});
  if (status) status = routes_.SetUp(uplink);
  if (status) {
    status =
        routes_.AddRoute({.destination = {{}, 0}, .interface = uplink, .gateway = kEndpointAddress, .source = own});
  }
  return status;
}

Router::Attached* Router::Find(Ipv4 address) {
  const auto found = ports_.find(address);
  return found == ports_.end() ? nullptr : &found->second;
}

Status Router::CheckPort(const Port& port) const {
  if (!vpc_.Contains(port.subnet.address) || port.subnet.length < vpc_.length || !port.subnet.Contains(port.address)) {
    return MakeError(ErrorCode::kInvalidArgument, "{} is not of the subnet {} of the VPC {}", port.address.Text(),
                     port.subnet.Text(), vpc_.Text());
  }
  if (ports_.contains(port.address) || port.address == port.subnet.At(kRouterOffset) || port.address == resolver()) {
    return MakeError(ErrorCode::kInvalidArgument, "the address {} is taken", port.address.Text());
  }
  for (const std::string& group : port.groups) {
    if (IsSecurityGroupId(group)) continue;
    return MakeError(ErrorCode::kInvalidArgument, "'{}' is no id of a security group", group);
  }
  return {};
}

Result<FileDescriptor> Router::AddPort(const Port& port) {
  if (const Status good = CheckPort(port); !good) return std::unexpected(good.error());
  auto instance = MakeNetworkNamespace();
  if (!instance) return instance;
  Status status = Wire(port, instance->get());
  if (status) status = InNetworkNamespace(instance->get(), [&] { return FurnishInstance(port); });
  if (status) status = routes_.AwaitCarrier(port.interface);
  if (!status) {
    (void)routes_.DeleteLink(port.interface);  // the first error is the one to tell
    return std::unexpected(status.error());
  }
  Attached& attached = ports_.emplace(port.address, Attached{port, {}, {}, {}}).first->second;
  if (status = Filter(attached); !status) {
    ports_.erase(port.address);
    (void)routes_.DeleteLink(port.interface);
    return std::unexpected(status.error());
  }
  return instance;
}

// The router's end. It answers for the subnet's other addresses, so that an instance may take them to be on its link.
Status Router::Wire(const Port& port, int instance) {
  const std::string& interface = port.interface;
  Status status = routes_.CreateVeth({interface, "", namespace_.get()},
                                     {std::string(kInstanceInterface), port.mac, instance}, kVpcMtu);
  if (status) {
    status = InNetworkNamespace(namespace_.get(), [&] {
      const Status answers = WriteSysctl(fmt::format("net/ipv4/conf/{}/proxy_arp", interface), "1");
      return answers ? WriteSysctl(fmt::format("net/ipv4/neigh/{}/proxy_delay", interface), "0") : answers;
    });
  }
  if (status) status = routes_.SetUp(interface);
  const Ipv4 gateway = port.subnet.At(kRouterOffset);
  if (status && gateways_.insert(gateway).second) status = routes_.AddAddress("lo", {gateway, 32});
  if (status) {
    status =
        routes_.AddRoute({.destination = {port.address, 32}, .interface = interface, .gateway = {}, .source = gateway});
  }
  return status;
}

Status Router::FurnishInstance(const Port& port) {
  auto routes = RouteSocket::Open();
  if (!routes) return std::unexpected(routes.error());
  const std::string interface(kInstanceInterface);
  Status status = routes->AddAddress(interface, {port.address, port.subnet.length});
  if (status) status = routes->SetUp(interface);
  if (status) {
    status = routes->AddRoute(
        {.destination = {{}, 0}, .interface = interface, .gateway = port.subnet.At(kRouterOffset), .source = {}});
  }
  return status;
}

FilteredInterface Router::Filtered(const Attached& attached) const {
  FilteredInterface filtered{.name = attached.port.interface,
                             .address = attached.port.address,
                             .groups = attached.port.groups,
                             .egress = {},
                             .ingress = {}};
  for (const std::string& id : filtered.groups) {
    const auto group = groups_.find(id);
    if (group == groups_.end()) continue;
    const Openness egress = OpennessOf(group->second, Direction::kEgress);
    const Openness ingress = OpennessOf(group->second, Direction::kIngress);
    filtered.egress = {filtered.egress.tcp || egress.tcp, filtered.egress.udp || egress.udp};
    filtered.ingress = {filtered.ingress.tcp || ingress.tcp, filtered.ingress.udp || ingress.udp};
  }
  return filtered;
}

std::string Router::DeclarationOf(const std::string& group_id) const {
  return declared_.contains(group_id) ? std::string() : GroupDeclaration(group_id);
}

Status Router::Filter(Attached& attached) {
  std::string commands;
  for (const std::string& group : attached.port.groups) {
    commands += DeclarationOf(group);
    commands += MembershipCommands(Membership::kAdd, group, attached.port.address);
  }
  const FilteredInterface filtered = Filtered(attached);
  commands += InterfaceCommands(filtered) + InterfaceAdmission(filtered);
  if (const Status applied = filter_.Apply(commands); !applied) return applied;
  declared_.insert(attached.port.groups.begin(), attached.port.groups.end());
  attached.egress = filtered.egress;
  attached.ingress = filtered.ingress;
  return {};
}

Status Router::RemovePort(Ipv4 address) {
  Attached* attached = Find(address);
  if (attached == nullptr) return {};
  std::string commands;
  if (attached->public_address)
    commands += TranslationCommands(Membership::kRemove, address, *attached->public_address);
  for (const std::string& group : attached->port.groups) {
    commands += MembershipCommands(Membership::kRemove, group, address);
  }
  const Status unfiltered = filter_.Apply(commands + InterfaceRemoval(Filtered(*attached)));
  const Status deleted = routes_.DeleteLink(attached->port.interface);
  // Those by the public address, too: one of their two directions names the private one.
  const Status forgotten = flows_.Forget(address);
  ports_.erase(address);
  if (!unfiltered) return unfiltered;
  return deleted ? forgotten : deleted;
}

Status Router::SetGroups(Ipv4 address, std::vector<std::string> groups) {
  Attached* attached = Find(address);
  if (attached == nullptr) return MakeError(ErrorCode::kNotFound, "no instance has the address {}", address.Text());
  std::string commands;
  for (const std::string& group : attached->port.groups) {
    commands += MembershipCommands(Membership::kRemove, group, address);
  }
  for (const std::string& group : groups) {
    if (!IsSecurityGroupId(group)) {
      return MakeError(ErrorCode::kInvalidArgument, "'{}' is no id of a security group", group);
    }
    commands += DeclarationOf(group);
    commands += MembershipCommands(Membership::kAdd, group, address);
  }
  Attached changed = *attached;
  changed.port.groups = std::move(groups);
  const FilteredInterface filtered = Filtered(changed);
  if (const Status applied = filter_.Apply(commands + InterfaceCommands(filtered)); !applied) return applied;
  declared_.insert(changed.port.groups.begin(), changed.port.groups.end());
  changed.egress = filtered.egress;
  changed.ingress = filtered.ingress;
  *attached = std::move(changed);
  return {};
}

Status Router::SetPublicAddress(Ipv4 address, std::optional<Ipv4> public_address) {
  Attached* attached = Find(address);
  if (attached == nullptr) return MakeError(ErrorCode::kNotFound, "no instance has the address {}", address.Text());
  if (attached->public_address == public_address) return {};
  std::string commands;
  if (attached->public_address) {
    commands += TranslationCommands(Membership::kRemove, address, *attached->public_address);
  }
  if (public_address) commands += TranslationCommands(Membership::kAdd, address, *public_address);
  if (const Status applied = filter_.Apply(commands); !applied) return applied;
  // Flows keep the translation that they began with: those of the former address end here.
  const std::optional<Ipv4> former = std::exchange(attached->public_address, public_address);
  return former ? flows_.Forget(*former) : Status();
}

Status Router::ApplyGroup(const SecurityGroup& group) {
  if (const Status good = CheckSecurityGroup(group); !good) return good;
  SecurityGroup& known = groups_[group.group_id];
  SecurityGroup before = std::exchange(known, group);
  std::string commands = DeclarationOf(group.group_id);
  for (const SecurityGroupRule& rule : group.rules) {
    if (!rule.group_id.empty()) commands += DeclarationOf(rule.group_id);
  }
  commands += GroupCommands(group);
  std::vector<std::pair<Attached*, FilteredInterface>> changed;
  for (auto& [address, attached] : ports_) {
    if (std::ranges::find(attached.port.groups, group.group_id) == attached.port.groups.end()) continue;
    FilteredInterface filtered = Filtered(attached);
    if (filtered.egress == attached.egress && filtered.ingress == attached.ingress) continue;
    commands += InterfaceCommands(filtered);
    changed.emplace_back(&attached, std::move(filtered));
  }
  if (const Status applied = filter_.Apply(commands); !applied) {
    known = std::move(before);
    return applied;
  }
  for (auto& [attached, filtered] : changed) {
    attached->egress = filtered.egress;
    attached->ingress = filtered.ingress;
  }
  declared_.insert(group.group_id);
  for (const SecurityGroupRule& rule : group.rules) {
    if (!rule.group_id.empty()) declared_.insert(rule.group_id);
  }
  return {};
}

Status Router::RemoveGroup(const std::string& group_id) {
  if (!declared_.contains(group_id)) return {};
  // First its rules, which may name itself.
  if (const Status emptied = ApplyGroup({.group_id = group_id, .vpc_id = {}, .rules = {}}); !emptied) return emptied;
  if (const Status removed = filter_.Apply(GroupRemoval(group_id)); !removed) return removed;
  groups_.erase(group_id);
  declared_.erase(group_id);
  return {};
}

}  // namespace opentrail::instances
