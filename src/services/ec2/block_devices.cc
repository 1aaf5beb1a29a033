#include "services/ec2/block_devices.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace opentrail::services::ec2 {
namespace {

constexpr size_t kMaxMappings = 64;

// A snapshot, or the disk of a public image, does not fit on less than it has.
AwsStatus CheckGrows(const Value& before, const Value& ebs) {
  const int64_t least = before["VolumeSize"].Integer(0), wanted = ebs["VolumeSize"].Integer(least);
  if (wanted >= least) return {};
  return AwsFailure("InvalidBlockDeviceMapping",
                    "Volume of size {}GB is smaller than snapshot '{}', expect size >= {}GB", wanted,
                    before["SnapshotId"].Text(), least);
}

AwsStatus Change(Value& device, const Value& ebs) {
  Value& before = device.At("Ebs");
  if (auto grows = CheckGrows(before, ebs); !grows) return grows;
  if (ebs.Has("SnapshotId") && ebs["SnapshotId"] != before["SnapshotId"]) {
    return AwsFailure("InvalidBlockDeviceMapping", "snapshotId cannot be modified on device '{}'",
                      device["DeviceName"].Text());
  }
  if (ebs.Has("VolumeType") && ebs["VolumeType"] != before["VolumeType"]) {  // another type has its own
    before.Remove("Iops");
    before.Remove("Throughput");
  }
  for (const Value::Member& member : ebs.members()) before.Set(member.name, member.value);
  return {};
}

AwsStatus Take(Value::Elements& devices, const Value& mapping, bool is_root) {
  const std::string_view name = mapping["DeviceName"].Text();
  const auto found =
      std::ranges::find_if(devices, [&](const Value& each) { return each["DeviceName"].Text() == name; });
  if (mapping.Has("NoDevice")) {
    if (found != devices.end() && !is_root) devices.erase(found);
    return {};
  }
  const Value& ebs = mapping["Ebs"];
  if (!ebs.IsObject()) return {};
  if (found != devices.end()) return Change(*found, ebs);
  if (!ebs.Has("VolumeSize") && !ebs.Has("SnapshotId")) {
    return AwsFailure("MissingParameter", "The request must contain the parameter size or snapshotId");
  }
  devices.push_back(Value::Object({{"DeviceName", name}, {"Ebs", ebs}}));
  return {};
}

}  // namespace

AwsResult<Value::Elements> ApplyMappings(const WantedDevices& wanted) {
  Value::Elements devices = wanted.devices.elements();
  const auto& mappings = wanted.mappings.elements();
  if (mappings.size() > kMaxMappings) {
    return AwsFailure("InvalidBlockDeviceMapping", "At most {} devices are mapped", kMaxMappings);
  }
  std::set<std::string_view> names;
  for (const Value& mapping : mappings) {
    const std::string_view name = mapping["DeviceName"].Text();
    if (name.empty()) {
      return AwsFailure("MissingParameter", "The request must contain the parameter deviceName");
    }
    if (!names.insert(name).second) {
      return AwsFailure("InvalidBlockDeviceMapping", "The device '{}' is used in more than one block-device mapping",
                        name);
    }
    if (auto taken = Take(devices, mapping, name == wanted.root_device); !taken) {
      return std::unexpected(std::move(taken.error()));
    }
  }
  return devices;
}

}  // namespace opentrail::services::ec2
