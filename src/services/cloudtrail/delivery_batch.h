#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "services/cloudtrail/delivery_state.h"
#include "trail/delivery.h"

namespace opentrail::services::cloudtrail {

// What is delivered together: a stretch of the journal, a file for each region in it.
struct Batch {
  int64_t end = 0;  // the last entry that was read
  size_t entries = 0;
  bool is_full = false;                                // a bound was reached: more may follow
  bool has_foreign = false;                            // it holds more than what CloudTrail did itself
  std::map<std::string, trail::LogFileBuilder> files;  // by region; those without their file of the batch under way
};

// Bounds on one batch. They count what is read, selected or not, so that a batch that is taken up again is never
// larger.
inline constexpr size_t kMaxBatchEntries = 20'000;
inline constexpr size_t kMaxBatchBytes = trail::LogFileBuilder::kMaxTextBytes;

// Reads on from where the span stands, or again what is of the batch under way.
[[nodiscard]] Result<Batch> ReadBatch(store::Connection& reader, const Trail& trail, const Span& span);

}  // namespace opentrail::services::cloudtrail
