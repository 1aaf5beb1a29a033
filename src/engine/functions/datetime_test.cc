#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class DatetimeTest : public FunctionTest {
 protected:
  DatetimeTest() {
    RegisterCastFunctions(Database());
    RegisterDatetimeFunctions(Database());
  }

  // A packed value as Athena shows it.
  std::string Zoned(const std::string& expression) { return Eval("trino_cast_tstz_to_varchar(" + expression + ", 3)"); }
  std::string Iso(const std::string& text) { return Zoned("trino_from_iso8601_timestamp('" + text + "')"); }
};

std::string Ts(const char* text) { return "TIMESTAMP '" + std::string(text) + "'"; }
std::string Zone(const char* text) { return "trino_cast_varchar_to_tstz('" + std::string(text) + "', 3)"; }

TEST_F(DatetimeTest, Iso8601KeepsTheZoneOfTheText) {
  EXPECT_EQ(Iso("2024-05-05T14:03:09Z"), "2024-05-05 14:03:09.000 UTC");
  EXPECT_EQ(Iso("2024-05-05T14:03:09+02:00"), "2024-05-05 14:03:09.000 +02:00");
  EXPECT_EQ(Iso("2024-05-05T14:03:09.123456Z"), "2024-05-05 14:03:09.123 UTC");
  EXPECT_EQ(Iso("2024-05-05T14:03:09"), "2024-05-05 14:03:09.000 UTC");
  EXPECT_EQ(Iso("2024-05-05"), "2024-05-05 00:00:00.000 UTC");
  EXPECT_EQ(Iso("2024-05"), "2024-05-01 00:00:00.000 UTC");
  EXPECT_EQ(Iso("2024"), "2024-01-01 00:00:00.000 UTC");
  EXPECT_EQ(Iso("2024-W01-5T10"), "2024-01-05 10:00:00.000 UTC");
  EXPECT_EQ(Iso("2024-366"), "2024-12-31 00:00:00.000 UTC");
  EXPECT_EQ(Iso("2024-05-05T14:03.5Z"), "2024-05-05 14:03:30.000 UTC");
  EXPECT_EQ(Iso("1969-12-31T23:59:59.999-0030"), "1969-12-31 23:59:59.999 -00:30");
}

TEST_F(DatetimeTest, Iso8601RefusesTheRest) {
  EXPECT_EQ(EvalError("trino_from_iso8601_timestamp('now')"), "INVALID_FUNCTION_ARGUMENT: Invalid format: \"now\"");
  EXPECT_EQ(EvalError("trino_from_iso8601_timestamp('2024-05-05 14:03:09')"),
            "INVALID_FUNCTION_ARGUMENT: Invalid format: \"2024-05-05 14:03:09\" is malformed at \" 14:03:09\"");
  for (const char* text : {"", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z", "2024-01-01T00:00:00X", "2024-01-01T00:00:00+25:00", "2023-366",
                           "2024-01-01T00:00:00.Z", "20240101T030405", "2024-01-01T"}) {
    const std::string call = "trino_from_iso8601_timestamp('" + std::string(text) + "')";
    EXPECT_TRUE(EvalError(call).starts_with("INVALID_FUNCTION_ARGUMENT: Invalid format: ") ||
                EvalError(call).starts_with("INVALID_FUNCTION_ARGUMENT: Cannot parse "))
        << text;
    EXPECT_EQ(Eval("TRY(" + call + ")"), "NULL") << text;
  }
  // A year of eight digits: well-formed, and past all that there is.
  EXPECT_EQ(EvalError("trino_from_iso8601_timestamp('20240105')"),
            "GENERIC_INTERNAL_ERROR: Millis overflow: 638653854787200000");
  EXPECT_EQ(EvalError("trino_from_iso8601_timestamp_nanos('+999999999-01-01T00:00:00Z')"),
            "GENERIC_INTERNAL_ERROR: Millis overflow: -5336598346174303232");
  EXPECT_EQ(EvalError("trino_from_iso8601_timestamp_nanos('+292278995-01-01T00:00:00Z')"),
            "GENERIC_INTERNAL_ERROR: Millis overflow: -9223372025043951616");
  EXPECT_EQ(EvalError("trino_from_iso8601_timestamp_nanos('-999999999-01-01T00:00:00+14:00')").substr(0, 23),
            "GENERIC_INTERNAL_ERROR:");
  EXPECT_EQ(EvalError("trino_from_iso8601_date('20240105')"), "GENERIC_INTERNAL_ERROR: integer overflow");
  EXPECT_EQ(Eval("trino_from_iso8601_date('2024-060')"), "2024-02-29");
  EXPECT_NE(EvalError("trino_from_iso8601_date('2024-01-01T00:00:00Z')"), "no error");
}

