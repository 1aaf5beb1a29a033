#pragma once

#include <cstdint>

#include "base/result.h"
#include "instances/file_descriptor.h"

namespace opentrail::instances {

// What an instance's root may not do, whatever it runs: capabilities leave the bounding set for good, and system calls
// that reach past the instance (mounting, other namespaces, kernel modules, handles of files, the hypervisor's
// sockets) are refused. Audit records stay possible. To be called last, before the instance's first program is run.
enum class AuditPath : uint8_t {
  kKernel,  // programs speak to the kernel's audit
  kShim,    // socket() for the kernel's audit waits for an answer to a notification: audit_shim.h
};
// Of kShim: where notifications come; else empty.
[[nodiscard]] Result<FileDescriptor> DropPrivileges(AuditPath audit);

}  // namespace opentrail::instances
