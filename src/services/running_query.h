#pragma once

#include <atomic>
#include <cstdint>

#include "base/cancel.h"
#include "base/clock.h"

namespace opentrail::services {

// What a running statement shares with those who stop it or ask how far it is. Thread-safe.
struct RunningQuery {
  CancelToken cancel;
  std::atomic<bool> is_timed_out{false};        // then it was cancelled for that
  std::atomic<bool> is_over_scan_limit{false};  // it wanted to read more than scan_limit_bytes
  std::atomic<uint64_t> scanned_bytes{0};
  uint64_t scan_limit_bytes = UINT64_MAX;
  Time started;

  // Counts an object before it is read. False: it must not be.
  bool CountScan(uint64_t bytes) {
    if (scanned_bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes <= scan_limit_bytes) return true;
    is_over_scan_limit = true;
    return false;
  }
};

}  // namespace opentrail::services
