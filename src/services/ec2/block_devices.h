#pragma once

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

// The devices of an image or instance ([{DeviceName, Ebs}]) as a call's BlockDeviceMappings would have them: changed,
// added, or taken away (NoDevice). What names an instance store (VirtualName) adds nothing, as with the types that have
// none. InvalidBlockDeviceMapping, MissingParameter.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-device-mapping-concepts.html
struct WantedDevices {
  const Value& devices;
  std::string_view root_device;  // stays, whatever is said of it
  const Value& mappings;         // null where the call has none
};
[[nodiscard]] AwsResult<Value::Elements> ApplyMappings(const WantedDevices& wanted);

}  // namespace opentrail::services::ec2
