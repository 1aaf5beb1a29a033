#include "engine/trino/trino_value.h"

#include <gtest/gtest.h>

namespace opentrail::engine {
namespace {

// The text of a value of Trino's JSON, "NULL" where it is none.
std::string TextOf(std::string_view type, std::string_view json) {
  const auto parsed = sql::ParseType(type);
  const auto document = codec::JsonDocument::Parse(json);
  if (!parsed || !document) return "no test";
  std::string text;
  return AppendTrinoValue(*parsed, document->Root(), text) ? text : "NULL";
}

TEST(TrinoValueTest, SimpleValues) {
  EXPECT_EQ(TextOf("bigint", "9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(TextOf("boolean", "false"), "false");
  EXPECT_EQ(TextOf("varchar", R"("a \"b\"\n")"), "a \"b\"\n");
  EXPECT_EQ(TextOf("varchar", "null"), "NULL");
  EXPECT_EQ(TextOf("decimal(38,2)", R"("123.40")"), "123.40");
  EXPECT_EQ(TextOf("varbinary", R"("AQL/")"), "01 02 ff");
  EXPECT_EQ(TextOf("double", "1.0E20"), "1.0E20");
  EXPECT_EQ(TextOf("double", "1"), "1.0");
  EXPECT_EQ(TextOf("double", "-0.0"), "-0.0");
  EXPECT_EQ(TextOf("double", R"("NaN")"), "NaN");
  EXPECT_EQ(TextOf("real", "0.1"), "0.1");
}

TEST(TrinoValueTest, TimesHaveMilliseconds) {
  EXPECT_EQ(TextOf("timestamp(6)", R"("2026-03-01 01:02:03.123956")"), "2026-03-01 01:02:03.124");
  EXPECT_EQ(TextOf("timestamp(0)", R"("2026-03-01 01:02:03")"), "2026-03-01 01:02:03.000");
  EXPECT_EQ(TextOf("timestamp(3) with time zone", R"("2026-03-01 01:02:03.100 Europe/Berlin")"),
            "2026-03-01 01:02:03.100 Europe/Berlin");
  EXPECT_EQ(TextOf("time(6)", R"("01:02:03.000000")"), "01:02:03.000");
  EXPECT_EQ(TextOf("time(3) with time zone", R"("01:02:03.000-08:00")"), "01:02:03.000-08:00");
}

TEST(TrinoValueTest, Containers) {
  EXPECT_EQ(TextOf("array(integer)", "[]"), "[]");
  EXPECT_EQ(TextOf("array(integer)", "[1, null]"), "[1, null]");
  EXPECT_EQ(TextOf("map(integer, varchar)", R"({"10": null, "2": "a"})"), "{2=a, 10=null}");
  EXPECT_EQ(TextOf("map(varchar, varchar)", R"({"b": "y", "a": "x"})"), "{a=x, b=y}");
  EXPECT_EQ(TextOf("row(a integer, b row(varchar))", R"([1, ["x"]])"), "{a=1, b={x}}");
}

// What the type does not promise is shown, never misread.
TEST(TrinoValueTest, WhatIsNotOfItsType) {
  EXPECT_EQ(TextOf("array(integer)", R"("x")"), "x");
  EXPECT_EQ(TextOf("row(a integer)", "[1, 2, 3]"), "{a=1}");
  EXPECT_EQ(TextOf("timestamp(3)", R"("yesterday")"), "yesterday");
  EXPECT_EQ(TextOf("varbinary", R"("!")"), "!");
  EXPECT_EQ(TextOf("double", "true"), "true");
}

}  // namespace
}  // namespace opentrail::engine
