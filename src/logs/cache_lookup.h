#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "logs/cache_run.h"
#include "logs/cache_segment.h"
#include "logs/cache_writer.h"
#include "logs/file_batches.h"

// Finding what segments hold of a scan's files.
namespace opentrail::logs::cache {

struct LookupRequest {
  std::filesystem::path folder;
  uint32_t reader_version = 0;
  std::span<const LogFile> files;
  std::vector<std::string> fields;  // without the '$' fields
  std::vector<Predicate> predicates;
  Hash128 needles;  // of the predicates; zero: none
  std::string working_folder;
  CacheCounters* counters = nullptr;
};

struct LookupResult {
  std::vector<HeldBatches::Answer> answers;  // a file each
  std::vector<RunPlan> runs;
  KeepPlan whole;     // what is worth keeping of files read whole; fields as in LookupRequest
  KeepPlan filtered;  // of files read through the needles
};

// Log files by path hash, open addressing.
class FileTable {
 public:
  FileTable(std::span<const LogFile> files, std::string_view working_folder);
  static constexpr uint32_t kNone = 0xFFFFFFFF;
  [[nodiscard]] uint32_t Find(const Hash128& path) const;

 private:
  std::vector<Hash128> paths_;  // a file each
  std::vector<uint32_t> slots_;
};

// Where the rows of each field of each file lie.
class Placements {
 public:
  static constexpr uint32_t kNone = 0xFFFFFFFF;  // nowhere
  static constexpr uint32_t kUnknownRows = 0xFFFFFFFF;
  struct Cell {
    uint32_t segment = kNone;
    uint32_t first_row = 0;
    [[nodiscard]] bool IsPlaced() const { return segment != kNone; }
  };
  Placements(size_t files, size_t fields) : fields_(fields), cells_(files * fields), rows_(files, kUnknownRows) {}

  [[nodiscard]] Cell& At(size_t file, size_t field) { return cells_[file * fields_ + field]; }
  [[nodiscard]] const Cell& At(size_t file, size_t field) const { return cells_[file * fields_ + field]; }
  [[nodiscard]] uint32_t Rows(size_t file) const { return rows_[file]; }
  // False if another segment counted other rows: then they cannot be read side by side.
  bool AgreeOnRows(size_t file, uint32_t rows);
  [[nodiscard]] bool IsComplete(size_t file) const;
  [[nodiscard]] size_t Fields() const { return fields_; }

 private:
  size_t fields_;
  std::vector<Cell> cells_;
  std::vector<uint32_t> rows_;
};

// One lookup. Reads the directories of the segments that may help, newest first, and matches their files.
class Lookup {
 public:
  explicit Lookup(LookupRequest request);
  LookupResult Run();

 private:
  using Answer = HeldBatches::Answer;
  void OpenSegments();
  [[nodiscard]] bool MayHelp(const SegmentHeader& header) const;
  void Match(uint32_t segment, Placements& placements);
  void MatchFile(uint32_t segment, size_t entry, uint32_t file, Placements& placements);
  [[nodiscard]] bool IsSame(const FileEntry& entry, uint32_t file);
  [[nodiscard]] bool ZonePasses(const Segment& segment, size_t entry) const;
  void MatchAll(const Hash128& needles, Placements& placements);
  void SettleFiltered();
  void PlanRuns(const Placements& placements);
  void PlanRun(const Placements& placements, std::span<const uint32_t> files);
  void PruneByDictionaries();
  void PruneByDictionary(size_t field, const Predicate& predicate);
  [[nodiscard]] KeepPlan PlanKeeping(const Placements& placements) const;

  LookupRequest request_;
  FileTable table_;
  std::vector<std::shared_ptr<Segment>> segments_;
  Placements whole_;
  Placements filtered_;  // of segments made through the same needles
  LookupResult result_;
  std::unordered_map<uint32_t, std::optional<LogHead>> heads_;  // of the files that had to be looked into
  struct Wanted {
    size_t field;
    uint32_t column;
  };
  std::vector<Wanted> wanted_;  // columns of the segment being matched
};

}  // namespace opentrail::logs::cache
