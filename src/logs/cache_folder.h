#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The folder that holds a cache's segments. Processes share it without locks: a segment appears whole by a rename, is
// never changed, and may vanish at any time.
namespace opentrail::logs::cache {

inline constexpr std::string_view kSegmentSuffix = ".segment";
inline constexpr std::string_view kTemporarySuffix = ".unfinished";
inline constexpr size_t kMaxSegments = 4096;  // bounds what a lookup opens

// An open segment file, read by position. Never mapped: a mapping would end the program if the file were cut short.
class SegmentFile {
 public:
  // Refuses what is no regular file of this user.
  static Result<SegmentFile> Open(const std::filesystem::path& path);
  SegmentFile(SegmentFile&& other) noexcept;
  SegmentFile& operator=(SegmentFile&& other) noexcept;
  ~SegmentFile();

  [[nodiscard]] uint64_t Bytes() const { return bytes_; }
  [[nodiscard]] Result<std::string> Read(uint64_t offset, uint64_t bytes) const;

 private:
  SegmentFile(int descriptor, uint64_t bytes) : descriptor_(descriptor), bytes_(bytes) {}
  int descriptor_ = -1;
  uint64_t bytes_ = 0;
};

// Makes the folder (readable by this user alone) if it is missing. Refuses one that others own or may write to: its
// segments would be believed.
[[nodiscard]] Status PrepareFolder(const std::filesystem::path& folder);

// Paths of all segments, newest first, at most kMaxSegments.
[[nodiscard]] std::vector<std::filesystem::path> ListSegments(const std::filesystem::path& folder);

// Writes a segment of these parts under a name of its own, made of the time and chance.
[[nodiscard]] Status PublishSegment(const std::filesystem::path& folder, int64_t now_ns,
                                    const std::vector<std::string_view>& parts);

// Removes the oldest segments until `max_bytes` and kMaxSegments hold, and unfinished files that nobody writes any
// more.
void TrimFolder(const std::filesystem::path& folder, uint64_t max_bytes, int64_t now_ns);

}  // namespace opentrail::logs::cache
