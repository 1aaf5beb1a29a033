#include "logs/discovery.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <unordered_set>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace opentrail::logs {
namespace {

constexpr std::string_view kDigestFolder = "CloudTrail-Digest";

bool IsIgnoredName(std::string_view name) { return name.empty() || name[0] == '.' || name[0] == '_'; }

bool HasLogName(std::string_view name) {
  constexpr std::array<std::string_view, 5> kEndings = {".gz", ".json", ".jsonl", ".ndjson", ".json.cloudtrail"};
  bool is_log = std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
  return is_log && name.find("_CloudTrail-Digest_") == std::string_view::npos;
}

struct FileId {
  dev_t device;
  ino_t inode;
  bool operator==(const FileId&) const = default;
};

struct FileIdHash {
  size_t operator()(const FileId& id) const {
    return (static_cast<size_t>(id.inode) ^ (static_cast<size_t>(id.device) << 48)) * 0x9E3779B97F4A7C15ULL >> 8;
  }
};

// Walks one tree after the other, depth first.
class Lister {
 public:
  Lister(const CancelToken& cancel, NameRule rule) : cancel_(cancel), rule_(rule) {}

  Status AddRoot(const std::filesystem::path& root) {
    struct stat status{};
    std::string path = root.string();
    if (stat(path.c_str(), &status) != 0) {
      int error = errno;
      return MakeError(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "{}: {}", path, std::strerror(error));
    }
    if (!S_ISDIR(status.st_mode)) {
      AddFile(path, status, true);
      return {};
    }
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return MakeError(ErrorCode::kIo, "{}: {}", path, std::strerror(errno));
    if (!folders_.insert({status.st_dev, status.st_ino}).second) {
      close(folder);
      return {};
    }
    return WalkFolder(folder, path, 0);
  }

  Listing Take() {
    if (may_repeat_) DropRepeated();
    return std::move(listing_);
  }

 private:
  // Takes over `descriptor`. Its path ends up unchanged in `path`.
  Status WalkFolder(int descriptor, std::string& path, size_t depth) {
    DIR* stream = fdopendir(descriptor);
    if (stream == nullptr) {
      AddFault(path, std::strerror(errno));
      close(descriptor);
      return {};
    }
    Status status;
    size_t length = path.size();
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      std::string_view name = entry->d_name;
      if (IsIgnoredName(name)) continue;
      if (path != "/") path += '/';
      path += name;
      status = Visit(dirfd(stream), entry->d_name, entry->d_type, path, depth);
      path.resize(length);
      errno = 0;
      if (!status) break;
    }
    if (status && errno != 0) AddFault(path, std::strerror(errno));
    closedir(stream);
    return status;
  }

  Status Visit(int folder, const char* name, unsigned char type, std::string& path, size_t depth) {
    if (cancel_.IsCancelled()) return MakeError(ErrorCode::kCancelled, "cancelled while listing files");
    bool may_be_file = type != DT_DIR && (rule_ == NameRule::kAll || HasLogName(name));
    bool may_be_folder = type == DT_DIR || type == DT_LNK || type == DT_UNKNOWN;
    if (!may_be_file && !may_be_folder) return {};
    struct stat status{};
    if (fstatat(folder, name, &status, 0) != 0) {
      AddFault(path, std::strerror(errno));
      return {};
    }
    if (S_ISDIR(status.st_mode)) return EnterFolder(folder, name, status, path, depth);
    may_repeat_ |= type == DT_LNK;
    const bool is_wanted = rule_ == NameRule::kLogs || status.st_size > 0;
    if (may_be_file && is_wanted && S_ISREG(status.st_mode)) AddFile(path, status, false);
    if (listing_.files.size() > kMaxFiles) {
      return MakeError(ErrorCode::kLimitExceeded, "more than {} files; name a part of the tree", kMaxFiles);
    }
    return {};
  }

  Status EnterFolder(int parent, const char* name, const struct stat& status, std::string& path, size_t depth) {
    if (rule_ == NameRule::kLogs && name == kDigestFolder) return {};
    if (depth >= kMaxFolderDepth) {
      AddFault(path, "more than " + std::to_string(kMaxFolderDepth) + " folders deep: not entered");
      return {};
    }
    if (!folders_.insert({status.st_dev, status.st_ino}).second) return {};  // met before, or a loop of links
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
      AddFault(path, std::strerror(errno));
      return {};
    }
    return WalkFolder(folder, path, depth + 1);
  }

  void AddFile(const std::string& path, const struct stat& status, bool is_named) {
    ids_.push_back({status.st_dev, status.st_ino});
    may_repeat_ |= is_named || status.st_nlink > 1;
    constexpr int64_t kNanoseconds = 1'000'000'000;
    LogFile file;
    file.path = path;
    file.size = static_cast<uint64_t>(status.st_size);
    file.mtime_ns = static_cast<int64_t>(status.st_mtim.tv_sec) * kNanoseconds + status.st_mtim.tv_nsec;
    file.ctime_ns = static_cast<int64_t>(status.st_ctim.tv_sec) * kNanoseconds + status.st_ctim.tv_nsec;
    file.inode = status.st_ino;
    file.named = is_named;
    listing_.files.push_back(std::move(file));
  }

  void DropRepeated() {
    std::unordered_set<FileId, FileIdHash> met;
    std::vector<LogFile> once;
    for (size_t i = 0; i < ids_.size(); ++i) {
      if (met.insert(ids_[i]).second) once.push_back(std::move(listing_.files[i]));
    }
    listing_.files = std::move(once);
  }

  void AddFault(const std::string& path, std::string message) { listing_.faults.push_back({path, std::move(message)}); }

  const CancelToken& cancel_;
  const NameRule rule_;
  Listing listing_;
  std::unordered_set<FileId, FileIdHash> folders_;
  std::vector<FileId> ids_;  // of listing_.files
  bool may_repeat_ = false;  // a file may have been met twice: by a link, or by its own name
};

}  // namespace

Result<Listing> ListLogFiles(std::span<const std::filesystem::path> roots, const CancelToken& cancel, NameRule rule) {
  Lister lister(cancel, rule);
  for (const std::filesystem::path& root : roots) {
    if (Status status = lister.AddRoot(root); !status) return std::unexpected(std::move(status.error()));
  }
  return lister.Take();
}

}  // namespace opentrail::logs
