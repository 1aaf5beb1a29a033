#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/ec2/ec2_service.h"

namespace opentrail::services::ec2 {

// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
struct InstanceState {
  int64_t code;
  std::string_view name;
};
inline constexpr InstanceState kPending{0, "pending"}, kRunning{16, "running"}, kShuttingDown{32, "shutting-down"},
    kTerminated{48, "terminated"}, kStopping{64, "stopping"}, kStopped{80, "stopped"};

struct Instance {
  std::string id, reservation_id, image_id, type, subnet_id, vpc_id, zone, private_ip, public_ip, key_name, user_data,
      interface_id, volume_id, profile_arn, client_token, reason, metadata;
  int64_t launch_index = 0;
  Time launched, changed;
  std::string wanted;  // "running", "stopped", "terminated"
  bool termination_protection = false, monitoring = false, source_dest_check = true, stop_protection = false;
  std::string shutdown_behavior = "stop";  // or "terminate": what a shutdown from inside means
  bool ebs_optimized = false;
  std::string host_state;  // what it is, where a real host stands behind it; "" where the clock decides
};

// What a wish of `changed` has become by `now`: what its host says; without one, half-way states last two seconds.
[[nodiscard]] InstanceState StateAt(const Instance& instance, Time now);

[[nodiscard]] std::vector<Instance> AllInstances(store::Connection& state, std::string_view region, Time now);
// By ids, in their order. InvalidInstanceID.Malformed, InvalidInstanceID.NotFound.
[[nodiscard]] AwsResult<std::vector<Instance>> FindInstances(store::Connection& state, const Call& call,
                                                             const Value& ids);
// [{GroupId, GroupName}], by name.
[[nodiscard]] Value GroupsOf(store::Connection& state, std::string_view instance_id);
[[nodiscard]] Value DescribeInstance(const Call& call, const Instance& instance, store::Connection& state);
// Reservations, each with its instances.
[[nodiscard]] Value Reservation(const Call& call, std::string_view id, Value::Elements instances);

}  // namespace opentrail::services::ec2
