#include "logs/cache_writer.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs/cache_folder.h"

namespace opentrail::logs::cache {
namespace {

// A file changed within one tick of its file system's clock before the scan could change again unseen within that tick.
// Fine clocks tick in milliseconds; a time of whole seconds tells of a coarse one (FAT: two seconds).
constexpr int64_t kFineTickNs = 50'000'000;
constexpr int64_t kCoarseTickNs = 2'000'000'000;
constexpr int64_t kSecondNs = 1'000'000'000;

bool IsTooFresh(const LogFile& file, int64_t scan_began_ns) {
  auto is_fresh = [&](int64_t changed_ns) {
    int64_t tick = changed_ns % kSecondNs == 0 ? kCoarseTickNs : kFineTickNs;
    return changed_ns > scan_began_ns - tick;
  };
  return is_fresh(file.mtime_ns) || is_fresh(file.ctime_ns);
}

// From the content if the scan has it at hand, else from the file.
std::optional<LogHead> HeadOfContent(const LogFile& file, std::string_view content) {
  if (content.empty() && file.size > 0) return ReadHead(file);
  if (content.size() != file.size) return std::nullopt;  // it changed since it was listed
  return HeadOf(content.substr(0, kHeadBytes), content.substr(content.size() - std::min(content.size(), kTailBytes)));
}

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void SetEnd(uint8_t& bytes, char (&text)[ZoneEntry::kMaxBytes], std::string_view value) {
  bytes = static_cast<uint8_t>(value.size());
  std::memset(text, 0, sizeof(text));
  std::memcpy(text, value.data(), value.size());
}

std::vector<SegmentWriter::Column> ColumnsToKeep(const SinkPlan& plan) {
  std::vector<SegmentWriter::Column> columns;
  for (size_t place = 0; place < plan.fields.size(); ++place) {
    if (plan.keep.fields[place]) columns.push_back({plan.fields[place], place});
  }
  return columns;
}

}  // namespace

SegmentWriter::SegmentWriter(SegmentFacts facts, std::vector<Column> columns, CacheCounters* counters)
    : facts_(std::move(facts)), columns_(std::move(columns)), counters_(counters) {
  builders_.reserve(columns_.size());
  for (const Column& column : columns_) {
    builders_.emplace_back(column.field);
    if (column.field == kZoneField) zone_place_ = column.place;
  }
  zone_.least_bytes = zone_.greatest_bytes = ZoneEntry::kNone;
}

void SegmentWriter::Begin() {
  for (ColumnBuilder& builder : builders_) builder = ColumnBuilder(builder.Field());
  files_.clear();
  zones_.clear();
  rows_ = 0;
  file_first_row_ = 0;
}

void SegmentWriter::Append(const ColumnBatch& batch, size_t first, size_t count) {
  if (is_overfull_ || has_stopped_) return;
  if (rows_ + count > kMaxRows || MemoryBytes() + TextBytes(batch, first, count) > kMaxBytes) {
    is_overfull_ = true;
    return;
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    builders_[i].Append(std::span(batch.columns[columns_[i].place].values).subspan(first, count));
    builders_[i].Settle();
  }
  if (zone_place_) {
    for (size_t row = first; row < first + count; ++row) GrowZone(batch.columns[*zone_place_].values[row]);
  }
  rows_ += static_cast<uint32_t>(count);
  if (!IsTooWide()) return;
  counters_->readers_too_wide.fetch_add(1, std::memory_order_relaxed);
  has_stopped_ = true;
  Begin();
}

uint64_t SegmentWriter::TextBytes(const ColumnBatch& batch, size_t first, size_t count) const {
  uint64_t bytes = 0;
  for (const Column& column : columns_) {
    for (size_t row = first; row < first + count; ++row) bytes += batch.columns[column.place].values[row].size();
  }
  return bytes;
}

bool SegmentWriter::IsTooWide() const {
  if (rows_ < kJudgedRows) return false;
  uint64_t bytes = 0;
  for (const ColumnBuilder& builder : builders_) bytes += builder.TextBytes();
  return bytes > kMaxTextBytesPerRow * rows_;
}

void SegmentWriter::GrowZone(std::string_view value) {
  if (value.data() == nullptr || zone_.least_bytes == ZoneEntry::kUnknown) return;
  if (value.size() > ZoneEntry::kMaxBytes) {
    zone_.least_bytes = zone_.greatest_bytes = ZoneEntry::kUnknown;
    return;
  }
  bool is_first = zone_.least_bytes == ZoneEntry::kNone;
  if (is_first || value < zone_.Least()) SetEnd(zone_.least_bytes, zone_.least, value);
  if (is_first || value > zone_.Greatest()) SetEnd(zone_.greatest_bytes, zone_.greatest, value);
}

void SegmentWriter::Commit(FileEntry file) {
  if (has_stopped_) return;
  if (is_overfull_) {
    counters_->files_too_large.fetch_add(1, std::memory_order_relaxed);
    return Drop();
  }
  file.first_row = file_first_row_;
  file.rows = rows_ - file_first_row_;
  files_.push_back(file);
  if (zone_place_) zones_.push_back(zone_);
  Drop();
  if (MemoryBytes() > kFullBytes || files_.size() >= kMaxCachedFiles) Flush();
}

void SegmentWriter::Drop() {
  zone_.least_bytes = zone_.greatest_bytes = ZoneEntry::kNone;
  file_first_row_ = rows_;
  // What a dropped file left behind would fill the next ones' room.
  if (std::exchange(is_overfull_, false)) Flush();
}

uint64_t SegmentWriter::MemoryBytes() const {
  uint64_t bytes = files_.capacity() * sizeof(FileEntry) + zones_.capacity() * sizeof(ZoneEntry);
  for (const ColumnBuilder& builder : builders_) bytes += builder.MemoryBytes();
  return bytes;
}

void SegmentWriter::Flush() {
  if (!files_.empty() && !has_stopped_) {
    SegmentHeader header{};
    header.reader_version = facts_.reader_version;
    header.created_ns = NowNs();
    header.needles = facts_.needles;
    header.rows = rows_;
    Directory directory;
    std::vector<std::string> blocks;
    uint64_t blocks_bytes = 0;
    for (ColumnBuilder& builder : builders_) builder.Seal(directory, blocks, blocks_bytes);
    directory.zones = zones_;
    uint64_t written = files_.size();
    directory.files = std::move(files_);
    std::string front = WriteHeaderAndDirectory(header, std::move(directory), blocks_bytes);
    std::vector<std::string_view> parts{front};
    parts.insert(parts.end(), blocks.begin(), blocks.end());
    has_stopped_ = !PublishSegment(facts_.folder, header.created_ns, parts);
    (has_stopped_ ? counters_->writes_failed : counters_->segments_written).fetch_add(1, std::memory_order_relaxed);
    if (!has_stopped_) counters_->files_written.fetch_add(written, std::memory_order_relaxed);
  }
  Begin();
}

CacheSink::CacheSink(std::shared_ptr<const SinkPlan> plan)
    : plan_(std::move(plan)), writer_(plan_->facts, ColumnsToKeep(*plan_), plan_->counters) {}

CacheSink::~CacheSink() { writer_.Flush(); }

void CacheSink::Begin(uint32_t index, const LogFile& file, std::span<const uint8_t> content) {
  is_keeping_ = index < plan_->keep.files.size() && plan_->keep.files[index] && !writer_.HasStopped();
  if (!is_keeping_) return;
  if (IsTooFresh(file, plan_->scan_began_ns)) {
    plan_->counters->files_too_fresh.fetch_add(1, std::memory_order_relaxed);
    is_keeping_ = false;
    return;
  }
  std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  std::optional<LogHead> head = HeadOfContent(file, text);
  is_keeping_ = head.has_value();
  if (!is_keeping_) return;
  entry_ = FileEntry{};
  entry_.path = HashLogPath(file.path, plan_->working_folder);
  entry_.size = file.size;
  entry_.mtime_ns = file.mtime_ns;
  entry_.ctime_ns = file.ctime_ns;
  entry_.inode = file.inode;
  entry_.head_hash = head->hash;
  entry_.checked_by_content = head->is_gzip ? 1 : 0;
}

void CacheSink::Rows(const ColumnBatch& batch, size_t first, size_t count) {
  if (is_keeping_) writer_.Append(batch, first, count);
}

void CacheSink::End(Outcome outcome) {
  if (!is_keeping_) return;
  is_keeping_ = false;
  switch (outcome) {
    case Outcome::kWhole: return writer_.Commit(entry_);
    case Outcome::kFaulty: return writer_.Drop();
  }
}

LogHead HeadOf(std::string_view head, std::string_view tail) {
  std::string both(head);
  both += tail;
  return {Hash64(both), head.starts_with("\x1f\x8b")};
}

std::optional<LogHead> ReadHead(const LogFile& file) {
  int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  char head[kHeadBytes];
  char tail[kTailBytes];
  size_t head_bytes = std::min<uint64_t>(file.size, kHeadBytes);
  size_t tail_bytes = std::min<uint64_t>(file.size, kTailBytes);
  struct stat status{};
  bool is_read = ::fstat(descriptor, &status) == 0 && static_cast<uint64_t>(status.st_size) == file.size &&
                 ::pread(descriptor, head, head_bytes, 0) == static_cast<ssize_t>(head_bytes) &&
                 ::pread(descriptor, tail, tail_bytes, static_cast<off_t>(file.size - tail_bytes)) ==
                     static_cast<ssize_t>(tail_bytes);
  ::close(descriptor);
  if (!is_read) return std::nullopt;
  return HeadOf({head, head_bytes}, {tail, tail_bytes});
}

Hash128 HashLogPath(std::string_view path, std::string_view working_folder) {
  if (path.starts_with('/')) return HashText(path);
  std::string whole(working_folder);
  whole += '/';
  whole += path;
  return HashText(whole);
}

}  // namespace opentrail::logs::cache
