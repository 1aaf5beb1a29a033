#include "instances/launcher/disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "instances/file_descriptor.h"

namespace opentrail::instances {
namespace {

// Named by descriptor in the mount's options: paths there would need their colons and commas escaped, and be shown to
// the instance. Must be opened in the mount namespace that mounts.
Result<FileDescriptor> OpenDirectory(const std::string& path) {
  FileDescriptor directory(open(path.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory) return MakeError(ErrorCode::kIo, "{}: {}", path, std::strerror(errno));
  return directory;
}

}  // namespace

Status PrepareDisk(const Disk& disk) {
  const std::pair<std::string, mode_t> directories[] = {
      {disk.directory, 0700},
      {disk.directory + "/upper", 0755},  // the instance's own root directory has this mode
      {disk.directory + "/work", 0700},
      {disk.directory + "/root", 0700}};
  for (const auto& [path, mode] : directories) {
    if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST)
      return MakeError(ErrorCode::kIo, "{}: {}", path, std::strerror(errno));
  }
  return {};
}

Result<std::string> MountDisk(const Disk& disk, OverlayOwner owner) {
  auto image = OpenDirectory(disk.image);
  if (!image) return std::unexpected(image.error());
  auto upper = OpenDirectory(disk.directory + "/upper");
  if (!upper) return std::unexpected(upper.error());
  auto work = OpenDirectory(disk.directory + "/work");
  if (!work) return std::unexpected(work.error());
  const std::string options =
      fmt::format("lowerdir=/proc/self/fd/{},upperdir=/proc/self/fd/{},workdir=/proc/self/fd/{}{}", image->get(),
                  upper->get(), work->get(), owner == OverlayOwner::kUserNamespace ? ",userxattr" : "");
  std::string root = disk.directory + "/root";
  if (mount("overlay", root.c_str(), "overlay", MS_NODEV, options.c_str()) != 0)
    return MakeError(ErrorCode::kIo, "the disk cannot be mounted: {}", std::strerror(errno));
  return root;
}

}  // namespace opentrail::instances
