#include <gtest/gtest.h>

#include "engine/functions/function_test.h"
#include "engine/functions/hyper_log_log.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class AggregateTest : public FunctionTest {
 protected:
  AggregateTest() {
    RegisterMathFunctions(Database());
    RegisterAggregateFunctions(Database());
  }
};

TEST_F(AggregateTest, SumOverflowsAsBigint) {
  EXPECT_EQ(Column("SELECT trino_sum(x) FROM (VALUES (1), (NULL), (2)) t(x)"), "3");
  EXPECT_EQ(Column("SELECT trino_sum(x) FROM (VALUES (NULL::BIGINT)) t(x)"), "NULL");
  EXPECT_EQ(Column("SELECT trino_sum(x) FROM range(100000) t(x) GROUP BY x % 2 ORDER BY 1"), "2499950000,2500000000");
  EXPECT_EQ(Column("SELECT trino_sum(x) OVER (ORDER BY x) FROM range(4) t(x)"), "0,1,3,6");
  EXPECT_EQ(EvalError("trino_sum(x) FROM (VALUES (9223372036854775807), (1), (-1)) t(x)"),
            "NUMERIC_VALUE_OUT_OF_RANGE: bigint addition overflow: 9223372036854775807 + 1");
}

TEST_F(AggregateTest, DecimalAverageKeepsTypeAndRoundsHalfUp) {
  EXPECT_EQ(Column("SELECT trino_avg_decimal(x) FROM (VALUES (1.10), (2.25)) t(x)"), "1.68");
  EXPECT_EQ(Column("SELECT typeof(trino_avg_decimal(x)) FROM (VALUES (1.10), (2.25)) t(x)"), "DECIMAL(3,2)");
  EXPECT_EQ(Column("SELECT trino_avg_decimal(x) FROM (VALUES (-1.10), (-2.25), (NULL)) t(x)"), "-1.68");
  EXPECT_EQ(Column("SELECT trino_avg_decimal(x) FROM (VALUES (1.10)) t(x) WHERE x > 5"), "NULL");
  EXPECT_EQ(Column("SELECT trino_avg_decimal(DISTINCT x) FILTER (WHERE x < 5) FROM "
                   "(VALUES (1.0), (1.0), (2.0), (9.0)) t(x)"),
            "1.5");
  EXPECT_EQ(Column("SELECT trino_avg_decimal(x) OVER (ORDER BY x ROWS 1 PRECEDING) FROM "
                   "(VALUES (1.00), (2.00), (3.00)) t(x)"),
            "1.00,1.50,2.50");
  EXPECT_EQ(Column("SELECT trino_avg_decimal(CAST(x AS DECIMAL(38,2))) FROM range(100000) t(x)"), "49999.50");
  EXPECT_EQ(Column("SELECT trino_avg_decimal(CAST(x AS DECIMAL(9,1))) FROM range(10) t(x) GROUP BY x % 2 ORDER BY 1"),
            "4.0,5.0");
}

TEST_F(AggregateTest, ApproxDistinct) {
  EXPECT_EQ(Column("SELECT trino_approx_distinct(x % 100) FROM range(10000) t(x)"), "100");
  EXPECT_EQ(Column("SELECT trino_approx_distinct(x) FROM (VALUES (NULL::INTEGER)) t(x)"), "0");
  EXPECT_EQ(Column("SELECT trino_approx_distinct(x) FROM range(0) t(x)"), "0");
  EXPECT_EQ(Column("SELECT trino_approx_distinct('key ' || x, 0.26) > 0 FROM range(10000) t(x)"), "true");
  EXPECT_EQ(Column("SELECT abs(trino_approx_distinct(x) - 100000) < 7000 FROM range(100000) t(x)"), "true");
  EXPECT_EQ(Column("SELECT sum(n) FROM (SELECT trino_approx_distinct(x) AS n FROM range(10000) t(x) GROUP BY x % 100)"),
            "10000");
  EXPECT_EQ(Column("SELECT trino_approx_distinct(x) FILTER (WHERE x < 2) OVER () FROM range(3) t(x)"), "2,2,2");
  EXPECT_EQ(EvalError("trino_approx_distinct(x, 0.5) FROM range(3) t(x)"),
            "INVALID_FUNCTION_ARGUMENT: Max standard error must be in [0.0040625, 0.26]: 0.5");
}

