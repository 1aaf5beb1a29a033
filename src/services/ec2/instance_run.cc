#include <algorithm>
#include <iterator>
#include <optional>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "codec/text.h"
#include "services/ec2/handlers.h"
#include "services/ec2/image.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/ec2/security_group.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMaxInstances = 20;  // of one call
constexpr size_t kMaxUserData = 16 * 1024;
constexpr size_t kMaxGroups = 5;
constexpr int64_t kLastHost = 4095;  // the broadcast address of a /20

struct Subnet {
  std::string id, vpc_id, zone;
  int64_t first_address = 0, next_host = 0;
};

AwsResult<Subnet> FindSubnet(const Call& call, const Value& input, store::Connection& state) {
  std::string wanted = Text(input["SubnetId"]);
  for (const Value& interface : input["NetworkInterfaces"].elements()) {
    if (interface.Has("SubnetId")) wanted = Text(interface["SubnetId"]);
  }
  const std::string zone = Text(input["Placement"]["AvailabilityZone"]);
  store::Rows rows = state.Query(
      "SELECT subnet_id, vpc_id, zone, first_address, next_host FROM ec2_subnet WHERE region = ? ORDER BY zone",
      call.region);
  while (rows.Next()) {
    if (!wanted.empty() && rows.Text(0) != wanted) continue;
    if (wanted.empty() && !zone.empty() && rows.Text(2) != zone) continue;
    return Subnet{std::string(rows.Text(0)), std::string(rows.Text(1)), std::string(rows.Text(2)), rows.Integer(3),
                  rows.Integer(4)};
  }
  if (wanted.empty()) return AwsFailure("InvalidParameterValue", "Invalid availability zone: [{}]", zone);
  return AwsFailure("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist", wanted);
}

AwsResult<std::vector<std::string>> FindGroups(const Call& call, const Subnet& subnet, store::Connection& state) {
  std::vector<std::string> groups;
  std::vector<const Value*> lists = {&call.input["SecurityGroupIds"]};
  for (const Value& interface : call.input["NetworkInterfaces"].elements()) lists.push_back(&interface["Groups"]);
  for (const Value* list : lists) {
    for (const Value& id : list->elements()) {
      auto group = FindGroupById(call.region, id.Text(), state);
      if (!group) return std::unexpected(group.error());
      groups.push_back(group->id);
    }
  }
  std::vector<std::string> names;
  for (const Value& name : call.input["SecurityGroups"].elements()) names.push_back(Text(name));
  if (groups.empty() && names.empty()) names.emplace_back("default");
  for (const std::string& name : names) {
    store::Rows rows = state.Query("SELECT group_id FROM ec2_group WHERE vpc_id = ? AND name = ?", subnet.vpc_id, name);
    if (!rows.Next())
      return AwsFailure("InvalidGroup.NotFound", "The security group '{}' does not exist in VPC '{}'", name,
                        subnet.vpc_id);
    groups.emplace_back(rows.Text(0));
  }
  if (groups.size() > kMaxGroups) {
    return AwsFailure("SecurityGroupsPerInterfaceLimitExceeded",
                      "The maximum number of security groups per interface has been reached.");
  }
  return groups;
}

