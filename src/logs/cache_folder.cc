#include "logs/cache_folder.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <fmt/format.h>

#include "logs/cache_format.h"

namespace opentrail::logs::cache {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kUnfinishedLifeNs = 3600LL * 1'000'000'000;  // longer than any segment takes to write

std::unexpected<Error> SystemError(std::string_view doing, const fs::path& path) {
  return MakeError(ErrorCode::kIo, "{}: cannot {}: {}", path.string(), doing, std::generic_category().message(errno));
}

Status WriteAll(int descriptor, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

// Bytes read until the end, an error, or all.
size_t ReadAll(int descriptor, uint64_t offset, char* text, size_t bytes, int& error) {
  size_t done = 0;
  while (done < bytes) {
    ssize_t got = ::pread(descriptor, text + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = errno;
    if (got <= 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

// Distinct among processes and threads: the time orders segments, chance keeps them apart.
std::string NewName(int64_t now_ns) {
  uint64_t chance = 0;
  if (::getrandom(&chance, sizeof(chance), 0) != static_cast<ssize_t>(sizeof(chance))) {
    chance = static_cast<uint64_t>(::getpid());
  }
  return fmt::format("{:016x}-{:016x}", static_cast<uint64_t>(now_ns), chance);
}

Status WriteFile(const fs::path& path, const std::vector<std::string_view>& parts) {
  int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return SystemError("create", path);
  Status status;
  for (std::string_view part : parts) {
    status = WriteAll(descriptor, part, path);
    if (!status) break;
  }
  if (::close(descriptor) != 0 && status) status = SystemError("close", path);
  return status;
}

struct FolderEntry {
  fs::path path;
  uint64_t bytes = 0;
  int64_t mtime_ns = 0;
};

std::vector<FolderEntry> ListWithSizes(const fs::path& folder, std::string_view suffix) {
  std::vector<FolderEntry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    struct stat status{};
    if (it->path().extension() != suffix || ::lstat(it->path().c_str(), &status) != 0) continue;
    entries.push_back({it->path(), static_cast<uint64_t>(status.st_size),
                       status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec});
  }
  return entries;
}

}  // namespace

Result<SegmentFile> SegmentFile::Open(const fs::path& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0) return SystemError("open", path);
  SegmentFile file(descriptor, 0);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return SystemError("stat", path);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    return MakeError(ErrorCode::kCorrupt, "{}: not a regular file of this user", path.string());
  }
  file.bytes_ = static_cast<uint64_t>(status.st_size);
  return file;
}

SegmentFile::SegmentFile(SegmentFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(other.bytes_) {}

SegmentFile& SegmentFile::operator=(SegmentFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

SegmentFile::~SegmentFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string> SegmentFile::Read(uint64_t offset, uint64_t bytes) const {
  if (bytes > kMaxSegmentBytes) return MakeError(ErrorCode::kCorrupt, "cache segment: a part above its bound");
  std::string part;
  int error = 0;
  part.resize_and_overwrite(bytes,
                            [&](char* text, size_t) { return ReadAll(descriptor_, offset, text, bytes, error); });
  if (error != 0)
    return MakeError(ErrorCode::kIo, "cache segment: cannot read: {}", std::generic_category().message(error));
  if (part.size() < bytes) return MakeError(ErrorCode::kCorrupt, "cache segment: cut off at {}", offset + part.size());
  return part;
}

Status PrepareFolder(const fs::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return SystemError("create the cache folder", folder);
  struct stat status{};
  if (::stat(folder.c_str(), &status) != 0) return SystemError("stat", folder);
  if (!S_ISDIR(status.st_mode)) return MakeError(ErrorCode::kIo, "{}: not a folder", folder.string());
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return MakeError(ErrorCode::kIo, "{}: a cache folder must belong to this user and be writable by no one else",
                     folder.string());
  }
  return {};
}

std::vector<fs::path> ListSegments(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() == kSegmentSuffix) paths.push_back(it->path());
  }
  std::ranges::sort(paths, std::greater<>());
  if (paths.size() > kMaxSegments) paths.resize(kMaxSegments);
  return paths;
}

Status PublishSegment(const fs::path& folder, int64_t now_ns, const std::vector<std::string_view>& parts) {
  std::string name = NewName(now_ns);
  fs::path unfinished = folder / (name + std::string(kTemporarySuffix));
  Status status = WriteFile(unfinished, parts);
  if (status && ::rename(unfinished.c_str(), (folder / (name + std::string(kSegmentSuffix))).c_str()) != 0) {
    status = SystemError("rename", unfinished);
  }
  if (!status) ::unlink(unfinished.c_str());
  return status;
}

void TrimFolder(const fs::path& folder, uint64_t max_bytes, int64_t now_ns) {
  for (const FolderEntry& entry : ListWithSizes(folder, kTemporarySuffix)) {
    if (now_ns - entry.mtime_ns > kUnfinishedLifeNs) ::unlink(entry.path.c_str());
  }
  std::vector<FolderEntry> segments = ListWithSizes(folder, kSegmentSuffix);
  std::ranges::sort(segments, std::greater<>(), &FolderEntry::path);
  uint64_t kept_bytes = 0;
  for (size_t i = 0; i < segments.size(); ++i) {
    kept_bytes += segments[i].bytes;
    if (kept_bytes > max_bytes || i >= kMaxSegments) ::unlink(segments[i].path.c_str());
  }
}

}  // namespace opentrail::logs::cache
