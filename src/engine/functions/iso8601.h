#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sql/time_zone_key.h"

// ISO 8601 text as from_iso8601_timestamp takes it. Pure; thread-safe.
namespace opentrail::engine {

struct IsoReading {
  int64_t local_micros = 0;              // finer digits are cut
  std::optional<sql::TimeZoneKey> zone;  // nullopt where the text names none
};

// "2024-01-05T08:53:35Z" and every other form of the extended format: years, months, weeks and days of the year, hours
// with fractions, offsets. Where it is none, `fault` says why.
struct IsoFault {
  size_t malformed_at = 0;   // the place up to which the text is one
  std::string out_of_range;  // "Value 25 for hourOfDay must be in the range [0,23]", where that is all that is wrong
  std::optional<int64_t> far_millis;  // well-formed, and so far from the epoch that no timestamp is
};
[[nodiscard]] std::optional<IsoReading> ParseIsoTimestamp(std::string_view text, IsoFault& fault);
// "2024-01-05", "2024-W01-5", "2024-005"; days since the epoch.
[[nodiscard]] std::optional<int32_t> ParseIsoDate(std::string_view text, IsoFault& fault);

}  // namespace opentrail::engine
