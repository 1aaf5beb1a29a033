#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "logs/scan.h"
#include "trail/event_history.h"

namespace opentrail::trail {

struct HistoryQuery {
  std::vector<LookupCondition> attributes;  // all must match
  std::optional<std::string> start_time;    // "2026-03-04T00:00:00Z", inclusive
  std::optional<std::string> end_time;      // inclusive
  std::optional<uint64_t> max_items;        // the newest so many
};

// What the matches may hold in memory; past it the question must be narrowed.
inline constexpr uint64_t kMaxHistoryBytes = 1ULL << 30;

// The matching events of a source, newest first, an eventID once. Reads with all cores. statistics tells what was read.
// kLimitExceeded past kMaxHistoryBytes, kCancelled, or the first fault where the source is strict.
[[nodiscard]] Result<std::vector<HistoryEvent>> SearchHistory(const logs::LogSource& source, const HistoryQuery& query,
                                                              uint32_t threads, logs::ScanStatistics& statistics,
                                                              const CancelToken& cancel);

// The hints that let a scan leave out what cannot match. Exposed for its test.
[[nodiscard]] std::vector<logs::Predicate> HintsOf(const HistoryQuery& query);

}  // namespace opentrail::trail
