#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sql/time_zone_key.h"

namespace date {
class time_zone;
}

namespace opentrail::engine {

// The rules of the zones, from the system's time zone database, and a memory of the last rule that each zone used.
// Not thread-safe: one a thread. Throws duckdb::InvalidInputException where the system lacks a zone that we know.
class ZoneClock {
 public:
  // What a clock in the zone shows at an instant, as milliseconds since the epoch's wall-clock midnight.
  int64_t ToLocalMillis(int64_t utc_millis, sql::TimeZoneKey zone) {
    return zone == sql::kUtcKey ? utc_millis : utc_millis + OffsetMillis(utc_millis, zone);
  }
  // The instant at which the zone's clock shows this. An hour that comes twice is its first; one that is skipped moves
  // forward by what is skipped.
  int64_t ToUtcMillis(int64_t local_millis, sql::TimeZoneKey zone);
  int64_t OffsetMillis(int64_t utc_millis, sql::TimeZoneKey zone);

  // "CET", "EDT": what the zone's time is called then; empty where it is but an offset. Good until the next call.
  std::string_view ShortName(int64_t utc_millis, sql::TimeZoneKey zone);

  int64_t PackedLocalMillis(int64_t packed) {
    return ToLocalMillis(sql::PackedMillis(packed), sql::PackedZone(packed));
  }
  // "2024-01-05 08:53:35.000 Europe/Berlin": how Athena shows a timestamp with time zone.
  std::string FormatZoned(int64_t packed, uint32_t precision);

 private:
  struct Rule {
    const date::time_zone* zone = nullptr;
    int64_t begin_millis = 0;  // of the instants that the offset holds for; the end is past
    int64_t end_millis = 0;
    int64_t offset_millis = 0;
    std::string short_name;
  };
  Rule& RuleOf(sql::TimeZoneKey zone);
  static void Load(Rule& rule, int64_t utc_millis);

  std::unordered_map<sql::TimeZoneKey, Rule> rules_;
};

// The key of a zone that a query names; throws "INVALID_FUNCTION_ARGUMENT: '…' is not a valid time zone".
[[nodiscard]] sql::TimeZoneKey ZoneKeyOrThrow(std::string_view name);
// Packs, or throws where the instant is past what a packed value holds.
[[nodiscard]] int64_t PackOrThrow(int64_t utc_millis, sql::TimeZoneKey zone);

}  // namespace opentrail::engine
