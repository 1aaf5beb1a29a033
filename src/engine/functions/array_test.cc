#include <gtest/gtest.h>

#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class ArrayTest : public FunctionTest {
 protected:
  ArrayTest() { RegisterArrayFunctions(Database()); }
};

TEST_F(ArrayTest, DistinctKeepsFirstOccurrencesAndOneNull) {
  EXPECT_EQ(Eval("trino_array_distinct([2, 1, 2, NULL, 1, NULL])"), "[2, 1, NULL]");
  EXPECT_EQ(Eval("trino_array_distinct([]::VARCHAR[])"), "[]");
  EXPECT_EQ(Eval("trino_array_distinct(NULL::INTEGER[])"), "NULL");
  EXPECT_EQ(Eval("trino_array_distinct([{'a': 1, 'b': NULL}, {'a': 1, 'b': NULL}, {'a': 2, 'b': 'x'}])"),
            "[{'a': 1, 'b': NULL}, {'a': 2, 'b': x}]");
  EXPECT_EQ(Eval("trino_array_distinct(['NaN'::DOUBLE, 'NaN'::DOUBLE, 0.0, -0.0])"), "[nan, 0.0]");
}

TEST_F(ArrayTest, ConstantNullsKeepTheirType) {
  EXPECT_EQ(Eval("typeof(trino_array_distinct(NULL::INTEGER[]))"), "INTEGER[]");
  EXPECT_EQ(Eval("typeof(trino_array_union([1], NULL::INTEGER[]))"), "INTEGER[]");
  EXPECT_EQ(Eval("typeof(trino_array_max(NULL::VARCHAR[]))"), "VARCHAR");
  EXPECT_EQ(Eval("trino_array_distinct(NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_array_contains([1], NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_array_concat([1], NULL)"), "NULL");
}

TEST_F(ArrayTest, RowsOfOneChunkDoNotMix) {
  EXPECT_EQ(Column("SELECT trino_array_distinct(x) FROM (VALUES ([1, 1]), (NULL), ([3, 2, 3]), ([])) t(x)"),
            "[1],NULL,[3, 2],[]");
  EXPECT_EQ(Column("SELECT trino_array_union([i, i % 2], [9]) FROM range(3) t(i)"), "[0, 9],[1, 9],[2, 0, 9]");
  EXPECT_EQ(Column("SELECT sum(len(trino_array_distinct([i, i + 1, i]))) FROM range(10000) t(i)"), "20000");
  // Filtered rows reach the function as a dictionary over a longer vector.
  EXPECT_EQ(Column("SELECT trino_array_distinct(x) FROM (SELECT [{'a': i}, {'a': i}] AS x, i FROM range(100) t(i)) "
                   "WHERE i % 40 = 3"),
            "[{'a': 3}],[{'a': 43}],[{'a': 83}]");
}

TEST_F(ArrayTest, SetOperations) {
  EXPECT_EQ(Eval("trino_array_union([1, 3, NULL], [3, 2, NULL])"), "[1, 3, NULL, 2]");
  EXPECT_EQ(Eval("trino_array_intersect([5, 3, 3, 1, NULL], [1, NULL, 3])"), "[3, 1, NULL]");
  EXPECT_EQ(Eval("trino_array_intersect([1, 3], [3, 2, 1])"), "[3, 1]");  // the longer array's order
  EXPECT_EQ(Eval("trino_array_except([5, 3, 3, 1, NULL], [1])"), "[5, 3, NULL]");
  EXPECT_EQ(Eval("trino_array_except([1], NULL)"), "NULL");
}

TEST_F(ArrayTest, ThreeValuedMembership) {
  EXPECT_EQ(Eval("trino_array_contains([1, NULL], 1)"), "true");
  EXPECT_EQ(Eval("trino_array_contains([1, NULL], 2)"), "NULL");
  EXPECT_EQ(Eval("trino_array_contains([1, 3], 2)"), "false");
  EXPECT_EQ(Eval("trino_array_contains([1, 3], NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_arrays_overlap([1, NULL], [1])"), "true");
  EXPECT_EQ(Eval("trino_arrays_overlap([1, NULL], [2])"), "NULL");
  EXPECT_EQ(Eval("trino_arrays_overlap([1, NULL], [NULL])"), "NULL");
  EXPECT_EQ(Eval("trino_arrays_overlap([1, NULL], []::INTEGER[])"), "false");
  EXPECT_EQ(Eval("trino_any_true([false, NULL])"), "NULL");
  EXPECT_EQ(Eval("trino_any_true([true, NULL])"), "true");
  EXPECT_EQ(Eval("trino_any_true([]::BOOLEAN[])"), "false");
  EXPECT_EQ(Eval("trino_all_true([true, NULL])"), "NULL");
  EXPECT_EQ(Eval("trino_all_true([false, NULL])"), "false");
  EXPECT_EQ(Eval("trino_all_true([]::BOOLEAN[])"), "true");
  EXPECT_EQ(Eval("trino_all_true(NULL::BOOLEAN[])"), "NULL");
}

