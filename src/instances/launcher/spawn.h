#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/init/boot_record.h"
#include "instances/launcher/disk.h"

namespace opentrail::instances {

struct SpawnRequest {
  const Disk& disk;
  OverlayOwner owner = OverlayOwner::kRoot;
  std::string host_name;
  int network_namespace = -1;
  int init_program = -1;  // of the static program, sealed
  const BootRecord& boot_record;
  // Called with the process before anything of the instance runs: to put it into its control groups.
  std::function<Status(pid_t)> confine;
};

// An instance's first process and the ends of its pipes.
struct Spawned {
  pid_t process = -1;
  FileDescriptor pidfd;
  FileDescriptor console;      // what the instance writes to its console
  FileDescriptor state;        // lines by which init tells how far it is
  FileDescriptor audit;        // to write audit lines to; never blocks
  FileDescriptor notifier;     // in a user namespace: requests for the audit's socket (audit_shim.h)
  int64_t audit_session = -1;  // the kernel's audit session that all its processes begin in; -1: the kernel has none
};

// In namespaces of its own (processes, mounts, host name, IPC, and the given network), confined to the disk and without
// privileges, init is started; it dies with the calling process. The error is what went wrong inside, whole.
[[nodiscard]] Result<Spawned> Spawn(const SpawnRequest& request);

// A file of memory that nobody can change any more: what an instance runs as its first program is not the host's file,
// and so cannot be written to from within.
[[nodiscard]] Result<FileDescriptor> SealedCopy(const std::string& path);

}  // namespace opentrail::instances
