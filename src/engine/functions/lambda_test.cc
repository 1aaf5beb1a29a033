#include <gtest/gtest.h>

#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class LambdaTest : public FunctionTest {
 protected:
  LambdaTest() {
    RegisterArrayFunctions(Database());
    RegisterMapFunctions(Database());
  }
};

TEST_F(LambdaTest, Reduce) {
  EXPECT_EQ(Eval("trino_reduce([1, 2, 3], lambda s, x: s - x, 0)"), "[-6]");
  EXPECT_EQ(Eval("trino_reduce(['a', 'bc'], lambda s, x: s + length(x), CAST(0 AS BIGINT))"), "[3]");
  EXPECT_EQ(Eval("trino_reduce([]::INTEGER[], lambda s, x: s + x, 7)"), "[7]");
  EXPECT_EQ(Eval("trino_reduce(NULL::INTEGER[], lambda s, x: s + x, 7)"), "NULL");
  EXPECT_EQ(Eval("trino_reduce([1, NULL], lambda s, x: s + x, 0)"), "[NULL]");
  EXPECT_EQ(Eval("trino_reduce([1, 2], lambda s, x: list_append(s, x), []::INTEGER[])"), "[[1, 2]]");
  EXPECT_EQ(Eval("list_extract(list_transform(trino_reduce([1, 2], lambda s, x: s + x, 0), lambda s: s * 10), 1)"),
            "30");
}

TEST_F(LambdaTest, ReduceRowsOfDifferentLengths) {
  EXPECT_EQ(Column("SELECT trino_reduce(x, lambda s, v: s * b + v, i) FROM (VALUES "
                   "([1, 2], 1, 10), (NULL, 2, 10), ([], 3, 10), ([5], 4, 100), ([1, 2, 3], 5, 10)) t(x, i, b)"),
            "[112],NULL,[3],[405],[5123]");
  EXPECT_EQ(Column("SELECT sum(trino_reduce([i, 1], lambda s, v: s + v + i, 0)[1]) FROM range(5000) t(i)"),
            std::to_string(4999LL * 5000 / 2 * 3 + 5000));
  EXPECT_EQ(Column("SELECT trino_reduce(x, lambda s, v: s || v, '') FROM "
                   "(VALUES (['a long text, past inlining', 'b']), (['c'])) t(x)"),
            "['a long text, past inliningb'],[c]");
}

TEST_F(LambdaTest, NestedLambdasAndCaptures) {
  EXPECT_EQ(Column("SELECT list_transform(x, lambda y: trino_reduce(y, lambda s, v: s + v * i, 0)[1]) FROM "
                   "(VALUES ([[1, 2], [3]], 10), ([[4]], 100)) t(x, i)"),
            "[30, 30],[400]");
  EXPECT_EQ(Eval("trino_zip_with([1, 2], lambda x, y: list_transform(y, lambda z: z + x), [[1], [2, 3]])"),
            "[[2], [4, 5]]");
}

TEST_F(LambdaTest, ZipWith) {
  EXPECT_EQ(Eval("trino_zip_with([1, 3, 5], lambda x, y: [y, x::VARCHAR], ['a', 'b', 'c'])"),
            "[[a, 1], [b, 3], [c, 5]]");
  EXPECT_EQ(Eval("trino_zip_with([1, 2, 3], lambda x, y: coalesce(x, 0) * 10 + coalesce(y, 0), [4])"), "[14, 20, 30]");
  EXPECT_EQ(Eval("trino_zip_with([]::INTEGER[], lambda x, y: coalesce(x, -1) + y, [4])"), "[3]");
  EXPECT_EQ(Eval("trino_zip_with(NULL::INTEGER[], lambda x, y: x + y, [4])"), "NULL");
  EXPECT_EQ(Column("SELECT trino_zip_with([i], lambda x, y: x + y, [j]) FROM (VALUES (1, 2), (NULL, 3)) t(i, j)"),
            "[3],[NULL]");
}

