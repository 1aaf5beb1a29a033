#include <charconv>

#include "engine/functions/calendar_names.h"
#include "engine/functions/date_pattern.h"
#include "engine/functions/datetime_internal.h"
#include "engine/functions/scalar.h"
#include "engine/functions/time_zone.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {

namespace {

using duckdb::LogicalType;

// The pattern compiled last: it is nearly always the same.
template <PatternResult (*compile)(std::string_view)>
class PatternCache {
 public:
  const DatePattern& operator()(std::string_view text) {
    if (!compiled_ || text != text_) {
      auto pattern = compile(text);
      if (!pattern) ThrowInvalidArgument("{}", pattern.error());
      pattern_ = *std::move(pattern);
      text_ = text;
      compiled_ = true;
    }
    return pattern_;
  }

 private:
  bool compiled_ = false;
  std::string text_;
  DatePattern pattern_;
};
using MysqlPatterns = PatternCache<CompileMysqlPattern>;
using JodaPatterns = PatternCache<CompileJodaPattern>;

ParsedReading ParseOrThrow(const DatePattern& pattern, std::string_view text) {
  const auto parsed = ParseByPattern(pattern, text);
  if (!parsed) ThrowInvalidArgument("{}", parsed.error());
  return *parsed;
}

ZonedReading ReadZoned(int64_t packed, ZoneClock& clock) {
  const sql::TimeZoneKey zone = sql::PackedZone(packed);
  const int64_t offset = clock.OffsetMillis(sql::PackedMillis(packed), zone);
  return {(sql::PackedMillis(packed) + offset) * 1000, static_cast<int>(offset / 60'000), zone,
          clock.ShortName(sql::PackedMillis(packed), zone)};
}

template <typename Patterns>
struct FormatZonedValue {
  Patterns patterns;
  ZoneClock clock;
  std::string text;
  std::string_view operator()(int64_t packed, std::string_view pattern) {
    text.clear();
    AppendFormatted(patterns(pattern), ReadZoned(packed, clock), text);
    return text;
  }
};

// The clock that Joda prints has milliseconds; finer digits are rounded.
int64_t RoundedToMillis(int64_t micros) { return sql::FloorDivide(micros + 500, 1000) * 1000; }

// LocalDate's own refusals, for the one pattern that Trino reads by it.
[[noreturn]] void ThrowNoDate(std::string_view text, const std::string& refusal) {
  const auto number = [&](size_t at, size_t length) {
    int value = -1;
    const char* const end = text.data() + at + length;
    return std::from_chars(text.data() + at, end, value).ptr == end ? value : -1;
  };
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const int year = shaped ? number(0, 4) : -1;
  const int month = shaped ? number(5, 2) : -1;
  const int day = shaped ? number(8, 2) : -1;
  if (year < 0 || month < 0 || day < 0) ThrowInvalidArgument("{}", refusal);
  if (month < 1 || month > 12) ThrowInvalidArgument("Invalid value for MonthOfYear (valid values 1 - 12): {}", month);
  if (day < 1 || day > 31) ThrowInvalidArgument("Invalid value for DayOfMonth (valid values 1 - 28/31): {}", day);
  if (day == 29) ThrowInvalidArgument("Invalid date 'February 29' as '{}' is not a leap year", year);
  std::string name(kMonthNames[static_cast<size_t>(month - 1)]);
  for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  ThrowInvalidArgument("Invalid date '{} {}'", name, day);
}

struct ParseDate {
  MysqlPatterns patterns;
  int64_t operator()(std::string_view text, std::string_view pattern) {
    const auto parsed = ParseByPattern(patterns(pattern), text);
    if (!parsed && pattern == "%Y-%m-%d") ThrowNoDate(text, parsed.error());
    if (!parsed) ThrowInvalidArgument("{}", parsed.error());
    return parsed->local_micros;
  }
};

struct FormatTimestampMysql {
  MysqlPatterns patterns;
  std::string text;
  std::string_view operator()(int64_t micros, std::string_view pattern) {
    text.clear();
    AppendFormatted(patterns(pattern), {RoundedToMillis(micros)}, text);
    return text;
  }
};

struct FormatTimestampJoda {
  JodaPatterns patterns;
  std::string text;
  std::string_view operator()(int64_t micros, std::string_view pattern) {
    const DatePattern& compiled = patterns(pattern);
    if (HasZonePart(compiled)) {
      ThrowInvalidArgument(
          "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ "
          "information");
    }
    text.clear();
    AppendFormatted(compiled, {RoundedToMillis(micros)}, text);
    return text;
  }
};

struct ParseDatetime {
  JodaPatterns patterns;
  ZoneClock clock;
  int64_t operator()(std::string_view text, std::string_view pattern) {
    const ParsedReading parsed = ParseOrThrow(patterns(pattern), text);
    const sql::TimeZoneKey zone = parsed.zone.value_or(sql::kUtcKey);
    const int64_t local = parsed.local_micros / 1000;
    const int64_t utc = clock.ToUtcMillis(local, zone);
    if (clock.ToLocalMillis(utc, zone) != local) {  // the zone's clock never shows it
      ThrowInvalidArgument("Cannot parse \"{}\": Illegal instant due to time zone offset transition ({})", text,
                           sql::TimeZoneName(zone));
    }
    return PackOrThrow(utc, zone);
  }
};

}  // namespace

void RegisterDatetimePatterns(duckdb::DatabaseInstance& database) {
  const auto varchar = LogicalType::VARCHAR;
  const auto timestamp = LogicalType::TIMESTAMP;
  RegisterScalar(database, "trino_date_format_timestamp", {timestamp, varchar}, varchar, FormatTimestampMysql{});
  RegisterScalar(database, "trino_date_format_tstz", FormatZonedValue<MysqlPatterns>{});
  RegisterScalar(database, "trino_format_datetime_timestamp", {timestamp, varchar}, varchar, FormatTimestampJoda{});
  RegisterScalar(database, "trino_format_datetime_tstz", FormatZonedValue<JodaPatterns>{});
  RegisterScalar(database, "trino_date_parse", {varchar, varchar}, timestamp, ParseDate{});
  RegisterScalar(database, "trino_parse_datetime", ParseDatetime{});
}

}  // namespace opentrail::engine
