#include "sql/json_path.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace opentrail::sql {
namespace {

std::string Refusal(std::string_view path) {
  const auto checked = CheckJsonPath(path, {1, 20});
  return checked ? "" : checked.error().Text();
}

TEST(JsonPath, WhatBeginsAsAPathPasses) {
  for (const std::string_view path :
       {"lax $", "strict $.a", "lax$.a", " \n lax $[0]", "lax \"like_regex\"", "lax $.like_regex", "lax $.datetime",
        "lax $.a ? (@ > 1)", "lax -1", "lax last"}) {
    EXPECT_EQ(Refusal(path), "") << path;
  }
}

TEST(JsonPath, TheModeComesFirst) {
  EXPECT_EQ(Refusal("$.a"), "line 1:21: missing {'lax', 'strict'} at '$'");
  EXPECT_EQ(Refusal("  $name.a"), "line 1:23: missing {'lax', 'strict'} at '$name'");
  EXPECT_EQ(Refusal("\"x\" == 1"), "line 1:21: missing {'lax', 'strict'} at '\"x\"'");
  EXPECT_EQ(Refusal("Lax $"), "line 1:21: mismatched input 'Lax' expecting {'lax', 'strict'}");
  EXPECT_EQ(Refusal("laxative"), "line 1:21: mismatched input 'laxative' expecting {'lax', 'strict'}");
  EXPECT_EQ(Refusal(""), "line 1:21: mismatched input '<EOF>' expecting {'lax', 'strict'}");
  EXPECT_EQ(Refusal("\n €"), "line 2:2: mismatched input '€' expecting {'lax', 'strict'}");
}

TEST(JsonPath, AValueFollows) {
  EXPECT_TRUE(Refusal("lax").starts_with("line 1:24: mismatched input '<EOF>' expecting {'+', '('"));
  EXPECT_TRUE(Refusal("lax a").starts_with("line 1:25: mismatched input 'a' expecting {'+', '('"));
}

TEST(JsonPath, NoAccessorIsLeftOpen) {
  EXPECT_EQ(Refusal("lax $."), "line 1:27: no viable alternative at input '.'");
  EXPECT_EQ(Refusal("lax $.."), "line 1:28: no viable alternative at input '..'");
  EXPECT_EQ(Refusal("lax $.a["), "line 1:29: no viable alternative at input '['");
}

TEST(JsonPath, WhatTrinoLacks) {
  EXPECT_EQ(Refusal("lax $ ? (@ like_regex \"a\")"),
            "NOT_SUPPORTED: line 1:20: like_regex predicate in JSON path is not yet supported");
  EXPECT_EQ(Refusal("lax $.a.datetime()"),
            "NOT_SUPPORTED: line 1:20: datetime method in JSON path is not yet supported");
}

}  // namespace
}  // namespace opentrail::sql
