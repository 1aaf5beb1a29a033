#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "services/ec2/description.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMaxAddresses = 5;  // of a region

constexpr FilterPath kAddressFilters[] = {{"allocation-id", "AllocationId"},
                                          {"association-id", "AssociationId"},
                                          {"domain", "Domain"},
                                          {"instance-id", "InstanceId"},
                                          {"network-border-group", "NetworkBorderGroup"},
                                          {"network-interface-id", "NetworkInterfaceId"},
                                          {"network-interface-owner-id", "NetworkInterfaceOwnerId"},
                                          {"private-ip-address", "PrivateIpAddress"},
                                          {"public-ip", "PublicIp"}};

struct Address {
  std::string allocation_id, public_ip, association_id, instance_id;  // the last two "" where it is free
};

constexpr std::string_view kColumns = "allocation_id, public_ip, association_id, instance_id";

Address Read(const store::Rows& rows) {
  return {std::string(rows.Text(0)), std::string(rows.Text(1)), std::string(rows.Text(2)), std::string(rows.Text(3))};
}

Value Describe(const Call& call, const Address& address, store::Connection& state) {
  Value value = Value::Object({{"AllocationId", address.allocation_id}});
  if (!address.association_id.empty()) {
    value.Set("AssociationId", address.association_id).Set("Domain", "vpc");
    store::Rows rows =
        state.Query("SELECT interface_id, private_ip FROM ec2_instance WHERE instance_id = ?", address.instance_id);
    if (rows.Next()) {
      value.Set("NetworkInterfaceId", rows.Text(0))
          .Set("NetworkInterfaceOwnerId", call.account_id)
          .Set("PrivateIpAddress", rows.Text(1));
    }
    value.Set("InstanceId", address.instance_id);
  } else {
    value.Set("Domain", "vpc");
  }
  return value.Set("Tags", TagsOf(state, address.allocation_id))
      .Set("PublicIpv4Pool", "amazon")
      .Set("NetworkBorderGroup", call.region)
      .Set("PublicIp", address.public_ip);
}

// By AllocationId, AssociationId or PublicIp, whichever the call names.
AwsResult<Address> FindAddress(const Call& call, store::Connection& state) {
  struct Naming {
    std::string_view member, column, code, text;
  };
  static constexpr Naming kNamings[] = {
      {"AllocationId", "allocation_id", "InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"},
      {"AssociationId", "association_id", "InvalidAssociationID.NotFound", "The association ID '{}' does not exist"},
      {"PublicIp", "public_ip", "InvalidAddress.NotFound", "Address '{}' not found."}};
  for (const auto& [member, column, code, text] : kNamings) {
    if (!call.input.Has(member)) continue;
    const std::string_view wanted = call.input[member].Text();
    store::Rows rows = state.Query(
        fmt::format("SELECT {} FROM ec2_address WHERE region = ? AND {} = ?", kColumns, column), call.region, wanted);
    if (rows.Next()) return Read(rows);
    return std::unexpected(AwsError{std::string(code), fmt::format(fmt::runtime(text), wanted)});
  }
  return AwsFailure("MissingParameter", "Either public IP or allocation id must be specified");
}

// The instance that the call names, itself or by its interface.
AwsResult<Instance> FindTarget(const Call& call, store::Connection& state) {
  if (call.input.Has("InstanceId")) {
    auto found = FindInstances(state, call, Value::List({call.input["InstanceId"]}));
    if (!found) return std::unexpected(found.error());
    return std::move(found->front());
  }
  const std::string_view interface = call.input["NetworkInterfaceId"].Text();
  if (interface.empty()) {
    return AwsFailure("MissingParameter", "Either instance ID or network interface id must be specified");
  }
  for (Instance& instance : AllInstances(state, call.region, call.now)) {
    if (instance.interface_id == interface && instance.wanted != "terminated") return std::move(instance);
  }
  return AwsFailure("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist", interface);
}

// As the record has it, so the instance's host: after the commit, before the answer.
void SetPublicAddress(Ec2Service& service, std::string_view instance_id, std::string_view address,
                      store::Transaction& transaction) {
  transaction.connection().Execute("UPDATE ec2_instance SET public_ip = ? WHERE instance_id = ?", address, instance_id);
  transaction.OnCommit([&service, id = std::string(instance_id)] { service.hosts().ApplyPublicAddress(id); });
}

// An instance that loses its elastic address is given one of its own again, where its subnet gives any.
void GiveOwnAddress(Ec2Service& service, std::string_view instance_id, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  bool maps = false;
  {
    store::Rows rows = state.Query(
        "SELECT maps_public_ip FROM ec2_subnet JOIN ec2_instance USING(subnet_id) WHERE instance_id = ?", instance_id);
    maps = rows.Next() && rows.Boolean(0);
  }
  const auto address = maps ? FreePublicAddress(service, state) : std::nullopt;
  SetPublicAddress(service, instance_id, address.value_or(""), transaction);
}

}  // namespace

std::optional<std::string> FreePublicAddress(Ec2Service& service, store::Connection& state) {
  static constexpr std::string_view kRanges[] = {"192.0.2", "198.51.100", "203.0.113"};
  static constexpr unsigned kHosts = 254;
  static constexpr unsigned kAddresses = kHosts * std::size(kRanges);
  uint8_t bytes[2];
  service.environment().random.Fill(bytes);
  const unsigned start = (unsigned{bytes[0]} << 8 | bytes[1]) % kAddresses;
  for (unsigned i = 0; i < kAddresses; ++i) {
    const unsigned at = (start + i) % kAddresses;
    std::string address = fmt::format("{}.{}", kRanges[at / kHosts], 1 + at % kHosts);
    const bool taken = state
                           .Query(
                               "SELECT 1 FROM ec2_instance WHERE public_ip = ? AND wanted <> 'terminated' UNION ALL "
                               "SELECT 1 FROM ec2_address WHERE public_ip = ?",
                               address, address)
                           .Next();
    if (!taken && service.hosts().IsAddressFree(address)) return address;
  }
  return std::nullopt;
}

