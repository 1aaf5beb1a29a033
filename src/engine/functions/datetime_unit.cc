#include "engine/functions/datetime_unit.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/functions/datetime_arithmetic.h"
#include "engine/functions/scalar.h"
#include "sql/datetime_text.h"
#include "sql/text.h"

namespace opentrail::engine {

namespace {

using sql::FloorDivide;
using sql::kMicrosPerDay;

struct UnitName {
  std::string_view name;
  DateUnit unit;
};
constexpr auto kUnitNames = std::to_array<UnitName>({
    {"day", DateUnit::kDay},
    {"hour", DateUnit::kHour},
    {"minute", DateUnit::kMinute},
    {"second", DateUnit::kSecond},
    {"month", DateUnit::kMonth},
    {"week", DateUnit::kWeek},
    {"year", DateUnit::kYear},
    {"quarter", DateUnit::kQuarter},
    {"millisecond", DateUnit::kMillisecond},
});

std::optional<DateUnit> FindUnit(std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  for (const auto& [name, unit] : kUnitNames) {
    if (text == name || std::ranges::equal(text, name, {}, lower)) return unit;
  }
  return std::nullopt;
}

// 0 for the units whose length the calendar decides.
int64_t MicrosOf(DateUnit unit) {
  switch (unit) {
    case DateUnit::kMillisecond: return 1000;
    case DateUnit::kSecond: return sql::kMicrosPerSecond;
    case DateUnit::kMinute: return 60 * sql::kMicrosPerSecond;
    case DateUnit::kHour: return 3600 * sql::kMicrosPerSecond;
    case DateUnit::kDay: return kMicrosPerDay;
    case DateUnit::kWeek: return 7 * kMicrosPerDay;
    case DateUnit::kMonth:
    case DateUnit::kQuarter:
    case DateUnit::kYear: return 0;
  }
  return 0;
}

int64_t MonthsOf(DateUnit unit) {
  if (unit == DateUnit::kMonth) return 1;
  return unit == DateUnit::kQuarter ? 3 : 12;
}

// Units that depend on no calendar and no zone.
bool IsClockUnit(DateUnit unit) { return unit <= DateUnit::kHour; }

// How many whole months lie from a to b, a <= b.
int64_t WholeMonths(int64_t a, int64_t b) {
  const sql::CivilDate from = sql::CivilFromDays(FloorDivide(a, kMicrosPerDay));
  const sql::CivilDate to = sql::CivilFromDays(FloorDivide(b, kMicrosPerDay));
  const int64_t months = (to.year - from.year) * 12 + to.month - from.month;
  return AddMonthsToTimestamp(a, months) > b ? months - 1 : months;
}

}  // namespace

DateUnit TimestampUnitOrThrow(std::string_view text) {
  const auto unit = FindUnit(text);
  if (!unit) ThrowInvalidArgument("'{}' is not a valid TIMESTAMP field", sql::LowerCase(text));
  return *unit;
}

DateUnit DateUnitOrThrow(std::string_view text) {
  const auto unit = FindUnit(text);
  if (!unit || IsClockUnit(*unit)) ThrowInvalidArgument("'{}' is not a valid DATE field", sql::LowerCase(text));
  return *unit;
}

DateUnit TimeUnitOrThrow(std::string_view text) {
  const auto unit = FindUnit(text);
  if (!unit || !IsClockUnit(*unit)) ThrowInvalidArgument("'{}' is not a valid TIME field", sql::LowerCase(text));
  return *unit;
}

int64_t TruncateDays(int64_t days, DateUnit unit) {
  if (unit <= DateUnit::kDay) return days;
  if (unit == DateUnit::kWeek) return days - sql::FloorModulo(days + 3, 7);  // back to Monday
  sql::CivilDate date = sql::CivilFromDays(days);
  date.day = 1;
  if (unit == DateUnit::kQuarter) date.month -= (date.month - 1) % 3;
  if (unit == DateUnit::kYear) date.month = 1;
  return sql::DaysFromCivil(date);
}

int64_t TruncateMicros(int64_t micros, DateUnit unit) {
  if (unit <= DateUnit::kDay) return FloorDivide(micros, MicrosOf(unit)) * MicrosOf(unit);
  return TruncateDays(FloorDivide(micros, kMicrosPerDay), unit) * kMicrosPerDay;
}

int64_t TruncateZoned(int64_t packed, DateUnit unit, ZoneClock& clock) {
  const sql::TimeZoneKey zone = sql::PackedZone(packed);
  if (unit < DateUnit::kHour) {
    // Offsets of today are whole minutes; within a minute no zone matters.
    return PackOrThrow(TruncateMicros(sql::PackedMillis(packed) * 1000, unit) / 1000, zone);
  }
  const int64_t local = clock.PackedLocalMillis(packed);
  const int64_t truncated = TruncateMicros(local * 1000, unit) / 1000;
  // An hour that comes twice keeps its offset.
  if (unit == DateUnit::kHour) return PackOrThrow(sql::PackedMillis(packed) - (local - truncated), zone);
  return PackOrThrow(clock.ToUtcMillis(truncated, zone), zone);
}

int32_t AddToDate(int32_t days, int64_t amount, DateUnit unit) {
  if (unit == DateUnit::kDay) return CheckedDate(AddOrThrow(days, amount));
  if (unit == DateUnit::kWeek) return CheckedDate(AddOrThrow(days, MultiplyOrThrow(amount, 7)));
  return AddMonthsToDate(days, MultiplyOrThrow(amount, MonthsOf(unit)));
}

int64_t AddToTime(int64_t micros, int64_t amount, DateUnit unit) {
  const int64_t units_per_day = kMicrosPerDay / MicrosOf(unit);
  return sql::FloorModulo(micros + amount % units_per_day * MicrosOf(unit), kMicrosPerDay);
}

int64_t AddToTimestamp(int64_t micros, int64_t amount, DateUnit unit) {
  if (const int64_t length = MicrosOf(unit))
    return CheckedTimestamp(AddOrThrow(micros, MultiplyOrThrow(amount, length)));
  return AddMonthsToTimestamp(micros, MultiplyOrThrow(amount, MonthsOf(unit)));
}

int64_t AddToZoned(int64_t packed, int64_t amount, DateUnit unit, ZoneClock& clock) {
  const sql::TimeZoneKey zone = sql::PackedZone(packed);
  if (IsClockUnit(unit)) {
    const int64_t added = MultiplyOrThrow(amount, MicrosOf(unit) / 1000);
    return PackOrThrow(AddOrThrow(sql::PackedMillis(packed), added), zone);
  }
  const int64_t local = CheckedTimestamp(MultiplyOrThrow(clock.PackedLocalMillis(packed), 1000));
  return PackOrThrow(clock.ToUtcMillis(AddToTimestamp(local, amount, unit) / 1000, zone), zone);
}

int64_t DifferenceOfDates(int32_t a, int32_t b, DateUnit unit) {
  return DifferenceOfMicros(a * kMicrosPerDay, b * kMicrosPerDay, unit);
}

int64_t DifferenceOfMicros(int64_t a, int64_t b, DateUnit unit) {
  // Trino counts in milliseconds.
  a = FloorDivide(a, 1000) * 1000;
  b = FloorDivide(b, 1000) * 1000;
  if (const int64_t length = MicrosOf(unit)) return SubtractOrThrow(b, a) / length;
  const int64_t months = a <= b ? WholeMonths(a, b) : -WholeMonths(b, a);
  return months / MonthsOf(unit);
}

int64_t DifferenceOfZoned(int64_t a, int64_t b, DateUnit unit, ZoneClock& clock) {
  if (IsClockUnit(unit)) return (sql::PackedMillis(b) - sql::PackedMillis(a)) / (MicrosOf(unit) / 1000);
  const sql::TimeZoneKey zone = sql::PackedZone(a);
  const int64_t local_a = CheckedTimestamp(MultiplyOrThrow(clock.PackedLocalMillis(a), 1000));
  const int64_t local_b = CheckedTimestamp(MultiplyOrThrow(clock.ToLocalMillis(sql::PackedMillis(b), zone), 1000));
  return DifferenceOfMicros(local_a, local_b, unit);
}

}  // namespace opentrail::engine
