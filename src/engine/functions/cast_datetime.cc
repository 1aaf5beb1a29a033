#include "engine/functions/cast_internal.h"
#include "engine/functions/datetime_arithmetic.h"
#include "engine/functions/time_zone.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

using duckdb::LogicalType;

std::optional<int64_t> TimestampFromText(std::string_view text, int64_t precision) {
  const auto parsed = sql::ParseTimestamp(text);
  if (!parsed || !parsed->zone.empty()) return std::nullopt;
  return sql::ToMicros(*parsed, static_cast<uint32_t>(precision));
}

std::optional<int64_t> TimeFromText(std::string_view text, int64_t precision) {
  const auto parsed = sql::ParseTime(text);
  if (!parsed || !parsed->zone.empty()) return std::nullopt;
  return sql::ToMicros(*parsed, static_cast<uint32_t>(precision)) % sql::kMicrosPerDay;
}

// A text without a zone is in the session's, which is UTC. A wall clock that the zone skips is shifted by a cast, and
// no literal.
enum class SkippedClock : uint8_t { kShifted, kRefused };

struct ZonedFromText {
  SkippedClock skipped = SkippedClock::kShifted;
  ZoneClock clock = {};
  std::optional<int64_t> operator()(std::string_view text, int64_t precision) {
    const auto parsed = sql::ParseTimestamp(text);
    if (!parsed) return std::nullopt;
    const auto zone = parsed->zone.empty() ? sql::kUtcKey : sql::FindTimeZoneKey(parsed->zone);
    if (!zone) return std::nullopt;
    const uint32_t digits = static_cast<uint32_t>(std::min<int64_t>(precision, 3));
    const int64_t local = sql::ToMicros(*parsed, digits) / 1000;
    const int64_t millis = clock.ToUtcMillis(local, *zone);
    if (skipped == SkippedClock::kRefused && clock.ToLocalMillis(millis, *zone) != local) return std::nullopt;
    return PackOrThrow(millis, *zone);
  }
};

// The message tells where the literal stands.
struct ZonedLiteral {
  ZonedFromText convert{SkippedClock::kRefused};
  int64_t operator()(std::string_view text, int64_t precision, std::string_view message) {
    const auto packed = convert(text, precision);
    if (!packed) throw duckdb::InvalidInputException(std::string(message));
    return *packed;
  }
};

struct StrictZonedFromText {
  ZonedFromText convert;
  int64_t operator()(std::string_view text, int64_t precision) {
    const auto packed = convert(text, precision);
    if (!packed) ThrowTrino("INVALID_CAST_ARGUMENT", "Value cannot be cast to timestamp: {}", text);
    return *packed;
  }
};

void RegisterFromText(duckdb::DatabaseInstance& database) {
  RegisterCast(
      database, "varchar_to_date", {LogicalType::VARCHAR}, LogicalType::DATE, &sql::ParseDate,
      +[](std::string_view text) { return fmt::format("Value cannot be cast to date: {}", text); });
  RegisterCast(
      database, "varchar_to_timestamp", {LogicalType::VARCHAR, LogicalType::BIGINT}, LogicalType::TIMESTAMP,
      &TimestampFromText,
      +[](std::string_view text, int64_t) { return fmt::format("Value cannot be cast to timestamp: {}", text); });
  RegisterCast(
      database, "varchar_to_time", {LogicalType::VARCHAR, LogicalType::BIGINT}, LogicalType::TIME, &TimeFromText,
      +[](std::string_view text, int64_t) { return fmt::format("Value cannot be cast to time: {}", text); });
  RegisterScalar(database, "trino_cast_varchar_to_tstz", StrictZonedFromText{});
  RegisterScalar(database, "trino_try_cast_varchar_to_tstz", ZonedFromText{});
  RegisterScalar(database, "trino_tstz_literal", ZonedLiteral{});
}

struct LocalTimestamp {
  ZoneClock clock;
  int64_t operator()(int64_t packed) { return clock.PackedLocalMillis(packed) * 1000; }
};

struct ZonedText {
  ZoneClock clock;
  std::string operator()(int64_t packed, int64_t precision) {
    return clock.FormatZoned(packed, static_cast<uint32_t>(precision));
  }
};

int64_t RoundZoned(int64_t packed, int64_t precision) {
  const int64_t micros = sql::RoundMicros(sql::PackedMillis(packed) * 1000, static_cast<uint32_t>(precision));
  return PackOrThrow(micros / 1000, sql::PackedZone(packed));
}

void RegisterToText(duckdb::DatabaseInstance& database) {
  const auto varchar = LogicalType::VARCHAR;
  const auto bigint = LogicalType::BIGINT;
  RegisterScalar(
      database, "trino_cast_date_to_varchar", {LogicalType::DATE}, varchar,
      [](int32_t days) { return sql::FormatDate(days); }, Throws::kNever);
  RegisterScalar(
      database, "trino_cast_time_to_varchar", {LogicalType::TIME, bigint}, varchar,
      [](int64_t micros, int64_t precision) { return sql::FormatTime(micros, static_cast<uint32_t>(precision)); },
      Throws::kNever);
  RegisterScalar(
      database, "trino_cast_timestamp_to_varchar", {LogicalType::TIMESTAMP, bigint}, varchar,
      [](int64_t micros, int64_t precision) { return sql::FormatTimestamp(micros, static_cast<uint32_t>(precision)); },
      Throws::kNever);
  RegisterScalar(database, "trino_cast_tstz_to_varchar", ZonedText{});
  RegisterScalar(
      database, "trino_cast_interval_millis_to_varchar",
      [](int64_t millis) { return sql::FormatIntervalDayToSecond(millis); }, Throws::kNever);
  RegisterScalar(
      database, "trino_cast_interval_months_to_varchar",
      [](int32_t months) { return sql::FormatIntervalYearToMonth(months); }, Throws::kNever);
}

void RegisterBetweenKinds(duckdb::DatabaseInstance& database) {
  const auto timestamp = LogicalType::TIMESTAMP;
  const auto bigint = LogicalType::BIGINT;
  RegisterScalar(database, "trino_cast_timestamp_to_tstz", {timestamp}, bigint,
                 [](int64_t micros) { return PackOrThrow(sql::FloorDivide(micros, 1000), sql::kUtcKey); });
  RegisterScalar(database, "trino_cast_tstz_to_timestamp", {bigint}, timestamp, LocalTimestamp{});
  RegisterScalar(
      database, "trino_round_timestamp", {timestamp, bigint}, timestamp,
      [](int64_t micros, int64_t precision) { return sql::RoundMicros(micros, static_cast<uint32_t>(precision)); },
      Throws::kNever);
  RegisterScalar(
      database, "trino_round_time", {LogicalType::TIME, bigint}, LogicalType::TIME,
      [](int64_t micros, int64_t precision) {
        return sql::RoundMicros(micros, static_cast<uint32_t>(precision)) % sql::kMicrosPerDay;
      },
      Throws::kNever);
  RegisterScalar(database, "trino_round_tstz",
                 [](int64_t packed, int64_t precision) { return RoundZoned(packed, precision); });
}

}  // namespace

void RegisterDatetimeCasts(duckdb::DatabaseInstance& database) {
  RegisterFromText(database);
  RegisterToText(database);
  RegisterBetweenKinds(database);
}

}  // namespace opentrail::engine
