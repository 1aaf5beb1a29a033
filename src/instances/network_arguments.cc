#include "instances/network_arguments.h"

#include <algorithm>

#include "codec/text.h"
#include "instances/network_plan.h"

namespace opentrail::instances {
namespace {

constexpr size_t kMacBytes = 6;

}  // namespace

Result<Ipv4> AddressOf(std::string_view text) {
  if (const auto address = Ipv4::Parse(text)) return *address;
  return MakeError(ErrorCode::kInvalidArgument, "'{}' is no IPv4 address", text);
}

Result<Ipv4> HostAddressOf(std::string_view text) {
  const auto address = AddressOf(text);
  const auto has = [&](const Ipv4Prefix& range) { return range.Contains(*address); };
  if (!address || std::ranges::none_of(kReservedRanges, has)) return address;
  return MakeError(ErrorCode::kInvalidArgument, "'{}' is no address that a host can have", text);
}

Result<Ipv4Prefix> PrefixOf(std::string_view text) {
  if (const auto prefix = Ipv4Prefix::Parse(text)) return *prefix;
  return MakeError(ErrorCode::kInvalidArgument, "'{}' is no IPv4 CIDR block", text);
}

std::string MacText(const InterfaceSpec& spec) { return spec.mac.empty() ? MacAddress(spec.instance_id) : spec.mac; }

Result<std::string> MacBytes(std::string_view text) {
  std::string digits(text);
  std::erase(digits, ':');
  auto bytes = codec::HexDecode(digits);
  if (bytes && bytes->size() == kMacBytes) return std::move(*bytes);
  return MakeError(ErrorCode::kInvalidArgument, "'{}' is no MAC address", text);
}

}  // namespace opentrail::instances
