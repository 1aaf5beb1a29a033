#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// IPv4 networks as VPCs, subnets and routes name them (RFC 4632).
namespace opentrail::services::ec2 {

struct Cidr {
  uint32_t first = 0;  // the lowest address
  int bits = 0;        // of the prefix, 0 to 32

  [[nodiscard]] uint64_t Size() const { return uint64_t{1} << (32 - bits); }
  [[nodiscard]] bool Contains(const Cidr& other) const;
  [[nodiscard]] bool Overlaps(const Cidr& other) const { return Contains(other) || other.Contains(*this); }
  [[nodiscard]] std::string Text() const;  // "10.0.0.0/16"
};

// nullopt for what is no network. Host bits are cleared: 100.68.0.18/18 is 100.68.0.0/18.
[[nodiscard]] std::optional<Cidr> ParseCidr(std::string_view text);
// "10.0.0.4"
[[nodiscard]] std::string DottedAddress(uint32_t address);

}  // namespace opentrail::services::ec2
