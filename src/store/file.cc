#include "store/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace opentrail::store {

std::unexpected<Error> FileError(const std::string& path, std::string_view doing) {
  const int error = errno;
  return MakeError(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "{}: {}: {}", path, doing,
                   std::strerror(error));
}

Result<File> File::Open(const std::string& path, int flags) {
  File file;
  file.path_ = path;
  file.descriptor_ = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (!file.IsOpen()) return FileError(path, "open");
  return file;
}

File::~File() {
  if (IsOpen()) close(descriptor_);
}

Status File::Append(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError(path_, "write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<size_t> File::ReadAt(char* buffer, size_t capacity, uint64_t offset) const {
  size_t done = 0;
  while (done < capacity) {
    const ssize_t got = pread(descriptor_, buffer + done, capacity - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(path_, "read");
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Result<uint64_t> File::Size() const {
  struct stat info{};
  if (fstat(descriptor_, &info) != 0) return FileError(path_, "fstat");
  return static_cast<uint64_t>(info.st_size);
}

Status File::Sync() const {
  if (fdatasync(descriptor_) != 0) return FileError(path_, "fdatasync");
  return {};
}

Status SyncDirectory(const std::string& path) {
  const auto directory = File::Open(path, O_RDONLY | O_DIRECTORY);
  if (!directory) return std::unexpected(directory.error());
  if (fsync(directory->descriptor()) != 0) return FileError(path, "fsync");
  return {};
}

Status WriteFileDurably(const std::string& path, std::string_view bytes) {
  const std::string unfinished = path + ".unfinished";
  const auto file = File::Open(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file) return std::unexpected(file.error());
  if (Status status = file->Append(bytes); !status) return status;
  if (Status status = file->Sync(); !status) return status;
  if (std::rename(unfinished.c_str(), path.c_str()) != 0) return FileError(path, "rename");
  const size_t slash = path.rfind('/');
  return SyncDirectory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

}  // namespace opentrail::store
