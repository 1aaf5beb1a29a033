#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "logs/cache_run.h"
#include "logs/cache_writer.h"
#include "logs/file_batches.h"

namespace opentrail::logs {

// Columns that were parsed once, kept in a folder and given back while their log files are unchanged. Made for one
// scan, before its files are listed; thread-safe. The folder may be shared by any number of processes, be deleted, cut
// short or altered at any time: what does not check out is parsed again. Format and rules: docs/formats/cache.md.
class ColumnCache final : public FileBatches {
 public:
  // Fails if the folder cannot be made or does not belong to this user alone; the scan can go on without.
  // `now_ns` is the system's clock; files changed too shortly before are not kept. `counters` must outlive all
  // that is made of it.
  static Result<std::unique_ptr<ColumnCache>> Open(const CacheOptions& options, cache::FileFieldReader read_file_field,
                                                   int64_t now_ns, CacheCounters& counters);
  ~ColumnCache() override;

  // `files` must stay as long as the runs.
  HeldBatches Lookup(std::span<const LogFile> files, const ScanRequest& request) override;
  std::unique_ptr<FileColumnsSink> NewSink(const ScanRequest& request, SinkRows rows) override;

 private:
  ColumnCache(CacheOptions options, cache::FileFieldReader read_file_field, int64_t now_ns, CacheCounters& counters);
  [[nodiscard]] std::shared_ptr<cache::SinkPlan> PlanSink(const ScanRequest& request, cache::KeepPlan keep) const;

  CacheOptions options_;
  cache::FileFieldReader read_file_field_;
  int64_t opened_ns_;
  std::string working_folder_;
  CacheCounters& counters_;
  std::shared_ptr<const cache::SinkPlan> whole_plan_;  // of the last Lookup
  std::shared_ptr<const cache::SinkPlan> passing_plan_;
};

}  // namespace opentrail::logs
