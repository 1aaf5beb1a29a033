#pragma once

#include <string>

#include "base/result.h"

namespace opentrail::cli {

// From here on this process, which has one thread, reaches the public addresses of the instances of the server that
// runs over `data`. At the level root the whole machine does, and nothing happens; at the level user namespace the
// process moves to the host that stands for this machine on the instances' internet, and has no other network any
// more. kNotFound where no instance runs.
[[nodiscard]] Status ReachInstances(const std::string& data);

}  // namespace opentrail::cli
