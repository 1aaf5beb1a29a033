#include "logs/json_text.h"

#include <gtest/gtest.h>

#include <string>

namespace opentrail::logs {
namespace {

std::string Decoded(std::string_view text) {
  std::string out(text.size(), '\0');
  Result<size_t, size_t> length = Unescape(text, out.data());
  if (!length) return "fault at " + std::to_string(length.error());
  out.resize(*length);
  return out;
}

TEST(JsonText, Unescapes) {
  EXPECT_EQ(Decoded("plain"), "plain");
  EXPECT_EQ(Decoded(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(Decoded(R"(Caf\u00e9 \u003c\u003E)"), "Café <>");
  EXPECT_EQ(Decoded(R"(\ud83d\ude00)"), "\xF0\x9F\x98\x80");
  EXPECT_EQ(Decoded(R"(a\u0000b)"), std::string("a\0b", 3));
}

TEST(JsonText, LoneSurrogatesBecomeReplacements) {
  EXPECT_EQ(Decoded(R"(\ud83d)"), "\xEF\xBF\xBD");
  EXPECT_EQ(Decoded(R"(\ude00x)"), "\xEF\xBF\xBDx");
  EXPECT_EQ(Decoded(R"(\ud83d\ud83d\ude00)"), "\xEF\xBF\xBD\xF0\x9F\x98\x80");
  EXPECT_EQ(Decoded(R"(\ud83d\u0041)"),
            "\xEF\xBF\xBD"
            "A");
}

TEST(JsonText, NamesUnknownEscapes) {
  EXPECT_EQ(Decoded(R"(ab\x)"), "fault at 2");
  EXPECT_EQ(Decoded(R"(\u12g4)"), "fault at 0");
  EXPECT_EQ(Decoded(R"(\u12)"), "fault at 0");
  EXPECT_EQ(Decoded("a\\"), "fault at 1");
}

TEST(JsonText, FindsTheEndOfAString) {
  std::string text = std::string(40, 'x') + R"(\\\"y" rest)" + std::string(16, '\0');
  StringEnd end = FindStringEnd(reinterpret_cast<const uint8_t*>(text.data()), 0, text.size() - 16);
  EXPECT_EQ(end.position, 45U);
  EXPECT_TRUE(end.has_escapes);
  EXPECT_GE(FindStringEnd(reinterpret_cast<const uint8_t*>(text.data()), 46, text.size() - 16).position,
            text.size() - 16);
}

TEST(JsonText, KnowsScalars) {
  for (std::string_view good :
       {"true", "false", "null", "0", "-0", "12", "1.5", "-1e9", "2E+10", "0.1e-3", "123456789012345678901234567890"}) {
    EXPECT_TRUE(IsJsonScalar(good)) << good;
  }
  for (std::string_view bad : {"", "tru", "True", "01", "1.", ".5", "-", "1e", "1e+", "+1", "0x1", "NaN", "1 2"}) {
    EXPECT_FALSE(IsJsonScalar(bad)) << bad;
  }
}

}  // namespace
}  // namespace opentrail::logs
