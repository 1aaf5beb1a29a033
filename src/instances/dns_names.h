#pragma once

#include <string_view>

#include "instances/dns_message.h"
#include "instances/metadata_source.h"

namespace opentrail::instances {

// What the resolver of a VPC knows: the AWS endpoints, which are all at one address; instances by their private and
// public names; addresses of instances. Of the rest of the world it knows nothing, and refuses to say. Thread-safe.
// https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
class DnsNames {
 public:
  // The directory outlives it.
  explicit DnsNames(InstanceDirectory& directory) : directory_(directory) {}

  // As seen from the VPC, or from the internet (""). A public name is the private address inside of its own VPC.
  [[nodiscard]] DnsReply Resolve(std::string_view vpc_id, std::string_view name, uint16_t type) const;

 private:
  [[nodiscard]] DnsReply ResolveAddress(std::string_view vpc_id, std::string_view name, uint16_t type) const;
  [[nodiscard]] DnsReply ResolvePrivateName(std::string_view vpc_id, std::string_view name, uint16_t type) const;
  [[nodiscard]] DnsReply ResolvePublicName(std::string_view vpc_id, std::string_view name, uint16_t type) const;

  InstanceDirectory& directory_;
};

}  // namespace opentrail::instances
