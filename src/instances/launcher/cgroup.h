#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "instances/launcher/launch_request.h"

namespace opentrail::instances {

// Control groups for instances: version 2 where the machine has its controllers there, else version 1's hierarchies.
// Where neither can be written (an ordinary user), instances run without bounds, and `missing` says why.
class ControlGroups {
 public:
  // Finds what is there and makes opentrail/NAME; what an earlier server of that name left is removed.
  explicit ControlGroups(std::string name);
  ~ControlGroups();
  ControlGroups(const ControlGroups&) = delete;
  ControlGroups& operator=(const ControlGroups&) = delete;

  // Puts a process (and all that it will start) under the instance's bounds. kIo where the kernel refuses one.
  [[nodiscard]] Status Enter(const std::string& instance_id, pid_t process, const InstanceLimits& limits);
  // When nobody is left in it.
  void Remove(const std::string& instance_id);
  // "" where every bound holds.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  struct Hierarchy {
    std::string directory;  // /sys/fs/cgroup/memory/opentrail/NAME
    std::string controllers;
  };
  std::vector<Hierarchy> hierarchies_;
  bool unified_ = false;
  std::string missing_;
};

}  // namespace opentrail::instances
