#include "engine/functions/date_pattern.h"
#include "engine/functions/datetime_internal.h"
#include "engine/functions/scalar.h"
#include "engine/functions/time_zone.h"

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
  return {(sql::PackedMillis(packed) + offset) * 1000, static_cast<int>(offset / 60'000), zone};
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

struct FormatTimestampMysql {
  MysqlPatterns patterns;
  std::string text;
  std::string_view operator()(int64_t micros, std::string_view pattern) {
    text.clear();
    AppendFormatted(patterns(pattern), {micros}, text);
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
    AppendFormatted(compiled, {micros}, text);
    return text;
  }
};

struct ParseDatetime {
  JodaPatterns patterns;
  ZoneClock clock;
  int64_t operator()(std::string_view text, std::string_view pattern) {
    const ParsedReading parsed = ParseOrThrow(patterns(pattern), text);
    const sql::TimeZoneKey zone = parsed.zone.value_or(sql::kUtcKey);
    return PackOrThrow(clock.ToUtcMillis(parsed.local_micros / 1000, zone), zone);
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
  RegisterScalar(database, "trino_date_parse", {varchar, varchar}, timestamp,
                 [patterns = MysqlPatterns()](std::string_view text, std::string_view pattern) mutable {
                   return ParseOrThrow(patterns(pattern), text).local_micros;
                 });
  RegisterScalar(database, "trino_parse_datetime", ParseDatetime{});
}

}  // namespace opentrail::engine