TEST_F(DatetimeTest, DifferencesCountCompleteUnits) {
  const auto difference = [&](const char* unit, const char* a, const char* b) {
    return Eval("trino_date_diff_timestamp('" + std::string(unit) + "', " + Ts(a) + ", " + Ts(b) + ")");
  };
  EXPECT_EQ(difference("day", "2024-01-01 23:00:00", "2024-01-02 01:00:00"), "0");
  EXPECT_EQ(difference("hour", "2024-01-01 00:59:00", "2024-01-01 01:01:00"), "0");
  EXPECT_EQ(difference("second", "2024-01-01 00:00:01", "2024-01-01 00:00:00"), "-1");
  EXPECT_EQ(difference("month", "2024-01-31 00:00:00", "2024-02-29 00:00:00"), "1");
  EXPECT_EQ(difference("month", "2024-01-31 00:00:00", "2024-02-28 00:00:00"), "0");
  EXPECT_EQ(difference("month", "2024-02-29 00:00:00", "2024-01-31 00:00:00"), "-1");
  EXPECT_EQ(difference("year", "2023-06-01 00:00:00", "2024-05-31 23:59:59"), "0");
  EXPECT_EQ(difference("quarter", "2024-01-01 00:00:00", "2024-12-31 00:00:00"), "3");
  EXPECT_EQ(difference("week", "2024-01-01 00:00:00", "2024-01-14 00:00:00"), "1");
  EXPECT_EQ(Eval("trino_date_diff_date('day', DATE '2024-03-01', DATE '2024-02-28')"), "-2");
  EXPECT_EQ(EvalError("trino_date_diff_date('hour', DATE '2024-03-01', DATE '2024-02-28')"),
            "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field");
  // A day of 23 hours is a day.
  EXPECT_EQ(Eval("trino_date_diff_tstz('day', " + Zone("2024-03-30 12:00:00 Europe/Berlin") + ", " +
                 Zone("2024-03-31 12:00:00 Europe/Berlin") + ")"),
            "1");
  EXPECT_EQ(Eval("trino_date_diff_tstz('hour', " + Zone("2024-03-30 12:00:00 Europe/Berlin") + ", " +
                 Zone("2024-03-31 12:00:00 Europe/Berlin") + ")"),
            "23");
}

TEST_F(DatetimeTest, Additions) {
  const auto add = [&](const char* unit, int64_t amount, const char* text) {
    return Eval("trino_date_add_timestamp('" + std::string(unit) + "', " + std::to_string(amount) + ", " + Ts(text) +
                ")");
  };
  EXPECT_EQ(add("month", 1, "2024-01-31 10:00:00"), "2024-02-29 10:00:00");
  EXPECT_EQ(add("quarter", -1, "2024-05-31 10:00:00"), "2024-02-29 10:00:00");
  EXPECT_EQ(add("WEEK", 2, "2024-01-31 10:00:00"), "2024-02-14 10:00:00");
  EXPECT_EQ(add("millisecond", -1, "2024-01-01 00:00:00"), "2023-12-31 23:59:59.999");
  EXPECT_EQ(EvalError("trino_date_add_timestamp('fortnight', 1, TIMESTAMP '2024-01-01 00:00:00')"),
            "INVALID_FUNCTION_ARGUMENT: 'fortnight' is not a valid TIMESTAMP field");
  EXPECT_EQ(Eval("trino_date_add_date('year', -1, DATE '2024-02-29')"), "2023-02-28");
  EXPECT_EQ(Eval("trino_date_add_time('hour', -2, TIME '01:00:00')"), "23:00:00");
  EXPECT_EQ(Zoned("trino_date_add_tstz('day', 1, " + Zone("2024-03-30 12:00:00 Europe/Berlin") + ")"),
            "2024-03-31 12:00:00.000 Europe/Berlin");
  EXPECT_EQ(Zoned("trino_date_add_tstz('hour', 24, " + Zone("2024-03-30 12:00:00 Europe/Berlin") + ")"),
            "2024-03-31 13:00:00.000 Europe/Berlin");
  EXPECT_TRUE(EvalError("trino_date_add_timestamp('day', 9223372036854775807, TIMESTAMP '2024-01-01 00:00:00')")
                  .starts_with("NUMERIC_VALUE_OUT_OF_RANGE: "));
}

