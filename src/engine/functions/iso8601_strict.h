#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "sql/time_zone_key.h"

// ISO 8601 text as from_iso8601_timestamp_nanos takes it: what Java calls ISO_DATE_TIME, a date and a time in full.
// Pure; thread-safe.
namespace opentrail::engine {

struct StrictIsoReading {
  int64_t local_millis = 0;      // as the text's own clock shows them; finer digits are cut
  int64_t offset_seconds = 0;    // that clock, east of UTC
  std::string_view offset_text;  // as written; empty: UTC, for the text has none
  std::string_view region;       // "Europe/Berlin", which stands in brackets behind an offset; else empty
};

// Where it is none, what Java says behind "Text '…' could not be parsed": " at index 4", ": Invalid date 'JUNE 31'".
[[nodiscard]] std::expected<StrictIsoReading, std::string> ParseStrictIsoTimestamp(std::string_view text);

}  // namespace opentrail::engine
