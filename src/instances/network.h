#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/value.h"
#include "instances/file_descriptor.h"

// What the two halves of instances/ agree on: hosts (images, launcher, audit) and the network that they are joined to.
namespace opentrail::instances {

// An instance's interface, eth0. Addresses are IPv4 in dotted form.
struct InterfaceSpec {
  std::string instance_id;                    // "i-0123456789abcdef0"
  std::string region;                         // "us-east-1": decides the search domain
  std::string vpc_id;                         // "vpc-..."
  std::string vpc_cidr;                       // "172.31.0.0/16"
  std::string subnet_cidr;                    // "172.31.16.0/20"; its first address is the router's
  std::string private_address;                // "172.31.16.10"
  std::optional<std::string> public_address;  // "203.0.113.7"
  std::string mac;                            // "0a:..."; "": made from the instance's id
  std::vector<std::string> security_groups;   // ids; their rules came by ApplySecurityGroup, or come later: until
                                              // then nothing is let in
};

// What an instance's init needs to know of its network.
struct Attachment {
  FileDescriptor network_namespace;      // eth0 and lo are up, addresses and the default route set
  std::string mac;                       // as it became
  std::vector<std::string> nameservers;  // for /etc/resolv.conf: the VPC's resolver
  std::string search_domain;             // "ec2.internal"
};

struct SecurityGroupRule {
  enum class Direction : uint8_t { kIngress, kEgress };
  Direction direction = Direction::kIngress;
  std::string protocol = "-1";           // "tcp", "udp", "icmp", "icmpv6", a number, or "-1" for all
  int32_t from_port = -1, to_port = -1;  // ICMP: type and code; -1 for all
  std::string cidr;                      // "0.0.0.0/0"; "" where group_id says who
  std::string group_id;                  // members of this group of the same VPC
};

struct SecurityGroup {
  std::string group_id, vpc_id;
  std::vector<SecurityGroupRule> rules;
};

// Who asks, found by a source address in a VPC: for IMDS and for the source of recorded calls.
struct InterfaceOwner {
  std::string instance_id;
  std::optional<std::string> public_address;
};

// The network of all instances: a router namespace per VPC, a routed veth per instance, security groups as nftables.
// Lives in the privileged launcher process (instances/launcher.h), which is single-threaded; so is this. Holds its
// namespaces by file descriptors only: when the process ends, however it ends, the kernel takes all of it down.
class Network {
 public:
  struct Options {
    std::string data_directory;  // the account's: names on the host are made from it, so that accounts do not clash
    bool rootless = false;       // inside a user namespace that the launcher made: no host route can be added
  };

  static Result<std::unique_ptr<Network>> Open(const Options& options);
  virtual ~Network() = default;

  // The instance's own network namespace, ready; its init joins it before anything runs. kLimitExceeded or
  // kInvalidArgument where the address is taken or overlaps what the host has.
  virtual Result<Attachment> Attach(const InterfaceSpec& spec) = 0;
  // Takes the interface and all its rules away. Idempotent.
  virtual Status Detach(std::string_view instance_id) = 0;
  // nullopt takes it away.
  virtual Status SetPublicAddress(std::string_view instance_id, std::optional<std::string> address) = 0;
  // The groups of an attached instance, in place of those it had.
  virtual Status SetSecurityGroups(std::string_view instance_id, std::vector<std::string> group_ids) = 0;
  // The group's rules, whole, in place of those it had; in effect when this returns. Also for groups nobody is in yet.
  virtual Status ApplySecurityGroup(const SecurityGroup& group) = 0;
  virtual Status RemoveSecurityGroup(std::string_view group_id) = 0;
  [[nodiscard]] virtual std::optional<InterfaceOwner> OwnerOf(std::string_view vpc_id, std::string_view address) = 0;

  // Calls from the server that are the network's own business (sockets inside the router's namespace for IMDS and
  // DNS, the `internet` namespace with its attackers ...): `operation` begins with "network."; file descriptors may go
  // along in either direction. The server's side of these is NetworkClient's (instances/network_client.h).
  struct Answer {
    Value value;
    std::vector<FileDescriptor> descriptors;
  };
  virtual Result<Answer> Call(std::string_view operation, const Value& arguments,
                              std::vector<FileDescriptor> descriptors) = 0;
};

}  // namespace opentrail::instances
