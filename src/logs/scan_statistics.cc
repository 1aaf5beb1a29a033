#include "logs/scan.h"

namespace opentrail::logs {

void ScanStatistics::AddFault(ReadFault fault) {
  faults_total.fetch_add(1, std::memory_order_relaxed);
  std::scoped_lock lock(mutex_);
  if (faults_.size() < kMaxFaults) faults_.push_back(std::move(fault));
}

std::vector<ReadFault> ScanStatistics::Faults() const {
  std::scoped_lock lock(mutex_);
  return faults_;
}

void ScanStatistics::AddFileWithoutEvents(std::string path) {
  files_without_events.fetch_add(1, std::memory_order_relaxed);
  std::scoped_lock lock(mutex_);
  if (files_without_events_.size() < kMaxFaults) files_without_events_.push_back(std::move(path));
}

std::vector<std::string> ScanStatistics::FilesWithoutEvents() const {
  std::scoped_lock lock(mutex_);
  return files_without_events_;
}

void ScanStatistics::SetCacheProblem(std::string message) {
  std::scoped_lock lock(mutex_);
  cache_problem_ = std::move(message);
}

std::string ScanStatistics::CacheProblem() const {
  std::scoped_lock lock(mutex_);
  return cache_problem_;
}

}  // namespace opentrail::logs
