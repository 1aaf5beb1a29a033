#include <gtest/gtest.h>

#include "engine/functions/function_test.h"
#include "engine/functions/register.h"

namespace opentrail::engine {
namespace {

class MapTest : public FunctionTest {
 protected:
  MapTest() { RegisterMapFunctions(Database()); }
};

TEST_F(MapTest, FromArrays) {
  EXPECT_EQ(Eval("trino_map(['a', 'b'], [1, NULL])"), "{a=1, b=NULL}");
  EXPECT_EQ(Eval("trino_map([]::VARCHAR[], []::INTEGER[])"), "{}");
  EXPECT_EQ(Eval("trino_map(NULL::VARCHAR[], [1])"), "NULL");
  EXPECT_EQ(EvalError("trino_map(['a', 'a'], [1, 2])"),
            "INVALID_FUNCTION_ARGUMENT: Duplicate map keys (a) are not allowed");
  EXPECT_EQ(EvalError("trino_map(['a', NULL], [1, 2])"), "INVALID_FUNCTION_ARGUMENT: map key cannot be null");
  EXPECT_EQ(EvalError("trino_map(['a'], [1, 2])"),
            "INVALID_FUNCTION_ARGUMENT: Key and value arrays must be the same length");
  EXPECT_EQ(Column("SELECT trino_map([i, i + 1], ['x', 'y']) FROM range(2) t(i)"), "{0=x, 1=y},{1=x, 2=y}");
}

TEST_F(MapTest, Entries) {
  EXPECT_EQ(Eval("trino_map_entries(MAP {'a': 1, 'b': NULL})"), "[{'_1': a, '_2': 1}, {'_1': b, '_2': NULL}]");
  EXPECT_EQ(Eval("trino_map_entries(NULL::MAP(VARCHAR, INTEGER))"), "NULL");
  EXPECT_EQ(Eval("trino_map_from_entries([{'x': 'a', 'y': 1}, {'x': 'b', 'y': NULL}])"), "{a=1, b=NULL}");
  EXPECT_EQ(EvalError("trino_map_from_entries([{'x': 'a', 'y': 1}, NULL])"),
            "INVALID_FUNCTION_ARGUMENT: map entry cannot be null");
  EXPECT_EQ(EvalError("trino_map_from_entries([{'x': 'a', 'y': 1}, {'x': 'a', 'y': 2}])"),
            "INVALID_FUNCTION_ARGUMENT: Duplicate map keys (a) are not allowed");
  EXPECT_EQ(Eval("trino_multimap_from_entries([{'x': 'b', 'y': 1}, {'x': 'a', 'y': 2}, {'x': 'b', 'y': NULL}])"),
            "{b=[1, NULL], a=[2]}");
}

TEST_F(MapTest, ConcatTakesTheLastMapFirst) {
  EXPECT_EQ(Eval("trino_map_concat(MAP {'a': 1, 'b': 2}, MAP {'b': 3}, MAP {'c': 4})"), "{c=4, b=3, a=1}");
  EXPECT_EQ(Eval("trino_map_concat(MAP {'a': 1}, NULL::MAP(VARCHAR, INTEGER))"), "NULL");
}

TEST_F(MapTest, Aggregates) {
  const std::string rows = " FROM (VALUES ('a', 1), ('b', 2), (NULL, 3), ('a', NULL), ('b', 5)) t(k, v)";
  EXPECT_EQ(Column("SELECT trino_map_agg(list(row(k, v)))" + rows), "{a=1, b=2}");
  EXPECT_EQ(Column("SELECT trino_map_agg(list(row(k, v)) FILTER (WHERE v > 2))" + rows), "{b=5}");
  EXPECT_EQ(Column("SELECT trino_map_agg(list(row(k, v)) FILTER (WHERE k IS NULL))" + rows), "NULL");
  EXPECT_EQ(Column("SELECT trino_map_agg(list(row(k, v)) FILTER (WHERE false))" + rows), "NULL");
  EXPECT_EQ(Column("SELECT trino_map_agg(list(row(k, v) ORDER BY v DESC NULLS LAST))" + rows), "{b=5, a=1}");
  EXPECT_EQ(Column("SELECT trino_multimap_agg(list(row(k, v)))" + rows), "{a=[1, NULL], b=[2, 5]}");
  EXPECT_EQ(Column("SELECT trino_map_agg(list(row(k, v)) OVER (ORDER BY v NULLS LAST ROWS 1 PRECEDING))" + rows),
            "{a=1},{a=1, b=2},{b=2},{b=5},{b=5, a=NULL}");
  EXPECT_EQ(Column("SELECT trino_map_union(list(m)) FROM (VALUES (MAP {'a': 1}), (NULL), (MAP {'a': 2, 'b': 3})) t(m)"),
            "{a=1, b=3}");
}

}  // namespace
}  // namespace opentrail::engine
