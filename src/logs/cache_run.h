#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "logs/cache_segment.h"
#include "logs/file_batches.h"

// Reading held columns back as batches.
namespace opentrail::logs::cache {

// Counts a damaged segment and removes it; one that is merely gone or unreadable is left alone.
void RejectSegment(const std::filesystem::path& path, const Error& error, CacheCounters& counters);

// The value of a '$' field of a file; nullopt is NULL.
using FileFieldReader = std::function<std::optional<std::string>(const LogFile& file, std::string_view field)>;

// Keeps the dictionaries used last, so that the next run over the same segment need not load them again and its batches
// carry the same dictionary_id. Thread-safe.
class RecentDictionaries {
 public:
  void Hold(std::shared_ptr<const DictionaryColumn> dictionary);

 private:
  static constexpr uint64_t kMaxBytes = 24 << 20;
  std::mutex mutex_;
  std::deque<std::shared_ptr<const DictionaryColumn>> held_;  // oldest first
  uint64_t bytes_ = 0;
};

// What all runs of a lookup share.
struct RunRequest {
  struct Field {
    std::string name;
    bool is_of_file = false;  // a '$' field
    uint32_t stored = 0;      // else: its place in RunPlan::columns
  };
  std::vector<Field> fields;  // in the order of ScanRequest::fields
  std::vector<Predicate> predicates;
  FileFieldReader read_file_field;
  std::span<const LogFile> files;
  CacheCounters* counters = nullptr;
  std::shared_ptr<RecentDictionaries> recent = std::make_shared<RecentDictionaries>();
};

// Files whose rows come from the same segments.
struct RunPlan {
  struct Column {
    uint32_t source;
    uint32_t column;  // in the source's directory
  };
  struct File {
    uint32_t index;
    uint32_t rows;
  };
  std::vector<std::shared_ptr<const Segment>> sources;
  std::vector<Column> columns;  // a stored field each
  std::vector<File> files;
  std::vector<uint32_t> first_rows;  // of each file in each source: files x sources

  [[nodiscard]] uint32_t FirstRow(size_t file, uint32_t source) const {
    return first_rows[file * sources.size() + source];
  }
};

// All blocks are read and checked before the first row is given, so a damaged segment costs no row twice.
class CachedRun final : public BatchRun {
 public:
  CachedRun(std::shared_ptr<const RunRequest> request, RunPlan plan);
  ~CachedRun() override;
  Result<ColumnBatch> Next(std::vector<uint32_t>& unusable) override;

 private:
  struct Loaded;
  // A predicate over a dictionary column: which of its values pass.
  struct Filter {
    RunPlan::Column column;
    std::shared_ptr<const DictionaryColumn> dictionary;
    std::vector<char> passes;
  };

  [[nodiscard]] bool Load();
  [[nodiscard]] bool LoadColumn(uint32_t stored);
  void PrepareFilters();
  void DropFilesWithoutRows();
  void LoadFileFields();
  [[nodiscard]] bool SelectRows(uint32_t count);
  ColumnBatch NewBatch() const;
  void AppendRows(ColumnBatch& batch, uint32_t count);
  void AppendColumn(ColumnVector& vector, uint32_t stored, uint32_t count);

  std::shared_ptr<const RunRequest> request_;
  RunPlan plan_;
  std::shared_ptr<Loaded> loaded_;  // shared: batches outlive the run
  std::vector<Filter> filters_;
  size_t file_ = 0;               // the next file of the plan
  uint32_t row_ = 0;              // and its next row
  std::vector<uint32_t> chosen_;  // rows of the current file, if filters chose among them
  bool is_choosing_ = false;
};

}  // namespace opentrail::logs::cache
