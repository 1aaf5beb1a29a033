#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "instances/file_descriptor.h"

namespace opentrail::instances {

// EC2's states: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
enum class HostState : uint8_t { kPending, kRunning, kStopping, kStopped, kShuttingDown, kTerminated };
[[nodiscard]] std::string_view HostStateName(HostState state);  // "shutting-down"

// What became of an instance. `pid` is its first process as the host sees it, while it has one.
struct HostEvent {
  enum class Cause : uint8_t {
    kAsked,   // as somebody wished
    kInside,  // it was shut down from within
    kFault,   // it could not be started, or died; `reason` says why
  };
  std::string instance_id;
  HostState state = HostState::kPending;
  Cause cause = Cause::kAsked;
  std::string reason;
  pid_t pid = -1;
};

// An instance as Hosts keeps it.
struct Host {
  enum class Goal : uint8_t { kRun, kStop, kTerminate };
  std::string id;
  HostState state = HostState::kStopped;
  Goal goal = Goal::kRun;
  bool restarting = false;  // its process is to end and to be started again
  pid_t pid = -1;
  FileDescriptor pidfd, console, progress;
  std::chrono::steady_clock::time_point deadline;  // of a process that was asked to end
  bool is_ending = false;
};

}  // namespace opentrail::instances
