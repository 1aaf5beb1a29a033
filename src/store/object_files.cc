#include "store/object_files.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/text.h"

namespace opentrail::store {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFolderDigits = 2;
constexpr size_t kNameBytes = 16;
constexpr std::string_view kUnfinished = ".unfinished";

bool IsHex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == std::string_view::npos; }

// Only files that are named as ours are ever removed.
bool IsContentFile(std::string_view name) {
  if (name.ends_with(kUnfinished)) name.remove_suffix(kUnfinished.size());
  return name.size() == 2 * kNameBytes - kFolderDigits && IsHex(name);
}

Status MakeDirectory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) == 0) return SyncDirectory(fs::path(path).parent_path().string());
  if (errno != EEXIST) return FileError(path, "mkdir");
  return {};
}

}  // namespace

Status ObjectFiles::Open(Connection& state) {
  if (Status made = MakeDirectory(directory_); !made) return made;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    const std::string folder = entry.path().filename().string();
    if (folder.size() == kFolderDigits && IsHex(folder)) SweepFolder(folder, state);
  }
  if (error) return MakeError(ErrorCode::kIo, "{}: {}", directory_, error.message());
  return state.status();
}

void ObjectFiles::SweepFolder(const std::string& folder, Connection& state) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(Path(folder), error)) {
    const std::string file = entry.path().filename().string();
    if (!IsContentFile(file)) continue;
    Rows named = state.Query("SELECT 1 FROM content WHERE file = ?", folder + "/" + file);
    const bool is_named = named.Next();
    if (!state.status()) return;  // nothing is removed on a guess
    if (!is_named) unlink(entry.path().c_str());
  }
}

std::string ObjectFiles::NewName(RandomSource& random) {
  std::string bytes(kNameBytes, '\0');
  random.Fill({reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()});
  return codec::HexEncode(bytes).insert(kFolderDigits, "/");
}

Result<File> ObjectFiles::Create(const std::string& name) {
  const std::string path = Path(name).append(kUnfinished);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL;
  auto file = File::Open(path, kFlags);
  if (file || file.error().code != ErrorCode::kNotFound) return file;
  if (const Status made = MakeDirectory(Path(name.substr(0, kFolderDigits))); !made) {
    return std::unexpected(made.error());
  }
  return File::Open(path, kFlags);
}

Status ObjectFiles::Finish(const std::string& name, const File& file) {
  if (Status synced = file.Sync(); !synced) return synced;
  const std::string path = Path(name);
  if (std::rename((path + std::string(kUnfinished)).c_str(), path.c_str()) != 0) return FileError(path, "rename");
  return SyncDirectory(Path(name.substr(0, kFolderDigits)));
}

void ObjectFiles::DropUnfinished(const std::string& name) { unlink(Path(name).append(kUnfinished).c_str()); }

void ObjectFiles::Pin(const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++readers_[name];
}

void ObjectFiles::Unpin(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = readers_.find(name);
  if (--found->second > 0) return;
  readers_.erase(found);
  if (removed_.erase(name) > 0) unlink(Path(name).c_str());
}

void ObjectFiles::Remove(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (readers_.contains(name)) {
    removed_.insert(name);
  } else {
    unlink(Path(name).c_str());
  }
}

}  // namespace opentrail::store
