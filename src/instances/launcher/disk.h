#pragma once

#include <string>

#include "base/result.h"

namespace opentrail::instances {

// An instance's disk: the image below, read-only and shared by all, and DATA/instances/ID/upper with what the instance
// changed. The directories are the host's root's alone; nothing that an instance wrote is walked.
struct Disk {
  std::string image;      // a directory
  std::string directory;  // DATA/instances/ID
};

// Makes the directories where they are missing.
[[nodiscard]] Status PrepareDisk(const Disk& disk);

enum class OverlayOwner : uint8_t { kRoot, kUserNamespace };
// Mounts the disk in the caller's mount namespace, and gives the directory where it is.
[[nodiscard]] Result<std::string> MountDisk(const Disk& disk, OverlayOwner owner);

}  // namespace opentrail::instances
