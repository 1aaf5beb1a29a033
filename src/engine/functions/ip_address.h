#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The IPADDRESS type: 16 bytes in network order, an IPv4 address as ::ffff:a.b.c.d. Pure; thread-safe.
namespace opentrail::engine {

using IpAddress = std::array<uint8_t, 16>;

inline constexpr size_t kMaxIpAddressText = 45;

// "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1%eth0", of which the zone is left out; no leading zeros in
// IPv4.
[[nodiscard]] std::optional<IpAddress> ParseIpAddress(std::string_view text);
// As Java prints it: IPv4 dotted, IPv6 in lower case with the first longest run of zeros (two or more) as "::".
[[nodiscard]] std::string IpAddressText(const IpAddress& address);
[[nodiscard]] bool IsIpv4(const IpAddress& address);

// "10.0.0.0/8". An IPv4 network's host bits must be zero, an IPv6 network's need not (so Trino has it).
struct IpNetwork {
  IpAddress base{};
  int prefix_bits = 0;  // of the 128: an IPv4 prefix length plus 96
  bool ipv4 = false;

  [[nodiscard]] bool Contains(const IpAddress& address) const;
};
// Throws INVALID_FUNCTION_ARGUMENT in Trino's words.
[[nodiscard]] IpNetwork ParseIpNetwork(std::string_view cidr);

}  // namespace opentrail::engine
