#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "logs/column_batch.h"
#include "logs/predicate.h"

// Reading any tree of CloudTrail logs as columns.
namespace opentrail::logs {

// Bounds on what hostile files may cost. Each refusal names the bound.
struct ReadLimits {
  uint64_t max_inflated_bytes = 1ULL << 30;  // of one file
  uint32_t max_ratio = 1000;                 // inflated : compressed, judged once past 1 MiB
  uint32_t max_depth = 256;                  // JSON nesting
  uint64_t max_file_bytes = 1ULL << 30;      // compressed
};

// A file that could not be read, or not whole. Events before the fault were delivered.
struct ReadFault {
  std::string path;
  uint64_t offset = 0;  // in the inflated bytes, or in the file where inflation itself failed
  std::string message;  // what was wrong and what would be right
};

// What a cache of parsed columns did for a scan. Thread-safe.
struct CacheCounters {
  std::atomic<uint64_t> segments_opened{0};
  std::atomic<uint64_t> segments_rejected{0};  // damaged: removed, their files parsed again
  std::atomic<uint64_t> segments_written{0};
  std::atomic<uint64_t> writes_failed{0};  // disk full and the like: the segment is lost, nothing else
  std::atomic<uint64_t> files_written{0};
  std::atomic<uint64_t> files_too_fresh{0};   // changed too shortly before the scan to tell a later change apart
  std::atomic<uint64_t> readers_too_wide{0};  // stopped keeping, for the columns asked hold too much text
  std::atomic<uint64_t> files_too_large{0};   // columns above what one reader may hold
};

// What a scan did; shared by its workers, read by progress and by the closing report while it runs. Thread-safe.
struct ScanStatistics {
  std::atomic<uint64_t> whole_listings{0};  // scans that looked at all that is there
  std::atomic<uint64_t> files_total{0};     // found
  std::atomic<uint64_t> files_pruned{0};    // left out by path or statistics
  std::atomic<uint64_t> files_done{0};
  std::atomic<uint64_t> files_from_cache{0};
  std::atomic<uint64_t> bytes_total{0};  // compressed, of the files not pruned
  std::atomic<uint64_t> bytes_done{0};
  std::atomic<uint64_t> bytes_inflated{0};
  std::atomic<uint64_t> events{0};          // records delivered
  std::atomic<uint64_t> values_skipped{0};  // records that are no JSON objects: skipped and counted
  std::atomic<uint64_t> faults_total{0};
  std::atomic<uint64_t> files_without_events{0};  // well-formed, but no logs: a manifest, an empty file

  CacheCounters cache;

  void AddFault(ReadFault fault);                       // keeps the first kMaxFaults, counts all
  [[nodiscard]] std::vector<ReadFault> Faults() const;  // a copy
  static constexpr size_t kMaxFaults = 1000;
  void AddFileWithoutEvents(std::string path);                        // keeps the first kMaxFaults paths, counts all
  [[nodiscard]] std::vector<std::string> FilesWithoutEvents() const;  // a copy
  void SetCacheProblem(std::string message);                          // the scan goes on without a cache
  [[nodiscard]] std::string CacheProblem() const;                     // empty: none

 private:
  mutable std::mutex mutex_;
  std::vector<ReadFault> faults_;
  std::vector<std::string> files_without_events_;
  std::string cache_problem_;
};

struct CacheOptions {
  std::filesystem::path folder;      // empty: no cache
  uint64_t max_bytes = 10ULL << 30;  // the oldest segments beyond it are removed
};

class FileStore;

struct LogSource {
  std::vector<std::filesystem::path> roots;  // files or folders
  std::shared_ptr<FileStore> store;          // instead of roots; shared by the scans over it. nullptr: none
  ReadLimits limits;
  CacheOptions cache;   // of files on the disk alone
  bool strict = false;  // the first fault ends the scan with its error
};

// Field names. A field is a lower-case dotted path of JSON keys matched case-insensitively:
//   "eventname", "useridentity.sessioncontext.sessionissuer.username", "requestparameters", "resources".
// The empty field "" is the event itself, as JSON text.
// A JSON string gives its decoded text; true, numbers, objects and arrays their raw JSON text; null or missing, NULL.
// Duplicate keys: the last wins (as the JsonSerDe reads). Fields that start with '$' come from the file:
//   "$path", "$file_size", "$file_modified_time" (ISO 8601), and from its path (NULL where the path does not say):
//   "$account", "$region", "$year", "$month", "$day", "$organization";
// and those of the partition that the file is in: "$partition.<name>".
struct ScanRequest {
  std::vector<std::string> fields;
  std::vector<Predicate> predicates;
  uint32_t threads = 0;  // 0: all cores
};

// One scan over a source. Workers each take a Reader and call Next until it gives no rows.
// Scan is thread-safe; a Reader belongs to one thread.
class Scan {
 public:
  class Reader {
   public:
    virtual ~Reader() = default;
    // The next batch; rows == 0 at the end. Fails only on cancellation or, under `strict`, on the first fault.
    virtual Result<ColumnBatch> Next() = 0;
  };

  virtual ~Scan() = default;
  // Finds the files (listing is part of the scan), prunes them, sorts largest first.
  static Result<std::unique_ptr<Scan>> Open(const LogSource& source, const ScanRequest& request,
                                            ScanStatistics& statistics, const CancelToken& cancel);
  [[nodiscard]] virtual std::unique_ptr<Reader> NewReader() = 0;
  // Rows to expect, for the engine's planner; an estimate.
  [[nodiscard]] virtual uint64_t EstimatedRows() const = 0;
  [[nodiscard]] virtual uint32_t MaxThreads() const = 0;
};

}  // namespace opentrail::logs
