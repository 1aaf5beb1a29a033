#pragma once

#include <cstdint>
#include <string_view>

#include "engine/functions/time_zone.h"

// date_trunc, date_add and date_diff by their units, over the engine's values: a date is days, a time and a timestamp
// microseconds, a timestamp with time zone packed. A unit that the type does not have is refused in Trino's words
// (duckdb::InvalidInputException), as is a result out of range.
namespace opentrail::engine {

enum class DateUnit : uint8_t { kMillisecond, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear };

[[nodiscard]] DateUnit DateUnitOrThrow(std::string_view unit);
[[nodiscard]] DateUnit TimeUnitOrThrow(std::string_view unit);       // of a time: up to the hour
[[nodiscard]] DateUnit TimestampUnitOrThrow(std::string_view unit);  // all of them

[[nodiscard]] int64_t TruncateDays(int64_t days, DateUnit unit);  // kDay and longer
[[nodiscard]] int64_t TruncateMicros(int64_t micros, DateUnit unit);
[[nodiscard]] int64_t TruncateZoned(int64_t packed, DateUnit unit, ZoneClock& clock);

[[nodiscard]] int32_t AddToDate(int32_t days, int64_t amount, DateUnit unit);
[[nodiscard]] int64_t AddToTime(int64_t micros, int64_t amount, DateUnit unit);
[[nodiscard]] int64_t AddToTimestamp(int64_t micros, int64_t amount, DateUnit unit);
[[nodiscard]] int64_t AddToZoned(int64_t packed, int64_t amount, DateUnit unit, ZoneClock& clock);

// Complete units from a to b, negative where b is before a.
[[nodiscard]] int64_t DifferenceOfDates(int32_t a, int32_t b, DateUnit unit);
[[nodiscard]] int64_t DifferenceOfMicros(int64_t a, int64_t b, DateUnit unit);
// By the calendar of a's zone.
[[nodiscard]] int64_t DifferenceOfZoned(int64_t a, int64_t b, DateUnit unit, ZoneClock& clock);

}  // namespace opentrail::engine
