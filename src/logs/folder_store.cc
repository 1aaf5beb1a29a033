#include "logs/folder_store.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace opentrail::logs {

Result<Listing> FolderStore::List(std::span<const Predicate> /*predicates*/, const CancelToken& cancel) {
  const std::array<std::filesystem::path, 1> roots = {root_};
  return ListLogFiles(roots, cancel, NameRule::kAll);
}

Status FolderStore::Read(const LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) {
  if (file.size > max_bytes) {
    return MakeError(ErrorCode::kLimitExceeded, "the file has {} bytes, more than {}", file.size, max_bytes);
  }
  content.resize(file.size);
  return ReadFileRange(file.path, 0, file.size, content.data());
}

Status FolderStore::ReadRange(const LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) {
  return ReadFileRange(file.path, offset, bytes, out);
}

Status ReadFileRange(const std::string& path, uint64_t offset, uint64_t bytes, uint8_t* out) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor < 0) return MakeError(ErrorCode::kIo, "{}: cannot be opened: {}", path, std::strerror(errno));
  uint64_t done = 0;
  ssize_t got = 1;
  while (done < bytes && got != 0) {
    got = pread(descriptor, out + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno != EINTR) break;
    if (got > 0) done += static_cast<uint64_t>(got);
  }
  const int error = errno;
  close(descriptor);
  if (got < 0) return MakeError(ErrorCode::kIo, "{}: cannot be read: {}", path, std::strerror(error));
  if (done < bytes) return MakeError(ErrorCode::kIo, "{}: became shorter while it was read", path);
  return {};
}

}  // namespace opentrail::logs
