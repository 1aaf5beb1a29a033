#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "codec/value.h"

namespace opentrail::services::ec2 {

// Who makes instances real. The service keeps the records; a host is told after the commit that changed them, on a
// thread of the committer's: must not block for long.
class InstanceHosts {
 public:
  virtual ~InstanceHosts() = default;
  // Whether one more can be had: InsufficientInstanceCapacity, with the reason, where it cannot.
  virtual AwsStatus CanLaunch() = 0;
  enum class Change : uint8_t { kLaunch, kStart, kStop, kReboot, kTerminate };
  virtual void Apply(Change change, std::string_view instance_id) = 0;
  // Rules of the group changed, or who is in it; applied before the call is answered.
  virtual void ApplySecurityGroup(std::string_view group_id) = 0;
  // The instance's public address changed: as the record has it now.
  virtual void ApplyPublicAddress(std::string_view instance_id) = 0;
  // Whether an instance could have the public address: not where this machine uses it itself.
  virtual bool IsAddressFree(std::string_view address) = 0;
  // The last 64 KiB that the instance wrote to its console; "" before it wrote any.
  virtual std::string ConsoleOutput(std::string_view instance_id) = 0;
  // Whether an instance can have volumes beside its root volume, and a root volume that is another's copy.
  virtual bool TakesVolumes() = 0;
  // For `opentrail status`: what instances can be here, and why not more.
  virtual Value Describe() = 0;
};

// Instances that are records alone: they pass through their states by the clock, and nothing runs behind them.
class RecordOnlyHosts final : public InstanceHosts {
 public:
  AwsStatus CanLaunch() override { return {}; }
  void Apply(Change, std::string_view) override {}
  void ApplySecurityGroup(std::string_view) override {}
  void ApplyPublicAddress(std::string_view) override {}
  bool IsAddressFree(std::string_view) override { return true; }
  std::string ConsoleOutput(std::string_view) override { return ""; }
  bool TakesVolumes() override { return true; }
  Value Describe() override { return Value::Object({{"level", "records"}}); }
};

}  // namespace opentrail::services::ec2
