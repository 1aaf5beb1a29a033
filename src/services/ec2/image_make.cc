#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/block_devices.h"
#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/image.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/ec2/sharing.h"
#include "services/ec2/snapshot.h"
#include "services/ec2/volume.h"

// How images come and go.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
namespace opentrail::services::ec2 {
namespace {

constexpr size_t kLeastName = 3, kMostName = 128, kMostDescription = 255, kMostMappings = 64;
constexpr int64_t kPublicImageGib = 8;

bool MayBeInName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("()[] ./-'@_").contains(c);
}

AwsStatus CheckName(const Call& call, store::Connection& state) {
  const std::string_view name = call.input["Name"].Text();
  if (name.size() < kLeastName || name.size() > kMostName || !std::ranges::all_of(name, MayBeInName)) {
    return AwsFailure("InvalidAMIName.Malformed",
                      "AMI names must be between {} and {} characters long, and may contain letters, numbers, spaces "
                      "and ()[]./-'@_",
                      kLeastName, kMostName);
  }
  if (call.input["Description"].Text().size() > kMostDescription) {
    return AwsFailure("InvalidParameterValue", "The description of an AMI has at most {} characters", kMostDescription);
  }
  for (const Image& image : OwnImages(state, call.region)) {
    if (image.name == name)
      return AwsFailure("InvalidAMIName.Duplicate", "AMI name {} is already in use by AMI {}", name, image.id);
  }
  return {};
}

Image NewImage(Ec2Service& service, const Call& call) {
  return {.id = RandomHexId(service.environment().random, "ami-"),
          .region = call.region,
          .name = Text(call.input["Name"]),
          .description = Text(call.input["Description"]),
          .created = call.now};
}

Value Mapping(std::string_view device, const Volume& volume, const Snapshot& snapshot) {
  Value ebs = Value::Object({{"DeleteOnTermination", volume.ends_with_instance},
                             {"SnapshotId", snapshot.id},
                             {"VolumeSize", volume.size_gib},
                             {"VolumeType", volume.type},
                             {"Encrypted", !snapshot.key_arn.empty()}});
  if (volume.iops && volume.type != "gp2") ebs.Set("Iops", *volume.iops);
  if (volume.throughput_mibs) ebs.Set("Throughput", *volume.throughput_mibs);
  return Value::Object({{"DeviceName", device}, {"Ebs", std::move(ebs)}});
}

// The image and each of its snapshots take the tags that the call has for their kind.
AwsStatus Insert(const Call& call, const Image& image, store::Connection& state) {
  InsertImage(image, state);
  for (const Value& mapping : image.block_devices.elements()) {
    if (!mapping["Ebs"].Has("SnapshotId")) continue;  // to be made empty
    const NewResource snapshot{"snapshot", mapping["Ebs"]["SnapshotId"].Text()};
    if (auto tagged = AddTagSpecifications(call, {{"image", image.id}, snapshot}, state); !tagged) return tagged;
  }
  return {};
}

bool LeavesOut(const Call& call, std::string_view device) {
  return std::ranges::any_of(call.input["BlockDeviceMappings"].elements(), [&](const Value& mapping) {
    return mapping["DeviceName"].Text() == device && mapping.Has("NoDevice");
  });
}

AwsResult<Instance> FindSource(const Call& call, store::Connection& state) {
  auto found = FindInstances(state, call, Value::List({call.input["InstanceId"]}));
  if (!found) return std::unexpected(found.error());
  Instance& instance = found->front();
  const InstanceState now = StateAt(instance, call.now);
  if (now.code != kRunning.code && now.code != kStopped.code) {
    return AwsFailure("IncorrectState", "Instance '{}' is not 'running' or 'stopped'.", instance.id);
  }
  return std::move(instance);
}

// One device of a RegisterImage: a snapshot of the account's that it names.
AwsResult<Value> RegisteredMapping(const Call& call, const Value& wanted, store::Connection& state) {
  const Value& ebs = wanted["Ebs"];
  if (!wanted.Has("DeviceName") || !ebs.Has("SnapshotId")) {
    return AwsFailure("InvalidBlockDeviceMapping",
                      "A device of an AMI has a DeviceName and the SnapshotId of its disk");
  }
  const auto snapshot = FindSnapshot(state, call, ebs["SnapshotId"].Text());
  if (!snapshot) return std::unexpected(snapshot.error());
  Volume volume{.type = std::string(ebs["VolumeType"].Text("gp2")),
                .size_gib = ebs["VolumeSize"].Integer(snapshot->size_gib),
                .iops = ebs["Iops"].Integer(),
                .throughput_mibs = ebs["Throughput"].Integer(),
                .ends_with_instance = ebs["DeleteOnTermination"].Boolean(true)};
  if (volume.size_gib < snapshot->size_gib) {
    return AwsFailure("InvalidBlockDeviceMapping",
                      "Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB", volume.size_gib,
                      snapshot->id, snapshot->size_gib);
  }
  return Mapping(wanted["DeviceName"].Text(), volume, *snapshot);
}

// What is copied: an image of the account's in that region, or a public one.
AwsResult<Image> FindSourceImage(Call& call, store::Connection& state) {
  const std::string region = Text(call.input["SourceRegion"]), id = Text(call.input["SourceImageId"]);
  if (std::ranges::find(Regions(), region, &Region::name) == Regions().end()) {
    return AwsFailure("InvalidParameterValue", "Value ({}) for parameter sourceRegion is invalid.", region);
  }
  const std::string here = std::exchange(call.region, region);
  auto own = FindImageToLaunch(state, call, id);
  call.region = here;
  if (!own) return std::unexpected(own.error());
  if (*own) return std::move(**own);
  const Value shown = *FindPublicImage(region, id);
  return Image{.id = id,
               .region = region,
               .architecture = Text(shown["Architecture"]),
               .root_device = Text(shown["RootDeviceName"]),
               .block_devices = Value::List(
                   {Value::Object({{"DeviceName", shown["RootDeviceName"]},
                                   {"Ebs", Value::Object({{"VolumeSize", kPublicImageGib}, {"VolumeType", "gp3"}})}})}),
               .has_own_disk = false};
}

// The device with a snapshot of its own, here and under the key that the call asks for.
AwsResult<Value> CopyDevice(Ec2Service& service, const Call& call, const Image& source, const Image& copy, Value device,
                            store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  Value& ebs = device.At("Ebs");
  const std::string from = Text(ebs["SnapshotId"]);
  Snapshot snapshot{.id = RandomHexId(service.environment().random, "snap-"),
                    .region = call.region,
                    .volume_id = std::string(kVolumeOfCopies),
                    .description = fmt::format("Copied for DestinationAmi {} from SourceAmi {}{}", copy.id, source.id,
                                               from.empty() ? "" : fmt::format(" for SourceSnapshot {}", from)),
                    .size_gib = ebs["VolumeSize"].Integer(kPublicImageGib),
                    .started = call.now};
  auto key = RequestedVolumeKey(service, call, transaction, {snapshot.id, ebs["Encrypted"].Boolean()});
  if (!key) return std::unexpected(key.error());
  snapshot.key_arn = std::move(key->arn);
  snapshot.data_key = std::move(key->data_key);
  InsertSnapshot(snapshot, state);
  ebs.Set("SnapshotId", snapshot.id).Set("Encrypted", !snapshot.key_arn.empty());
  if (!ebs.Has("DeleteOnTermination")) ebs.Set("DeleteOnTermination", true);
  return device;
}

// The image of the same client token, made before; "": there is none.
std::string Existing(const Call& call, store::Connection& state) {
  const std::string_view token = call.input["ClientToken"].Text();
  if (token.empty()) return "";
  for (const Image& image : OwnImages(state, call.region)) {
    if (image.client_token == token) return image.id;
  }
  return "";
}

Reply AnswerImage(std::string_view id) { return Reply{.output = Value::Object({{"ImageId", id}})}; }

}  // namespace