TEST_F(DatetimeTest, Truncations) {
  const auto truncate = [&](const char* unit) {
    return Eval("trino_date_trunc_timestamp('" + std::string(unit) + "', TIMESTAMP '2024-08-22 13:04:05.678')");
  };
  EXPECT_EQ(truncate("millisecond"), "2024-08-22 13:04:05.678");
  EXPECT_EQ(truncate("second"), "2024-08-22 13:04:05");
  EXPECT_EQ(truncate("minute"), "2024-08-22 13:04:00");
  EXPECT_EQ(truncate("hour"), "2024-08-22 13:00:00");
  EXPECT_EQ(truncate("day"), "2024-08-22 00:00:00");
  EXPECT_EQ(truncate("week"), "2024-08-19 00:00:00");
  EXPECT_EQ(truncate("month"), "2024-08-01 00:00:00");
  EXPECT_EQ(truncate("quarter"), "2024-07-01 00:00:00");
  EXPECT_EQ(truncate("year"), "2024-01-01 00:00:00");
  EXPECT_EQ(Eval("trino_date_trunc_date('month', DATE '2024-08-22')"), "2024-08-01");
  EXPECT_EQ(Eval("trino_date_trunc_time('hour', TIME '13:04:05')"), "13:00:00");
  EXPECT_EQ(Zoned("trino_date_trunc_tstz('day', " + Zone("2024-03-31 12:00:00 Europe/Berlin") + ")"),
            "2024-03-31 00:00:00.000 Europe/Berlin");
  EXPECT_EQ(Zoned("trino_date_trunc_tstz('hour', " + Zone("2024-01-01 12:34:00 Asia/Kathmandu") + ")"),
            "2024-01-01 12:00:00.000 Asia/Kathmandu");
  EXPECT_EQ(Eval("trino_date_trunc_timestamp('second', TIMESTAMP '1969-12-31 23:59:59.5')"), "1969-12-31 23:59:59");
}

TEST_F(DatetimeTest, MysqlPatterns) {
  const auto format = [&](const char* pattern) {
    return Eval("trino_date_format_timestamp(TIMESTAMP '2024-01-05 14:03:09.123', '" + std::string(pattern) + "')");
  };
  EXPECT_EQ(format("%Y-%m-%d %H:%i:%s"), "2024-01-05 14:03:09");
  EXPECT_EQ(format("%a %W %b %M %c %e %y"), "Fri Friday Jan January 1 5 24");
  EXPECT_EQ(format("%h %I %k %l %p %r %T"), "02 02 14 2 PM 02:03:09 PM 14:03:09");
  EXPECT_EQ(format("%f %j %x-%v %% %q"), "123000 005 2024-01 % q");
  for (const char* specifier : {"%D", "%U", "%u", "%V", "%w", "%X"}) {
    EXPECT_EQ(
        EvalError("trino_date_format_timestamp(TIMESTAMP '2024-01-05 14:03:09', '" + std::string(specifier) + "')"),
        "INVALID_FUNCTION_ARGUMENT: " + std::string(specifier) + " not supported in date format string");
  }
  EXPECT_EQ(Eval("trino_date_format_tstz(" + Zone("2024-07-05 14:03:09 Europe/Berlin") + ", '%H:%i')"), "14:03");
}