bool ReleaseElasticAddresses(store::Connection& state, std::string_view instance_id) {
  return state.Execute("UPDATE ec2_address SET association_id = NULL, instance_id = NULL WHERE instance_id = ?",
                       instance_id) > 0;
}

AwsResult<Reply> AllocateAddress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  if (call.input["Domain"].Text("vpc") != "vpc") {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter domain is invalid. Invalid domain value.",
                      call.input["Domain"].Text());
  }
  for (const std::string_view member : {"Address", "PublicIpv4Pool", "CustomerOwnedIpv4Pool", "IpamPoolId"}) {
    const std::string_view wanted = call.input[member].Text();
    if (wanted.empty() || wanted == "amazon") continue;
    return AwsFailure("InvalidAddress.NotFound", "Address '{}' not found.",
                      wanted);  // nothing was ever given back to ask for
  }
  store::Rows count = state.Query("SELECT count(*) FROM ec2_address WHERE region = ?", call.region);
  if (count.Next() && count.Integer(0) >= kMaxAddresses) {
    return AwsFailure("AddressLimitExceeded", "The maximum number of addresses has been reached.");
  }
  const auto address = FreePublicAddress(service, state);
  if (!address) {
    return AwsFailure("InsufficientAddressCapacity", "Not enough addresses are available to satisfy the request.");
  }
  const std::string id = RandomHexId(service.environment().random, "eipalloc-");
  state.Execute("INSERT INTO ec2_address VALUES(?, ?, ?, NULL, NULL)", id, call.region, *address);
  if (auto tagged = AddTagSpecifications(call, "elastic-ip", id, state); !tagged) {
    return std::unexpected(tagged.error());
  }
  Reply reply;
  reply.output.Set("AllocationId", id)
      .Set("PublicIpv4Pool", "amazon")
      .Set("NetworkBorderGroup", call.region)
      .Set("Domain", "vpc")
      .Set("PublicIp", *address);
  return reply;
}

AwsResult<Reply> AssociateAddress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto address = FindAddress(call, state);
  if (!address) return std::unexpected(address.error());
  auto instance = FindTarget(call, state);
  if (!instance) return std::unexpected(instance.error());
  const InstanceState now = StateAt(*instance, call.now);
  if (now.code != kRunning.code && now.code != kStopped.code) {
    return AwsFailure("InvalidInstanceID",
                      "The pending-instance-creation instance to which the address is attached is not in a valid "
                      "state for this operation");
  }
  if (!address->association_id.empty() && !call.input["AllowReassociation"].Boolean(true)) {
    return AwsFailure("Resource.AlreadyAssociated", "resource {} is already associated with associate-id {}",
                      address->allocation_id, address->association_id);
  }
  if (!address->instance_id.empty() && address->instance_id != instance->id) {
    GiveOwnAddress(service, address->instance_id, transaction);
  }
  ReleaseElasticAddresses(state, instance->id);
  const std::string id = RandomHexId(service.environment().random, "eipassoc-");
  state.Execute("UPDATE ec2_address SET association_id = ?, instance_id = ? WHERE allocation_id = ?", id, instance->id,
                address->allocation_id);
  SetPublicAddress(service, instance->id, address->public_ip, transaction);
  Reply reply;
  reply.output.Set("AssociationId", id);
  return reply;
}

AwsResult<Reply> DisassociateAddress(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto address = FindAddress(call, state);
  if (!address) return std::unexpected(address.error());
  if (address->association_id.empty()) {
    return AwsFailure("InvalidAssociationID.NotFound", "The address '{}' is not associated", address->public_ip);
  }
  ReleaseElasticAddresses(state, address->instance_id);
  GiveOwnAddress(service, address->instance_id, transaction);
  return Reply{};
}

AwsResult<Reply> ReleaseAddress(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto address = FindAddress(call, state);
  if (!address) return std::unexpected(address.error());
  if (!address->association_id.empty()) {
    return AwsFailure("InvalidIPAddress.InUse", "Address {} is in use.", address->public_ip);
  }
  state.Execute("DELETE FROM ec2_address WHERE allocation_id = ?", address->allocation_id);
  RemoveTags(state, address->allocation_id);
  return Reply{};
}

AwsResult<Reply> DescribeAddresses(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Value::Elements all;
  store::Rows rows =
      state.Query(fmt::format("SELECT {} FROM ec2_address WHERE region = ? ORDER BY rowid", kColumns), call.region);
  while (rows.Next()) all.push_back(Describe(call, Read(rows), state));
  if (auto found =
          SelectIds(call.input["AllocationIds"], "AllocationId", "InvalidAllocationID.NotFound", "allocation ID", all);
      !found) {
    return std::unexpected(found.error());
  }
  for (const Value& ip : call.input["PublicIps"].elements()) {
    if (std::ranges::none_of(all, [&](const Value& each) { return each["PublicIp"].Text() == ip.Text(); })) {
      return AwsFailure("InvalidAddress.NotFound", "Address '{}' not found.", ip.Text());
    }
  }
  if (auto found = SelectIds(call.input["PublicIps"], "PublicIp", "InvalidAddress.NotFound", "address", all); !found) {
    return std::unexpected(found.error());
  }
  return Answer(call, {"Addresses", kAddressFilters}, std::move(all));
}

}  // namespace opentrail::services::ec2
