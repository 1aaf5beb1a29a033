#include "store/data_directory.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/file.h"

namespace opentrail::store {
namespace {

// Whom the lock file names: the pid that its holder wrote, or "?".
std::string Holder(const File& lock) {
  char text[16];
  const auto size = lock.ReadAt(text, sizeof text, 0);
  std::string pid(text, size.value_or(0));
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  const bool is_number = !pid.empty() && pid.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? pid : "?";
}

Status MakeDirectory(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::error_code error;
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", parent.string(), error.message());
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return FileError(path, "mkdir");
  return {};
}

Status WritePid(const File& lock) {
  if (ftruncate(lock.descriptor(), 0) != 0) return MakeError(ErrorCode::kIo, "lock file: cannot be truncated");
  return lock.Append(std::to_string(getpid()) + "\n");
}

}  // namespace

Result<std::unique_ptr<DataDirectory>> DataDirectory::Open(const std::string& path) {
  std::string directory = path;
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  if (directory.empty()) return MakeError(ErrorCode::kInvalidArgument, "the data directory needs a name");
  if (const Status made = MakeDirectory(directory); !made) return std::unexpected(made.error());
  auto lock = File::Open(directory + "/lock", O_RDWR | O_CREAT);
  if (!lock) return std::unexpected(lock.error());
  // flock(2): gone with the process, however it ends.
  if (flock(lock->descriptor(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return FileError(directory + "/lock", "flock");
    return MakeError(ErrorCode::kInvalidArgument, "{}: in use by another opentrail server (pid {})", directory,
                     Holder(*lock));
  }
  if (const Status written = WritePid(*lock); !written) return std::unexpected(written.error());
  const int held = fcntl(lock->descriptor(), F_DUPFD_CLOEXEC, 0);
  if (held < 0) return FileError(directory + "/lock", "dup");
  return std::unique_ptr<DataDirectory>(new DataDirectory(directory, held));
}

DataDirectory::~DataDirectory() { close(lock_); }

}  // namespace opentrail::store
