#include <gtest/gtest.h>

#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class MathTest : public FunctionTest {
 protected:
  MathTest() {
    RegisterMathFunctions(Database());
    RegisterConditionalFunctions(Database());
  }
};

TEST_F(MathTest, AbsRefusesTheOneValueWithoutAnOpposite) {
  EXPECT_EQ(Eval("trino_abs(CAST(-5 AS BIGINT))"), "5");
  EXPECT_EQ(EvalError("trino_abs(CAST(-9223372036854775808 AS BIGINT))"),
            "NUMERIC_VALUE_OUT_OF_RANGE: Value -9223372036854775808 is out of range for abs(bigint)");
  EXPECT_EQ(EvalError("trino_abs(CAST(-128 AS TINYINT))"),
            "NUMERIC_VALUE_OUT_OF_RANGE: Value -128 is out of range for abs(tinyint)");
}

TEST_F(MathTest, RoundsHalfAwayFromZero) {
  EXPECT_EQ(Eval("trino_round(CAST(2.5 AS DOUBLE), 0)"), "3.0");
  EXPECT_EQ(Eval("trino_round(CAST(-2.5 AS DOUBLE), 0)"), "-3.0");
  EXPECT_EQ(Eval("trino_round(CAST(0.49999999999999994 AS DOUBLE), 0)"), "0.0");
  EXPECT_EQ(Eval("trino_round(CAST(3.14159 AS DOUBLE), 2)"), "3.14");
  EXPECT_EQ(Eval("trino_round(CAST(1234.5 AS DOUBLE), -2)"), "1200.0");
  EXPECT_EQ(Eval("trino_round(CAST(1e300 AS DOUBLE), 20)"), "1e+300");
  EXPECT_EQ(Eval("trino_round(CAST('Infinity' AS DOUBLE), 1)"), "inf");
  EXPECT_EQ(Eval("trino_round(CAST(12345 AS BIGINT), -2)"), "12300");
  EXPECT_EQ(Eval("trino_round(CAST(12350 AS BIGINT), -2)"), "12400");
  EXPECT_EQ(Eval("trino_round(CAST(-12350 AS BIGINT), -2)"), "-12400");
  EXPECT_EQ(Eval("trino_round(CAST(5 AS INTEGER), 3)"), "5");
  EXPECT_EQ(EvalError("trino_round(CAST(127 AS TINYINT), -1)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 130");
}

TEST_F(MathTest, Decimals) {
  EXPECT_EQ(Eval("trino_round_decimal(CAST(2.345 AS DECIMAL(10,3)), 2)"), "2.350");
  EXPECT_EQ(Eval("trino_round_decimal(CAST(-2.345 AS DECIMAL(10,3)), 2)"), "-2.350");
  EXPECT_EQ(Eval("typeof(trino_round_decimal(CAST(9.99 AS DECIMAL(3,2)), 1))"), "DECIMAL(4,2)");
  EXPECT_EQ(Eval("trino_round_decimal(CAST(9.99 AS DECIMAL(3,2)), 1)"), "10.00");
  EXPECT_EQ(Eval("trino_round_decimal(CAST('12345678901234567890123.55' AS DECIMAL(38,2)), 1)"),
            "12345678901234567890123.60");
  EXPECT_EQ(Eval("trino_truncate_decimal(CAST(-2.345 AS DECIMAL(10,3)), 1)"), "-2.300");
  EXPECT_EQ(Eval("trino_truncate_decimal(CAST(123.45 AS DECIMAL(5,2)), -2)"), "100.00");
  EXPECT_EQ(Eval("trino_mod_decimal(CAST(5.5 AS DECIMAL(3,1)), CAST(2.25 AS DECIMAL(5,2)))"), "1.00");
  EXPECT_EQ(EvalError("trino_mod_decimal(CAST(5.5 AS DECIMAL(3,1)), CAST(0 AS DECIMAL(5,2)))"),
            "DIVISION_BY_ZERO: Division by zero");
  EXPECT_EQ(Column("SELECT trino_round_decimal(x, 0) FROM (VALUES (1.5::DECIMAL(5,2)), (NULL), (-1.5)) t(x)"),
            "2.00,NULL,-2.00");
}

TEST_F(MathTest, Remainders) {
  EXPECT_EQ(Eval("trino_mod(CAST(-5 AS BIGINT), CAST(3 AS BIGINT))"), "-2");
  EXPECT_EQ(Eval("trino_mod(CAST(-9223372036854775808 AS BIGINT), CAST(-1 AS BIGINT))"), "0");
  EXPECT_EQ(EvalError("trino_mod(CAST(5 AS INTEGER), CAST(0 AS INTEGER))"), "GENERIC_INTERNAL_ERROR: / by zero");
  EXPECT_EQ(Eval("isnan(trino_mod(CAST(5 AS DOUBLE), CAST(0 AS DOUBLE)))"), "true");
}

TEST_F(MathTest, DoublesAnswerWhereTheEngineRefuses) {
  EXPECT_EQ(Eval("isnan(trino_sqrt(-1))"), "true");
  EXPECT_EQ(Eval("trino_ln(0)"), "-inf");
  EXPECT_EQ(Eval("trino_log(2, 8)"), "3.0");
  EXPECT_EQ(Eval("isnan(trino_power(1, CAST('NaN' AS DOUBLE)))"), "true");
  EXPECT_EQ(Eval("trino_power(2, 10)"), "1024.0");
  EXPECT_EQ(Eval("trino_degrees(pi())"), "180.0");
  EXPECT_EQ(Eval("trino_sign(CAST(-2.5 AS DOUBLE))"), "-1.0");
}

TEST_F(MathTest, Bases) {
  EXPECT_EQ(Eval("trino_to_base(-255, 16)"), "-ff");
  EXPECT_EQ(Eval("trino_to_base(CAST(-9223372036854775808 AS BIGINT), 2)"), "-1" + std::string(63, '0'));
  EXPECT_EQ(Eval("trino_from_base('-FF', 16)"), "-255");
  EXPECT_EQ(Eval("trino_from_base('-8000000000000000', 16)"), "-9223372036854775808");
  EXPECT_EQ(EvalError("trino_from_base('8000000000000000', 16)"),
            "INVALID_FUNCTION_ARGUMENT: Not a valid base-16 number: 8000000000000000");
  EXPECT_EQ(EvalError("trino_from_base('', 10)"), "INVALID_FUNCTION_ARGUMENT: Not a valid base-10 number: ");
  EXPECT_EQ(EvalError("trino_to_base(1, 37)"), "INVALID_FUNCTION_ARGUMENT: Radix must be between 2 and 36");
}

TEST_F(MathTest, Bits) {
  EXPECT_EQ(Eval("trino_bit_count(9, 64)"), "2");
  EXPECT_EQ(Eval("trino_bit_count(-7, 64)"), "62");
  EXPECT_EQ(Eval("trino_bit_count(-7, 8)"), "6");
  EXPECT_EQ(
      EvalError("trino_bit_count(200, 8)"),
      "INVALID_FUNCTION_ARGUMENT: Number must be representable with the bits specified. 200 cannot be represented "
      "with 8 bits");
  EXPECT_EQ(Eval("trino_bitwise_left_shift(CAST(1 AS TINYINT), 7)"), "-128");
  EXPECT_EQ(Eval("trino_bitwise_left_shift(CAST(1 AS BIGINT), 64)"), "0");
  EXPECT_EQ(Eval("trino_bitwise_right_shift(CAST(-8 AS INTEGER), 28)"), "15");
  EXPECT_EQ(Eval("trino_bitwise_right_shift_arithmetic(CAST(-8 AS INTEGER), 2)"), "-2");
  EXPECT_EQ(Eval("trino_bitwise_right_shift_arithmetic(CAST(-8 AS INTEGER), 99)"), "-1");
}

TEST_F(MathTest, Buckets) {
  EXPECT_EQ(Eval("trino_width_bucket(5.35, 0.024, 10.06, 5)"), "3");
  EXPECT_EQ(Eval("trino_width_bucket(-1, 0, 10, 5)"), "0");
  EXPECT_EQ(Eval("trino_width_bucket(10, 0, 10, 5)"), "6");
  EXPECT_EQ(Eval("trino_width_bucket(1, 10, 0, 5)"), "5");
  EXPECT_EQ(Eval("trino_width_bucket(2.5, [1.0, 2.0, 3.0])"), "2");
  EXPECT_EQ(EvalError("trino_width_bucket(2.5, [3.0, 2.0])"),
            "INVALID_FUNCTION_ARGUMENT: Bin values are not sorted in ascending order");
}

TEST_F(MathTest, Distributions) {
  EXPECT_EQ(Eval("round(trino_normal_cdf(0, 1, 1.96), 6)"), "0.975002");
  EXPECT_EQ(Eval("round(trino_inverse_normal_cdf(0, 1, 0.975), 6)"), "1.959964");
  EXPECT_EQ(Eval("round(trino_beta_cdf(2, 3, 0.5), 10)"), "0.6875");
  EXPECT_EQ(Eval("round(trino_inverse_beta_cdf(2, 3, 0.6875), 10)"), "0.5");
  EXPECT_EQ(Eval("round(trino_wilson_interval_lower(1250, 1310, 1.96e0), 6)"), "0.941488");
  EXPECT_EQ(Eval("round(trino_wilson_interval_upper(1250, 1310, 1.96e0), 6)"), "0.964252");
  EXPECT_EQ(Eval("round(trino_cosine_similarity(MAP {'a': 1.0}, MAP {'a': 2.0, 'b': 2.0}), 6)"), "0.707107");
  EXPECT_EQ(Eval("trino_cosine_similarity(MAP {'a': 1.0}, MAP {'a': NULL})"), "NULL");
}

TEST_F(MathTest, RandomStaysInItsBounds) {
  EXPECT_EQ(Column("SELECT min(x) >= 3 AND max(x) < 6 AND count(DISTINCT x) = 3 FROM (SELECT "
                   "trino_random(CAST(3 AS BIGINT), CAST(6 AS BIGINT), true) AS x FROM range(1000))"),
            "true");
  EXPECT_EQ(EvalError("trino_random(CAST(0 AS BIGINT), CAST(0 AS BIGINT), false)"),
            "INVALID_FUNCTION_ARGUMENT: bound must be positive");
}

TEST_F(MathTest, GreatestAndLeastAreNullWithNull) {
  EXPECT_EQ(Eval("trino_greatest(1, 3, 2)"), "3");
  EXPECT_EQ(Eval("trino_greatest(1, NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_least('b', 'a', 'c')"), "a");
  EXPECT_EQ(Eval("trino_least(DATE '2024-02-01', DATE '2024-01-01')"), "2024-01-01");
  EXPECT_EQ(Column("SELECT trino_greatest(x, y, 2) FROM (VALUES (1, 5), (NULL, 1), (3, 2)) t(x, y)"), "5,NULL,3");
}

TEST_F(MathTest, WindowArguments) {
  EXPECT_EQ(EvalError("trino_window_buckets(0)"), "INVALID_FUNCTION_ARGUMENT: Buckets must be greater than 0");
  EXPECT_EQ(EvalError("trino_window_offset(-1, 0)"), "INVALID_FUNCTION_ARGUMENT: Offset must be at least 0");
  EXPECT_EQ(Column("SELECT nth_value(x, trino_window_offset(2, 1)) OVER () FROM range(2) t(x)"), "1,1");
}

}  // namespace
}  // namespace opentrail::engine
