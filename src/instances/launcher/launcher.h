#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/launcher/audit_collector.h"
#include "instances/launcher/audit_shim.h"
#include "instances/launcher/cgroup.h"
#include "instances/launcher/launch_request.h"
#include "instances/launcher/wire.h"
#include "instances/network.h"

namespace opentrail::instances {

struct LauncherOptions {
  std::string data_directory;  // disks are DATA/instances/ID
  std::string init_program;    // the static program that becomes an instance's first process
  bool rootless = false;
};

// The privileged process: starts instances, ends them, and is where their network lives. Single-threaded, because
// threads and namespaces do not go together. Serves one connection until its other end closes, and takes all down.
//
//   operation        takes                       answers
//   launch           a LaunchRequest             pid, mac; descriptors: pidfd, console, state
//   signal           instance_id, signal
//   collect          instance_id                 code (init's exit code, or -1 where it was killed), once it has ended
//   remove_disk      instance_id
//   unpack_image     archive, directory
//   status                                       what the machine gives: audit, control_groups
//   network.*        see Network::Call
class Launcher {
 public:
  static Result<std::unique_ptr<Launcher>> Open(const LauncherOptions& options);
  ~Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;

  void Serve(int socket);

 private:
  struct Running {
    pid_t process = -1;
    FileDescriptor pidfd;
  };
  using Answer = Network::Answer;

  Launcher(LauncherOptions options, FileDescriptor init_program, std::unique_ptr<Network> network);

  Result<Answer> Call(std::string_view operation, const Value& arguments, std::vector<FileDescriptor> descriptors);
  Result<Answer> Launch(const Value& arguments);
  Result<Answer> Start(const LaunchRequest& request, const Attachment& attachment);
  Result<Answer> Signal(const Value& arguments);
  Result<Answer> Collect(const Value& arguments);
  Result<Answer> RemoveDisk(const Value& arguments);
  static Result<Answer> Unpack(const Value& arguments);
  Answer StatusOf() const;
  void Forget(const std::string& instance_id);
  [[nodiscard]] std::string DiskDirectory(std::string_view instance_id) const;

  LauncherOptions options_;
  FileDescriptor init_program_;
  ControlGroups control_groups_;
  std::unique_ptr<Network> network_;
  std::unique_ptr<AuditCollector> audit_;  // nullptr where the kernel's audit cannot be had
  std::string audit_missing_;              // and why
  AuditShim shim_;                         // of a user namespace
  std::map<std::string, Running> running_;
};

}  // namespace opentrail::instances
