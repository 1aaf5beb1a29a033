#include "instances/disk_file.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "instances/file_descriptor.h"

namespace opentrail::instances {

Result<std::string> ReadDiskFile(std::string_view data_directory, std::string_view instance_id, const char* path) {
  const std::string disk = fmt::format("{}/instances/{}/upper", data_directory, instance_id);
  const FileDescriptor root(open(disk.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  open_how how{
      .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK, .mode = 0, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  const FileDescriptor file(static_cast<int>(syscall(SYS_openat2, root.get(), path, &how, sizeof how)));
  struct stat state{};
  if (!root || !file || fstat(file.get(), &state) != 0)
    return MakeError(ErrorCode::kNotFound, "{} of {}: {}", path, instance_id, std::strerror(errno));
  if (!S_ISREG(state.st_mode)) return MakeError(ErrorCode::kNotFound, "{} of {} is no file", path, instance_id);
  if (static_cast<size_t>(state.st_size) > kMaxDiskFile) {
    return MakeError(ErrorCode::kLimitExceeded, "{} of {} has {} bytes; {} are read at most", path, instance_id,
                     state.st_size, kMaxDiskFile);
  }
  std::string bytes(static_cast<size_t>(state.st_size), '\0');
  const ssize_t count = pread(file.get(), bytes.data(), bytes.size(), 0);
  if (count < 0) return MakeError(ErrorCode::kIo, "{} of {}: {}", path, instance_id, std::strerror(errno));
  bytes.resize(static_cast<size_t>(count));
  return bytes;
}

}  // namespace opentrail::instances
