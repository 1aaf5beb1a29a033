#pragma once

#include "base/result.h"
#include "instances/file_descriptor.h"
#include "instances/launcher/disk.h"

namespace opentrail::instances {

// The calling process becomes confined to the disk: its root directory, with /proc, /dev and the like of its own, and
// nothing of the host's files in reach. To be called in new mount and process id namespaces.
[[nodiscard]] Status EnterDisk(const Disk& disk, OverlayOwner owner);

}  // namespace opentrail::instances
