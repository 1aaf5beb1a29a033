#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "logs/batch_builder.h"
#include "logs/file_batches.h"
#include "logs/log_file.h"
#include "logs/needle.h"
#include "logs/scan.h"
#include "logs/text_buffer.h"

namespace opentrail::logs {

// Makes the readers of a scan; nullptr: those of CloudTrail logs.
class FileScan;
using ReaderMaker = std::function<std::unique_ptr<Scan::Reader>(FileScan& scan)>;

// One scan over listed files: hands out runs of held batches first, then files to parse, one at a time. Thread-safe.
class FileScan final : public Scan {
 public:
  // `batches` may be null. `statistics` and `cancel` must outlive the scan.
  FileScan(LogSource source, ScanRequest request, std::vector<LogFile> files, std::unique_ptr<FileBatches> batches,
           ScanStatistics& statistics, const CancelToken& cancel, ReaderMaker make_reader = nullptr);

  std::unique_ptr<Reader> NewReader() override;
  [[nodiscard]] uint64_t EstimatedRows() const override { return estimated_rows_; }
  [[nodiscard]] uint32_t MaxThreads() const override;

  // For readers.
  [[nodiscard]] std::unique_ptr<BatchRun> TakeRun();
  [[nodiscard]] std::optional<uint32_t> TakeFile();
  // A file that was thought held is to be parsed after all.
  void Return(uint32_t file);
  [[nodiscard]] std::unique_ptr<FileColumnsSink> NewSink();

  [[nodiscard]] const LogSource& Source() const { return source_; }
  [[nodiscard]] const ScanRequest& Request() const { return request_; }
  [[nodiscard]] const LogFile& File(uint32_t index) const { return files_[index]; }
  [[nodiscard]] ScanStatistics& Statistics() { return statistics_; }
  [[nodiscard]] const CancelToken& Cancel() const { return cancel_; }
  // nullptr: the predicates have no literal to search for.
  [[nodiscard]] const NeedleSet* Needles() const { return needles_ ? &*needles_ : nullptr; }
  // nullptr: all rows are to be delivered.
  [[nodiscard]] const RowFilter* Filter() const { return filters_rows_ ? &filter_ : nullptr; }
  [[nodiscard]] const std::shared_ptr<TextBufferPool>& Pool() const { return pool_; }

 private:
  void LookUpHeld();
  void CountHeld(uint32_t file, HeldBatches::Answer answer);

  const LogSource source_;
  const ScanRequest request_;
  const ReaderMaker make_reader_;
  std::vector<LogFile> files_;
  std::unique_ptr<FileBatches> batches_;
  ScanStatistics& statistics_;
  const CancelToken& cancel_;
  std::optional<NeedleSet> needles_;
  PredicateFilter filter_;
  bool filters_rows_ = true;
  std::shared_ptr<TextBufferPool> pool_ =
      std::make_shared<TextBufferPool>();  // shared with batches, which may outlive us
  uint64_t estimated_rows_ = 0;

  std::vector<uint32_t> to_parse_;  // largest first
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::deque<std::unique_ptr<BatchRun>> runs_;
  std::vector<uint32_t> returned_;
};

// Scan::Open with a cache and readers of the caller's choice, or none.
Result<std::unique_ptr<Scan>> OpenFileScan(const LogSource& source, const ScanRequest& request,
                                           std::unique_ptr<FileBatches> batches, ScanStatistics& statistics,
                                           const CancelToken& cancel, ReaderMaker make_reader = nullptr);

}  // namespace opentrail::logs
