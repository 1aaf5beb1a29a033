#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace opentrail::instances {

// An IPv4 address in host order. A value type.
struct Ipv4 {
  uint32_t bits = 0;

  // Dotted form alone: four decimal numbers without leading zeros. nullopt for all else.
  [[nodiscard]] static std::optional<Ipv4> Parse(std::string_view text);
  [[nodiscard]] std::string Text() const;
  friend auto operator<=>(const Ipv4&, const Ipv4&) = default;
};

// A CIDR block, or an address with the length of its network's prefix. A value type.
struct Ipv4Prefix {
  Ipv4 address;
  int length = 32;  // 0 to 32

  // "10.0.0.0/8"; the address may have bits beyond the prefix. nullopt for all else.
  [[nodiscard]] static std::optional<Ipv4Prefix> Parse(std::string_view text);
  [[nodiscard]] std::string Text() const;
  [[nodiscard]] uint32_t mask() const { return length == 0 ? 0 : ~uint32_t{0} << (32 - length); }
  [[nodiscard]] Ipv4 network() const { return {address.bits & mask()}; }
  // The address `offset` past the first one: 1 is the router's, 2 the resolver's.
  [[nodiscard]] Ipv4 At(uint32_t offset) const { return {network().bits + offset}; }
  [[nodiscard]] bool Contains(Ipv4 other) const { return ((other.bits ^ address.bits) & mask()) == 0; }
  [[nodiscard]] bool Overlaps(const Ipv4Prefix& other) const {
    return length <= other.length ? Contains(other.address) : other.Contains(address);
  }
};

// The MAC address of an instance's first interface, made from its id: "0a:1b:...", locally administered as EC2's are.
[[nodiscard]] std::string MacAddress(std::string_view instance_id);

}  // namespace opentrail::instances
