#include "engine/stored_files.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "duckdb.hpp"
#include "duckdb/common/file_system.hpp"
#include "engine/scan_context.h"

namespace opentrail::engine {
namespace {

// The least that is asked of a store at once: a request costs more than its bytes.
constexpr uint64_t kBlockBytes = 1UL << 20;
constexpr uint64_t kMaxBlockReads = 4 * kBlockBytes;  // a larger read goes past the block
constexpr int64_t kNanosPerMicro = 1000;

// An open file, with the block that was read last. Reads may come from several threads.
class StoredHandle final : public duckdb::FileHandle {
 public:
  StoredHandle(duckdb::FileSystem& system, const std::string& name, duckdb::FileOpenFlags open_flags,
               std::shared_ptr<const StoredFile> file)
      : FileHandle(system, name, open_flags), file_(std::move(file)) {}

  void Close() override {}

  [[nodiscard]] const StoredFile& file() const { return *file_; }
  [[nodiscard]] uint64_t position() const { return position_; }
  void SetPosition(uint64_t position) { position_ = position; }
  void ReadAt(uint8_t* out, uint64_t bytes, uint64_t offset);

 private:
  void Fetch(uint8_t* out, uint64_t bytes, uint64_t offset);

  std::shared_ptr<const StoredFile> file_;  // shared: see StoredFiles
  uint64_t position_ = 0;
  std::mutex mutex_;
  std::vector<uint8_t> block_;
  uint64_t block_at_ = 0;
};

void StoredHandle::Fetch(uint8_t* out, uint64_t bytes, uint64_t offset) {
  QueryScans& query = *file_->query;
  if (query.Cancel().IsCancelled()) throw duckdb::InterruptException();
  if (Status read = file_->store->ReadRange(file_->file, offset, bytes, out); !read) {
    query.Fail(read.error());
    throw duckdb::IOException(read.error().message);
  }
  query.Statistics().bytes_done += bytes;
}

void StoredHandle::ReadAt(uint8_t* out, uint64_t bytes, uint64_t offset) {
  const uint64_t size = file_->file.size;
  if (offset > size || bytes > size - offset) {
    throw duckdb::IOException(fmt::format("HIVE_CANNOT_OPEN_SPLIT: {}: {} bytes at {} lie behind the file's end",
                                          file_->file.path, bytes, offset));
  }
  if (bytes >= kMaxBlockReads) return Fetch(out, bytes, offset);
  const std::lock_guard lock(mutex_);
  const bool is_held = offset >= block_at_ && offset + bytes <= block_at_ + block_.size();
  if (!is_held) {
    const uint64_t wanted = std::max(bytes, std::min(kBlockBytes, size));
    const uint64_t begin = std::min(offset, size - wanted);  // before the end: a file is read from there first
    std::vector<uint8_t> block(wanted);
    Fetch(block.data(), wanted, begin);
    block_ = std::move(block);
    block_at_ = begin;
  }
  std::memcpy(out, block_.data() + (offset - block_at_), bytes);
}

class StoredFileSystem final : public duckdb::FileSystem {
 public:
  explicit StoredFileSystem(StoredFiles& files) : files_(files) {}

  std::string GetName() const override { return "opentrail"; }
  bool CanHandleFile(const std::string& path) override { return path.starts_with(StoredFiles::kFolder); }

  duckdb::unique_ptr<duckdb::FileHandle> OpenFile(const std::string& path, duckdb::FileOpenFlags flags,
                                                  duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {
    auto file = files_.Find(path);
    if (file == nullptr || flags.OpenForWriting()) throw duckdb::IOException("no file '%s' of a table", path);
    return duckdb::make_uniq<StoredHandle>(*this, path, flags, std::move(file));
  }
  void Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes, duckdb::idx_t location) override {
    handle.Cast<StoredHandle>().ReadAt(static_cast<uint8_t*>(buffer), static_cast<uint64_t>(bytes), location);
  }
  int64_t Read(duckdb::FileHandle& handle, void* buffer, int64_t bytes) override {
    auto& stored = handle.Cast<StoredHandle>();
    const uint64_t left = stored.file().file.size - std::min(stored.position(), stored.file().file.size);
    const uint64_t taken = std::min(left, static_cast<uint64_t>(bytes));
    stored.ReadAt(static_cast<uint8_t*>(buffer), taken, stored.position());
    stored.SetPosition(stored.position() + taken);
    return static_cast<int64_t>(taken);
  }
  int64_t GetFileSize(duckdb::FileHandle& handle) override {
    return static_cast<int64_t>(handle.Cast<StoredHandle>().file().file.size);
  }
  duckdb::timestamp_t GetLastModifiedTime(duckdb::FileHandle& handle) override {
    return duckdb::timestamp_t(handle.Cast<StoredHandle>().file().file.mtime_ns / kNanosPerMicro);
  }
  duckdb::FileType GetFileType(duckdb::FileHandle& /*handle*/) override { return duckdb::FileType::FILE_TYPE_REGULAR; }
  bool FileExists(const std::string& path, duckdb::optional_ptr<duckdb::FileOpener> /*opener*/) override {
    return files_.Find(path) != nullptr;
  }
  void Seek(duckdb::FileHandle& handle, duckdb::idx_t location) override {
    handle.Cast<StoredHandle>().SetPosition(location);
  }
  void Reset(duckdb::FileHandle& handle) override { handle.Cast<StoredHandle>().SetPosition(0); }
  duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override { return handle.Cast<StoredHandle>().position(); }
  bool CanSeek() override { return true; }
  bool OnDiskFile(duckdb::FileHandle& /*handle*/) override { return false; }

 private:
  StoredFiles& files_;
};

}  // namespace

std::string StoredFiles::Add(StoredFile file) {
  const std::lock_guard lock(mutex_);
  std::string name = fmt::format("{}{}", kFolder, ++last_);
  files_.emplace(name, std::make_shared<const StoredFile>(std::move(file)));
  return name;
}

std::shared_ptr<const StoredFile> StoredFiles::Find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : found->second;
}

std::string StoredFiles::WithPaths(std::string text) const {
  for (size_t at = text.find(kFolder); at != std::string::npos; at = text.find(kFolder, at)) {
    size_t end = at + kFolder.size();
    while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    const auto file = Find(text.substr(at, end - at));
    const std::string path = file ? file->file.path : "a file";
    text.replace(at, end - at, path);
    at += path.size();
  }
  return text;
}

void StoredFiles::Clear() {
  const std::lock_guard lock(mutex_);
  files_.clear();
}

void RegisterStoredFiles(duckdb::DatabaseInstance& database, StoredFiles& files) {
  duckdb::FileSystem::GetFileSystem(database).RegisterSubSystem(duckdb::make_uniq<StoredFileSystem>(files));
  duckdb::DBConfig::GetConfig(database).AddAllowedDirectory(std::string(StoredFiles::kFolder));
}

}  // namespace opentrail::engine