uint64_t Mix(uint64_t n) {
  n += 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 30)) * 0xbf58476d1ce4e5b9;
  n = (n ^ (n >> 27)) * 0x94d049bb133111eb;
  return n ^ (n >> 31);
}

TEST(HyperLogLogTest, CountsFewExactlyAndManyWithinThreeStandardErrors) {
  constexpr double kError = 0.023;
  for (const int64_t count : {1, 100, 256, 1000, 5000, 20'000, 300'000}) {
    HyperLogLog sketch(HyperLogLog::IndexBitsOf(kError));
    for (int64_t i = 0; i < count; i++) sketch.Add(Mix(i));
    EXPECT_NEAR(static_cast<double>(sketch.Cardinality()), count, count <= 256 ? 0 : 3 * kError * count) << count;
  }
}

TEST(HyperLogLogTest, MergeIsTheSketchOfBoth) {
  HyperLogLog all;
  HyperLogLog even;
  HyperLogLog odd;
  for (int64_t i = 0; i < 10'000; i++) {
    all.Add(Mix(i));
    (i % 2 == 0 ? even : odd).Add(Mix(i));
  }
  even.Merge(odd);
  EXPECT_EQ(even.Cardinality(), all.Cardinality());
  EXPECT_FALSE(all.SameShape(HyperLogLog(HyperLogLog::IndexBitsOf(0.1))));
}

TEST_F(AggregateTest, TopRows) {
  const std::string rows = " FROM (VALUES ('a', 1), (NULL, 3), ('c', NULL), ('d', 0)) t(x, y)";
  EXPECT_EQ(Column("SELECT trino_max_by_n(list(row(x, y, 2)))" + rows), "[NULL, a]");
  EXPECT_EQ(Column("SELECT trino_min_by_n(list(row(x, y, 9)))" + rows), "[d, a, NULL]");
  EXPECT_EQ(Column("SELECT trino_max_n(list(row(y, 2)))" + rows), "[3, 1]");
  EXPECT_EQ(Column("SELECT trino_max_n(list(row(y, 2)) FILTER (WHERE false))" + rows), "NULL");
  EXPECT_EQ(EvalError("trino_max_n(list(row(y, 0)))" + rows),
            "INVALID_FUNCTION_ARGUMENT: second argument of max_n must be positive");
  EXPECT_EQ(Column("SELECT arg_max_null(x, y)" + rows), "NULL");
}

TEST_F(AggregateTest, MostFrequent) {
  EXPECT_EQ(Column("SELECT trino_most_frequent(CAST(histogram(x) AS MAP(VARCHAR, BIGINT)), 2) FROM "
                   "(VALUES ('a'), ('b'), ('b'), ('c'), ('c'), ('c')) t(x)"),
            "{c=3, b=2}");
}

TEST_F(AggregateTest, PercentilesAreChecked) {
  // Merged from parts, they are what they are of the whole, up to rounding.
  EXPECT_EQ(
      Column("SELECT round(trino_skewness(x), 9) = round(any_value(s), 9) AND round(trino_kurtosis(x), 9) = "
             "round(any_value(k), 9) FROM (SELECT x, trino_skewness(x) OVER () AS s, trino_kurtosis(x) OVER () AS k "
             "FROM (SELECT (i * 7919 % 1000)::DOUBLE AS x FROM range(100000) t(i)))"),
      "true");
  EXPECT_EQ(Column("SELECT round(trino_regr_slope(y, x), 9), round(trino_regr_intercept(y, x), 6) FROM (SELECT "
                   "i::DOUBLE AS x, 3.0 * i + 2 AS y FROM range(100000) t(i))"),
            "3.0");
  EXPECT_EQ(Column("SELECT trino_regr_slope(y, x) FROM (VALUES (1::DOUBLE, 1::DOUBLE), (2, 1)) t(y, x)"), "NULL");
  EXPECT_EQ(Column("SELECT trino_tdigest_percentile(trino_tdigest_agg(x, 1), 0.5::DOUBLE) FROM range(101) t(x)"),
            "50.0");
  EXPECT_EQ(
      Column("SELECT trino_tdigest_percentiles(trino_tdigest_agg(x, 1), [0.0::DOUBLE, 1.0]) FROM range(101) t(x)"),
      "[0.0, 100.0]");
  EXPECT_EQ(EvalError("trino_tdigest_percentile(trino_tdigest_agg(x, 1), 1.5::DOUBLE) FROM range(101) t(x)"),
            "INVALID_FUNCTION_ARGUMENT: Percentile must be between 0 and 1");
  EXPECT_EQ(EvalError("trino_percentile_weight(0.5::DOUBLE)"),
            "INVALID_FUNCTION_ARGUMENT: weight must be >= 1, was 0.5");
  EXPECT_EQ(Column("SELECT abs(trino_tdigest_percentile(trino_tdigest_agg(x, 1), 0.9::DOUBLE) - 90000) < 100 FROM "
                   "range(100000) t(x)"),
            "true");
}

