#pragma once

#include "base/result.h"

namespace opentrail::instances {

// What an instance's root may not do, whatever it runs: capabilities leave the bounding set for good, and system calls
// that reach past the instance (mounting, other namespaces, kernel modules, handles of files, the hypervisor's
// sockets) are refused. Audit records stay possible. To be called last, before the instance's first program is run.
[[nodiscard]] Status DropPrivileges();

}  // namespace opentrail::instances
