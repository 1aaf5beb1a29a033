#include "engine/functions/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "engine/functions/scalar.h"

namespace opentrail::engine {
namespace {

constexpr size_t kIpv4Offset = 12;

struct ZeroRun {
  int first = -1;
  int length = 0;
};

ZeroRun LongestZeroRun(const std::array<uint16_t, 8>& groups) {
  ZeroRun longest;
  for (int i = 0; i < 8;) {
    int end = i;
    while (end < 8 && groups[static_cast<size_t>(end)] == 0) end++;
    if (end - i > longest.length) longest = {i, end - i};
    i = end + 1;
  }
  return longest.length >= 2 ? longest : ZeroRun{};
}

}  // namespace

std::optional<IpAddress> ParseIpAddress(std::string_view text) {
  if (text.size() > kMaxIpAddressText || text.find('\0') != std::string_view::npos) return std::nullopt;
  const size_t zone = text.find('%');  // of an interface of whoever wrote it: it is no part of the address
  if (zone + 1 == text.size()) return std::nullopt;
  const std::string terminated(text.substr(0, zone));
  IpAddress address{};
  if (inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  if (zone != std::string_view::npos) return std::nullopt;
  address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (inet_pton(AF_INET, terminated.c_str(), address.data() + kIpv4Offset) == 1) return address;
  return std::nullopt;
}

bool IsIpv4(const IpAddress& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](uint8_t byte) { return byte == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

std::string IpAddressText(const IpAddress& address) {
  if (IsIpv4(address)) return fmt::format("{}.{}.{}.{}", address[12], address[13], address[14], address[15]);
  std::array<uint16_t, 8> groups{};
  for (size_t i = 0; i < 8; i++) groups[i] = static_cast<uint16_t>(address[2 * i] << 8 | address[2 * i + 1]);
  const ZeroRun zeros = LongestZeroRun(groups);
  std::string text;
  for (int i = 0; i < 8; i++) {
    if (i == zeros.first) {
      text += "::";
      i += zeros.length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    text += fmt::format("{:x}", groups[static_cast<size_t>(i)]);
  }
  return text;
}

bool IpNetwork::Contains(const IpAddress& address) const {
  if (ipv4 != IsIpv4(address) && prefix_bits > 0) return false;
  const auto whole_bytes = static_cast<size_t>(prefix_bits / 8);
  if (!std::equal(base.begin(), base.begin() + whole_bytes, address.begin())) return false;
  const int rest = prefix_bits % 8;
  return rest == 0 || (base[whole_bytes] >> (8 - rest)) == (address[whole_bytes] >> (8 - rest));
}

IpNetwork ParseIpNetwork(std::string_view cidr) {
  const size_t slash = cidr.find('/');
  if (slash == std::string_view::npos) ThrowInvalidArgument("Invalid CIDR");
  const auto base = ParseIpAddress(cidr.substr(0, slash));
  if (!base) ThrowInvalidArgument("Invalid network IP address");
  const std::string_view digits = cidr.substr(slash + 1);
  int length = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (error != std::errc() || stop != digits.data() + digits.size() || length < 0) {
    ThrowInvalidArgument("Invalid prefix length");
  }
  const bool ipv4 = IsIpv4(*base);
  if (length > (ipv4 ? 32 : 128)) ThrowInvalidArgument("Invalid CIDR");
  const IpNetwork network{*base, ipv4 ? length + 96 : length, ipv4};
  if (ipv4) {
    uint32_t host_bits = 0;
    for (size_t i = kIpv4Offset; i < 16; i++) host_bits = host_bits << 8 | (*base)[i];
    if (length < 32 && (host_bits & 0xffffffffU >> length) != 0) ThrowInvalidArgument("Invalid CIDR");
  }
  return network;
}

}  // namespace opentrail::engine
