#include "engine/functions/cast_internal.h"
#include "engine/functions/datetime_internal.h"
#include "engine/functions/datetime_unit.h"
#include "engine/functions/scalar.h"
#include "engine/functions/time_zone.h"
#include "sql/datetime_text.h"
#include "sql/time_zone_key.h"

// Times with time zone, packed as sql/time_zone_key.h says.
namespace opentrail::engine {

namespace {

using duckdb::LogicalType;
using sql::kMicrosPerDay;
using sql::PackedTimeMicros;
using sql::PackedTimeOffset;
using sql::PackTime;

int64_t WithinDay(int64_t micros) { return sql::FloorModulo(micros, kMicrosPerDay); }

// The same instant on another clock.
int64_t OnClock(int64_t packed, int offset_minutes) {
  return PackTime(WithinDay(sql::PackedTimeKey(packed) + int64_t{offset_minutes} * 60'000'000), offset_minutes);
}

std::optional<int64_t> FromText(std::string_view text, int64_t precision) {
  const auto parsed = sql::ParseZonedTime(text);
  if (!parsed) return std::nullopt;
  return PackTime(WithinDay(sql::ToMicros(parsed->time, static_cast<uint32_t>(precision))), parsed->offset_minutes);
}

struct FromZonedTimestamp {
  ZoneClock clock;
  int64_t operator()(int64_t packed) {
    const int64_t millis = sql::PackedMillis(packed);
    const int64_t offset = clock.OffsetMillis(millis, sql::PackedZone(packed));
    return PackTime(WithinDay((millis + offset) * 1000), static_cast<int>(offset / 60'000));
  }
};

void RegisterCasts(duckdb::DatabaseInstance& database) {
  const auto bigint = LogicalType::BIGINT;
  RegisterCast(
      database, "varchar_to_timetz", {LogicalType::VARCHAR, bigint}, bigint, &FromText,
      +[](std::string_view text, int64_t) {
        return fmt::format("Value cannot be cast to time with time zone: {}", text);
      });
  RegisterScalar(
      database, "trino_cast_time_to_timetz", {LogicalType::TIME}, bigint,
      [](int64_t micros) { return PackTime(micros, 0); }, Throws::kNever);
  RegisterScalar(
      database, "trino_cast_timetz_to_time", {bigint}, LogicalType::TIME,
      [](int64_t packed) { return PackedTimeMicros(packed); }, Throws::kNever);
  RegisterScalar(
      database, "trino_cast_timetz_to_varchar",
      [](int64_t packed, int64_t precision) {
        return sql::FormatTime(PackedTimeMicros(packed), static_cast<uint32_t>(precision)) +
               sql::OffsetName(PackedTimeOffset(packed));
      },
      Throws::kNever);
  RegisterScalar(
      database, "trino_round_timetz",
      [](int64_t packed, int64_t precision) {
        const int64_t rounded = sql::RoundMicros(PackedTimeMicros(packed), static_cast<uint32_t>(precision));
        return PackTime(rounded % kMicrosPerDay, PackedTimeOffset(packed));
      },
      Throws::kNever);
  RegisterScalar(database, "trino_cast_tstz_to_timetz", FromZonedTimestamp{});
}

int OffsetOrThrow(int64_t millis) {
  const int64_t minutes = millis / 60'000;
  if (millis % 60'000 != 0) ThrowInvalidArgument("Invalid time zone offset interval: interval contains seconds");
  if (std::abs(minutes) > sql::kMaxOffsetMinutes) ThrowInvalidArgument("Invalid offset minutes {}", minutes);
  return static_cast<int>(minutes);
}

// The offset is the zone's when the statement runs.
struct AtZone {
  ZoneClock clock;
  int64_t operator()(int64_t packed, std::string_view name, int64_t now_millis) {
    const int64_t offset = clock.OffsetMillis(now_millis, ZoneKeyOrThrow(name));
    return OnClock(packed, static_cast<int>(offset / 60'000));
  }
};

void RegisterOperators(duckdb::DatabaseInstance& database) {
  RegisterScalar(
      database, "trino_timetz_key", [](int64_t packed) { return sql::PackedTimeKey(packed); }, Throws::kNever);
  RegisterScalar(
      database, "trino_timetz_add_millis",
      [](int64_t packed, int64_t millis) {
        const int64_t micros = WithinDay(PackedTimeMicros(packed) + millis % sql::kMillisPerDay * 1000);
        return PackTime(micros, PackedTimeOffset(packed));
      },
      Throws::kNever);
  RegisterScalar(
      database, "trino_timetz_difference",
      [](int64_t a, int64_t b) { return (sql::PackedTimeKey(a) - sql::PackedTimeKey(b)) / 1000; }, Throws::kNever);
  RegisterScalar(database, "trino_timetz_at_timezone", AtZone{});
  RegisterScalar(database, "trino_timetz_at_offset",
                 [](int64_t packed, int64_t millis) { return OnClock(packed, OffsetOrThrow(millis)); });
  RegisterScalar(
      database, "trino_timetz_timezone_hour", [](int64_t packed) -> int64_t { return PackedTimeOffset(packed) / 60; },
      Throws::kNever);
  RegisterScalar(
      database, "trino_timetz_timezone_minute", [](int64_t packed) -> int64_t { return PackedTimeOffset(packed) % 60; },
      Throws::kNever);
}

void RegisterUnits(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_date_trunc_timetz", [](std::string_view unit, int64_t packed) {
    return PackTime(TruncateMicros(PackedTimeMicros(packed), TimeUnitOrThrow(unit)), PackedTimeOffset(packed));
  });
  RegisterScalar(database, "trino_date_add_timetz", [](std::string_view unit, int64_t amount, int64_t packed) {
    return PackTime(AddToTime(PackedTimeMicros(packed), amount, TimeUnitOrThrow(unit)), PackedTimeOffset(packed));
  });
  RegisterScalar(database, "trino_date_diff_timetz", [](std::string_view unit, int64_t a, int64_t b) {
    return DifferenceOfMicros(sql::PackedTimeKey(a), sql::PackedTimeKey(b), TimeUnitOrThrow(unit));
  });
}

}  // namespace

void RegisterZonedTimes(duckdb::DatabaseInstance& database) {
  RegisterCasts(database);
  RegisterOperators(database);
  RegisterUnits(database);
}

}  // namespace opentrail::engine
