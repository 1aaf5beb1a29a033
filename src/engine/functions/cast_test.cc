#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class CastTest : public FunctionTest {
 protected:
  CastTest() { RegisterCastFunctions(Database()); }
};

TEST_F(CastTest, TextToIntegersIsStrict) {
  EXPECT_EQ(Eval("trino_cast_varchar_to_integer('-12')"), "-12");
  EXPECT_EQ(Eval("trino_cast_varchar_to_bigint('+9223372036854775807')"), "9223372036854775807");
  for (const char* text : {"2.5", " 1", "1 ", "", "x", "+-1", "2147483648", "1e3"}) {
    EXPECT_EQ(EvalError("trino_cast_varchar_to_integer('" + std::string(text) + "')"),
              "INVALID_CAST_ARGUMENT: Cannot cast '" + std::string(text) + "' to INT");
    EXPECT_EQ(Eval("trino_try_cast_varchar_to_integer('" + std::string(text) + "')"), "NULL");
  }
  EXPECT_EQ(EvalError("trino_cast_varchar_to_tinyint('128')"), "INVALID_CAST_ARGUMENT: Cannot cast '128' to TINYINT");
}

TEST_F(CastTest, NumbersRoundHalfUpAndStayInRange) {
  EXPECT_EQ(Eval("trino_cast_double_to_integer(2.5)"), "3");
  EXPECT_EQ(Eval("trino_cast_double_to_integer(-2.5)"), "-3");
  EXPECT_EQ(EvalError("trino_cast_double_to_bigint(3e19)"), "INVALID_CAST_ARGUMENT: Unable to cast 3.0E19 to bigint");
  EXPECT_EQ(EvalError("trino_cast_double_to_bigint(9223372036854775807)"),
            "INVALID_CAST_ARGUMENT: Unable to cast 9.223372036854776E18 to bigint");
  EXPECT_EQ(EvalError("trino_cast_double_to_integer('nan'::DOUBLE)"),
            "INVALID_CAST_ARGUMENT: Cannot cast double NaN to integer");
  EXPECT_EQ(EvalError("trino_cast_bigint_to_integer(3000000000)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for integer: 3000000000");
  EXPECT_EQ(Eval("trino_try_cast_bigint_to_tinyint(300)"), "NULL");
  EXPECT_EQ(Eval("trino_cast_double_to_real(1e300)"), "inf");
}

TEST_F(CastTest, NumbersAsText) {
  EXPECT_EQ(Eval("trino_cast_double_to_varchar(37.7)"), "3.77E1");
  EXPECT_EQ(Eval("trino_cast_real_to_varchar(0.1)"), "1.0E-1");
  EXPECT_EQ(Eval("trino_cast_varchar_to_double(' 1.5 ')"), "1.5");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_double('x')"), "INVALID_CAST_ARGUMENT: Cannot cast 'x' to DOUBLE");
  EXPECT_EQ(Eval("trino_cast_fit_varchar('123', 3)"), "123");
  EXPECT_EQ(EvalError("trino_cast_fit_varchar('1234', 3)"),
            "INVALID_CAST_ARGUMENT: Value 1234 cannot be represented as varchar(3)");
  EXPECT_EQ(Eval("trino_cast_varchar_to_boolean('TRUE')"), "true");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_boolean('yes')"), "INVALID_CAST_ARGUMENT: Cannot cast 'yes' to BOOLEAN");
}

TEST_F(CastTest, Decimals) {
  EXPECT_EQ(Eval("trino_cast_varchar_to_decimal('12.345', 5, 2)"), "12.35");
  EXPECT_EQ(Eval("trino_cast_varchar_to_decimal('-1.25e1', 5, 2)"), "-12.50");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_decimal('x', 5, 2)"),
            "INVALID_CAST_ARGUMENT: Cannot cast VARCHAR 'x' to DECIMAL(5, 2). Value is not a number.");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_decimal('1234', 5, 2)"),
            "INVALID_CAST_ARGUMENT: Cannot cast VARCHAR '1234' to DECIMAL(5, 2). Value too large.");
  EXPECT_EQ(Eval("trino_cast_double_to_decimal(0.1, 20, 18)"), "0.100000000000000000");
  EXPECT_EQ(EvalError("trino_cast_bigint_to_decimal(1000, 3, 0)"),
            "INVALID_CAST_ARGUMENT: Cannot cast BIGINT '1000' to DECIMAL(3, 0)");
  EXPECT_EQ(Eval("trino_cast_decimal_to_decimal(CAST('2.345' AS DECIMAL(4,3)), 5, 2, 4, 3)"), "2.35");
  EXPECT_EQ(EvalError("trino_cast_decimal_to_decimal(CAST('99.5' AS DECIMAL(3,1)), 2, 0, 3, 1)"),
            "INVALID_CAST_ARGUMENT: Cannot cast DECIMAL(3, 1) '99.5' to DECIMAL(2, 0)");
  EXPECT_EQ(Eval("trino_cast_decimal_to_bigint(CAST('-2.5' AS DECIMAL(4,1)), 1)"), "-3");
  EXPECT_EQ(EvalError("trino_cast_decimal_to_tinyint(CAST('200.1' AS DECIMAL(4,1)), 1)"),
            "INVALID_CAST_ARGUMENT: Cannot cast '200.1' to TINYINT");
}

