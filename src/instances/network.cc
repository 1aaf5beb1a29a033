#include "instances/network.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>

#include <fmt/format.h>

#include "instances/internet_socket.h"
#include "instances/network_arguments.h"
#include "instances/network_host.h"
#include "instances/network_internet.h"
#include "instances/network_plan.h"
#include "instances/network_socket.h"
#include "instances/network_wire.h"
#include "instances/router.h"

namespace opentrail::instances {
namespace {

constexpr size_t kMaxGroups = 16 * 1024;  // known at once, of all VPCs
constexpr size_t kMaxIdBytes = 64;
constexpr int64_t kLastPort = 65535;
constexpr uint16_t kDnsPort = 53, kHttpPort = 80, kHttpsPort = 443;

class LinuxNetwork final : public Network {
 public:
  LinuxNetwork() = default;
  ~LinuxNetwork() override {
    if (host_) host_->Disconnect();
  }
  LinuxNetwork(const LinuxNetwork&) = delete;
  LinuxNetwork& operator=(const LinuxNetwork&) = delete;

  Status Start(const Options& options) {
    // Without privileges over the host's namespace there is no way back into it: this process leaves it for good.
    if (options.rootless && unshare(CLONE_NEWNET) != 0) {
      return MakeError(ErrorCode::kIo, "no network namespace can be made: {}", std::strerror(errno));
    }
    if (!options.rootless) {
      auto host = HostLink::Open(options.data_directory);
      if (!host) return std::unexpected(host.error());
      host_.emplace(std::move(*host));
    }
    auto internet = Internet::Create();
    if (!internet) return std::unexpected(internet.error());
    internet_ = std::move(*internet);
    // Where the host has no link, its user is a host of the internet: sockets are made there for him.
    return host_ ? host_->Connect(*internet_) : internet_->AddHost(UserAddress());
  }

  Result<Attachment> Attach(const InterfaceSpec& spec) override;
  Status Detach(std::string_view instance_id) override;
  Status SetPublicAddress(std::string_view instance_id, std::optional<std::string> address) override;
  Status SetSecurityGroups(std::string_view instance_id, std::vector<std::string> group_ids) override;
  Status ApplySecurityGroup(const SecurityGroup& group) override;
  Status RemoveSecurityGroup(std::string_view group_id) override;
  [[nodiscard]] std::optional<InterfaceOwner> OwnerOf(std::string_view vpc_id, std::string_view address) override;
  Result<Answer> Call(std::string_view operation, const Value& arguments,
                      std::vector<FileDescriptor> descriptors) override;

 private:
  struct Vpc {
    uint32_t number = 0;
    std::unique_ptr<Router> router;
  };
  struct Instance {
    Vpc* vpc = nullptr;
    std::string vpc_id;
    Ipv4 address;
    std::optional<Ipv4> public_address;
  };

  [[nodiscard]] Ipv4 UserAddress() const { return host_ ? host_->user_address() : kUserRanges[0].At(kFirstUser); }
  Result<Vpc*> EnsureVpc(const std::string& vpc_id, std::string_view cidr);
  Status FurnishVpc(const std::string& vpc_id, Vpc& vpc);
  Result<Router::Port> PortOf(const InterfaceSpec& spec);
  Status TakePublicAddress(Instance& instance, Ipv4 address);
  Status UnroutePublicAddress(Instance& instance);
  Status ReleasePublicAddress(Instance& instance);
  Result<Instance*> Find(std::string_view instance_id);

  Result<Answer> DescribeNetwork(const Value& arguments);
  Result<Answer> OpenVpc(const Value& arguments);
  Result<Answer> OpenInternet(const Value& arguments);
  Result<Answer> AddInternetHost(const Value& arguments);
  Result<Answer> OwnMachine();
  Result<Answer> RemoveInternetHost(const Value& arguments);
  Result<Answer> Connect(const Value& arguments);
  Result<Answer> ListFilter(const Value& arguments);