AwsStatus CheckRequest(const Call& call, store::Connection& state) {
  const Value& input = call.input;
  if (!input.Has("ImageId")) return AwsFailure("MissingParameter", "The request must contain the parameter ImageId");
  const std::string_view image = input["ImageId"].Text();
  if (!image.starts_with("ami-"))
    return AwsFailure("InvalidAMIID.Malformed", "Invalid id: \"{}\" (expecting \"ami-...\")", image);
  if (!FindImage(call.region, image))
    return AwsFailure("InvalidAMIID.NotFound", "The image id '[{}]' does not exist", image);
  const int64_t least = input["MinCount"].Integer(1), most = input["MaxCount"].Integer(1);
  if (least < 1 || least > most) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter minCount is invalid. It must be between 1 and maxCount.", least);
  }
  if (least > kMaxInstances) {
    return AwsFailure("InstanceLimitExceeded",
                      "You have requested more instances ({}) than your current instance limit of {} allows.", least,
                      kMaxInstances);
  }
  if (!IsInstanceType(input["InstanceType"].Text("m1.small"))) {
    return AwsFailure("InvalidParameterValue", "Invalid value '{}' for InstanceType.", input["InstanceType"].Text());
  }
  const std::string_view key = input["KeyName"].Text();
  if (!key.empty() &&
      !state.Query("SELECT 1 FROM ec2_key_pair WHERE region = ? AND name = ?", call.region, key).Next()) {
    return AwsFailure("InvalidKeyPair.NotFound", "The key pair '{}' does not exist", key);
  }
  if (const std::string_view data = input["UserData"].Text(); !data.empty()) {
    const auto decoded = codec::Base64Decode(data);
    if (!decoded) return AwsFailure("InvalidUserData.Malformed", "Invalid BASE64 encoding of user data.");
    if (decoded->size() > kMaxUserData)
      return AwsFailure("InvalidParameterValue", "User data is limited to {} bytes", kMaxUserData);
  }
  return {};
}

std::string MetadataOptions(const Value& input) {
  const Value& wanted = input["MetadataOptions"];
  return codec::WriteJson(Value::Object({{"State", "applied"},
                                         {"HttpTokens", wanted["HttpTokens"].Text("optional")},
                                         {"HttpPutResponseHopLimit", wanted["HttpPutResponseHopLimit"].Integer(1)},
                                         {"HttpEndpoint", wanted["HttpEndpoint"].Text("enabled")},
                                         {"HttpProtocolIpv6", "disabled"},
                                         {"InstanceMetadataTags", wanted["InstanceMetadataTags"].Text("disabled")}}));
}

std::string Dotted(int64_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
}

// An address of the ranges that are kept for documentation: they have no hosts behind them, so nobody's is taken.
// nullopt where the account has them all.
std::optional<std::string> PublicAddress(InstanceHosts& hosts, RandomSource& random, store::Connection& state) {
  static constexpr std::string_view kRanges[] = {"192.0.2", "198.51.100", "203.0.113"};
  static constexpr unsigned kHosts = 254;
  static constexpr unsigned kAddresses = kHosts * std::size(kRanges);
  uint8_t bytes[2];
  random.Fill(bytes);
  const unsigned start = (unsigned{bytes[0]} << 8 | bytes[1]) % kAddresses;
  for (unsigned i = 0; i < kAddresses; ++i) {
    const unsigned at = (start + i) % kAddresses;
    std::string address = fmt::format("{}.{}", kRanges[at / kHosts], 1 + at % kHosts);
    if (!state.Query("SELECT 1 FROM ec2_instance WHERE public_ip = ? AND wanted <> 'terminated'", address).Next() &&
        hosts.IsAddressFree(address)) {
      return address;
    }
  }
  return std::nullopt;
}

AwsResult<Reply> Existing(const Call& call, std::string_view token, store::Connection& state) {
  Value::Elements members;
  std::string reservation;
  for (const Instance& instance : AllInstances(state, call.region, call.now)) {
    if (instance.client_token != token) continue;
    reservation = instance.reservation_id;
    members.push_back(DescribeInstance(call, instance, state));
  }
  Reply reply;
  if (!members.empty()) reply.output = Reservation(call, reservation, std::move(members));
  return reply;
}

// The profile's ARN, from a name or an ARN.
std::string ProfileArn(const Call& call) {
  const Value& profile = call.input["IamInstanceProfile"];
  if (profile.Has("Arn")) return Text(profile["Arn"]);
  if (!profile.Has("Name")) return {};
  return fmt::format("arn:aws:iam::{}:instance-profile/{}", call.account_id, profile["Name"].Text());
}