TEST_F(CastTest, DatesFromText) {
  EXPECT_EQ(Eval("trino_cast_varchar_to_date('2024-2-29')"), "2024-02-29");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_date('2024-02-30')"),
            "INVALID_CAST_ARGUMENT: Value cannot be cast to date: 2024-02-30");
  EXPECT_EQ(Eval("trino_cast_varchar_to_timestamp('2024-05-05 14:03:09.1239', 3)"), "2024-05-05 14:03:09.124");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_timestamp('2024-05-05T14:03:09Z', 3)"),
            "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-05-05T14:03:09Z");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_timestamp('2024-05-05 14:03:09 UTC', 3)"),
            "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-05-05 14:03:09 UTC");
  EXPECT_EQ(Eval("trino_try_cast_varchar_to_timestamp('x', 3)"), "NULL");
  EXPECT_EQ(Eval("trino_cast_varchar_to_time('8:30', 3)"), "08:30:00");
}

TEST_F(CastTest, InstantsKeepTheirZone) {
  const auto show = [&](const std::string& text) {
    return Eval("trino_cast_tstz_to_varchar(trino_cast_varchar_to_tstz('" + text + "', 3), 3)");
  };
  EXPECT_EQ(show("2024-05-05 14:03:09 UTC"), "2024-05-05 14:03:09.000 UTC");
  EXPECT_EQ(show("2024-05-05 14:03:09+02:00"), "2024-05-05 14:03:09.000 +02:00");
  EXPECT_EQ(show("2024-07-05 14:03:09 Europe/Berlin"), "2024-07-05 14:03:09.000 Europe/Berlin");
  EXPECT_EQ(show("2024-05-05"), "2024-05-05 00:00:00.000 UTC");
  EXPECT_EQ(show("1850-01-01 00:00:00 America/New_York"), "1850-01-01 00:00:00.000 America/New_York");
  EXPECT_EQ(EvalError("trino_cast_varchar_to_tstz('2024-05-05 14:03:09 Mars/Olympus', 3)"),
            "INVALID_CAST_ARGUMENT: Value cannot be cast to timestamp: 2024-05-05 14:03:09 Mars/Olympus");
}

TEST_F(CastTest, DaylightSavingTime) {
  const auto instant = [&](const std::string& text) {
    return Eval("trino_cast_varchar_to_tstz('" + text + " Europe/Berlin', 3) >> 12");
  };
  EXPECT_EQ(instant("2024-01-05 12:00:00"), "1704452400000");  // +01:00
  EXPECT_EQ(instant("2024-07-05 12:00:00"), "1720173600000");  // +02:00
  EXPECT_EQ(instant("2024-10-27 02:30:00"), "1729989000000");  // comes twice: the first, +02:00
  EXPECT_EQ(instant("2024-03-31 02:30:00"), "1711848600000");  // skipped: 03:30 +02:00
}

