#include "logs/file_scan.h"

#include <algorithm>
#include <thread>

#include "logs/discovery.h"
#include "logs/file_reader.h"
#include "logs/file_store.h"
#include "logs/log_path.h"

namespace opentrail::logs {
namespace {

// Usual bytes of one event, for the planner's estimate.
constexpr uint64_t kEventBytesCompressed = 200;
constexpr uint64_t kEventBytesPlain = 1300;

uint64_t EstimateRows(const LogFile& file) {
  uint64_t event_bytes = file.path.ends_with(".gz") ? kEventBytesCompressed : kEventBytesPlain;
  return std::max<uint64_t>(file.size / event_bytes, 1);
}

void SortLargestFirst(std::vector<LogFile>& files) {
  std::ranges::sort(
      files, [](const LogFile& a, const LogFile& b) { return a.size != b.size ? a.size > b.size : a.path < b.path; });
}

// Drops what the paths rule out.
void PruneByPath(std::vector<LogFile>& files, const ScanRequest& request, ScanStatistics& statistics) {
  if (request.predicates.empty()) return;
  size_t pruned = std::erase_if(files, [&](const LogFile& file) { return IsPrunedByPath(file, request.predicates); });
  statistics.files_pruned += pruned;
}

}  // namespace

Result<std::unique_ptr<Scan>> OpenFileScan(const LogSource& source, const ScanRequest& request,
                                           std::unique_ptr<FileBatches> batches, ScanStatistics& statistics,
                                           const CancelToken& cancel, ReaderMaker make_reader) {
  Result<Listing> listing =
      source.store ? source.store->List(request.predicates, cancel) : ListLogFiles(source.roots, cancel);
  if (!listing) return std::unexpected(std::move(listing.error()));
  if (!source.store || request.predicates.empty()) ++statistics.whole_listings;  // a store leaves out while it lists
  statistics.files_total += listing->files.size();
  for (ListingFault& fault : listing->faults) {
    if (source.strict) return MakeError(ErrorCode::kIo, "{}: {}", fault.path, fault.message);
    statistics.AddFault({std::move(fault.path), 0, std::move(fault.message)});
  }
  PruneByPath(listing->files, request, statistics);
  SortLargestFirst(listing->files);
  for (const LogFile& file : listing->files) statistics.bytes_total += file.size;
  return std::make_unique<FileScan>(source, request, std::move(listing->files), std::move(batches), statistics, cancel,
                                    std::move(make_reader));
}

FileScan::FileScan(LogSource source, ScanRequest request, std::vector<LogFile> files,
                   std::unique_ptr<FileBatches> batches, ScanStatistics& statistics, const CancelToken& cancel,
                   ReaderMaker make_reader)
    : source_(std::move(source)),
      request_(std::move(request)),
      make_reader_(std::move(make_reader)),
      files_(std::move(files)),
      batches_(std::move(batches)),
      statistics_(statistics),
      cancel_(cancel),
      needles_(NeedleSet::Choose(request_.predicates)),
      filter_(request_) {
  // A cache wants all rows of a file, or those that pass where needles spare us the rest anyway.
  filters_rows_ = !filter_.IsEmpty() && (!batches_ || needles_);
  for (const LogFile& file : files_) estimated_rows_ += EstimateRows(file);
  LookUpHeld();
}

void FileScan::LookUpHeld() {
  HeldBatches held;
  if (batches_) held = batches_->Lookup(files_, request_);
  held.answers.resize(files_.size(), HeldBatches::Answer::kParse);
  for (uint32_t file = 0; file < files_.size(); ++file) CountHeld(file, held.answers[file]);
  for (std::unique_ptr<BatchRun>& run : held.runs) runs_.push_back(std::move(run));
}

void FileScan::CountHeld(uint32_t file, HeldBatches::Answer answer) {
  switch (answer) {
    case HeldBatches::Answer::kParse: to_parse_.push_back(file); return;
    case HeldBatches::Answer::kEmpty:
      ++statistics_.files_pruned;
      statistics_.bytes_total -= files_[file].size;
      return;
    case HeldBatches::Answer::kHeld:
      ++statistics_.files_from_cache;
      ++statistics_.files_done;
      statistics_.bytes_done += files_[file].size;
      return;
  }
}

std::unique_ptr<Scan::Reader> FileScan::NewReader() {
  return make_reader_ ? make_reader_(*this) : std::make_unique<FileReader>(*this);
}

uint32_t FileScan::MaxThreads() const {
  uint32_t threads = request_.threads != 0 ? request_.threads : std::max(1U, std::thread::hardware_concurrency());
  size_t work = std::max<size_t>(to_parse_.size() + runs_.size(), 1);
  return static_cast<uint32_t>(std::min<size_t>(threads, work));
}

std::unique_ptr<BatchRun> FileScan::TakeRun() {
  std::scoped_lock lock(mutex_);
  if (runs_.empty()) return nullptr;
  std::unique_ptr<BatchRun> run = std::move(runs_.front());
  runs_.pop_front();
  return run;
}

std::optional<uint32_t> FileScan::TakeFile() {
  size_t next = next_.fetch_add(1, std::memory_order_relaxed);
  if (next < to_parse_.size()) return to_parse_[next];
  std::scoped_lock lock(mutex_);
  if (returned_.empty()) return std::nullopt;
  uint32_t file = returned_.back();
  returned_.pop_back();
  return file;
}

void FileScan::Return(uint32_t file) {
  --statistics_.files_from_cache;
  --statistics_.files_done;
  statistics_.bytes_done -= files_[file].size;
  std::scoped_lock lock(mutex_);
  returned_.push_back(file);
}

std::unique_ptr<FileColumnsSink> FileScan::NewSink() {
  if (!batches_) return nullptr;
  return batches_->NewSink(request_, filters_rows_ || needles_ ? SinkRows::kPassing : SinkRows::kAll);
}

}  // namespace opentrail::logs
