#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"

namespace opentrail::services::ec2 {

// Who makes instances real. The service keeps the records; a host is told after the commit that changed them. Called
// on the committer's thread: must not block for long.
class InstanceHosts {
 public:
  virtual ~InstanceHosts() = default;
  // Whether one more can be had: InsufficientInstanceCapacity, with the reason, where it cannot.
  virtual AwsStatus CanLaunch() = 0;
  enum class Change : uint8_t { kLaunch, kStart, kStop, kReboot, kTerminate };
  virtual void Apply(Change change, std::string_view instance_id) = 0;
  // Rules of the group changed; applied before the call is answered.
  virtual void ApplySecurityGroup(std::string_view group_id) = 0;
};

// Instances that are records alone: they pass through their states by the clock, and nothing runs behind them.
class RecordOnlyHosts final : public InstanceHosts {
 public:
  AwsStatus CanLaunch() override { return {}; }
  void Apply(Change, std::string_view) override {}
  void ApplySecurityGroup(std::string_view) override {}
};

}  // namespace opentrail::services::ec2