AwsResult<Reply> CreateImage(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto instance = FindSource(call, state);
  if (!instance) return std::unexpected(instance.error());
  if (auto good = CheckName(call, state); !good) return std::unexpected(good.error());
  Image image = NewImage(service, call);
  image.source_instance_id = instance->id;
  const std::string description = fmt::format("Created by CreateImage({}) for {}", instance->id, image.id);
  for (const Volume& volume : AllVolumes(state, call)) {
    if (volume.instance_id != instance->id) continue;
    const bool is_root = volume.id == instance->volume_id;
    if (!is_root && LeavesOut(call, volume.device)) continue;
    const Snapshot snapshot = SnapshotOf(service, call, volume, description);
    InsertSnapshot(snapshot, state);
    image.block_devices.Append(
        Mapping(is_root ? std::string_view(image.root_device) : volume.device, volume, snapshot));
  }
  auto devices = ApplyMappings({image.block_devices, image.root_device, call.input["BlockDeviceMappings"]});
  if (!devices) return std::unexpected(devices.error());
  image.block_devices = Value::List(*std::move(devices));
  if (auto inserted = Insert(call, image, state); !inserted) return std::unexpected(inserted.error());
  if (!call.input["NoReboot"].Boolean() && StateAt(*instance, call.now).code == kRunning.code) {
    transaction.OnCommit([&service, id = instance->id] { service.hosts().Apply(InstanceHosts::Change::kReboot, id); });
  }
  return AnswerImage(image.id);
}

