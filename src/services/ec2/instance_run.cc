#include <algorithm>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "codec/text.h"
#include "services/ec2/block_devices.h"
#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/image.h"
#include "services/ec2/instance.h"
#include "services/ec2/instance_profile.h"
#include "services/ec2/instance_type.h"
#include "services/ec2/network.h"
#include "services/ec2/resources.h"
#include "services/ec2/security_group.h"
#include "services/ec2/snapshot.h"
#include "services/ec2/volume.h"

namespace opentrail::services::ec2 {
namespace {

constexpr int64_t kMaxInstances = 20;  // of one call
constexpr size_t kMaxUserData = 16 * 1024;
constexpr size_t kMaxGroups = 5;

AwsResult<Subnet> LaunchSubnet(const Call& call, store::Connection& state) {
  std::string wanted = Text(call.input["SubnetId"]);
  for (const Value& interface : call.input["NetworkInterfaces"].elements()) {
    if (interface.Has("SubnetId")) wanted = Text(interface["SubnetId"]);
  }
  if (!wanted.empty()) return FindSubnet(state, call.region, wanted);
  const std::string zone = Text(call.input["Placement"]["AvailabilityZone"]);
  if (auto subnet = FindDefaultSubnet(state, call.region, zone)) return std::move(*subnet);
  if (!FindDefaultSubnet(state, call.region, "")) {
    return AwsFailure("VPCIdNotSpecified",
                      "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.");
  }
  return AwsFailure("InvalidParameterValue", "Invalid availability zone: [{}]", zone);
}

// What the launch asks for; else what the subnet gives.
bool WantsPublicAddress(const Value& input, const Subnet& subnet) {
  for (const Value& interface : input["NetworkInterfaces"].elements()) {
    if (interface.Has("AssociatePublicIpAddress")) return interface["AssociatePublicIpAddress"].Boolean();
  }
  return subnet.maps_public_ip;
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
  if (auto found = FindImageToLaunch(state, call, image); !found) return std::unexpected(found.error());
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

AwsStatus GiveAddresses(Ec2Service& service, const Call& call, Subnet& subnet, Instance& instance,
                        store::Connection& state) {
  auto inside = TakePrivateAddress(state, subnet);
  if (!inside) {
    return AwsFailure(
        "InsufficientFreeAddressesInSubnet",
        "There are not enough free addresses in subnet '{}' to satisfy the requested number of instances.", subnet.id);
  }
  instance.private_ip = std::move(*inside);
  if (!WantsPublicAddress(call.input, subnet)) return {};
  auto address = FreePublicAddress(service, state);
  if (!address) {
    return AwsFailure("InsufficientAddressCapacity",
                      "There are not enough free public addresses to satisfy this request.");
  }
  instance.public_ip = std::move(*address);
  return {};
}

void InsertInstance(const Call& call, const Instance& instance, const std::vector<std::string>& groups,
                    store::Connection& state) {
  state.Execute(
      "INSERT INTO ec2_instance(instance_id, region, reservation_id, launch_index, image_id, instance_type, subnet_id, "
      "vpc_id, zone, private_ip, public_ip, key_name, launched, wanted, changed, reason, user_data, "
      "termination_protection, client_token, interface_id, volume_id, profile_arn, metadata, monitoring, "
      "stop_protection, shutdown_behavior, ebs_optimized) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      instance.id, call.region, instance.reservation_id, instance.launch_index, instance.image_id, instance.type,
      instance.subnet_id, instance.vpc_id, instance.zone, instance.private_ip, instance.public_ip, instance.key_name,
      call.now.time_since_epoch().count(), "running", call.now.time_since_epoch().count(), "", instance.user_data,
      instance.termination_protection, instance.client_token, instance.interface_id, instance.volume_id,
      instance.profile_arn, instance.metadata, instance.monitoring, instance.stop_protection,
      instance.shutdown_behavior, instance.ebs_optimized);
  for (const std::string& group : groups)
    state.Execute("INSERT OR IGNORE INTO ec2_instance_group VALUES(?, ?)", instance.id, group);
}

// A device's volume, which comes with the instance: encrypted where that is asked for, where what it is made of is, or
// where the region encrypts all.
AwsStatus MakeVolume(Ec2Service& service, const Call& call, const Instance& instance, Volume volume, const Value& ebs,
                     store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  std::optional<Snapshot> source;
  if (ebs.Has("SnapshotId")) {
    auto snapshot = FindSnapshot(state, call, ebs["SnapshotId"].Text());
    if (!snapshot) return std::unexpected(snapshot.error());
    source = *std::move(snapshot);
  }
  const std::string source_key = source ? source->key_arn : std::string();
  volume.type = ebs["VolumeType"].Text("gp2");
  volume.snapshot_id = ebs["SnapshotId"].Text();
  volume.ends_with_instance = ebs["DeleteOnTermination"].Boolean(true);
  const VolumeWish wish{ebs["VolumeSize"].Integer(), ebs["Iops"].Integer(), ebs["Throughput"].Integer()};
  if (auto shaped = ShapeVolume(wish, source ? &*source : nullptr, volume); !shaped) return shaped;
  const std::string_view named = ebs["KmsKeyId"].Text();
  const bool encrypts = ebs["Encrypted"].Boolean() || !source_key.empty() || EncryptsByDefault(state, call.region);
  if (!encrypts && !named.empty()) {
    return AwsFailure("InvalidParameterDependency",
                      "The parameter KmsKeyId requires the parameter Encrypted to be set.");
  }
  if (encrypts) {
    auto key = NewVolumeKey(service, call, transaction, volume.id, named.empty() ? source_key : named);
    if (!key) return std::unexpected(std::move(key.error()));
    volume.key_arn = std::move(key->arn);
    volume.data_key = std::move(key->data_key);
  }
  volume.zone = instance.zone;
  volume.created = volume.attached = call.now;
  volume.instance_id = instance.id;
  InsertVolume(call, volume, state);
  return {};
}

// What an image's disk is made of; a public one's is 8 GiB of gp3.
struct ImageDevices {
  Value devices = Value::List();
  std::string root_device;
};
AwsResult<ImageDevices> DevicesOf(const Call& call, std::string_view image_id, store::Connection& state) {
  const auto own = FindImageToLaunch(state, call, image_id);
  if (!own) return std::unexpected(own.error());
  if (*own) return ImageDevices{(*own)->block_devices, (*own)->root_device};
  ImageDevices image{.root_device = Text((*FindPublicImage(call.region, image_id))["RootDeviceName"])};
  const Volume plain;
  image.devices.Append(Value::Object(
      {{"DeviceName", image.root_device},
       {"Ebs",
        Value::Object({{"VolumeSize", plain.size_gib}, {"VolumeType", plain.type}, {"DeleteOnTermination", true}})}}));
  return image;
}

// The root volume, and what else the image has or the call asks for; their ids.
AwsResult<std::vector<std::string>> MakeVolumes(Ec2Service& service, const Call& call, const Instance& instance,
                                                store::Transaction& transaction) {
  constexpr std::string_view kRootDevice = "/dev/xvda";
  const auto image = DevicesOf(call, instance.image_id, transaction.connection());
  if (!image) return std::unexpected(image.error());
  const auto devices = ApplyMappings({image->devices, image->root_device, call.input["BlockDeviceMappings"]});
  if (!devices) return std::unexpected(devices.error());
  if (devices->size() > 1 && !service.hosts().TakesVolumes()) {
    return AwsFailure("UnsupportedOperation",
                      "Instances are hosts of this machine, which have their root volume and take no other.");
  }
  std::vector<std::string> ids;
  for (const Value& device : *devices) {
    const bool is_root = device["DeviceName"].Text() == image->root_device;
    if (!is_root && device["DeviceName"].Text() == kRootDevice) {
      return AwsFailure("InvalidBlockDeviceMapping", "Invalid device name {}: the root volume is attached as it",
                        kRootDevice);
    }
    Volume volume{.id = is_root ? instance.volume_id : RandomHexId(service.environment().random, "vol-"),
                  .device = is_root ? std::string(kRootDevice) : Text(device["DeviceName"])};
    ids.push_back(volume.id);
    if (auto made = MakeVolume(service, call, instance, std::move(volume), device["Ebs"], transaction); !made)
      return std::unexpected(std::move(made.error()));
  }
  return ids;
}

// Of the call's tags each that is made takes those for its kind.
AwsStatus TagNew(const Call& call, const Instance& instance, const std::vector<std::string>& volumes,
                 store::Connection& state) {
  std::vector<NewResource> made = {{"instance", instance.id}, {"network-interface", instance.interface_id}};
  for (const std::string& volume : volumes) made.push_back({"volume", volume});
  return AddTagSpecifications(call, made, state);
}

// An own image's disk is its own: only where instances are records can it be had again. Notes that it is launched.
AwsStatus UseImage(Ec2Service& service, const Call& call, store::Connection& state) {
  const auto image = FindImageToLaunch(state, call, call.input["ImageId"].Text());
  if (!image) return std::unexpected(image.error());
  if (!*image) return {};
  if ((*image)->has_own_disk && !service.hosts().TakesVolumes()) {
    return std::unexpected(AwsError{
        .code = "InsufficientInstanceCapacity",
        .message = fmt::format("We currently do not have sufficient capacity in the Availability Zone you requested: "
                               "{} was made of an instance's disk, and instances of this machine start from public "
                               "images and copies of these",
                               (*image)->id),
        .http_status = 500});
  }
  state.Execute("UPDATE ec2_image SET last_launched = ? WHERE image_id = ?", call.now.time_since_epoch().count(),
                (*image)->id);
  return {};
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
  auto subnet = LaunchSubnet(call, state);
  if (!subnet) return std::unexpected(subnet.error());
  auto groups = FindGroups(call, *subnet, state);
  if (!groups) return std::unexpected(groups.error());
  if (auto room = service.hosts().CanLaunch(); !room) return std::unexpected(room.error());
  if (auto usable = UseImage(service, call, state); !usable) return std::unexpected(usable.error());
  std::string profile_arn;
  if (call.input.Has("IamInstanceProfile")) {
    auto profile = FindInstanceProfile(call, call.input["IamInstanceProfile"], state);
    if (!profile) return std::unexpected(profile.error());
    profile_arn = std::move(profile->arn);
  }
  RandomSource& random = service.environment().random;
  Instance base{.reservation_id = RandomHexId(random, "r-"),
                .image_id = Text(call.input["ImageId"]),
                .type = std::string(call.input["InstanceType"].Text("m1.small")),
                .subnet_id = subnet->id,
                .vpc_id = subnet->vpc_id,
                .zone = subnet->zone,
                .key_name = Text(call.input["KeyName"]),
                .user_data = Text(call.input["UserData"]),
                .profile_arn = std::move(profile_arn),
                .client_token = token,
                .metadata = MetadataOptions(call.input),
                .termination_protection = call.input["DisableApiTermination"].Boolean(),
                .monitoring = call.input["Monitoring"]["Enabled"].Boolean(),
                .stop_protection = call.input["DisableApiStop"].Boolean(),
                .shutdown_behavior = std::string(call.input["InstanceInitiatedShutdownBehavior"].Text("stop")),
                .ebs_optimized = call.input["EbsOptimized"].Boolean()};
  const int64_t count = std::min(call.input["MaxCount"].Integer(1), kMaxInstances);
  for (int64_t i = 0; i < count; ++i) {
    Instance instance = base;
    instance.id = RandomHexId(random, "i-");
    instance.interface_id = RandomHexId(random, "eni-");
    instance.volume_id = RandomHexId(random, "vol-");
    instance.launch_index = i;
    if (auto good = GiveAddresses(service, call, *subnet, instance, state); !good) return std::unexpected(good.error());
    const auto volumes = MakeVolumes(service, call, instance, transaction);
    if (!volumes) return std::unexpected(volumes.error());
    InsertInstance(call, instance, *groups, state);
    if (auto tagged = TagNew(call, instance, *volumes, state); !tagged) return std::unexpected(tagged.error());
    transaction.OnCommit([&service, id = instance.id] { service.hosts().Apply(InstanceHosts::Change::kLaunch, id); });
  }
  Value::Elements members;
  for (const Instance& instance : AllInstances(state, call.region, call.now)) {
    if (instance.reservation_id == base.reservation_id) members.push_back(DescribeInstance(call, instance, state));
  }
  Reply reply;
  reply.output = Reservation(call, base.reservation_id, std::move(members));
  return reply;
}

}  // namespace opentrail::services::ec2
