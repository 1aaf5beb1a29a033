#include <cmath>
#include <cstdlib>
#include <limits>

#include "engine/functions/datetime_arithmetic.h"
#include "engine/functions/datetime_internal.h"
#include "engine/functions/duration.h"
#include "engine/functions/iso8601.h"
#include "engine/functions/iso8601_strict.h"
#include "engine/functions/scalar.h"
#include "engine/functions/time_zone.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

using duckdb::LogicalType;

[[noreturn]] void ThrowMalformed(std::string_view text, const IsoFault& fault) {
  if (!fault.out_of_range.empty()) ThrowInvalidArgument("Cannot parse \"{}\": {}", text, fault.out_of_range);
  const size_t malformed_at = fault.malformed_at;
  if (malformed_at == 0) ThrowInvalidArgument("Invalid format: \"{}\"", text);
  if (malformed_at >= text.size()) ThrowInvalidArgument("Invalid format: \"{}\" is too short", text);
  ThrowInvalidArgument("Invalid format: \"{}\" is malformed at \"{}\"", text, text.substr(malformed_at));
}

// The zone is the text's own; where it names none, the session's, which is UTC.
struct FromIsoTimestamp {
  ZoneClock clock;
  int64_t operator()(std::string_view text) {
    IsoFault fault;
    const auto reading = ParseIsoTimestamp(text, fault);
    if (fault.far_millis) ThrowTrino("GENERIC_INTERNAL_ERROR", "Millis overflow: {}", *fault.far_millis);
    if (!reading) ThrowMalformed(text, fault);
    const sql::TimeZoneKey zone = reading->zone.value_or(sql::kUtcKey);
    return PackOrThrow(clock.ToUtcMillis(sql::FloorDivide(reading->local_micros, 1000), zone), zone);
  }
};

// A region says which clock shows the instant; the offset in front of it says which instant it is.
int64_t FromStrictIsoTimestamp(std::string_view text) {
  const auto reading = ParseStrictIsoTimestamp(text);
  if (!reading) ThrowInvalidArgument("Text '{}' could not be parsed{}", text, reading.error());
  const std::string_view name = reading->region.empty() ? reading->offset_text : reading->region;
  const auto zone = name.empty() ? sql::kUtcKey : sql::FindTimeZoneKey(name);
  if (!zone) ThrowTrino("NOT_SUPPORTED", "Time zone not supported: {}", name);
  const uint64_t utc =
      static_cast<uint64_t>(reading->local_millis) - static_cast<uint64_t>(reading->offset_seconds * 1000);
  return PackOrThrow(static_cast<int64_t>(utc), *zone);
}

int32_t FromIsoDate(std::string_view text) {
  IsoFault fault;
  const auto days = ParseIsoDate(text, fault);
  if (fault.far_millis) ThrowTrino("GENERIC_INTERNAL_ERROR", "integer overflow");
  if (!days) ThrowMalformed(text, fault);
  return *days;
}

std::string IsoTimestamp(int64_t micros, int64_t precision) {
  std::string text = sql::FormatTimestamp(micros, static_cast<uint32_t>(precision));
  text[text.find(' ')] = 'T';
  return text;
}

struct ZonedToIso {
  ZoneClock clock;
  std::string operator()(int64_t packed, int64_t precision) {
    const int64_t offset = clock.OffsetMillis(sql::PackedMillis(packed), sql::PackedZone(packed));
    const std::string text = IsoTimestamp((sql::PackedMillis(packed) + offset) * 1000, precision);
    const int64_t minutes = offset / 60'000;
    if (minutes == 0) return text + "Z";
    return fmt::format("{}{}{:02}:{:02}", text, minutes < 0 ? '-' : '+', std::abs(minutes) / 60,
                       std::abs(minutes) % 60);
  }
};

void RegisterIso(duckdb::DatabaseInstance& database) {
  const auto varchar = LogicalType::VARCHAR;
  const auto bigint = LogicalType::BIGINT;
  RegisterScalar(database, "trino_from_iso8601_timestamp", FromIsoTimestamp{});
  RegisterScalar(database, "trino_from_iso8601_timestamp_nanos", FromStrictIsoTimestamp);
  RegisterScalar(database, "trino_from_iso8601_date", {varchar}, LogicalType::DATE, FromIsoDate);
  RegisterScalar(database, "trino_to_iso8601_timestamp", {LogicalType::TIMESTAMP, bigint}, varchar, IsoTimestamp,
                 Throws::kNever);
  RegisterScalar(database, "trino_to_iso8601_tstz", ZonedToIso{});
}

int64_t MillisFromUnix(double seconds) {
  // As Java rounds: NaN is 0, what is too large the largest long.
  if (std::isnan(seconds)) return 0;
  const double millis = std::floor(seconds * 1000 + 0.5);
  if (millis >= 9.223372036854775807e18) return std::numeric_limits<int64_t>::max();
  if (millis <= -9.223372036854775808e18) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(millis);
}

