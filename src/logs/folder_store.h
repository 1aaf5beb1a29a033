#pragma once

#include <filesystem>

#include "logs/file_store.h"

namespace opentrail::logs {

// The files below a folder of this machine, or one file: all but those that are empty or whose name, or a folder's,
// begins with '_' or '.'. Thread-safe.
class FolderStore final : public FileStore {
 public:
  explicit FolderStore(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] Result<Listing> List(std::span<const Predicate> predicates, const CancelToken& cancel) override;
  [[nodiscard]] bool IsOnDisk() const override { return true; }
  [[nodiscard]] Status Read(const LogFile& file, uint64_t max_bytes, std::vector<uint8_t>& content) override;
  [[nodiscard]] Status ReadRange(const LogFile& file, uint64_t offset, uint64_t bytes, uint8_t* out) override;

 private:
  const std::filesystem::path root_;
};

// `bytes` bytes of a file from `offset` on, all of them.
[[nodiscard]] Status ReadFileRange(const std::string& path, uint64_t offset, uint64_t bytes, uint8_t* out);

}  // namespace opentrail::logs