TEST_F(DatetimeTest, MysqlParsing) {
  const auto parse = [&](const char* text, const char* pattern) {
    return Eval("trino_date_parse('" + std::string(text) + "', '" + std::string(pattern) + "')");
  };
  EXPECT_EQ(parse("2024-01-05 14:03:09", "%Y-%m-%d %H:%i:%s"), "2024-01-05 14:03:09");
  EXPECT_EQ(parse("20240105", "%Y%m%d"), "2024-01-05 00:00:00");
  EXPECT_EQ(parse("2024-01-05T14:03:09Z", "%Y-%m-%dT%H:%i:%sZ"), "2024-01-05 14:03:09");
  EXPECT_EQ(parse("05/Jan/2024:02:03:09 pm", "%d/%b/%Y:%h:%i:%s %p"), "2024-01-05 14:03:09");
  EXPECT_EQ(parse("69-70", "%y-%j"), "2069-03-11 00:00:00");
  EXPECT_EQ(parse("12 AM", "%h %p"), "1970-01-01 00:00:00");
  EXPECT_EQ(parse("2024-1-5 0.5", "%Y-%c-%e %k.%f"), "2024-01-05 00:00:00.5");
  const auto refuse = [&](const char* text, const char* pattern) {
    return EvalError("trino_date_parse('" + std::string(text) + "', '" + std::string(pattern) + "')");
  };
  EXPECT_EQ(refuse("2024-01-05", "%Y/%m/%d"),
            "INVALID_FUNCTION_ARGUMENT: Invalid format: \"2024-01-05\" is malformed at \"-01-05\"");
  EXPECT_EQ(refuse("2024-01", "%Y-%m-%d"), "INVALID_FUNCTION_ARGUMENT: Invalid format: \"2024-01\" is too short");
  EXPECT_EQ(refuse("2024-13-01", "%Y-%m-%d"),
            "INVALID_FUNCTION_ARGUMENT: Invalid value for MonthOfYear (valid values 1 - 12): 13");
  EXPECT_EQ(refuse("2023-02-29", "%Y-%m-%d"),
            "INVALID_FUNCTION_ARGUMENT: Invalid date 'February 29' as '2023' is not a leap year");
  EXPECT_NE(refuse("2024-01-05x", "%Y-%m-%d"), "no error");
}

TEST_F(DatetimeTest, JodaPatterns) {
  const auto format = [&](const char* pattern) {
    return Eval("trino_format_datetime_tstz(" + Zone("2024-07-05 14:03:09.5 Europe/Berlin") + ", '" +
                std::string(pattern) + "')");
  };
  EXPECT_EQ(format("yyyy-MM-dd HH:mm:ss.SSS"), "2024-07-05 14:03:09.500");
  EXPECT_EQ(format("EEE, EEEE d MMM MMMM yy"), "Fri, Friday 5 Jul July 24");
  EXPECT_EQ(format("h a K k"), "2 PM 2 14");
  EXPECT_EQ(format("xxxx-ww-e D G C"), "2024-27-5 187 AD 20");
  EXPECT_EQ(format("Z ZZ ZZZ"), "+0200 +02:00 Europe/Berlin");
  EXPECT_EQ(format("''T''HH ''''"), "T14 '");
  EXPECT_EQ(EvalError("trino_format_datetime_tstz(4096, 'b')"),
            "INVALID_FUNCTION_ARGUMENT: Illegal pattern component: b");
  EXPECT_TRUE(EvalError("trino_format_datetime_timestamp(TIMESTAMP '2024-01-01 00:00:00', 'Z')")
                  .starts_with("INVALID_FUNCTION_ARGUMENT: format_datetime for TIMESTAMP type"));
  EXPECT_EQ(Zoned("trino_parse_datetime('2024-07-05T14:03:09Z', 'yyyy-MM-dd''T''HH:mm:ss''Z''')"),
            "2024-07-05 14:03:09.000 UTC");
  EXPECT_EQ(Zoned("trino_parse_datetime('05/Jul/2024:14:03:09 +0200', 'dd/MMM/yyyy:HH:mm:ss Z')"),
            "2024-07-05 14:03:09.000 +02:00");
  EXPECT_EQ(Zoned("trino_parse_datetime('20240705', 'yyyyMMdd')"), "2024-07-05 00:00:00.000 UTC");
}

