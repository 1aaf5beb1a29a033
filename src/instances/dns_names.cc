#include "instances/dns_names.h"

#include <algorithm>
#include <optional>
#include <string>

#include "instances/network_plan.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kReverse = ".in-addr.arpa";
constexpr std::string_view kMetadataName = "instance-data.ec2.internal";
constexpr std::string_view kEndpoints = ".amazonaws.com";
constexpr std::string_view kPublicPrefix = "ec2-", kPrivatePrefix = "ip-";

bool Asks(uint16_t type, DnsType wanted) {
  return type == static_cast<uint16_t>(wanted) || type == static_cast<uint16_t>(DnsType::kAny);
}

DnsReply Address(Ipv4 address, uint16_t type, std::string_view zone) {
  DnsReply reply{.code = DnsCode::kNoError, .addresses = {}, .names = {}, .zone = std::string(zone)};
  if (Asks(type, DnsType::kA)) reply.addresses.push_back(address);
  return reply;
}
DnsReply NoSuchName(std::string_view zone) {
  return {.code = DnsCode::kNoSuchName, .addresses = {}, .names = {}, .zone = std::string(zone)};
}
DnsReply Refused() { return {.code = DnsCode::kRefused, .addresses = {}, .names = {}, .zone = {}}; }

// "ip-172-31-0-10.ec2.internal" -> 172.31.0.10
std::optional<Ipv4> DashedAddress(std::string_view name, std::string_view prefix) {
  std::string dotted(name.substr(prefix.size(), name.find('.') - prefix.size()));
  std::ranges::replace(dotted, '-', '.');
  return Ipv4::Parse(dotted);
}

std::string_view AfterFirstLabel(std::string_view name) {
  const size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

bool IsPrivate(std::string_view name) {
  return name == "ec2.internal" || name.ends_with(".ec2.internal") || name.ends_with(".compute.internal");
}
// "compute-1.amazonaws.com", "eu-west-1.compute.amazonaws.com"
bool IsPublicZone(std::string_view zone) {
  return zone == "compute-1.amazonaws.com" || zone.ends_with(".compute.amazonaws.com");
}

}  // namespace

DnsReply DnsNames::Resolve(std::string_view vpc_id, std::string_view name, uint16_t type) const {
  if (name.ends_with(kReverse)) return ResolveAddress(vpc_id, name, type);
  if (IsPrivate(name)) return vpc_id.empty() ? Refused() : ResolvePrivateName(vpc_id, name, type);
  if (IsPublicZone(AfterFirstLabel(name))) return ResolvePublicName(vpc_id, name, type);
  if (name.ends_with(kEndpoints)) return Address(kEndpointAddress, type, kEndpoints.substr(1));
  return Refused();
}

DnsReply DnsNames::ResolveAddress(std::string_view vpc_id, std::string_view name, uint16_t type) const {
  name.remove_suffix(kReverse.size());
  std::string forward;  // the octets come last first
  while (!name.empty()) {
    const size_t dot = name.rfind('.');
    if (!forward.empty()) forward += '.';
    forward += dot == std::string_view::npos ? name : name.substr(dot + 1);
    name = name.substr(0, dot == std::string_view::npos ? 0 : dot);
  }
  if (!Ipv4::Parse(forward)) return NoSuchName(kReverse.substr(1));
  DnsReply reply{.code = DnsCode::kNoError, .addresses = {}, .names = {}, .zone = std::string(kReverse.substr(1))};
  if (const auto inside = vpc_id.empty() ? nullptr : directory_.FindByPrivateAddress(vpc_id, forward)) {
    if (Asks(type, DnsType::kPtr)) reply.names.push_back(inside->private_name);
    return reply;
  }
  if (const auto outside = directory_.FindByPublicAddress(forward)) {
    if (Asks(type, DnsType::kPtr)) reply.names.push_back(outside->public_name);
    return reply;
  }
  return NoSuchName(kReverse.substr(1));
}

DnsReply DnsNames::ResolvePrivateName(std::string_view vpc_id, std::string_view name, uint16_t type) const {
  const std::string_view zone = AfterFirstLabel(name);
  if (name == kMetadataName) return Address(kMetadataAddress, type, zone);
  if (!name.starts_with(kPrivatePrefix)) return NoSuchName(zone);
  const auto address = DashedAddress(name, kPrivatePrefix);
  const auto instance = address ? directory_.FindByPrivateAddress(vpc_id, address->Text()) : nullptr;
  if (instance == nullptr || instance->private_name != name) return NoSuchName(zone);
  return Address(*address, type, zone);
}

DnsReply DnsNames::ResolvePublicName(std::string_view vpc_id, std::string_view name, uint16_t type) const {
  const std::string_view zone = AfterFirstLabel(name);
  if (!name.starts_with(kPublicPrefix)) return NoSuchName(zone);
  const auto address = DashedAddress(name, kPublicPrefix);
  const auto instance = address ? directory_.FindByPublicAddress(address->Text()) : nullptr;
  if (instance == nullptr || instance->public_name != name) return NoSuchName(zone);
  const auto inside = Ipv4::Parse(instance->private_address);
  return Address(instance->vpc_id == vpc_id && inside ? *inside : *address, type, zone);
}

}  // namespace opentrail::instances
