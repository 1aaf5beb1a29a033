#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

// Files by descriptor, and what makes them durable.
namespace opentrail::store {

// kIo, or kNotFound for ENOENT, with the system's words for errno.
[[nodiscard]] std::unexpected<Error> FileError(const std::string& path, std::string_view doing);

// An open file (close-on-exec). Movable; thread-compatible.
class File {
 public:
  // flags as open(2) has them; new files get mode 0600.
  static Result<File> Open(const std::string& path, int flags);
  File() = default;
  File(File&& other) noexcept : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File();

  [[nodiscard]] bool IsOpen() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] Status Append(std::string_view bytes) const;
  // As many bytes as there are, at most `capacity`.
  [[nodiscard]] Result<size_t> ReadAt(char* buffer, size_t capacity, uint64_t offset) const;
  [[nodiscard]] Result<uint64_t> Size() const;
  [[nodiscard]] Status Sync() const;

 private:
  std::string path_;
  int descriptor_ = -1;
};

// Makes durable which names stand in a directory.
[[nodiscard]] Status SyncDirectory(const std::string& path);
// A new file (mode 0600) with these bytes, whole or not at all, durable when it returns.
[[nodiscard]] Status WriteFileDurably(const std::string& path, std::string_view bytes);

}  // namespace opentrail::store
