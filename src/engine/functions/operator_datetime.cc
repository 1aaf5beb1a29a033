#include <cmath>
#include <limits>

#include "engine/functions/datetime_arithmetic.h"
#include "engine/functions/operator_internal.h"
#include "engine/functions/scalar.h"
#include "engine/functions/time_zone.h"

// Dates, times and timestamps ± intervals: a day-to-second interval is milliseconds, a year-to-month one months.
namespace opentrail::engine {

namespace {

using duckdb::LogicalType;

int32_t DateAddMillis(int32_t date, int64_t millis) {
  if (millis % sql::kMillisPerDay != 0) ThrowInvalidArgument("Cannot add hour, minutes or seconds to a date");
  return CheckedDate(AddOrThrow(date, millis / sql::kMillisPerDay));
}

int32_t DateSubtractMillis(int32_t date, int64_t millis) {
  if (millis % sql::kMillisPerDay != 0) ThrowInvalidArgument("Cannot subtract hour, minutes or seconds from a date");
  return CheckedDate(SubtractOrThrow(date, millis / sql::kMillisPerDay));
}

int64_t TimeAddMillis(int64_t time, int64_t millis) {
  return sql::FloorModulo(time + millis % sql::kMillisPerDay * 1000, sql::kMicrosPerDay);
}

struct ZonedAddMonths {
  ZoneClock clock;
  int64_t operator()(int64_t packed, int32_t months) {
    const int64_t local = AddMonthsToMillis(clock.PackedLocalMillis(packed), months);
    return PackOrThrow(clock.ToUtcMillis(local, sql::PackedZone(packed)), sql::PackedZone(packed));
  }
};

// As Java turns a double into a whole number: cut, kept within bounds, NaN is 0.
template <typename T>
T Saturate(double value) {
  if (std::isnan(value)) return 0;
  if (value <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (value >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(value);
}

double CheckedFactor(double factor) {
  if (!std::isfinite(factor))
    ThrowInvalidArgument("Cannot multiply by double {}", std::isnan(factor) ? "NaN"
                                                         : factor < 0       ? "-Infinity"
                                                                            : "Infinity");
  return factor;
}

double CheckedDivisor(double divisor) {
  if (std::isnan(divisor)) ThrowInvalidArgument("Cannot divide by double NaN");
  if (divisor == 0) ThrowInvalidArgument("Cannot divide by double {}0.0", std::signbit(divisor) ? "-" : "");
  return divisor;
}

void RegisterShifts(duckdb::DatabaseInstance& database) {
  const auto date = LogicalType::DATE;
  const auto time = LogicalType::TIME;
  const auto timestamp = LogicalType::TIMESTAMP;
  const auto bigint = LogicalType::BIGINT;
  const auto integer = LogicalType::INTEGER;
  RegisterScalar(database, "trino_date_add_millis", {date, bigint}, date,
                 [](int32_t days, int64_t millis) { return DateAddMillis(days, millis); });
  RegisterScalar(database, "trino_date_subtract_millis", {date, bigint}, date,
                 [](int32_t days, int64_t millis) { return DateSubtractMillis(days, millis); });
  RegisterScalar(database, "trino_date_add_months", {date, integer}, date,
                 [](int32_t days, int32_t months) { return AddMonthsToDate(days, months); });
  RegisterScalar(
      database, "trino_time_add_millis", {time, bigint}, time,
      [](int64_t micros, int64_t millis) { return TimeAddMillis(micros, millis); }, Throws::kNever);
  RegisterScalar(database, "trino_timestamp_add_millis", {timestamp, bigint}, timestamp,
                 [](int64_t micros, int64_t millis) {
                   return CheckedTimestamp(AddOrThrow(micros, MultiplyOrThrow(millis, 1000)));
                 });
  RegisterScalar(database, "trino_timestamp_add_months", {timestamp, integer}, timestamp,
                 [](int64_t micros, int32_t months) { return AddMonthsToTimestamp(micros, months); });
  RegisterScalar(database, "trino_tstz_add_millis", [](int64_t packed, int64_t millis) {
    return PackOrThrow(AddOrThrow(sql::PackedMillis(packed), millis), sql::PackedZone(packed));
  });
  RegisterScalar(database, "trino_tstz_add_months", ZonedAddMonths{});
}

void RegisterDifferences(duckdb::DatabaseInstance& database) {
  RegisterScalar(
      database, "trino_date_difference", {LogicalType::DATE, LogicalType::DATE}, LogicalType::BIGINT,
      [](int32_t a, int32_t b) { return (int64_t{a} - b) * sql::kMillisPerDay; }, Throws::kNever);
  RegisterScalar(
      database, "trino_time_difference", {LogicalType::TIME, LogicalType::TIME}, LogicalType::BIGINT,
      [](int64_t a, int64_t b) { return (a - b) / 1000; }, Throws::kNever);
  RegisterScalar(database, "trino_timestamp_difference", {LogicalType::TIMESTAMP, LogicalType::TIMESTAMP},
                 LogicalType::BIGINT, [](int64_t a, int64_t b) { return SubtractOrThrow(a, b) / 1000; });
  RegisterScalar(
      database, "trino_tstz_difference",
      [](int64_t a, int64_t b) { return sql::PackedMillis(a) - sql::PackedMillis(b); }, Throws::kNever);
}

void RegisterScaling(duckdb::DatabaseInstance& database) {
  RegisterScalar(database, "trino_interval_millis_multiply", [](int64_t millis, double factor) {
    return Saturate<int64_t>(static_cast<double>(millis) * CheckedFactor(factor));
  });
  RegisterScalar(database, "trino_interval_millis_divide", [](int64_t millis, double divisor) {
    return Saturate<int64_t>(static_cast<double>(millis) / CheckedDivisor(divisor));
  });
  RegisterScalar(database, "trino_interval_months_multiply",
                 [](int32_t months, double factor) { return Saturate<int32_t>(months * CheckedFactor(factor)); });
  RegisterScalar(database, "trino_interval_months_divide",
                 [](int32_t months, double divisor) { return Saturate<int32_t>(months / CheckedDivisor(divisor)); });
}

}  // namespace

void RegisterDatetimeOperators(duckdb::DatabaseInstance& database) {
  RegisterShifts(database);
  RegisterDifferences(database);
  RegisterScaling(database);
}

}  // namespace opentrail::engine
