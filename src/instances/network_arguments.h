#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "instances/network.h"
#include "instances/network_address.h"

// What the network is told, as text, checked. Errors are kInvalidArgument and quote it.
namespace opentrail::instances {

[[nodiscard]] Result<Ipv4> AddressOf(std::string_view text);
// An address that a host on the internet can have: none of kReservedRanges.
[[nodiscard]] Result<Ipv4> HostAddressOf(std::string_view text);
[[nodiscard]] Result<Ipv4Prefix> PrefixOf(std::string_view text);

// The interface's MAC address: as it is given, or made from the instance's id.
[[nodiscard]] std::string MacText(const InterfaceSpec& spec);
// The six bytes of "0a:1b:2c:3d:4e:5f".
[[nodiscard]] Result<std::string> MacBytes(std::string_view text);

}  // namespace opentrail::instances
