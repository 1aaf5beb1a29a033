#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "codec/value.h"
#include "http/server.h"
#include "instances/dns_names.h"
#include "instances/dns_server.h"
#include "instances/file_descriptor.h"
#include "instances/internet_socket.h"
#include "instances/launcher_channel.h"
#include "instances/metadata_handler.h"
#include "instances/metadata_source.h"
#include "instances/network.h"

namespace opentrail::instances {

// The server's side of the network: tells the launcher what changed, and serves the sockets that it gets from there,
// which are in the routers' namespaces: the metadata service, the resolver, the AWS endpoints. Thread-safe.
class NetworkClient {
 public:
  struct Parts {
    LauncherChannel& channel;
    InstanceDirectory& directory;
    IdentitySigner* signer = nullptr;  // where identity documents are signed
    Clock& clock;
    RandomSource& random;
  };
  // All of `parts` outlive it. kIo where a thread or a socket cannot be had.
  static Result<std::unique_ptr<NetworkClient>> Start(const Parts& parts);
  ~NetworkClient();
  NetworkClient(const NetworkClient&) = delete;
  NetworkClient& operator=(const NetworkClient&) = delete;

  // The server of the account answers at the endpoints' address, to instances and to the internet, until this is
  // destroyed. Once; it outlives this.
  Status ServeEndpoints(http::Server& account);

  // Before the first instance of a VPC is launched. Idempotent.
  Status OpenVpc(const std::string& vpc_id, const std::string& vpc_cidr);
  // As Network has them, in effect when they return.
  Status ApplySecurityGroup(const SecurityGroup& group);
  Status RemoveSecurityGroup(std::string_view group_id);
  Status SetSecurityGroups(std::string_view instance_id, const std::vector<std::string>& group_ids);
  Status SetPublicAddress(std::string_view instance_id, const std::optional<std::string>& address);

  // From here on other programs can be hosts on the internet (internet_socket.h), until this is destroyed. Once.
  Status ServeInternetHosts(const std::string& data_directory);
  // A host on the internet with an address of its own: its network namespace, for programs to join. Idempotent removal.
  Result<FileDescriptor> AddInternetHost(std::string_view address);
  Status RemoveInternetHost(std::string_view address);
  // A TCP socket of such a host, its connection begun. `from` "": of the user, where his machine has no link to the
  // network (Describe() has no HostLink).
  Result<FileDescriptor> Connect(std::string_view from, std::string_view address, uint16_t port);

  // Where public addresses may come from on this machine: "198.51.100.0/24".
  Result<std::vector<std::string>> PublicRanges();
  // This machine as instances see it.
  Result<std::string> UserAddress();
  // For `opentrail status`: Id (of the launcher's network), EndpointAddress, UserAddress, HostLink, PublicRanges, Vpcs,
  // Instances.
  Result<Value> Describe();

 private:
  NetworkClient(const Parts& parts, std::unique_ptr<MetadataHandler> metadata);
  // An answer with one descriptor, which is it.
  Result<FileDescriptor> Receive(std::string_view operation, const Value& arguments);
  Result<LauncherChannel::Answer> Call(std::string_view operation, const Value& arguments);
  Status Tell(std::string_view operation, const Value& arguments);
  Status ServeVpc(const std::string& vpc_id, std::vector<FileDescriptor> sockets);
  Status ServeEndpoint(const std::string& name, FileDescriptor socket);

  const Parts parts_;
  DnsNames names_;
  std::unique_ptr<MetadataHandler> metadata_;
  std::unique_ptr<http::Server> metadata_server_;  // its thread runs the resolver, too
  std::unique_ptr<DnsServer> resolver_;
  std::mutex mutex_;
  http::Server* account_ = nullptr;
  std::vector<std::pair<std::string, FileDescriptor>> waiting_;  // endpoints, until the account's server is there
  std::set<std::string> vpcs_;
  std::unique_ptr<InternetSocket> internet_;  // the last: what it calls is there while it is
};

}  // namespace opentrail::instances