  std::optional<HostLink> host_;  // not where the process has no say over the host
  std::unique_ptr<Internet> internet_;
  std::map<std::string, Vpc, std::less<>> vpcs_;
  std::map<std::string, Instance, std::less<>> instances_;
  std::map<std::string, SecurityGroup, std::less<>> groups_;
  uint32_t next_interface_ = 1;
  // Tells this network from one that another process made before or after it.
  const std::string id_ = fmt::format("{}-{}", getpid(), std::chrono::steady_clock::now().time_since_epoch().count());
};

Result<LinuxNetwork::Vpc*> LinuxNetwork::EnsureVpc(const std::string& vpc_id, std::string_view cidr) {
  const auto prefix = PrefixOf(cidr);
  if (!prefix) return std::unexpected(prefix.error());
  if (const auto found = vpcs_.find(vpc_id); found != vpcs_.end()) {
    if (found->second.router->vpc().network() == prefix->network()) return &found->second;
    return MakeError(ErrorCode::kInvalidArgument, "{} has {}, not {}", vpc_id, found->second.router->vpc().Text(),
                     cidr);
  }
  if (vpc_id.empty() || vpc_id.size() > kMaxIdBytes || vpcs_.size() >= kMaxRouters) {
    return MakeError(ErrorCode::kLimitExceeded, "'{}' would be one VPC too many: {} can have instances at once", vpc_id,
                     kMaxRouters);
  }
  auto router = Router::Create(*prefix);
  if (!router) return std::unexpected(router.error());
  Vpc& vpc = vpcs_[vpc_id];
  vpc = {static_cast<uint32_t>(vpcs_.size()), std::move(*router)};
  if (const Status furnished = FurnishVpc(vpc_id, vpc); !furnished) {
    (void)internet_->RemoveRouter(vpc.number);  // the first error is the one to tell
    vpcs_.erase(vpc_id);
    return std::unexpected(furnished.error());
  }
  return &vpc;
}

Status LinuxNetwork::FurnishVpc(const std::string& vpc_id, Vpc& vpc) {
  Status status = internet_->AddRouter(vpc.number, vpc.router->descriptor());
  if (status) status = vpc.router->ConnectUplink(UplinkAddress(vpc.number));
  if (status) status = internet_->AwaitLink(UplinkAddress(vpc.number));
  for (const auto& [id, group] : groups_) {
    if (status && group.vpc_id == vpc_id) status = vpc.router->ApplyGroup(group);
  }
  return status;
}

Result<Router::Port> LinuxNetwork::PortOf(const InterfaceSpec& spec) {
  const auto address = AddressOf(spec.private_address);
  if (!address) return std::unexpected(address.error());
  const auto subnet = PrefixOf(spec.subnet_cidr);
  if (!subnet) return std::unexpected(subnet.error());
  auto mac = MacBytes(MacText(spec));
  if (!mac) return std::unexpected(mac.error());
  return Router::Port{.interface = fmt::format("i{}", next_interface_++),
                      .address = *address,
                      .subnet = *subnet,
                      .mac = std::move(*mac),
                      .groups = spec.security_groups};
}

Result<Attachment> LinuxNetwork::Attach(const InterfaceSpec& spec) {
  if (instances_.contains(spec.instance_id)) {
    return MakeError(ErrorCode::kInvalidArgument, "{} is attached already", spec.instance_id);
  }
  const auto port = PortOf(spec);
  if (!port) return std::unexpected(port.error());
  const auto vpc = EnsureVpc(spec.vpc_id, spec.vpc_cidr);
  if (!vpc) return std::unexpected(vpc.error());
  auto made = (*vpc)->router->AddPort(*port);
  if (!made) return std::unexpected(made.error());
  instances_.emplace(spec.instance_id, Instance{*vpc, spec.vpc_id, port->address, {}});
  if (const Status addressed = SetPublicAddress(spec.instance_id, spec.public_address); !addressed) {
    (void)Detach(spec.instance_id);  // the first error is the one to tell
    return std::unexpected(addressed.error());
  }
  const bool is_first_region = spec.region.empty() || spec.region == "us-east-1";
  return Attachment{.network_namespace = std::move(*made),
                    .mac = MacText(spec),
                    .nameservers = {(*vpc)->router->resolver().Text()},
                    .search_domain = is_first_region ? "ec2.internal" : spec.region + ".compute.internal"};
}

Result<LinuxNetwork::Instance*> LinuxNetwork::Find(std::string_view instance_id) {
  const auto found = instances_.find(instance_id);
  if (found != instances_.end()) return &found->second;
  return MakeError(ErrorCode::kNotFound, "{} is not attached", instance_id);
}

Status LinuxNetwork::Detach(std::string_view instance_id) {
  const auto found = instances_.find(instance_id);
  if (found == instances_.end()) return {};
  const Status released = UnroutePublicAddress(found->second);
  const Status removed = found->second.vpc->router->RemovePort(found->second.address);
  instances_.erase(found);
  return released ? removed : released;
}

Status LinuxNetwork::SetPublicAddress(std::string_view instance_id, std::optional<std::string> address) {
  const auto instance = Find(instance_id);
  if (!instance) return std::unexpected(instance.error());
  std::optional<Ipv4> wanted;
  if (address) {
    const auto parsed = HostAddressOf(*address);
    if (!parsed) return std::unexpected(parsed.error());
    wanted = *parsed;
  }
  if ((*instance)->public_address == wanted) return {};
  const Status released = ReleasePublicAddress(**instance);
  return released && wanted ? TakePublicAddress(**instance, *wanted) : released;
}

Status LinuxNetwork::TakePublicAddress(Instance& instance, Ipv4 address) {
  if (instance.vpc->router->vpc().Contains(address) || internet_->IsTaken(address)) {
    return MakeError(ErrorCode::kInvalidArgument, "the address {} is taken", address.Text());
  }
  if (host_) {
    if (const Status free = host_->CheckFree(address); !free) return free;
  }
  instance.public_address = address;
  Status status = instance.vpc->router->SetPublicAddress(instance.address, address);
  if (status) status = internet_->AddPublicAddress(instance.vpc->number, address);
  if (status && host_) status = host_->AddRoute(address);
  if (!status) (void)ReleasePublicAddress(instance);  // the first error is the one to tell
  return status;
}

// From outside of its VPC, whose router goes on translating it.
Status LinuxNetwork::UnroutePublicAddress(Instance& instance) {
  if (!instance.public_address) return {};
  const Ipv4 address = *instance.public_address;
  instance.public_address.reset();
  const Status unrouted = host_ ? host_->RemoveRoute(address) : Status();
  const Status removed = internet_->RemovePublicAddress(instance.vpc->number, address);
  return unrouted ? removed : unrouted;
}

Status LinuxNetwork::ReleasePublicAddress(Instance& instance) {
  const Status unrouted = UnroutePublicAddress(instance);
  const Status untranslated = instance.vpc->router->SetPublicAddress(instance.address, std::nullopt);
  return unrouted ? untranslated : unrouted;
}

Status LinuxNetwork::SetSecurityGroups(std::string_view instance_id, std::vector<std::string> group_ids) {
  const auto instance = Find(instance_id);
  if (!instance) return std::unexpected(instance.error());
  return (*instance)->vpc->router->SetGroups((*instance)->address, std::move(group_ids));
}

Status LinuxNetwork::ApplySecurityGroup(const SecurityGroup& group) {
  if (const Status good = CheckSecurityGroup(group); !good) return good;
  if (groups_.size() >= kMaxGroups && !groups_.contains(group.group_id)) {
    return MakeError(ErrorCode::kLimitExceeded, "more than {} security groups", kMaxGroups);
  }
  if (const auto vpc = vpcs_.find(group.vpc_id); vpc != vpcs_.end()) {
    if (const Status applied = vpc->second.router->ApplyGroup(group); !applied) return applied;
  }
  groups_.insert_or_assign(group.group_id, group);
  return {};
}

Status LinuxNetwork::RemoveSecurityGroup(std::string_view group_id) {
  const auto group = groups_.find(group_id);
  if (group == groups_.end()) return {};
  if (const auto vpc = vpcs_.find(group->second.vpc_id); vpc != vpcs_.end()) {
    if (const Status removed = vpc->second.router->RemoveGroup(group->first); !removed) return removed;
  }
  groups_.erase(group);
  return {};
}

std::optional<InterfaceOwner> LinuxNetwork::OwnerOf(std::string_view vpc_id, std::string_view address) {
  const auto wanted = Ipv4::Parse(address);
  for (const auto& [id, instance] : instances_) {
    if (!wanted || instance.vpc_id != vpc_id || instance.address != *wanted) continue;
    InterfaceOwner owner{.instance_id = id, .public_address = {}};
    if (instance.public_address) owner.public_address = instance.public_address->Text();
    return owner;
  }
  return std::nullopt;
}

Result<Network::Answer> LinuxNetwork::DescribeNetwork(const Value& /*arguments*/) {
  Value ranges = Value::List();
  if (host_) {
    const auto free = host_->PublicRanges();
    if (!free) return std::unexpected(free.error());
    for (const Ipv4Prefix& range : *free) ranges.Append(range.Text());
  } else {
    for (const Ipv4Prefix& range : kPublicRanges) ranges.Append(range.Text());
  }
  Value described = Value::Object({{"Id", id_},
                                   {"EndpointAddress", kEndpointAddress.Text()},
                                   {"PublicRanges", std::move(ranges)},
                                   {"Vpcs", vpcs_.size()},
                                   {"Instances", instances_.size()}});
  described.Set("UserAddress", UserAddress().Text());
  if (host_) described.Set("HostLink", host_->name());
  return Answer{std::move(described), {}};
}

// What is to be listened to at an address, in the order of the answer's descriptors.
struct Listening {
  Transport transport;
  Ipv4 address;
  uint16_t port;
};

Result<Network::Answer> Listen(int network_namespace, const std::vector<Listening>& all) {
  Network::Answer answer;
  for (const Listening& one : all) {
    auto socket = ListenInNetworkNamespace(network_namespace, one.transport, one.address, one.port);
    if (!socket) return std::unexpected(socket.error());
    answer.descriptors.push_back(std::move(*socket));
  }
  return answer;
}

Result<Network::Answer> LinuxNetwork::OpenVpc(const Value& arguments) {
  const auto vpc = EnsureVpc(std::string(arguments["VpcId"].Text()), arguments["VpcCidr"].Text());
  if (!vpc) return std::unexpected(vpc.error());
  const Router& router = *(*vpc)->router;
  return Listen(router.descriptor(), {{Transport::kTcp, kMetadataAddress, kHttpPort},
                                      {Transport::kTcp, kLocalEndpointAddress, kHttpsPort},
                                      {Transport::kTcp, kLocalEndpointAddress, kHttpPort},
                                      {Transport::kUdp, router.resolver(), kDnsPort},
                                      {Transport::kUdp, kResolverAddress, kDnsPort},
                                      {Transport::kTcp, router.resolver(), kDnsPort},
                                      {Transport::kTcp, kResolverAddress, kDnsPort}});
}

Result<Network::Answer> LinuxNetwork::OpenInternet(const Value& /*arguments*/) {
  return Listen(internet_->descriptor(), {{Transport::kTcp, kEndpointAddress, kHttpsPort},
                                          {Transport::kTcp, kEndpointAddress, kHttpPort},
                                          {Transport::kUdp, kEndpointAddress, kDnsPort},
                                          {Transport::kTcp, kEndpointAddress, kDnsPort}});
}

// The host that stands for the user's machine.
Result<Network::Answer> LinuxNetwork::OwnMachine() {
  const FileDescriptor* own = internet_->FindHost(UserAddress());
  if (own == nullptr) return MakeError(ErrorCode::kUnsupported, "this machine is on that internet itself");
  Answer answer;
  answer.descriptors.emplace_back(fcntl(own->get(), F_DUPFD_CLOEXEC, 0));
  return answer;
}

Result<Network::Answer> LinuxNetwork::AddInternetHost(const Value& arguments) {
  if (arguments["Address"].Text() == kOwnMachine) return OwnMachine();
  const auto address = HostAddressOf(arguments["Address"].Text());
  if (!address) return std::unexpected(address.error());
  if (const Status added = internet_->AddHost(*address); !added) return std::unexpected(added.error());
  Answer answer;
  answer.descriptors.emplace_back(fcntl(internet_->FindHost(*address)->get(), F_DUPFD_CLOEXEC, 0));
  return answer;
}

Result<Network::Answer> LinuxNetwork::RemoveInternetHost(const Value& arguments) {
  const auto address = AddressOf(arguments["Address"].Text());
  if (!address) return std::unexpected(address.error());
  if (const Status removed = internet_->RemoveHost(*address); !removed) return std::unexpected(removed.error());
  return Answer{};
}

Result<Network::Answer> LinuxNetwork::Connect(const Value& arguments) {
  const auto address = HostAddressOf(arguments["Address"].Text());
  if (!address) return std::unexpected(address.error());
  const int64_t port = arguments["Port"].Integer(0);
  if (port < 1 || port > kLastPort) return MakeError(ErrorCode::kInvalidArgument, "{} is no port", port);
  const auto from = arguments.Has("From") ? AddressOf(arguments["From"].Text()) : UserAddress();
  const FileDescriptor* host = from ? internet_->FindHost(*from) : nullptr;
  if (host == nullptr) {
    return MakeError(ErrorCode::kNotFound, "'{}' is no host that connections are made for", arguments["From"].Text());
  }
  auto socket = ConnectInNetworkNamespace(host->get(), *address, static_cast<uint16_t>(port));
  if (!socket) return std::unexpected(socket.error());
  Answer answer;
  answer.descriptors.push_back(std::move(*socket));
  return answer;
}

Result<Network::Answer> LinuxNetwork::ListFilter(const Value& arguments) {
  const auto vpc = vpcs_.find(arguments["VpcId"].Text());
  if (vpc == vpcs_.end()) return MakeError(ErrorCode::kNotFound, "{} has no router", arguments["VpcId"].Text());
  auto listed = vpc->second.router->ListFilter();
  if (!listed) return std::unexpected(listed.error());
  return Answer{std::move(*listed), {}};
}

Result<Network::Answer> LinuxNetwork::Call(std::string_view operation, const Value& arguments,
                                           std::vector<FileDescriptor> /*descriptors*/) {
  const auto done = [](const Status& status) -> Result<Answer> {
    if (!status) return std::unexpected(status.error());
    return Answer{};
  };
  const std::string_view instance = arguments["InstanceId"].Text();
  if (operation == "network.describe") return DescribeNetwork(arguments);
  if (operation == "network.open_vpc") return OpenVpc(arguments);
  if (operation == "network.open_internet") return OpenInternet(arguments);
  if (operation == "network.add_internet_host") return AddInternetHost(arguments);
  if (operation == "network.remove_internet_host") return RemoveInternetHost(arguments);
  if (operation == "network.connect") return Connect(arguments);
  if (operation == "network.list_filter") return ListFilter(arguments);
  if (operation == "network.apply_security_group") return done(ApplySecurityGroup(SecurityGroupOf(arguments)));
  if (operation == "network.remove_security_group") return done(RemoveSecurityGroup(arguments["GroupId"].Text()));
  if (operation == "network.set_security_groups") {
    return done(SetSecurityGroups(instance, TextsOf(arguments["GroupIds"])));
  }
  if (operation == "network.set_public_address") {
    const Value& address = arguments["Address"];
    return done(
        SetPublicAddress(instance, address.IsNull() ? std::nullopt : std::optional(std::string(address.Text()))));
  }
  return MakeError(ErrorCode::kUnsupported, "{}: the network has no such operation", operation);
}

}  // namespace

Result<std::unique_ptr<Network>> Network::Open(const Options& options) {
  auto network = std::make_unique<LinuxNetwork>();
  if (const Status started = network->Start(options); !started) return std::unexpected(started.error());
  return network;
}

}  // namespace opentrail::instances
