#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// A zone as the low 12 bits of a packed timestamp with time zone: (epoch milliseconds << 12) | key.
//   0             UTC, under any of its names
//   1 .. 1680     the fixed offsets -14:00 .. +14:00 by the minute, without 0
//   1681 ..       the named zones of sql/time_zone_names.h
// Pure; safe from any thread.
namespace opentrail::sql {

using TimeZoneKey = uint16_t;

inline constexpr TimeZoneKey kUtcKey = 0;
inline constexpr int kMaxOffsetMinutes = 14 * 60;
inline constexpr TimeZoneKey kFirstNamedKey = 2 * kMaxOffsetMinutes + 1;
inline constexpr int kTimeZoneBits = 12;
inline constexpr int64_t kTimeZoneMask = (int64_t{1} << kTimeZoneBits) - 1;

// "UTC", "Z", "Europe/Berlin" (any case), "+02:00", "-0530", "+5", "UTC+2", "GMT-03:00"; nullopt for anything else.
[[nodiscard]] std::optional<TimeZoneKey> FindTimeZoneKey(std::string_view name);
// minutes east of UTC; nullopt past ±14:00.
[[nodiscard]] std::optional<TimeZoneKey> TimeZoneKeyOfOffset(int minutes);
// "UTC", "+02:00", "Europe/Berlin". A key out of the table reads "UTC".
[[nodiscard]] std::string TimeZoneName(TimeZoneKey key);
// The minutes of a fixed key (UTC is 0); nullopt for a named zone, whose offset its rules decide.
[[nodiscard]] std::optional<int> FixedOffsetMinutes(TimeZoneKey key);

// The range of milliseconds that 52 bits hold: a packed value's instant.
inline constexpr int64_t kMaxPackedMillis = (int64_t{1} << 51) - 1;
inline constexpr int64_t kMinPackedMillis = -(int64_t{1} << 51);

[[nodiscard]] constexpr int64_t PackTimestamp(int64_t utc_millis, TimeZoneKey key) {
  return static_cast<int64_t>(static_cast<uint64_t>(utc_millis) << kTimeZoneBits) | key;
}
[[nodiscard]] constexpr int64_t PackedMillis(int64_t packed) { return packed >> kTimeZoneBits; }
[[nodiscard]] constexpr TimeZoneKey PackedZone(int64_t packed) {
  return static_cast<TimeZoneKey>(packed & kTimeZoneMask);
}

// A time with time zone: microseconds of the day as its own clock shows them, and that clock's minutes east of UTC.
[[nodiscard]] constexpr int64_t PackTime(int64_t micros, int offset_minutes) {
  return (micros << kTimeZoneBits) | (offset_minutes + kMaxOffsetMinutes);
}
[[nodiscard]] constexpr int64_t PackedTimeMicros(int64_t packed) { return packed >> kTimeZoneBits; }
[[nodiscard]] constexpr int PackedTimeOffset(int64_t packed) {
  return static_cast<int>(packed & kTimeZoneMask) - kMaxOffsetMinutes;
}
// What is equal, and in order, where the instants within a day of UTC are.
[[nodiscard]] constexpr int64_t PackedTimeKey(int64_t packed) {
  constexpr int64_t kDay = int64_t{86'400'000'000};
  const int64_t utc = PackedTimeMicros(packed) - int64_t{PackedTimeOffset(packed)} * 60'000'000;
  return ((utc % kDay) + kDay) % kDay;
}
// "+02:00"
[[nodiscard]] std::string OffsetName(int offset_minutes);

}  // namespace opentrail::sql
