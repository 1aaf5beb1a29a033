#include "instances/network_client.h"

#include "instances/network_wire.h"

namespace opentrail::instances {
namespace {

constexpr const char* kInternet = "internet";            // Peer::listener of calls that come from outside of a VPC
constexpr size_t kVpcSockets = 7, kInternetSockets = 4;  // as Network::Call gives them
// An instance asks little, and seldom: what is more is no instance's need.
constexpr size_t kMetadataBodyBytes = 1024, kMetadataConnections = 1024;
constexpr int64_t kMetadataIdleMs = 10'000;

http::ServerOptions MetadataServerOptions() {
  http::ServerOptions options;
  options.address = "";
  options.threads = 1;
  options.server_header = "EC2ws";
  options.limits.body_bytes = kMetadataBodyBytes;
  options.limits.connections = kMetadataConnections;
  options.limits.idle_timeout_ms = kMetadataIdleMs;
  return options;
}

}  // namespace

NetworkClient::NetworkClient(const Parts& parts, std::unique_ptr<MetadataHandler> metadata)
    : parts_(parts), names_(parts.directory), metadata_(std::move(metadata)) {}

NetworkClient::~NetworkClient() {
  internet_.reset();
  if (account_ != nullptr) {
    account_->RemoveListeners(kInternet);
    for (const std::string& vpc : vpcs_) account_->RemoveListeners(vpc);
  }
  if (metadata_server_) metadata_server_->Stop();
}

Result<std::unique_ptr<NetworkClient>> NetworkClient::Start(const Parts& parts) {
  auto metadata = std::make_unique<MetadataHandler>(parts.directory, parts.signer, parts.clock, parts.random);
  std::unique_ptr<NetworkClient> client(new NetworkClient(parts, std::move(metadata)));
  auto server = http::Server::Start(MetadataServerOptions(), *client->metadata_);
  if (!server) return std::unexpected(server.error());
  client->metadata_server_ = std::move(*server);
  client->resolver_ = std::make_unique<DnsServer>(client->metadata_server_->executor(), client->names_);
  return client;
}

Result<LauncherChannel::Answer> NetworkClient::Call(std::string_view operation, const Value& arguments) {
  return parts_.channel.Call(operation, arguments);
}

Status NetworkClient::Tell(std::string_view operation, const Value& arguments) {
  const auto answer = Call(operation, arguments);
  return answer ? Status() : std::unexpected(answer.error());
}

Status NetworkClient::ServeEndpoint(const std::string& name, FileDescriptor socket) {
  if (account_ == nullptr) {
    waiting_.emplace_back(name, std::move(socket));
    return {};
  }
  return account_->AddListener(name, socket.Release());
}

Status NetworkClient::ServeEndpoints(http::Server& account) {
  auto answer = Call("network.open_internet", Value::Object());
  if (!answer) return std::unexpected(answer.error());
  auto& sockets = answer->descriptors;
  if (sockets.size() != kInternetSockets) return MakeError(ErrorCode::kInternal, "the internet has no sockets");
  const std::lock_guard lock(mutex_);
  account_ = &account;
  Status status;
  for (auto& [name, socket] : waiting_) {
    if (status) status = ServeEndpoint(name, std::move(socket));
  }
  waiting_.clear();
  for (size_t i = 0; i < 2 && status; ++i) status = ServeEndpoint(kInternet, std::move(sockets[i]));
  if (status) status = resolver_->AddDatagramSocket("", std::move(sockets[2]));
  if (status) status = resolver_->AddListener("", std::move(sockets[3]));
  return status;
}

Status NetworkClient::ServeInternetHosts(const std::string& data_directory) {
  auto served = InternetSocket::Listen(
      data_directory, {.add = [this](std::string_view address) { return AddInternetHost(address); },
                       .remove = [this](std::string_view address) { return RemoveInternetHost(address); }});
  if (!served) return std::unexpected(served.error());
  internet_ = std::move(*served);
  return {};
}

Status NetworkClient::OpenVpc(const std::string& vpc_id, const std::string& vpc_cidr) {
  const std::lock_guard lock(mutex_);
  if (vpcs_.contains(vpc_id)) return {};
  auto answer = Call("network.open_vpc", Value::Object({{"VpcId", vpc_id}, {"VpcCidr", vpc_cidr}}));
  if (!answer) return std::unexpected(answer.error());
  if (const Status served = ServeVpc(vpc_id, std::move(answer->descriptors)); !served) return served;
  vpcs_.insert(vpc_id);
  return {};
}

Status NetworkClient::ServeVpc(const std::string& vpc_id, std::vector<FileDescriptor> sockets) {
  if (sockets.size() != kVpcSockets) return MakeError(ErrorCode::kInternal, "{} has no sockets", vpc_id);
  Status status = metadata_server_->AddListener(vpc_id, sockets[0].Release());
  for (size_t i = 1; i < 3 && status; ++i) status = ServeEndpoint(vpc_id, std::move(sockets[i]));
  for (size_t i = 3; i < 5 && status; ++i) status = resolver_->AddDatagramSocket(vpc_id, std::move(sockets[i]));
  for (size_t i = 5; i < 7 && status; ++i) status = resolver_->AddListener(vpc_id, std::move(sockets[i]));
  return status;
}

Status NetworkClient::ApplySecurityGroup(const SecurityGroup& group) {
  return Tell("network.apply_security_group", ToValue(group));
}

Status NetworkClient::RemoveSecurityGroup(std::string_view group_id) {
  return Tell("network.remove_security_group", Value::Object({{"GroupId", group_id}}));
}

Status NetworkClient::SetSecurityGroups(std::string_view instance_id, const std::vector<std::string>& group_ids) {
  return Tell("network.set_security_groups",
              Value::Object({{"InstanceId", instance_id}, {"GroupIds", ToValue(group_ids)}}));
}

Status NetworkClient::SetPublicAddress(std::string_view instance_id, const std::optional<std::string>& address) {
  Value arguments = Value::Object({{"InstanceId", instance_id}});
  if (address) arguments.Set("Address", *address);
  return Tell("network.set_public_address", arguments);
}

Result<FileDescriptor> NetworkClient::Receive(std::string_view operation, const Value& arguments) {
  auto answer = Call(operation, arguments);
  if (!answer) return std::unexpected(answer.error());
  if (answer->descriptors.size() != 1) return MakeError(ErrorCode::kInternal, "{} gives no descriptor", operation);
  return std::move(answer->descriptors.front());
}

Result<FileDescriptor> NetworkClient::AddInternetHost(std::string_view address) {
  return Receive("network.add_internet_host", Value::Object({{"Address", address}}));
}

Result<FileDescriptor> NetworkClient::Connect(std::string_view from, std::string_view address, uint16_t port) {
  Value arguments = Value::Object({{"Address", address}, {"Port", port}});
  if (!from.empty()) arguments.Set("From", from);
  return Receive("network.connect", arguments);
}

Status NetworkClient::RemoveInternetHost(std::string_view address) {
  return Tell("network.remove_internet_host", Value::Object({{"Address", address}}));
}

Result<Value> NetworkClient::Describe() {
  auto answer = Call("network.describe", Value::Object());
  if (!answer) return std::unexpected(answer.error());
  return std::move(answer->value);
}

Result<std::vector<std::string>> NetworkClient::PublicRanges() {
  const auto described = Describe();
  if (!described) return std::unexpected(described.error());
  return TextsOf((*described)["PublicRanges"]);
}

Result<std::string> NetworkClient::UserAddress() {
  const auto described = Describe();
  if (!described) return std::unexpected(described.error());
  return std::string((*described)["UserAddress"].Text());
}

}  // namespace opentrail::instances
