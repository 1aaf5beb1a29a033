#include "sql/parameters.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sql/parser.h"

namespace opentrail::sql {
namespace {

std::string Bound(std::string_view statement, const std::vector<std::string>& values) {
  const auto bound = BindParameters(statement, values);
  return bound ? *bound : "refused: " + bound.error().Text();
}

TEST(Parameters, AreCountedOutsideTextsAndComments) {
  EXPECT_EQ(CountParameters("SELECT ?, x = ? FROM t LIMIT ?"), 3U);
  EXPECT_EQ(CountParameters("SELECT '?', \"a?\" /* ? */ -- ?\n"), 0U);
  EXPECT_EQ(CountParameters("SELECT '? \xff"), 0U) << "what is no text has none";
}

TEST(Parameters, TakeTheirValuesInOrder) {
  EXPECT_EQ(Bound("SELECT ? WHERE x IN (?, '?')", {"1", "'a'"}), "SELECT 1 WHERE x IN ('a', '?')");
  EXPECT_EQ(Bound("SELECT 2 * ? LIMIT ?", {"1 + 1", "10"}), "SELECT 2 * (1 + 1) LIMIT 10");
  EXPECT_EQ(Bound("SELECT 1", {}), "SELECT 1");
  EXPECT_EQ(Bound("SELECT ?", {}),
            "refused: INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected 1 but found 0");
  EXPECT_EQ(Bound("SELECT ?", {"1", "2"}),
            "refused: INVALID_PARAMETER_USAGE: Incorrect number of parameters: expected 1 but found 2");
}

TEST(Parameters, WhatIsNoConstantIsText) {
  EXPECT_EQ(ParameterText("12"), "12");
  EXPECT_EQ(ParameterText("DATE '2024-01-01'"), "DATE '2024-01-01'");
  EXPECT_EQ(ParameterText("ARRAY[1, 2]"), "ARRAY[1, 2]");
  EXPECT_EQ(ParameterText("transform(ARRAY[1], x -> x + 1)"), "transform(ARRAY[1], x -> x + 1)");
  EXPECT_EQ(ParameterText("alice"), "'alice'") << "a name is a column's";
  EXPECT_EQ(ParameterText("it's"), "'it''s'");
  EXPECT_EQ(ParameterText("?"), "'?'");
  EXPECT_EQ(ParameterText("x -> ?"), "'x -> ?'");
  EXPECT_EQ(ParameterText("transform(ARRAY[1], x -> y)"), "'transform(ARRAY[1], x -> y)'") << "y is a column's";
  EXPECT_EQ(ParameterText("x -> (SELECT secret FROM t)"), "'x -> (SELECT secret FROM t)'");
  EXPECT_EQ(ParameterText("f(x -> g(Y -> X + y))"), "f(x -> g(Y -> X + y))");
  EXPECT_EQ(ParameterText("f(x -> 1, x)"), "'f(x -> 1, x)'") << "behind the lambda x is a column's again";
  EXPECT_EQ(ParameterText("(SELECT secret FROM t)"), "'(SELECT secret FROM t)'");
  EXPECT_EQ(ParameterText("EXISTS (SELECT 1)"), "'EXISTS (SELECT 1)'");
  EXPECT_EQ(ParameterText("1) OR (1 = 1"), "'1) OR (1 = 1'");
  EXPECT_EQ(ParameterText(""), "''");
}

TEST(Parameters, LoseTheCommentsAroundThem) {
  EXPECT_EQ(ParameterText("1 -- and all behind it"), "1");
  EXPECT_EQ(ParameterText("/* one */ 1 /* more */"), "1");
}

}  // namespace
}  // namespace opentrail::sql
