#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "logs/cache_column_builder.h"
#include "logs/cache_format.h"
#include "logs/cache_run.h"
#include "logs/file_batches.h"

// Keeping columns as they are parsed.
namespace opentrail::logs::cache {

// What a segment holds beside its columns' rows.
struct SegmentFacts {
  std::filesystem::path folder;
  uint32_t reader_version = 0;
  Hash128 needles;  // zero: all rows
};

// Fills segments of some of a batch's columns and writes each when it is full. Belongs to one thread.
class SegmentWriter {
 public:
  struct Column {
    std::string field;
    size_t place;  // in the batches
  };
  SegmentWriter(SegmentFacts facts, std::vector<Column> columns, CacheCounters* counters);

  void Append(const ColumnBatch& batch, size_t first, size_t count);
  // The rows since the last call are this file's.
  void Commit(FileEntry file);
  // The rows since the last call are no file's.
  void Drop();
  void Flush();
  // Nothing more is kept: writing failed, or the columns are too wide.
  [[nodiscard]] bool HasStopped() const { return has_stopped_; }

  static constexpr uint64_t kFullBytes = 16 << 20;  // a segment is written when it holds this much
  static constexpr uint64_t kMaxBytes = 32 << 20;   // a file that makes it hold more is not kept
  // Columns that hold more text than this a row, judged once there are so many rows, are not kept: the copy would be as
  // large as the logs, and making it would slow down the question that pays for it.
  static constexpr uint64_t kMaxTextBytesPerRow = 320;
  static constexpr uint32_t kJudgedRows = 16 << 10;

 private:
  void Begin();
  [[nodiscard]] bool IsTooWide() const;
  void GrowZone(std::string_view value);
  [[nodiscard]] uint64_t MemoryBytes() const;
  [[nodiscard]] uint64_t TextBytes(const ColumnBatch& batch, size_t first, size_t count) const;

  SegmentFacts facts_;
  std::vector<Column> columns_;
  CacheCounters* counters_;
  std::vector<ColumnBuilder> builders_;
  std::vector<FileEntry> files_;
  std::vector<ZoneEntry> zones_;
  std::optional<size_t> zone_place_;  // of kZoneField in the batches
  ZoneEntry zone_{};                  // of the file under way
  uint32_t rows_ = 0;
  uint32_t file_first_row_ = 0;
  bool is_overfull_ = false;
  bool has_stopped_ = false;
};

// Which of a scan's files and fields are worth keeping: those that no segment holds yet.
struct KeepPlan {
  std::vector<bool> files;
  std::vector<bool> fields;  // in the order of ScanRequest::fields
};

// What the sinks of a lookup share.
struct SinkPlan {
  SegmentFacts facts;
  KeepPlan keep;
  std::vector<std::string> fields;  // of the request
  int64_t scan_began_ns = 0;        // by the system's clock, before the files were listed
  std::string working_folder;
  CacheCounters* counters = nullptr;
};

class CacheSink final : public FileColumnsSink {
 public:
  explicit CacheSink(std::shared_ptr<const SinkPlan> plan);
  ~CacheSink() override;
  void Begin(uint32_t index, const LogFile& file, std::span<const uint8_t> content) override;
  void Rows(const ColumnBatch& batch, size_t first, size_t count) override;
  void End(Outcome outcome) override;

 private:
  std::shared_ptr<const SinkPlan> plan_;
  SegmentWriter writer_;
  FileEntry entry_{};  // of the file under way
  bool is_keeping_ = false;
};

// What a log file's first and last bytes say of it.
struct LogHead {
  uint64_t hash = 0;
  bool is_gzip = false;  // its last bytes are its content's checksum
};
inline constexpr size_t kHeadBytes = 64;
inline constexpr size_t kTailBytes = 16;
[[nodiscard]] LogHead HeadOf(std::string_view head, std::string_view tail);
// The same, read from the file; nullopt if it cannot be read or has another length.
[[nodiscard]] std::optional<LogHead> ReadHead(const LogFile& file);
// The file's path from the root: relative paths mean the working folder.
[[nodiscard]] Hash128 HashLogPath(std::string_view path, std::string_view working_folder);

}  // namespace opentrail::logs::cache
