#include "engine/functions/time_zone.h"

#include <chrono>

#include <date/tz.h>

#include "engine/functions/scalar.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

constexpr int64_t kDayMillis = 86'400'000;

Seconds FloorSeconds(int64_t millis) { return Seconds(sql::FloorDivide(millis, 1000)); }

const date::time_zone* LocateZone(sql::TimeZoneKey key) {
  const std::string name = sql::TimeZoneName(key);
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    ThrowInvalidArgument("'{}' is not in this system's time zone database", name);
  }
}

}  // namespace

ZoneClock::Rule& ZoneClock::RuleOf(sql::TimeZoneKey zone) {
  Rule& rule = rules_[zone];
  if (rule.zone == nullptr) rule.zone = LocateZone(zone);
  return rule;
}

void ZoneClock::Load(Rule& rule, int64_t utc_millis) {
  const date::sys_info info = rule.zone->get_info(date::sys_seconds(FloorSeconds(utc_millis)));
  // The first and the last rule reach to the ends of the library's years, which milliseconds hold.
  rule.begin_millis = info.begin.time_since_epoch().count() * 1000;
  rule.end_millis = info.end.time_since_epoch().count() * 1000;
  rule.offset_millis = info.offset.count() * 1000;
  rule.short_name = info.abbrev;
}

std::string_view ZoneClock::ShortName(int64_t utc_millis, sql::TimeZoneKey zone) {
  if (zone == sql::kUtcKey || sql::FixedOffsetMinutes(zone)) return {};
  OffsetMillis(utc_millis, zone);
  const std::string& name = rules_[zone].short_name;  // "-03" where the database knows no letters
  return !name.empty() && name[0] >= 'A' && name[0] <= 'Z' ? std::string_view(name) : std::string_view();
}

int64_t ZoneClock::OffsetMillis(int64_t utc_millis, sql::TimeZoneKey zone) {
  if (const auto minutes = sql::FixedOffsetMinutes(zone)) return int64_t{*minutes} * 60'000;
  Rule& rule = RuleOf(zone);
  if (utc_millis < rule.begin_millis || utc_millis >= rule.end_millis) Load(rule, utc_millis);
  return rule.offset_millis;
}

int64_t ZoneClock::ToUtcMillis(int64_t local_millis, sql::TimeZoneKey zone) {
  if (const auto minutes = sql::FixedOffsetMinutes(zone)) return local_millis - int64_t{*minutes} * 60'000;
  Rule& rule = RuleOf(zone);
  // Far from both ends of a rule nothing is skipped or doubled.
  const int64_t guess = local_millis - rule.offset_millis;
  if (guess - rule.begin_millis > kDayMillis && rule.end_millis - guess > kDayMillis) return guess;
  const date::local_info info = rule.zone->get_info(date::local_seconds(FloorSeconds(local_millis)));
  Load(rule, local_millis - info.first.offset.count() * 1000);
  return local_millis - info.first.offset.count() * 1000;
}

std::string ZoneClock::FormatZoned(int64_t packed, uint32_t precision) {
  return sql::FormatTimestamp(PackedLocalMillis(packed) * 1000, precision) + " " +
         sql::TimeZoneName(sql::PackedZone(packed));
}

sql::TimeZoneKey ZoneKeyOrThrow(std::string_view name) {
  const auto key = sql::FindTimeZoneKey(name);
  if (!key) ThrowInvalidArgument("'{}' is not a valid time zone", name);
  return *key;
}

int64_t PackOrThrow(int64_t utc_millis, sql::TimeZoneKey zone) {
  if (utc_millis < sql::kMinPackedMillis || utc_millis > sql::kMaxPackedMillis) {
    ThrowTrino("GENERIC_INTERNAL_ERROR", "Millis overflow: {}", utc_millis);
  }
  return sql::PackTimestamp(utc_millis, zone);
}

}  // namespace opentrail::engine