TEST_F(LambdaTest, Maps) {
  EXPECT_EQ(Eval("trino_map_filter(trino_map_entries(MAP {'a': 1, 'b': 2, 'c': NULL}), lambda k, v: v > 1 OR k = 'a')"),
            "{a=1, b=2}");
  EXPECT_EQ(Eval("trino_map_filter(trino_map_entries(NULL::MAP(VARCHAR, INTEGER)), lambda k, v: true)"), "NULL");
  EXPECT_EQ(
      Eval("trino_transform_values(trino_map_entries(MAP {'a': 1, 'b': NULL}), lambda k, v: k || coalesce(v, 0))"),
      "{a=a1, b=b0}");
  EXPECT_EQ(Eval("trino_transform_keys(trino_map_entries(MAP {'a': 1, 'b': 2}), lambda k, v: v * 2)"), "{2=1, 4=2}");
  EXPECT_EQ(EvalError("trino_transform_keys(trino_map_entries(MAP {'a': 1, 'b': 2}), lambda k, v: 'x')"),
            "INVALID_FUNCTION_ARGUMENT: Duplicate map keys (x) are not allowed");
  EXPECT_EQ(EvalError("trino_transform_keys(trino_map_entries(MAP {'a': 1}), lambda k, v: NULL::VARCHAR)"),
            "INVALID_FUNCTION_ARGUMENT: map key cannot be null");
  EXPECT_EQ(Eval("trino_map_zip_with(trino_map_entries(MAP {'a': 1, 'b': 2}), lambda k, v, w: k || coalesce(v, 0) || "
                 "coalesce(w, 'none'), "
                 "MAP {'b': 'x', 'c': 'y'})"),
            "{a=a1none, b=b2x, c=c0y}");
  EXPECT_EQ(Column("SELECT trino_transform_values(trino_map_entries(m), lambda k, v: v + i) FROM "
                   "(VALUES (MAP {'a': 1}, 1), (NULL, 2), (MAP {'b': 5, 'c': 6}, 3), (MAP {}, 4)) t(m, i)"),
            "{a=2},NULL,{b=8, c=9},{}");
}

TEST_F(LambdaTest, NullsWithoutATypeAreNull) {
  EXPECT_EQ(Eval("trino_reduce(NULL, lambda s, x: s, 1)"), "NULL");
  EXPECT_EQ(Eval("trino_reduce([1, 2], lambda s, x: coalesce(s, 0) + x, NULL)"), "[3]");
  EXPECT_EQ(Eval("trino_zip_with([1], lambda x, y: x, NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_map_filter(NULL, lambda k, v: true)"), "NULL");
  EXPECT_EQ(Eval("trino_map_zip_with(trino_map_entries(MAP {'a': 1}), lambda k, v, w: v, NULL)"), "NULL");
  EXPECT_EQ(Eval("trino_array_sort_by(NULL, lambda x, y: 1)"), "NULL");
}

TEST_F(LambdaTest, SortByComparator) {
  const std::string descending = "lambda x, y: CASE WHEN x < y THEN 1 WHEN x = y THEN 0 ELSE -1 END";
  EXPECT_EQ(Eval("trino_array_sort_by([3, 2, 5, 1, 2], " + descending + ")"), "[5, 3, 2, 2, 1]");
  EXPECT_EQ(Eval("trino_array_sort_by([]::INTEGER[], " + descending + ")"), "[]");
  EXPECT_EQ(Eval("trino_array_sort_by(['bc', 'a', 'dd', 'b'], "
                 "lambda x, y: CAST(sign(length(x) - length(y)) AS INTEGER))"),
            "[a, b, bc, dd]");
  EXPECT_EQ(Column("SELECT trino_array_sort_by(x, " + descending +
                   ") FROM (VALUES ([1, 2, 3]), (NULL), ([2]), "
                   "([1, 4, 2, 3, 9, 7])) t(x)"),
            "[3, 2, 1],NULL,[2],[9, 7, 4, 3, 2, 1]");
  EXPECT_EQ(EvalError("trino_array_sort_by([1, 2], lambda x, y: 5)"),
            "INVALID_FUNCTION_ARGUMENT: Lambda comparator must return either -1, 0, or 1");
  EXPECT_EQ(Column("SELECT trino_array_sort_by(range(1000), " + descending + ") = list_reverse(range(1000))"), "true");
}

}  // namespace
}  // namespace opentrail::engine
