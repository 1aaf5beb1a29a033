#include <algorithm>

#include "services/ec2/ebs_encryption.h"
#include "services/ec2/handlers.h"
#include "services/ec2/instance.h"
#include "services/ec2/resources.h"
#include "services/ec2/volume.h"

// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html
namespace opentrail::services::ec2 {
namespace {

AwsResult<Instance> FindTarget(const Call& call, store::Connection& state) {
  const std::string_view id = call.input["InstanceId"].Text();
  if (!id.starts_with("i-")) return AwsFailure("InvalidParameterValue", "The instance ID '{}' is malformed", id);
  auto found = FindInstances(state, call, Value::List({call.input["InstanceId"]}));
  if (!found) return std::unexpected(found.error());
  Instance& instance = found->front();
  const InstanceState now = StateAt(instance, call.now);
  if (now.code != kRunning.code && now.code != kStopped.code) {
    return AwsFailure("IncorrectState", "Instance '{}' is not 'running'.", instance.id);
  }
  return std::move(instance);
}

AwsStatus CheckAttachable(Ec2Service& service, const Volume& volume, const Instance& instance, std::string_view device,
                          store::Connection& state) {
  if (!service.hosts().TakesVolumes()) {
    return AwsFailure("UnsupportedOperation",
                      "The instance '{}' is a host of this machine, which has its root volume and takes no other.",
                      instance.id);
  }
  if (!volume.instance_id.empty()) {
    return AwsFailure("VolumeInUse", "{} is already attached to an instance", volume.id);
  }
  if (volume.zone != instance.zone) {
    return AwsFailure("InvalidVolume.ZoneMismatch",
                      "The volume '{}' is not in the same availability zone as instance '{}'", volume.id, instance.id);
  }
  if (!device.starts_with("/dev/") && !device.starts_with("xvd")) {
    return AwsFailure("InvalidParameterValue",
                      "Value ({}) for parameter device is invalid. {} is not a valid EBS device name.", device, device);
  }
  if (state.Query("SELECT 1 FROM ec2_volume WHERE instance_id = ? AND device = ?", instance.id, device).Next()) {
    return AwsFailure("InvalidParameterValue",
                      "Invalid value '{}' for unixDevice. Attachment point {} is already in use", device, device);
  }
  return {};
}

// The volume that is attached as the call names it.
AwsResult<Volume> FindAttached(const Call& call, store::Connection& state) {
  auto volume = FindVolume(state, call, call.input["VolumeId"].Text());
  if (!volume) return volume;
  if (volume->instance_id.empty()) {
    return AwsFailure("IncorrectState", "Volume '{}' is in the '{}' state.", volume->id,
                      VolumeState(*volume, call.now));
  }
  const std::string_view instance = call.input["InstanceId"].Text(volume->instance_id);
  const std::string_view device = call.input["Device"].Text(volume->device);
  if (instance != volume->instance_id || device != volume->device) {
    return AwsFailure("InvalidAttachment.NotFound", "The volume '{}' is not attached to instance '{}' as device '{}'",
                      volume->id, instance, device);
  }
  return volume;
}

}  // namespace

AwsResult<Reply> AttachVolume(Ec2Service& service, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto instance = FindTarget(call, state);
  if (!instance) return std::unexpected(instance.error());
  auto volume = FindVolume(state, call, call.input["VolumeId"].Text());
  if (!volume) return std::unexpected(volume.error());
  if (auto made = CheckVolumeMade(*volume, call.now); !made) return std::unexpected(made.error());
  const std::string_view device = call.input["Device"].Text();
  if (auto good = CheckAttachable(service, *volume, *instance, device, state); !good)
    return std::unexpected(good.error());
  if (!volume->key_arn.empty() && !CanReadVolumeKey(service, call, transaction, {volume->id, volume->data_key})) {
    return AwsFailure("CustomerKeyHasBeenRevoked",
                      "Volume {} cannot be attached. The encrypted volume was unable to access the KMS key.",
                      volume->id);
  }
  volume->instance_id = instance->id;
  volume->device = device;
  volume->attached = call.now;
  volume->ends_with_instance = false;
  state.Execute(
      "UPDATE ec2_volume SET instance_id = ?, device = ?, attached = ?, ends_with_instance = 0 WHERE volume_id = ?",
      volume->instance_id, volume->device, call.now.time_since_epoch().count(), volume->id);
  return Reply{.output = DescribeAttachment(*volume, "attaching")};
}

AwsResult<Reply> DetachVolume(Ec2Service&, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto volume = FindAttached(call, state);
  if (!volume) return std::unexpected(volume.error());
  const bool is_root =
      state.Query("SELECT 1 FROM ec2_instance WHERE instance_id = ? AND volume_id = ?", volume->instance_id, volume->id)
          .Next();
  if (is_root) {
    // On AWS a stopped instance's root volume can be taken off; here an instance and its disk are one.
    return AwsFailure("OperationNotPermitted", "Unable to detach root volume '{}' from instance '{}'", volume->id,
                      volume->instance_id);
  }
  state.Execute("UPDATE ec2_volume SET instance_id = '', device = '' WHERE volume_id = ?", volume->id);
  return Reply{.output = DescribeAttachment(*volume, "detaching")};
}

}  // namespace opentrail::services::ec2
