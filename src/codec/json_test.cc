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

// Whole words are looked at, and what is left of one: each place of each byte.
TEST(JsonTest, EscapesStandOutWhereverTheyAre) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool is_plain = byte >= 0x20 && byte != '"' && byte != '\\';
    for (size_t size = 1; size < 20; ++size) {
      for (size_t place = 0; place < size; ++place) {
        std::string text(size, 'a');
        text[place] = static_cast<char>(byte);
        if (size > 2) text[size - 1 - place] = '!';  // 0x21: one more than a space, one less than a quote
        std::string out;
        AppendJsonString(out, text);
        if (is_plain || text[place] != static_cast<char>(byte)) {
          ASSERT_EQ(out, '"' + text + '"') << byte << " at " << place << " of " << size;
        } else {
          ASSERT_EQ(JsonDocument::Parse(out)->Root().String(), text) << byte << " at " << place << " of " << size;
          ASSERT_GT(out.size(), size + 2) << byte << " at " << place << " of " << size;
        }
      }
    }
  }
}

}  // namespace
}  // namespace opentrail::codec
