#include "instances/network_host.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "codec/digest.h"
#include "codec/text.h"
#include "instances/network_namespace.h"
#include "instances/network_plan.h"

namespace opentrail::instances {
namespace {

constexpr size_t kNameDigits = 8;
constexpr std::string_view kNamePrefix = "ot";
// A route this wide is a default route, or half of one, as VPNs have it: it says nothing of one address.
constexpr int kWidestTelling = 2;

Route RouteTo(Ipv4 address, const std::string& interface, Ipv4 user) {
  return {.destination = {address, 32}, .interface = interface, .gateway = kEndpointAddress, .source = user};
}

Result<std::vector<Ipv4Prefix>> TellingDestinations(RouteSocket& routes, const std::string& except) {
  auto all = routes.Destinations(except);
  if (all) std::erase_if(*all, [](const Ipv4Prefix& prefix) { return prefix.length < kWidestTelling; });
  return all;
}

}  // namespace

Result<bool> IsFreeOnHost(std::string_view address) {
  const auto parsed = Ipv4::Parse(address);
  if (!parsed) return MakeError(ErrorCode::kInvalidArgument, "'{}' is no IPv4 address", address);
  auto routes = RouteSocket::Open();
  if (!routes) return std::unexpected(routes.error());
  const auto used = TellingDestinations(*routes, "");
  if (!used) return std::unexpected(used.error());
  return std::ranges::none_of(*used, [&](const Ipv4Prefix& prefix) { return prefix.Contains(*parsed); });
}

std::string HostLinkName(const std::string& data_directory) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::weakly_canonical(data_directory, error);
  return std::string(kNamePrefix) +
         codec::HexEncode(codec::Sha256(error ? data_directory : path.string())).substr(0, kNameDigits);
}

Result<HostLink> HostLink::Open(const std::string& data_directory) {
  auto home = CurrentNetworkNamespace();
  if (!home) return std::unexpected(home.error());
  auto routes = RouteSocket::Open();
  if (!routes) return std::unexpected(routes.error());
  HostLink host(HostLinkName(data_directory), std::move(*home), std::move(*routes));
  if (const Status removed = host.routes_.DeleteLink(host.name_); !removed) return std::unexpected(removed.error());
  if (const Status chosen = host.ChooseUserAddress(); !chosen) return std::unexpected(chosen.error());
  return host;
}

Status HostLink::ChooseUserAddress() {
  const auto used = Destinations();
  if (!used) return std::unexpected(used.error());
  constexpr uint32_t kCount = kLastUser - kFirstUser + 1;
  // Begins where the directory's digest says: rules that let the user in name the address, and should outlast a
  // restart, whoever else runs instances here meanwhile.
  const uint32_t begin = static_cast<uint32_t>(std::stoul(name_.substr(kNamePrefix.size()), nullptr, 16)) % kCount;
  for (const Ipv4Prefix& range : kUserRanges) {
    for (uint32_t i = 0; i < kCount; ++i) {
      user_address_ = range.At(kFirstUser + (begin + i) % kCount);
      if (std::ranges::none_of(*used, [&](const Ipv4Prefix& prefix) { return prefix.Contains(user_address_); })) {
        return {};
      }
    }
  }
  return MakeError(ErrorCode::kLimitExceeded, "the host uses every address that its user could have towards instances");
}

Status HostLink::Connect(Internet& internet) {
  Status status = internet.AddUser(name_, home_.get(), user_address_);
  const std::string no_ipv6 = fmt::format("net/ipv6/conf/{}/disable_ipv6", name_);
  if (status && access(("/proc/sys/" + no_ipv6).c_str(), F_OK) == 0) status = WriteSysctl(no_ipv6, "1");
  if (status) status = routes_.AddAddress(name_, {user_address_, 32});
  if (status) status = routes_.SetUp(name_);
  if (status) status = internet.AwaitLink(user_address_);
  return status;
}

void HostLink::Disconnect() { (void)routes_.DeleteLink(name_); }

Result<std::vector<Ipv4Prefix>> HostLink::Destinations() { return TellingDestinations(routes_, name_); }

Status HostLink::CheckFree(Ipv4 address) {
  const auto used = Destinations();
  if (!used) return std::unexpected(used.error());
  const auto found = std::ranges::find_if(*used, [&](const Ipv4Prefix& prefix) { return prefix.Contains(address); });
  if (found == used->end()) return {};
  return MakeError(ErrorCode::kInvalidArgument, "the address {} cannot be an instance's: this host has {} itself",
                   address.Text(), found->Text());
}

Status HostLink::AddRoute(Ipv4 public_address) {
  if (const Status free = CheckFree(public_address); !free) return free;
  return routes_.AddRoute(RouteTo(public_address, name_, user_address_));
}

Status HostLink::RemoveRoute(Ipv4 public_address) {
  return routes_.RemoveRoute(RouteTo(public_address, name_, user_address_));
}

Result<std::vector<Ipv4Prefix>> HostLink::PublicRanges() {
  const auto used = Destinations();
  if (!used) return std::unexpected(used.error());
  std::vector<Ipv4Prefix> free;
  for (const Ipv4Prefix& range : kPublicRanges) {
    // A single address that is used, by another account's instance say, leaves the others free.
    const auto takes = [&](const Ipv4Prefix& other) { return other.length < 32 && range.Overlaps(other); };
    if (std::ranges::none_of(*used, takes)) free.push_back(range);
  }
  return free;
}

}  // namespace opentrail::instances