TEST_F(CastTest, TextOfTimes) {
  EXPECT_EQ(Eval("trino_cast_timestamp_to_varchar(TIMESTAMP '2024-01-01 00:00:00', 0)"), "2024-01-01 00:00:00");
  EXPECT_EQ(Eval("trino_cast_timestamp_to_varchar(TIMESTAMP '2024-01-01 00:00:00', 3)"), "2024-01-01 00:00:00.000");
  EXPECT_EQ(Eval("trino_cast_date_to_varchar(DATE '2024-01-01')"), "2024-01-01");
  EXPECT_EQ(Eval("trino_cast_time_to_varchar(TIME '01:02:03.5', 3)"), "01:02:03.500");
  EXPECT_EQ(Eval("trino_cast_interval_millis_to_varchar(90000000)"), "1 01:00:00.000");
  EXPECT_EQ(Eval("trino_cast_interval_months_to_varchar(14)"), "1-2");
}

TEST_F(CastTest, Uuids) {
  const std::string text = "12151fd2-7586-11e9-8f9e-2a86e4085a59";
  EXPECT_EQ(Eval("trino_cast_varchar_to_uuid('" + text + "')"), text);
  EXPECT_EQ(Eval("trino_cast_varbinary_to_uuid(unhex('12151fd2758611e98f9e2a86e4085a59'))"), text);
  EXPECT_EQ(EvalError("trino_cast_varchar_to_uuid('12151fd2758611e98f9e2a86e4085a59')"),
            "INVALID_CAST_ARGUMENT: Cannot cast value to UUID: 12151fd2758611e98f9e2a86e4085a59");
}

TEST_F(CastTest, JsonScalars) {
  const auto cast = [&](const std::string& json, const std::string& type, const std::string& engine) {
    return Eval("trino_cast_json('" + json + "', '" + type + "', CAST(NULL AS " + engine + "))");
  };
  EXPECT_EQ(cast("\"a\\nb\"", "varchar", "VARCHAR"), "a\nb");
  EXPECT_EQ(cast("12", "varchar", "VARCHAR"), "12");
  EXPECT_EQ(cast("1.5", "varchar", "VARCHAR"), "1.5E0");
  EXPECT_EQ(cast("true", "varchar", "VARCHAR"), "true");
  EXPECT_EQ(cast("null", "varchar", "VARCHAR"), "NULL");
  EXPECT_EQ(cast("\"12\"", "bigint", "BIGINT"), "12");
  EXPECT_EQ(cast("12.5", "bigint", "BIGINT"), "13");
  EXPECT_EQ(cast("true", "integer", "INTEGER"), "1");
  EXPECT_EQ(cast("0.5", "double", "DOUBLE"), "0.5");
  EXPECT_EQ(cast("0", "boolean", "BOOLEAN"), "false");
  EXPECT_EQ(cast("1.256", "decimal(5,2)", "DECIMAL(5,2)"), "1.26");
  EXPECT_EQ(cast("\"abcdef\"", "varchar(3)", "VARCHAR"), "abc");
  EXPECT_EQ(EvalError("trino_cast_json('{\"a\":1}', 'varchar', CAST(NULL AS VARCHAR))"),
            "INVALID_CAST_ARGUMENT: Cannot cast '{\"a\":1}' to varchar");
  EXPECT_EQ(EvalError("trino_cast_json('[1', 'varchar', CAST(NULL AS VARCHAR))"),
            "INVALID_CAST_ARGUMENT: Cannot cast '[1' to varchar");
  EXPECT_EQ(Eval("trino_try_cast_json('[1]', 'bigint', CAST(NULL AS BIGINT))"), "NULL");
}