void InsertInstance(Ec2Service& service, const Call& call, const Instance& instance,
                    const std::vector<std::string>& groups, store::Connection& state) {
  state.Execute(
      "INSERT INTO ec2_instance VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      instance.id, call.region, instance.reservation_id, instance.launch_index, instance.image_id, instance.type,
      instance.subnet_id, instance.vpc_id, instance.zone, instance.private_ip, instance.public_ip, instance.key_name,
      call.now.time_since_epoch().count(), "running", call.now.time_since_epoch().count(), "", instance.user_data,
      instance.termination_protection, instance.client_token, RandomHexId(service.environment().random, "eni-"),
      RandomHexId(service.environment().random, "vol-"), instance.profile_arn, instance.metadata, instance.monitoring);
  for (const std::string& group : groups)
    state.Execute("INSERT OR IGNORE INTO ec2_instance_group VALUES(?, ?)", instance.id, group);
}

}  // namespace

AwsResult<Reply> RunInstances(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  const std::string token = Text(call.input["ClientToken"]);
  if (!token.empty()) {
    auto existing = Existing(call, token, state);
    if (existing->output.Has("ReservationId")) return existing;
  }
  if (auto good = CheckRequest(call, state); !good) return std::unexpected(good.error());
  auto subnet = FindSubnet(call, call.input, state);
  if (!subnet) return std::unexpected(subnet.error());
  auto groups = FindGroups(call, *subnet, state);
  if (!groups) return std::unexpected(groups.error());
  if (auto room = service.hosts().CanLaunch(); !room) return std::unexpected(room.error());
  RandomSource& random = service.environment().random;
  Instance base{.reservation_id = RandomHexId(random, "r-"),
                .image_id = Text(call.input["ImageId"]),
                .type = std::string(call.input["InstanceType"].Text("m1.small")),
                .subnet_id = subnet->id,
                .vpc_id = subnet->vpc_id,
                .zone = subnet->zone,
                .key_name = Text(call.input["KeyName"]),
                .user_data = Text(call.input["UserData"]),
                .profile_arn = ProfileArn(call),
                .client_token = token,
                .metadata = MetadataOptions(call.input),
                .termination_protection = call.input["DisableApiTermination"].Boolean(),
                .monitoring = call.input["Monitoring"]["Enabled"].Boolean()};
  const int64_t count = std::min(call.input["MaxCount"].Integer(1), kMaxInstances);
  if (subnet->next_host + count > kLastHost) {
    return AwsFailure(
        "InsufficientFreeAddressesInSubnet",
        "There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.", subnet->id);
  }
  for (int64_t i = 0; i < count; ++i) {
    Instance instance = base;
    instance.id = RandomHexId(random, "i-");
    instance.launch_index = i;
    instance.private_ip = Dotted(subnet->first_address + subnet->next_host + i);
    auto address = PublicAddress(service.hosts(), random, state);
    if (!address)
      return AwsFailure("InsufficientAddressCapacity",
                        "There are not enough free public addresses to satisfy this request.");
    instance.public_ip = std::move(*address);
    InsertInstance(service, call, instance, *groups, state);
    if (auto tagged = AddTagSpecifications(call, "instance", instance.id, state); !tagged)
      return std::unexpected(tagged.error());
    transaction.OnCommit([&service, id = instance.id] { service.hosts().Apply(InstanceHosts::Change::kLaunch, id); });
  }
  state.Execute("UPDATE ec2_subnet SET next_host = next_host + ? WHERE subnet_id = ?", count, subnet->id);
  Value::Elements members;
  for (const Instance& instance : AllInstances(state, call.region, call.now)) {
    if (instance.reservation_id == base.reservation_id) members.push_back(DescribeInstance(call, instance, state));
  }
  Reply reply;
  reply.output = Reservation(call, base.reservation_id, std::move(members));
  return reply;
}

}  // namespace opentrail::services::ec2
