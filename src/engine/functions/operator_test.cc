#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class OperatorTest : public FunctionTest {
 protected:
  OperatorTest() { RegisterOperatorFunctions(Database()); }
};

TEST_F(OperatorTest, IntegersOverflowLoudly) {
  EXPECT_EQ(Eval("trino_integer_add(1, 2)"), "3");
  EXPECT_EQ(EvalError("trino_bigint_add(9223372036854775807, 1)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: 9223372036854775807 + 1");
  EXPECT_EQ(EvalError("trino_integer_multiply(2147483647, 2)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: integer multiplication overflow: 2147483647 * 2");
  EXPECT_EQ(EvalError("trino_tinyint_subtract(-128, 1)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: tinyint subtraction overflow: -128 - 1");
  EXPECT_EQ(EvalError("trino_smallint_negate(-32768)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: smallint negation overflow: -32768");
  EXPECT_EQ(Eval("trino_bigint_add(NULL, 1)"), "NULL");
}

TEST_F(OperatorTest, DivisionTruncates) {
  EXPECT_EQ(Eval("trino_integer_divide(7, 2)"), "3");
  EXPECT_EQ(Eval("trino_integer_divide(-7, 2)"), "-3");
  EXPECT_EQ(Eval("trino_integer_modulus(-7, 2)"), "-1");
  EXPECT_EQ(Eval("trino_integer_modulus(7, -2)"), "1");
  EXPECT_EQ(Eval("trino_bigint_modulus(CAST(-9223372036854775808 AS BIGINT), -1)"), "0");
  EXPECT_EQ(EvalError("trino_integer_divide(7, 0)"), "DIVISION_BY_ZERO: Division by zero");
  EXPECT_EQ(EvalError("trino_integer_modulus(7, 0)"), "DIVISION_BY_ZERO: Division by zero");
  EXPECT_EQ(EvalError("trino_integer_divide(-2147483648, -1)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: integer division overflow: -2147483648 / -1");
  EXPECT_EQ(Eval("TRY(trino_integer_divide(7, 0))"), "NULL");
  EXPECT_EQ(Eval("trino_double_modulus(5.5, 2)"), "1.5");
}

TEST_F(OperatorTest, NanComparesAsFalse) {
  EXPECT_EQ(Eval("trino_double_equal('nan'::DOUBLE, 'nan'::DOUBLE)"), "false");
  EXPECT_EQ(Eval("trino_double_less(1, 'nan'::DOUBLE)"), "false");
  EXPECT_EQ(Eval("trino_double_less_or_equal(1, 1)"), "true");
}

std::string Decimal(const std::string& text, int precision, int scale) {
  return "'" + text + "'::DECIMAL(" + std::to_string(precision) + "," + std::to_string(scale) + ")";
}

TEST_F(OperatorTest, DecimalsRoundHalfUp) {
  const std::string ten = Decimal("10.00", 4, 2);
  const std::string three = Decimal("3", 1, 0);
  EXPECT_EQ(Eval("trino_decimal_add(" + ten + ", " + three + ", 2, 0)"), "13.00");
  EXPECT_EQ(Eval("trino_decimal_subtract(" + three + ", " + ten + ", 0, 2)"), "-7.00");
  EXPECT_EQ(Eval("trino_decimal_multiply(" + ten + ", " + three + ", 2, 0)"), "30.00");
  EXPECT_EQ(Eval("trino_decimal_divide(" + ten + ", " + three + ", 2, 0)"), "3.33");
  EXPECT_EQ(Eval("trino_decimal_divide(" + Decimal("-20.00", 4, 2) + ", " + three + ", 2, 0)"), "-6.67");
  EXPECT_EQ(Eval("trino_decimal_modulus(" + ten + ", " + three + ", 2, 0)"), "1.00");
  EXPECT_EQ(EvalError("trino_decimal_divide(" + ten + ", " + Decimal("0", 1, 0) + ", 2, 0)"),
            "DIVISION_BY_ZERO: Division by zero");
}

TEST_F(OperatorTest, WideDecimals) {
  const std::string most(38, '9');
  const std::string big = Decimal(most, 38, 0);
  EXPECT_EQ(EvalError("trino_decimal_add(" + big + ", " + big + ", 0, 0)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow");
  EXPECT_EQ(EvalError("trino_decimal_multiply(" + big + ", " + big + ", 0, 0)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: Decimal overflow");
  EXPECT_EQ(Eval("trino_decimal_divide(" + big + ", " + big + ", 0, 0)"), "1");
  EXPECT_EQ(Eval("trino_decimal_divide(" + Decimal("1", 1, 0) + ", " + Decimal("0.7", 38, 37) + ", 0, 37)"),
            "1.4285714285714285714285714285714285714");
}

TEST_F(OperatorTest, DatesAndIntervals) {
  EXPECT_EQ(Eval("trino_date_add_millis(DATE '2024-03-01', -86400000)"), "2024-02-29");
  EXPECT_EQ(EvalError("trino_date_add_millis(DATE '2024-03-01', 1000)"),
            "INVALID_FUNCTION_ARGUMENT: Cannot add hour, minutes or seconds to a date");
  EXPECT_EQ(Eval("trino_date_add_months(DATE '2024-01-31', 1)"), "2024-02-29");
  EXPECT_EQ(Eval("trino_timestamp_add_months(TIMESTAMP '2024-03-31 10:00:00', -1)"), "2024-02-29 10:00:00");
  EXPECT_EQ(Eval("trino_timestamp_add_millis(TIMESTAMP '2024-01-01 00:00:00', -1)"), "2023-12-31 23:59:59.999");
  EXPECT_EQ(Eval("trino_time_add_millis(TIME '23:00:00', 7200000)"), "01:00:00");
  EXPECT_EQ(Eval("trino_date_difference(DATE '2024-03-01', DATE '2024-02-28')"), "172800000");
  EXPECT_EQ(Eval("trino_timestamp_difference(TIMESTAMP '2024-01-02 00:00:00', TIMESTAMP '2024-01-01 12:00:00')"),
            "43200000");
  EXPECT_EQ(Eval("trino_interval_millis_divide(1000, 3)"), "333");
  EXPECT_EQ(Eval("trino_interval_months_multiply(10, 1e300)"), "2147483647");
  EXPECT_TRUE(
      EvalError("trino_date_add_months(DATE '2024-01-31', 2147483647)").starts_with("NUMERIC_VALUE_OUT_OF_RANGE: "));
}

TEST_F(OperatorTest, Subscripts) {
  EXPECT_EQ(Eval("trino_subscript(['a', 'b'], 2)"), "b");
  EXPECT_EQ(Eval("trino_subscript(['a', NULL], 2)"), "NULL");
  EXPECT_EQ(Eval("trino_subscript(NULL::VARCHAR[], 1)"), "NULL");
  EXPECT_EQ(EvalError("trino_subscript(['a'], 0)"), "INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1");
  EXPECT_EQ(EvalError("trino_subscript(['a'], -1)"), "INVALID_FUNCTION_ARGUMENT: Array subscript is negative: -1");
  EXPECT_EQ(EvalError("trino_subscript(['a', 'b'], 3)"),
            "INVALID_FUNCTION_ARGUMENT: Array subscript must be less than or equal to array length: 3 > 2");
  EXPECT_EQ(
      Column("SELECT trino_subscript(x, 1) FROM (VALUES (['one']), (NULL), (['a text that is not inline'])) t(x)"),
      "one,NULL,a text that is not inline");
  EXPECT_EQ(Column("SELECT trino_subscript([{'a': x}], 1).a FROM (VALUES ('p'), (NULL)) t(x)"), "p,NULL");
  EXPECT_EQ(Column("SELECT sum(trino_subscript([x, x + 1], 2)) FROM range(10000) t(x)"), "50005000");
}

TEST_F(OperatorTest, MapSubscripts) {
  EXPECT_EQ(Eval("trino_map_subscript(MAP {'a': 1, 'b': 2}, 'b')"), "2");
  EXPECT_EQ(Eval("trino_map_subscript(MAP {1: 'x'}, 1)"), "x");
  EXPECT_EQ(EvalError("trino_map_subscript(MAP {'a': 1}, 'zz')"),
            "INVALID_FUNCTION_ARGUMENT: Key not present in map: zz");
  EXPECT_EQ(Eval("trino_map_subscript(NULL::MAP(VARCHAR, INTEGER), 'a')"), "NULL");
  EXPECT_EQ(Column("SELECT trino_map_subscript(MAP {x: x || '!'}, x) FROM (VALUES ('p'), ('q')) t(x)"), "p!,q!");
}

TEST_F(OperatorTest, NullsWithinMakeAComparisonUnknown) {
  const auto equal = [&](const std::string& a, const std::string& b) {
    return Eval("trino_nested_equal(" + a + ", " + b + ", 'array(integer)')");
  };
  EXPECT_EQ(equal("[1, 2]", "[1, 2]"), "true");
  EXPECT_EQ(equal("[1, NULL]", "[1, NULL]"), "NULL");
  EXPECT_EQ(equal("[1, NULL]", "[2, NULL]"), "false");
  EXPECT_EQ(equal("[1]", "[1, 2]"), "false");
  EXPECT_EQ(equal("NULL::INTEGER[]", "[1]"), "NULL");
  EXPECT_EQ(Eval("trino_nested_less([1, 2], [1, 3], 'array(integer)')"), "true");
  EXPECT_EQ(Eval("trino_nested_less([1], [1, 3], 'array(integer)')"), "true");
  EXPECT_EQ(Eval("trino_nested_less_or_equal([1], [1], 'array(integer)')"), "true");
  EXPECT_TRUE(EvalError("trino_nested_less([NULL], [1], 'array(integer)')").starts_with("NOT_SUPPORTED: "));
  EXPECT_EQ(Eval("trino_nested_equal(MAP {'a': 1, 'b': 2}, MAP {'b': 2, 'a': 1}, 'map(varchar,integer)')"), "true");
  EXPECT_EQ(Eval("trino_nested_distinct([1, NULL], [1, NULL], 'array(integer)')"), "false");
}

TEST_F(OperatorTest, NestedInstantsIgnoreTheirZone) {
  // 1 << 12 is one millisecond in UTC, with 5 behind it the same in another zone.
  EXPECT_EQ(Eval("trino_nested_equal([4096::BIGINT], [4101::BIGINT], 'array(timestamp(3) with time zone)')"), "true");
  EXPECT_EQ(Eval("trino_nested_equal([4096::BIGINT], [4101::BIGINT], 'array(bigint)')"), "false");
}

}  // namespace
}  // namespace opentrail::engine
