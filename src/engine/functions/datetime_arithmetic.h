#pragma once

#include <cstdint>

#include "sql/datetime_text.h"

// Calendar arithmetic with bounds: a result past what the engine stores is refused, never wrapped. Pure, but for the
// exceptions (duckdb::InvalidInputException).
namespace opentrail::engine {

[[nodiscard]] int64_t AddOrThrow(int64_t a, int64_t b);
[[nodiscard]] int64_t SubtractOrThrow(int64_t a, int64_t b);
[[nodiscard]] int64_t MultiplyOrThrow(int64_t a, int64_t b);
[[nodiscard]] int32_t CheckedDate(int64_t days);
[[nodiscard]] int64_t CheckedTimestamp(int64_t micros);

// The day is clamped to the month's last; the time of day stays.
[[nodiscard]] int32_t AddMonthsToDate(int32_t days, int64_t months);
[[nodiscard]] int64_t AddMonthsToMillis(int64_t millis, int64_t months);
[[nodiscard]] int64_t AddMonthsToTimestamp(int64_t micros, int64_t months);

}  // namespace opentrail::engine