AwsResult<Reply> RegisterImage(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  if (call.input.Has("ImageLocation")) {
    return AwsFailure("UnsupportedOperation", "An AMI is registered of EBS snapshots here, not of a manifest in S3");
  }
  if (auto good = CheckName(call, state); !good) return std::unexpected(good.error());
  Image image = NewImage(service, call);
  image.architecture = call.input["Architecture"].Text("i386");
  image.root_device = call.input["RootDeviceName"].Text();
  image.imds_support = call.input["ImdsSupport"].Text();
  const auto& wanted = call.input["BlockDeviceMappings"].elements();
  if (wanted.size() > kMostMappings) {
    return AwsFailure("InvalidBlockDeviceMapping", "An AMI has at most {} devices", kMostMappings);
  }
  bool has_root = false;
  for (const Value& device : wanted) {
    auto mapping = RegisteredMapping(call, device, state);
    if (!mapping) return std::unexpected(mapping.error());
    has_root = has_root || (*mapping)["DeviceName"].Text() == image.root_device;
    image.block_devices.Append(std::move(*mapping));
  }
  if (!has_root) {
    return AwsFailure("InvalidBlockDeviceMapping", "The root device '{}' has no snapshot among the devices",
                      image.root_device);
  }
  if (auto inserted = Insert(call, image, state); !inserted) return std::unexpected(inserted.error());
  return AnswerImage(image.id);
}

AwsResult<Reply> CopyImage(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  EnsureRegion(service.environment(), call.region, state);
  if (const std::string existing = Existing(call, state); !existing.empty()) return AnswerImage(existing);
  auto source = FindSourceImage(call, state);
  if (!source) return std::unexpected(source.error());
  if (auto good = CheckName(call, state); !good) return std::unexpected(good.error());
  Image copy = NewImage(service, call);
  copy.architecture = source->architecture;
  copy.root_device = source->root_device;
  copy.source_image_id = source->id;
  copy.source_region = source->region;
  copy.has_own_disk = source->has_own_disk;
  copy.imds_support = source->imds_support;
  copy.client_token = Text(call.input["ClientToken"]);
  for (const Value& device : source->block_devices.elements()) {
    auto copied = CopyDevice(service, call, *source, copy, device, transaction);
    if (!copied) return std::unexpected(copied.error());
    copy.block_devices.Append(std::move(*copied));
  }
  if (auto inserted = Insert(call, copy, state); !inserted) return std::unexpected(inserted.error());
  if (call.input["CopyImageTags"].Boolean()) {
    if (auto tagged = AddTags(call, TagsOf(state, source->id), "image", copy.id, state); !tagged)
      return std::unexpected(tagged.error());
  }
  return AnswerImage(copy.id);
}

AwsResult<Reply> DeregisterImage(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto image = FindOwnImage(state, call, call.input["ImageId"].Text());
  if (!image) return std::unexpected(image.error());
  state.Execute("UPDATE ec2_image SET is_deregistered = 1 WHERE image_id = ?", image->id);
  RemoveShares(state, image->id);
  RemoveTags(state, image->id);
  Reply reply{.output = Value::Object({{"Return", true}})};
  if (!call.input["DeleteAssociatedSnapshots"].Boolean()) return reply;
  Value results = Value::List();
  for (const Value& device : image->block_devices.elements()) {
    const std::string snapshot = Text(device["Ebs"]["SnapshotId"]);
    const bool is_free = ImagesOfSnapshot(state, snapshot).empty();
    if (is_free) RemoveSnapshot(snapshot, state);
    results.Append(Value::Object({{"SnapshotId", snapshot}, {"ReturnCode", is_free ? "success" : "skipped"}}));
  }
  reply.output.Set("DeleteSnapshotResults", std::move(results));
  return reply;
}

}  // namespace opentrail::services::ec2
