#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

struct Snapshot;

// An EBS volume: an instance's root volume, or one that was made by itself.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html
struct Volume {
  std::string id, zone, type = "gp3";
  int64_t size_gib = 8;
  std::optional<int64_t> iops = 3000, throughput_mibs = 125;
  std::string snapshot_id;          // what it was made from; "" for an empty one
  std::string key_arn, data_key;    // of KMS, the latter sealed under the former; "" where it is not encrypted
  Time created, attached;           // the latter holds while it is attached
  std::string instance_id, device;  // "" while it is attached to none
  bool ends_with_instance = true;   // deleteOnTermination
  std::string client_token;
};

// What lasts two seconds: creating, attaching; a snapshot's and an image's pending.
inline constexpr auto kVolumeTransition = std::chrono::seconds(2);

// What is asked of a new volume; nullopt: what its type, or what it is made of, has.
struct VolumeWish {
  std::optional<int64_t> size_gib, iops, throughput_mibs;
};
// Gives a volume, whose type stands, its size and performance. `source`: the snapshot that it is made of; nullptr for
// none. MissingParameter, InvalidParameterValue, InvalidParameterCombination.
[[nodiscard]] AwsStatus ShapeVolume(const VolumeWish& wish, const Snapshot* source, Volume& volume);

void InsertVolume(const Call& call, const Volume& volume, store::Connection& state);
// Those of the call's region, oldest first, without those that ended with their instance.
[[nodiscard]] std::vector<Volume> AllVolumes(store::Connection& state, const Call& call);
// InvalidParameterValue for what is no volume's id, InvalidVolume.NotFound.
[[nodiscard]] AwsResult<Volume> FindVolume(store::Connection& state, const Call& call, std::string_view id);
// "creating", "available", "in-use"
[[nodiscard]] std::string_view VolumeState(const Volume& volume, Time now);
// IncorrectState where the volume is still being made.
[[nodiscard]] AwsStatus CheckVolumeMade(const Volume& volume, Time now);
// As AttachVolume answers it: {VolumeId, InstanceId, Device, State, AttachTime, DeleteOnTermination}.
[[nodiscard]] Value DescribeAttachment(const Volume& volume, std::string_view status);
// An instance's volumes, as DescribeInstances shows them: [{DeviceName, Ebs}], its root volume first.
[[nodiscard]] Value BlockDeviceMappingsOf(store::Connection& state, const Call& call, std::string_view instance_id);
// What was attached and does not end with the instance is free from now on.
void FreeVolumesOf(store::Connection& state, std::string_view instance_id);

}  // namespace opentrail::services::ec2