TEST_F(AggregateTest, SketchesGoThroughBytes) {
  EXPECT_EQ(Column("SELECT trino_hll_cardinality(trino_approx_set(x % 100)) FROM range(10000) t(x)"), "100");
  EXPECT_EQ(Column("SELECT abs(trino_hll_cardinality(trino_approx_set(x)) - 100000) < 5000 FROM range(100000) t(x)"),
            "true");
  EXPECT_EQ(Column("SELECT trino_hll_cardinality(trino_hll_merge(s)) FROM (SELECT trino_approx_set(x) AS s FROM "
                   "range(60) t(x) GROUP BY x % 7)"),
            "60");
  EXPECT_EQ(Column("SELECT trino_hll_cardinality(trino_hll_dense(trino_approx_set('key ' || x))) FROM range(50) t(x)"),
            "50");
  EXPECT_EQ(EvalError("trino_hll_cardinality('abc'::BLOB)"),
            "INVALID_FUNCTION_ARGUMENT: The bytes are no sketch of this kind");
  EXPECT_EQ(Column("SELECT trino_qdigest_value(trino_qdigest_merge(s), 0.5) FROM (SELECT trino_qdigest_agg(x, 1) AS s "
                   "FROM range(11) t(x) GROUP BY x % 2)"),
            "5");
  EXPECT_EQ(Column("SELECT trino_set_digest_cardinality(trino_merge_set_digest(s)) FROM (SELECT "
                   "trino_make_set_digest(x) AS s FROM range(11) t(x) GROUP BY x % 2)"),
            "11");
}

TEST_F(AggregateTest, Statistics) {
  EXPECT_EQ(Column("SELECT round(trino_skewness(x), 6) FROM (VALUES (1::DOUBLE), (2), (10)) t(x)"), "0.674555");
  EXPECT_EQ(Column("SELECT trino_skewness(x) FROM (VALUES (1::DOUBLE), (2)) t(x)"), "NULL");
  // Merged from parts, they are what they are of the whole, up to rounding.
  EXPECT_EQ(
      Column("SELECT round(trino_skewness(x), 9) = round(any_value(s), 9) AND round(trino_kurtosis(x), 9) = "
             "round(any_value(k), 9) FROM (SELECT x, trino_skewness(x) OVER () AS s, trino_kurtosis(x) OVER () AS k "
             "FROM (SELECT (i * 7919 % 1000)::DOUBLE AS x FROM range(100000) t(i)))"),
      "true");
  EXPECT_EQ(Column("SELECT round(trino_regr_slope(y, x), 9), round(trino_regr_intercept(y, x), 6) FROM (SELECT "
                   "i::DOUBLE AS x, 3.0 * i + 2 AS y FROM range(100000) t(i))"),
            "3.0");
  EXPECT_EQ(Column("SELECT trino_regr_slope(y, x) FROM (VALUES (1::DOUBLE, 1::DOUBLE), (2, 1)) t(y, x)"), "NULL");
  EXPECT_EQ(Column("SELECT trino_tdigest_percentile(trino_tdigest_agg(x, w), 0.9) FROM "
                   "(VALUES (1::DOUBLE, 1::DOUBLE), (2, 1), (3, 8)) t(x, w)"),
            "3.0");
  EXPECT_EQ(Column("SELECT trino_numeric_histogram(list(row(x, 1::DOUBLE)), 2) FROM "
                   "(VALUES (1::DOUBLE), (2), (10), (11), (12)) t(x)"),
            "{1.5=2.0, 11.0=3.0}");
  EXPECT_EQ(
      Column("SELECT trino_numeric_histogram(list(row(x, 1::DOUBLE)), 5) FROM (VALUES (1::DOUBLE), (1), (2)) t(x)"),
      "{1.0=2.0, 2.0=1.0}");
  EXPECT_EQ(Column("SELECT trino_finite(corr(x, x)) FROM (VALUES (1::DOUBLE), (1)) t(x)"), "NULL");
}

}  // namespace
}  // namespace opentrail::engine
