#include "engine/functions/scalar.h"

#include <gtest/gtest.h>

#include "engine/functions/function_test.h"

namespace opentrail::engine {
namespace {

class ScalarTest : public FunctionTest {
 protected:
  ScalarTest() {
    RegisterScalar(Database(), "t_length", [](std::string_view text) -> int64_t { return text.size(); });
    RegisterScalar(Database(), "t_or", [](std::optional<std::string_view> text, std::string_view other) {
      return std::string(text.value_or(other));
    });
    RegisterScalar(Database(), "t_even", [](int64_t n) -> std::optional<int64_t> {
      if (n < 0) ThrowInvalidArgument("{} is negative", n);
      if (n % 2 != 0) return std::nullopt;
      return n;
    });
    RegisterScalar(Database(), "t_twice",
                   [](std::string_view text) { return std::vector<std::string_view>{text, text}; });
    RegisterScalar(Database(), "t_join", [](const std::vector<std::optional<std::string_view>>& parts) {
      std::string joined;
      for (const auto& part : parts) joined.append(part.value_or("NULL")) += ';';
      return joined;
    });
    RegisterScalar(Database(), "t_nest", [](int64_t n) {
      return std::vector<std::vector<std::optional<int64_t>>>{{n, std::nullopt}, {}, {n + 1}};
    });
    RegisterScalar(Database(), "t_calls", [calls = int64_t{0}](int64_t) mutable { return ++calls; });
  }
};

TEST_F(ScalarTest, NullInNullOut) {
  EXPECT_EQ(Eval("t_length('abc')"), "3");
  EXPECT_EQ(Eval("t_length(NULL)"), "NULL");
  EXPECT_EQ(Column("SELECT t_length(x) FROM (VALUES ('a'), (NULL), ('ccc')) t(x)"), "1,NULL,3");
}

TEST_F(ScalarTest, OptionalArgumentSeesNull) {
  EXPECT_EQ(Column("SELECT t_or(x, 'other') FROM (VALUES ('a'), (NULL)) t(x)"), "a,other");
  EXPECT_EQ(Eval("t_or('a', NULL)"), "NULL");
}

TEST_F(ScalarTest, NulloptIsNullAndErrorsCarryTheirCode) {
  EXPECT_EQ(Column("SELECT t_even(x) FROM range(4) t(x)"), "0,NULL,2,NULL");
  EXPECT_EQ(EvalError("t_even(-1)"), "INVALID_FUNCTION_ARGUMENT: -1 is negative");
  EXPECT_EQ(Eval("TRY(t_even(-1))"), "NULL");
}

TEST_F(ScalarTest, Lists) {
  EXPECT_EQ(Eval("t_twice('a longer text than inline')"), "[a longer text than inline, a longer text than inline]");
  EXPECT_EQ(Column("SELECT t_twice(x) FROM (VALUES ('a'), (NULL), ('b')) t(x)"), "[a, a],NULL,[b, b]");
  EXPECT_EQ(Column("SELECT len(t_twice('v' || x)) FROM range(5000) t(x) WHERE x = 4999"), "2");
}

TEST_F(ScalarTest, ListArgumentsAndNestedResults) {
  EXPECT_EQ(Eval("t_join(['a', NULL, 'c'])"), "a;NULL;c;");
  EXPECT_EQ(Eval("t_join(NULL::VARCHAR[])"), "NULL");
  EXPECT_EQ(Column("SELECT t_join(x) FROM (VALUES (['a']), (NULL), ([]), (['b', 'c'])) t(x)"), "a;,NULL,,b;c;");
  EXPECT_EQ(Column("SELECT t_join(max(x)) FROM (VALUES (['a', 'b'])) t(x) GROUP BY len(x)"), "a;b;");
  EXPECT_EQ(Column("SELECT t_nest(x) FROM range(2) t(x)"), "[[0, NULL], [], [1]],[[1, NULL], [], [2]]");
}

TEST_F(ScalarTest, CallableKeepsStateBetweenRowsOfOnePlace) {
  EXPECT_EQ(Column("SELECT max(t_calls(x)) FROM range(10) t(x)"), "10");
  EXPECT_EQ(Column("SELECT max(t_calls(x)) + max(t_calls(x + 1)) FROM range(10) t(x)"), "20");
}

}  // namespace
}  // namespace opentrail::engine