sql::TimeZoneKey ZoneOfMinutes(int64_t minutes) {
  const bool in_range = minutes >= -sql::kMaxOffsetMinutes && minutes <= sql::kMaxOffsetMinutes;
  if (!in_range) ThrowInvalidArgument("Invalid offset minutes {}", minutes);
  return *sql::TimeZoneKeyOfOffset(static_cast<int>(minutes));
}

sql::TimeZoneKey ZoneOfParts(int64_t hours, int64_t minutes) {
  return ZoneOfMinutes(AddOrThrow(MultiplyOrThrow(hours, 60), minutes));
}

sql::TimeZoneKey SupportedZone(std::string_view name) {
  const auto key = sql::FindTimeZoneKey(name);
  if (!key) ThrowTrino("NOT_SUPPORTED", "Time zone not supported: {}", name);
  return *key;
}

void RegisterUnix(duckdb::DatabaseInstance& database) {
  RegisterScalar(
      database, "trino_to_unixtime_timestamp", {LogicalType::TIMESTAMP}, LogicalType::DOUBLE,
      [](int64_t micros) { return static_cast<double>(micros) / 1e6; }, Throws::kNever);
  RegisterScalar(
      database, "trino_to_unixtime_tstz",
      [](int64_t packed) { return static_cast<double>(sql::PackedMillis(packed)) / 1000.0; }, Throws::kNever);
  RegisterScalar(database, "trino_from_unixtime",
                 [](double seconds) { return PackOrThrow(MillisFromUnix(seconds), sql::kUtcKey); });
  RegisterScalar(database, "trino_from_unixtime_zone", [](double seconds, std::string_view zone) {
    return PackOrThrow(MillisFromUnix(seconds), SupportedZone(zone));
  });
  RegisterScalar(database, "trino_from_unixtime_offset", [](double seconds, int64_t hours, int64_t minutes) {
    return PackOrThrow(MillisFromUnix(seconds), ZoneOfParts(hours, minutes));
  });
  RegisterScalar(database, "trino_from_unixtime_nanos",
                 [](int64_t nanos) { return PackOrThrow(sql::FloorDivide(nanos, 1'000'000), sql::kUtcKey); });
}

// Java prints the hours and minutes of an offset with its sign on both.
struct ZoneOffset {
  ZoneClock clock;
  int64_t Minutes(int64_t packed) {
    return clock.OffsetMillis(sql::PackedMillis(packed), sql::PackedZone(packed)) / 60'000;
  }
};

void RegisterZones(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_at_timezone", [](int64_t packed, std::string_view zone) {
    return sql::PackTimestamp(sql::PackedMillis(packed), ZoneKeyOrThrow(zone));
  });
  RegisterScalar(database, "trino_at_offset", [](int64_t packed, int64_t offset_millis) {
    if (offset_millis % 60'000 != 0)
      ThrowInvalidArgument("Invalid time zone offset interval: interval contains seconds");
    return sql::PackTimestamp(sql::PackedMillis(packed), ZoneOfMinutes(offset_millis / 60'000));
  });
  RegisterScalar(database, "trino_with_timezone", {LogicalType::TIMESTAMP, LogicalType::VARCHAR}, LogicalType::BIGINT,
                 [clock = ZoneClock()](int64_t micros, std::string_view name) mutable {
                   if (name.empty()) ThrowTrinoText("GENERIC_INTERNAL_ERROR", "Zone id is an empty string");
                   const sql::TimeZoneKey zone = ZoneKeyOrThrow(name);
                   return PackOrThrow(clock.ToUtcMillis(sql::FloorDivide(micros, 1000), zone), zone);
                 });
  RegisterScalar(database, "trino_timezone_hour",
                 [offset = ZoneOffset()](int64_t packed) mutable { return offset.Minutes(packed) / 60; });
  RegisterScalar(database, "trino_timezone_minute",
                 [offset = ZoneOffset()](int64_t packed) mutable { return offset.Minutes(packed) % 60; });
}

int64_t ParseDurationOrThrow(std::string_view text) {
  const auto millis = ParseDuration(text);
  if (!millis) ThrowInvalidArgument("{}", millis.error());
  return *millis;
}

std::string ReadableSeconds(double seconds) {
  const auto text = HumanReadableSeconds(seconds);
  if (!text) {
    const char* const name = std::isnan(seconds) ? "NaN" : seconds < 0 ? "-Infinity" : "Infinity";
    if (std::isfinite(seconds)) ThrowInvalidArgument("Invalid argument found: {}", seconds);
    ThrowInvalidArgument("Invalid argument found: {}", name);
  }
  return *text;
}

}  // namespace

void RegisterDatetimeConversions(duckdb::DatabaseInstance& database) {
  RegisterIso(database);
  RegisterUnix(database);
  RegisterZones(database);
  RegisterScalar(database, "trino_parse_duration", ParseDurationOrThrow);
  RegisterScalar(database, "trino_human_readable_seconds", ReadableSeconds);
}

}  // namespace opentrail::engine