TEST_F(ArrayTest, PositionAndRemove) {
  EXPECT_EQ(Eval("trino_array_position(['a', NULL, 'b'], 'b')"), "3");
  EXPECT_EQ(Eval("trino_array_position(['a', NULL], 'b')"), "0");
  EXPECT_EQ(Eval("trino_array_position(['a', NULL], NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_array_remove([1, 2, NULL, 1], 1)"), "[2, NULL]");
}

TEST_F(ArrayTest, SortAndExtremes) {
  EXPECT_EQ(Eval("trino_array_sort([3, NULL, 1, 2])"), "[1, 2, 3, NULL]");
  EXPECT_EQ(Eval("trino_array_sort(['b', 'B', 'a', ''])"), "['', B, a, b]");
  EXPECT_EQ(Eval("trino_array_max([1, 3, 2])"), "3");
  EXPECT_EQ(Eval("trino_array_max([1, NULL])"), "NULL");
  EXPECT_EQ(Eval("trino_array_min([]::INTEGER[])"), "NULL");
  EXPECT_EQ(Column("SELECT trino_array_min(x) FROM (VALUES (['b', 'a']), (NULL), ([NULL]), (['c'])) t(x)"),
            "a,NULL,NULL,c");
}

TEST_F(ArrayTest, Join) {
  EXPECT_EQ(Eval("trino_array_join(['a', NULL, 'b'], ', ')"), "a, b");
  EXPECT_EQ(Eval("trino_array_join([NULL, 'a', NULL], '-', '?')"), "?-a-?");
  EXPECT_EQ(Eval("trino_array_join(['', ''], '-')"), "-");
  EXPECT_EQ(Eval("trino_array_join(['a'], NULL)"), "NULL");
}

TEST_F(ArrayTest, IndexZeroIsRefused) {
  EXPECT_EQ(Eval("list_extract([1, 2], trino_array_index(-1))"), "2");
  EXPECT_EQ(Eval("list_extract([1, 2], trino_array_index(3))"), "NULL");
  EXPECT_EQ(EvalError("list_extract([1, 2], trino_array_index(0))"),
            "INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1");
}

TEST_F(ArrayTest, Sequences) {
  EXPECT_EQ(Eval("trino_sequence(1, 3)"), "[1, 2, 3]");
  EXPECT_EQ(Eval("trino_sequence(3, 1)"), "[3, 2, 1]");
  EXPECT_EQ(Eval("trino_sequence(0, 10, 4)"), "[0, 4, 8]");
  EXPECT_EQ(Eval("trino_sequence(9223372036854775806, 9223372036854775807)"),
            "[9223372036854775806, 9223372036854775807]");
  EXPECT_EQ(Eval("trino_sequence_date(DATE '2024-01-01', DATE '2024-01-02')"), "[2024-01-01, 2024-01-02]");
  EXPECT_EQ(Eval("trino_sequence_date_days(DATE '2024-01-05', DATE '2024-01-01', -172800000)"),
            "[2024-01-05, 2024-01-03, 2024-01-01]");
  EXPECT_EQ(Eval("trino_sequence_date_months(DATE '2024-01-31', DATE '2024-04-30', 1)"),
            "[2024-01-31, 2024-02-29, 2024-03-31, 2024-04-30]");
  EXPECT_EQ(Eval("trino_sequence_timestamp(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 01:00:00', 1800000)"),
            "['2024-01-01 00:00:00', '2024-01-01 00:30:00', '2024-01-01 01:00:00']");
  EXPECT_EQ(EvalError("trino_sequence(1, 3, 0)"), "INVALID_FUNCTION_ARGUMENT: step must not be zero");
  EXPECT_EQ(EvalError("trino_sequence(1, 20000)"),
            "INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries");
  EXPECT_EQ(EvalError("trino_sequence(-9223372036854775808, 9223372036854775807)"),
            "INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries");
  EXPECT_EQ(EvalError("trino_sequence_date_days(DATE '2024-01-01', DATE '2024-01-02', 3600000)"),
            "INVALID_FUNCTION_ARGUMENT: sequence step must be a day interval if start and end values are dates");
  EXPECT_EQ(EvalError("trino_sequence(1, 3, -1)").substr(0, 60),
            "INVALID_FUNCTION_ARGUMENT: sequence stop value should be gre");
}

