#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "logs/scan.h"

namespace opentrail::cli {

// A line on standard error that tells how far a scan is: share, bytes, events, rate, time left. Drawn only where
// standard error is a terminal, and only once the work has lasted half a second. Belongs to one thread.
class Progress {
 public:
  // statistics must outlive this.
  explicit Progress(const logs::ScanStatistics& statistics);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Wipes the line and draws no more; before the first row is printed. Idempotent.
  void Finish();

 private:
  void Draw();

  const logs::ScanStatistics& statistics_;
  std::mutex mutex_;
  std::condition_variable finish_;
  bool finished_ = false;
  std::thread drawer_;
};

// The line's text: "[#####     ]  50%  1.2 GiB of 2.4 GiB  1,000,000 events  512.0 MiB/s  0:03 left". Pure.
[[nodiscard]] std::string ProgressLine(uint64_t bytes_done, uint64_t bytes_total, uint64_t events, double seconds);

}  // namespace opentrail::cli