TEST_F(CastTest, JsonNested) {
  const auto cast = [&](const std::string& json, const std::string& type, const std::string& engine) {
    return Eval("trino_cast_json('" + json + "', '" + type + "', CAST(NULL AS " + engine + "))::VARCHAR");
  };
  EXPECT_EQ(cast("[\"a\", 1, null]", "array(varchar)", "VARCHAR[]"), "[a, 1, NULL]");
  EXPECT_EQ(cast("[]", "array(varchar)", "VARCHAR[]"), "[]");
  EXPECT_EQ(cast("{\"b\": 2, \"a\": \"1\"}", "map(varchar, bigint)", "MAP(VARCHAR, BIGINT)"), "{b=2, a=1}");
  EXPECT_EQ(cast("{\"Arn\": \"x\", \"other\": [1]}", "row(arn varchar, n bigint)", "STRUCT(arn VARCHAR, n BIGINT)"),
            "{'arn': x, 'n': NULL}");
  EXPECT_EQ(cast("[\"x\", 7]", "row(arn varchar, n bigint)", "STRUCT(arn VARCHAR, n BIGINT)"), "{'arn': x, 'n': 7}");
  EXPECT_EQ(cast("[{\"a\": {\"x\": [1]}}]", "array(json)", "VARCHAR[]"), "['{\"a\": {\"x\": [1]}}']");
  EXPECT_EQ(EvalError("trino_cast_json('{}', 'array(varchar)', CAST(NULL AS VARCHAR[]))"),
            "INVALID_CAST_ARGUMENT: Cannot cast to array(varchar). Expected a json array, but got {\n{}");
  EXPECT_EQ(
      EvalError("trino_cast_json('{\"a\":1,\"a\":2}', 'map(varchar, bigint)', CAST(NULL AS MAP(VARCHAR, BIGINT)))"),
      "INVALID_CAST_ARGUMENT: Cannot cast to map(varchar, bigint). Duplicate keys are not allowed\n"
      "{\"a\":1,\"a\":2}");
  EXPECT_EQ(Column("SELECT len(trino_cast_json(x, 'array(varchar)', CAST(NULL AS VARCHAR[]))) FROM (VALUES "
                   "('[\"a\"]'), (NULL), ('[1,2]')) t(x)"),
            "1,NULL,2");
}

TEST_F(CastTest, ToJson) {
  EXPECT_EQ(Eval("trino_cast_to_json('a\"b', 'varchar')"), "\"a\\\"b\"");
  EXPECT_EQ(Eval("trino_cast_to_json(37.7::DOUBLE, 'double')"), "37.7");
  EXPECT_EQ(Eval("trino_cast_to_json(1e10::DOUBLE, 'double')"), "1.0E10");
  EXPECT_EQ(Eval("trino_cast_to_json('nan'::DOUBLE, 'double')"), "\"NaN\"");
  EXPECT_EQ(Eval("trino_cast_to_json(CAST('1.50' AS DECIMAL(3,2)), 'decimal(3,2)')"), "1.50");
  EXPECT_EQ(Eval("trino_cast_to_json(CAST('-0.5' AS DECIMAL(1,1)), 'decimal(1,1)')"), "-0.5");
  EXPECT_EQ(Eval("trino_cast_decimal_to_varchar(CAST('-0.05' AS DECIMAL(2,2)), 2)"), "-0.05");
  EXPECT_EQ(Eval("trino_cast_to_json(true, 'boolean')"), "true");
  EXPECT_EQ(Eval("trino_cast_to_json([1, NULL], 'array(integer)')"), "[1,null]");
  EXPECT_EQ(Eval("trino_cast_to_json(MAP {'b': 1, 'a': 2}, 'map(varchar, integer)')"), "{\"a\":2,\"b\":1}");
  EXPECT_EQ(Eval("trino_cast_to_json({'x': 1, 'y': 'z'}, 'row(x integer, y varchar)')"), "{\"x\":1,\"y\":\"z\"}");
  EXPECT_EQ(Eval("trino_cast_to_json(['{\"k\":1}'], 'array(json)')"), "[{\"k\":1}]");
  EXPECT_EQ(Eval("trino_cast_to_json(DATE '2024-01-05', 'date')"), "\"2024-01-05\"");
  EXPECT_EQ(Eval("trino_cast_to_json(TIMESTAMP '2024-01-05 01:02:03', 'timestamp(3)')"), "\"2024-01-05 01:02:03.000\"");
  EXPECT_EQ(Eval("trino_cast_to_json(NULL::VARCHAR, 'varchar')"), "NULL");
}

}  // namespace
}  // namespace opentrail::engine