TEST_F(DatetimeTest, UnixTime) {
  EXPECT_EQ(Zoned("trino_from_unixtime(1720173600.5)"), "2024-07-05 10:00:00.500 UTC");
  EXPECT_EQ(Zoned("trino_from_unixtime_zone(1720173600, 'Europe/Berlin')"), "2024-07-05 12:00:00.000 Europe/Berlin");
  EXPECT_EQ(Zoned("trino_from_unixtime_offset(1720173600, -3, -30)"), "2024-07-05 06:30:00.000 -03:30");
  EXPECT_EQ(Zoned("trino_from_unixtime_nanos(-1)"), "1969-12-31 23:59:59.999 UTC");
  EXPECT_EQ(Eval("trino_to_unixtime_timestamp(TIMESTAMP '2024-07-05 10:00:00.5')"), "1720173600.5");
  EXPECT_EQ(Eval("trino_to_unixtime_tstz(" + Zone("2024-07-05 12:00:00 Europe/Berlin") + ")"), "1720173600.0");
  EXPECT_NE(EvalError("trino_from_unixtime(1e300)"), "no error");
  EXPECT_EQ(Zoned("trino_from_unixtime('nan'::DOUBLE)"), "1970-01-01 00:00:00.000 UTC");
}

TEST_F(DatetimeTest, Zones) {
  EXPECT_EQ(Zoned("trino_at_timezone(" + Zone("2024-07-05 12:00:00 UTC") + ", 'America/New_York')"),
            "2024-07-05 08:00:00.000 America/New_York");
  EXPECT_EQ(Zoned("trino_at_offset(" + Zone("2024-07-05 12:00:00 UTC") + ", -12600000)"),
            "2024-07-05 08:30:00.000 -03:30");
  EXPECT_EQ(Zoned("trino_with_timezone(TIMESTAMP '2024-07-05 12:00:00', 'Asia/Tokyo')"),
            "2024-07-05 12:00:00.000 Asia/Tokyo");
  EXPECT_EQ(EvalError("trino_at_timezone(4096, 'nowhere')"),
            "INVALID_FUNCTION_ARGUMENT: 'nowhere' is not a valid time zone");
  EXPECT_EQ(Eval("trino_timezone_hour(" + Zone("2024-07-05 12:00:00 -03:30") + ")"), "-3");
  EXPECT_EQ(Eval("trino_timezone_minute(" + Zone("2024-07-05 12:00:00 -03:30") + ")"), "-30");
  EXPECT_EQ(Eval("trino_to_iso8601_tstz(" + Zone("2024-07-05 12:00:00 Europe/Berlin") + ", 3)"),
            "2024-07-05T12:00:00.000+02:00");
  EXPECT_EQ(Eval("trino_to_iso8601_tstz(" + Zone("2024-07-05 12:00:00 UTC") + ", 3)"), "2024-07-05T12:00:00.000Z");
  EXPECT_EQ(Eval("trino_to_iso8601_timestamp(TIMESTAMP '2024-07-05 12:00:00', 0)"), "2024-07-05T12:00:00");
}

TEST_F(DatetimeTest, Durations) {
  EXPECT_EQ(Eval("trino_parse_duration('42.8ms')"), "43");
  EXPECT_EQ(Eval("trino_parse_duration('3.81 d')"), "329184000");
  EXPECT_EQ(EvalError("trino_parse_duration('5 years')"), "INVALID_FUNCTION_ARGUMENT: Unknown time unit: years");
  EXPECT_EQ(Eval("trino_human_readable_seconds(96)"), "1 minute, 36 seconds");
  EXPECT_EQ(Eval("trino_human_readable_seconds(698761)"), "1 week, 1 day, 2 hours, 6 minutes, 1 second");
  EXPECT_EQ(Eval("trino_human_readable_seconds(0.2)"), "0 seconds");
}

}  // namespace
}  // namespace opentrail::engine