TEST_F(ArrayTest, SliceTrimConcatRepeat) {
  EXPECT_EQ(Eval("trino_array_slice([1, 2, 3, 4], 2, 2)"), "[2, 3]");
  EXPECT_EQ(Eval("trino_array_slice([1, 2, 3, 4], -2, 5)"), "[3, 4]");
  EXPECT_EQ(Eval("trino_array_slice([1, 2], -3, 5)"), "[]");
  EXPECT_EQ(Eval("trino_array_slice([1, 2], 2, 9223372036854775807)"), "[2]");
  EXPECT_EQ(EvalError("trino_array_slice([1], 0, 1)"), "INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1");
  EXPECT_EQ(Eval("trino_trim_array([1, 2, 3], 2)"), "[1]");
  EXPECT_EQ(EvalError("trino_trim_array([1], 2)"),
            "INVALID_FUNCTION_ARGUMENT: size must not exceed array cardinality 1: 2");
  EXPECT_EQ(Eval("trino_array_concat([1], [NULL, 2], []::INTEGER[])"), "[1, NULL, 2]");
  EXPECT_EQ(Eval("trino_array_concat([1], NULL::INTEGER[])"), "NULL");
  EXPECT_EQ(Eval("trino_array_repeat('a', 3)"), "[a, a, a]");
  EXPECT_EQ(Eval("trino_array_repeat(NULL::INTEGER, 2)"), "[NULL, NULL]");
  EXPECT_EQ(Column("SELECT trino_array_repeat('v' || i, i) FROM range(3) t(i)"), "[],[v1],[v2, v2]");
}

TEST_F(ArrayTest, NestedResults) {
  EXPECT_EQ(Eval("trino_array_ngrams(['a', 'b', 'c'], 2)"), "[[a, b], [b, c]]");
  EXPECT_EQ(Eval("trino_array_ngrams(['a'], 2)"), "[[a]]");
  EXPECT_EQ(Eval("trino_combinations([1, 2, 3], 2)"), "[[1, 2], [1, 3], [2, 3]]");
  EXPECT_EQ(Eval("trino_combinations([1, 2], 0)"), "[[]]");
  EXPECT_EQ(Eval("trino_combinations([1], 2)"), "[]");
  EXPECT_EQ(EvalError("trino_combinations([1], 6)"),
            "INVALID_FUNCTION_ARGUMENT: combination size must not exceed 5: 6");
  EXPECT_EQ(Column("SELECT trino_combinations(x, 2) FROM (VALUES ([1, 2]), (NULL), ([3, 4])) t(x)"),
            "[[1, 2]],NULL,[[3, 4]]");
  EXPECT_EQ(Eval("trino_zip([1, 2], ['a'])"), "[{'_1': 1, '_2': a}, {'_1': 2, '_2': NULL}]");
  EXPECT_EQ(Eval("trino_zip([1], NULL::INTEGER[])"), "NULL");
  EXPECT_EQ(Column("SELECT trino_zip(x, [i, i]) FROM (VALUES ([1], 1), (NULL, 2), ([], 3)) t(x, i)"),
            "[{'_1': 1, '_2': 1}, {'_1': NULL, '_2': 1}],NULL,[{'_1': NULL, '_2': 3}, {'_1': NULL, '_2': 3}]");
}

TEST_F(ArrayTest, ShuffleKeepsTheElements) {
  EXPECT_EQ(Eval("trino_array_sort(trino_array_shuffle([3, 1, NULL, 2]))"), "[1, 2, 3, NULL]");
}

}  // namespace
}  // namespace opentrail::engine
