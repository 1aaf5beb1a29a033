#include "engine/functions/datetime_internal.h"
#include "engine/functions/datetime_unit.h"
#include "engine/functions/register.h"
#include "engine/functions/scalar.h"

namespace opentrail::engine {

namespace {

using duckdb::LogicalType;

// A unit is nearly always the same text: its meaning is kept.
template <DateUnit (*find)(std::string_view)>
class UnitCache {
 public:
  DateUnit operator()(std::string_view text) {
    if (text != text_ || text_.empty()) {
      unit_ = find(text);
      text_ = text;
    }
    return unit_;
  }

 private:
  std::string text_;
  DateUnit unit_ = DateUnit::kDay;
};
using DateUnits = UnitCache<DateUnitOrThrow>;
using TimeUnits = UnitCache<TimeUnitOrThrow>;
using TimestampUnits = UnitCache<TimestampUnitOrThrow>;

void RegisterTruncations(duckdb::DatabaseInstance& database) {
  const auto varchar = LogicalType::VARCHAR;
  RegisterScalar(database, "trino_date_trunc_date", {varchar, LogicalType::DATE}, LogicalType::DATE,
                 [units = DateUnits()](std::string_view unit, int32_t days) mutable {
                   return static_cast<int32_t>(TruncateDays(days, units(unit)));
                 });
  RegisterScalar(database, "trino_date_trunc_time", {varchar, LogicalType::TIME}, LogicalType::TIME,
                 [units = TimeUnits()](std::string_view unit, int64_t micros) mutable {
                   return TruncateMicros(micros, units(unit));
                 });
  RegisterScalar(database, "trino_date_trunc_timestamp", {varchar, LogicalType::TIMESTAMP}, LogicalType::TIMESTAMP,
                 [units = TimestampUnits()](std::string_view unit, int64_t micros) mutable {
                   return TruncateMicros(micros, units(unit));
                 });
  RegisterScalar(database, "trino_date_trunc_tstz",
                 [units = TimestampUnits(), clock = ZoneClock()](std::string_view unit, int64_t packed) mutable {
                   return TruncateZoned(packed, units(unit), clock);
                 });
}

void RegisterAdditions(duckdb::DatabaseInstance& database) {
  const auto varchar = LogicalType::VARCHAR;
  const auto bigint = LogicalType::BIGINT;
  RegisterScalar(database, "trino_date_add_date", {varchar, bigint, LogicalType::DATE}, LogicalType::DATE,
                 [units = DateUnits()](std::string_view unit, int64_t amount, int32_t days) mutable {
                   return AddToDate(days, amount, units(unit));
                 });
  RegisterScalar(database, "trino_date_add_time", {varchar, bigint, LogicalType::TIME}, LogicalType::TIME,
                 [units = TimeUnits()](std::string_view unit, int64_t amount, int64_t micros) mutable {
                   return AddToTime(micros, amount, units(unit));
                 });
  RegisterScalar(database, "trino_date_add_timestamp", {varchar, bigint, LogicalType::TIMESTAMP},
                 LogicalType::TIMESTAMP,
                 [units = TimestampUnits()](std::string_view unit, int64_t amount, int64_t micros) mutable {
                   return AddToTimestamp(micros, amount, units(unit));
                 });
  RegisterScalar(
      database, "trino_date_add_tstz",
      [units = TimestampUnits(), clock = ZoneClock()](std::string_view unit, int64_t amount, int64_t packed) mutable {
        return AddToZoned(packed, amount, units(unit), clock);
      });
}

void RegisterUnitDifferences(duckdb::DatabaseInstance& database) {
  const auto varchar = LogicalType::VARCHAR;
  const auto bigint = LogicalType::BIGINT;
  RegisterScalar(database, "trino_date_diff_date", {varchar, LogicalType::DATE, LogicalType::DATE}, bigint,
                 [units = DateUnits()](std::string_view unit, int32_t a, int32_t b) mutable {
                   return DifferenceOfDates(a, b, units(unit));
                 });
  RegisterScalar(database, "trino_date_diff_time", {varchar, LogicalType::TIME, LogicalType::TIME}, bigint,
                 [units = TimeUnits()](std::string_view unit, int64_t a, int64_t b) mutable {
                   return DifferenceOfMicros(a, b, units(unit));
                 });
  RegisterScalar(database, "trino_date_diff_timestamp", {varchar, LogicalType::TIMESTAMP, LogicalType::TIMESTAMP},
                 bigint, [units = TimestampUnits()](std::string_view unit, int64_t a, int64_t b) mutable {
                   return DifferenceOfMicros(a, b, units(unit));
                 });
  RegisterScalar(database, "trino_date_diff_tstz",
                 [units = TimestampUnits(), clock = ZoneClock()](std::string_view unit, int64_t a, int64_t b) mutable {
                   return DifferenceOfZoned(a, b, units(unit), clock);
                 });
}

}  // namespace

void RegisterDatetimeUnits(duckdb::DatabaseInstance& database) {
  RegisterTruncations(database);
  RegisterAdditions(database);
  RegisterUnitDifferences(database);
}

void RegisterDatetimeFunctions(duckdb::DatabaseInstance& database) {
  RegisterDatetimeUnits(database);
  RegisterDatetimePatterns(database);
  RegisterDatetimeConversions(database);
  RegisterZonedTimes(database);
}

}  // namespace opentrail::engine
