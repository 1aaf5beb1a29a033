#include "engine/functions/datetime_arithmetic.h"

#include <cstdlib>

#include "engine/functions/scalar.h"

namespace opentrail::engine {

namespace {

[[noreturn]] void OutOfRange() {
  ThrowTrinoText("NUMERIC_VALUE_OUT_OF_RANGE", "The date or time is outside the years -32767 to 32767");
}

constexpr int64_t kMaxDays = 11'967'900;  // a little below the last day of year 32767
constexpr int64_t kMaxMonths = 12 * 2 * sql::kMaxYear;

int64_t AddMonthsToDays(int64_t days, int64_t months) {
  if (std::abs(days) > kMaxDays || months > kMaxMonths || months < -kMaxMonths) OutOfRange();
  const int64_t sum = sql::DaysFromCivil(sql::AddMonths(sql::CivilFromDays(days), months));
  if (std::abs(sum) > kMaxDays) OutOfRange();
  return sum;
}

int64_t AddMonthsTo(int64_t value, int64_t months, int64_t units_per_day) {
  const int64_t days = sql::FloorDivide(value, units_per_day);
  return AddMonthsToDays(days, months) * units_per_day + (value - days * units_per_day);
}

}  // namespace

int64_t AddOrThrow(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) OutOfRange();
  return sum;
}

int64_t SubtractOrThrow(int64_t a, int64_t b) {
  int64_t difference = 0;
  if (__builtin_sub_overflow(a, b, &difference)) OutOfRange();
  return difference;
}

int64_t MultiplyOrThrow(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) OutOfRange();
  return product;
}

int32_t CheckedDate(int64_t days) {
  if (days > kMaxDays || days < -kMaxDays) OutOfRange();
  return static_cast<int32_t>(days);
}

int64_t CheckedTimestamp(int64_t micros) {
  constexpr int64_t kMaxMicros = kMaxDays * sql::kMicrosPerDay;
  if (micros > kMaxMicros || micros < -kMaxMicros) OutOfRange();
  return micros;
}

int32_t AddMonthsToDate(int32_t days, int64_t months) { return static_cast<int32_t>(AddMonthsToDays(days, months)); }
int64_t AddMonthsToMillis(int64_t millis, int64_t months) { return AddMonthsTo(millis, months, sql::kMillisPerDay); }
int64_t AddMonthsToTimestamp(int64_t micros, int64_t months) { return AddMonthsTo(micros, months, sql::kMicrosPerDay); }

}  // namespace opentrail::engine
