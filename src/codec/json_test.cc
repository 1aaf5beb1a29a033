#include "codec/json.h"

#include <string>

#include <gtest/gtest.h>

namespace opentrail::codec {
namespace {

TEST(JsonTest, ReadsMembersAndTellsMissingFromNull) {
  const auto document = JsonDocument::Parse(R"({"a":{"b":"x","n":null},"l":[1,true,"z"]})");
  ASSERT_TRUE(document.has_value());
  const JsonValue root = document->Root();
  EXPECT_EQ(root["a"]["b"].String(), "x");
  EXPECT_TRUE(root["a"]["n"].IsNull());
  EXPECT_FALSE(root["a"]["n"].IsMissing());
  EXPECT_TRUE(root["a"]["none"]["deeper"].IsMissing());
  EXPECT_EQ(root["l"].Text(), R"([1,true,"z"])");
  std::string texts;
  root["l"].ForEachElement([&](JsonValue value) { texts += *value.Text() + ";"; });
  EXPECT_EQ(texts, "1;true;z;");
}

TEST(JsonTest, RefusesWhatIsNoJson) {
  EXPECT_EQ(JsonDocument::Parse("{").error().code, ErrorCode::kCorrupt);
  EXPECT_FALSE(JsonDocument::Parse("").has_value());
  EXPECT_FALSE(JsonDocument::Parse(std::string(1000, '[') + std::string(1000, ']')).has_value());
}

TEST(JsonTest, WritesStringsThatReadBack) {
  std::string out;
  AppendJsonString(out, "q\" b\\ n\n t\t \x01 ü");
  EXPECT_EQ(out, R"("q\" b\\ n\n t\t \u0001 ü")");
  EXPECT_EQ(JsonDocument::Parse(out)->Root().String(), "q\" b\\ n\n t\t \x01 ü");
}

}  // namespace
}  // namespace opentrail::codec
