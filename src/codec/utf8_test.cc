#include "codec/utf8.h"

#include <gtest/gtest.h>

namespace opentrail::codec {
namespace {

TEST(Utf8, ReplacesWhatIsMalformed) {
  EXPECT_EQ(ReplaceInvalidUtf8("Caf\xC3\xA9"), "Café");
  EXPECT_EQ(ReplaceInvalidUtf8("a\xFF"
                               "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(ReplaceInvalidUtf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(ReplaceInvalidUtf8("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  EXPECT_EQ(ReplaceInvalidUtf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(ReplaceInvalidUtf8("\xF4\x90\x80\x80").size(), 12U);                          // past U+10FFFF
  EXPECT_EQ(ReplaceInvalidUtf8("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(Utf8, WhatItGivesIsValid) {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      std::string text = {static_cast<char>(a), static_cast<char>(b), '\x80', 'x'};
      EXPECT_TRUE(IsValidUtf8(ReplaceInvalidUtf8(text)));
      if (IsValidUtf8(text)) {
        EXPECT_EQ(ReplaceInvalidUtf8(text), text);
      }
    }
  }
}

TEST(Utf8, Encodes) {
  auto encode = [](char32_t c) {
    char out[4];
    return std::string(out, EncodeUtf8(c, out));
  };
  EXPECT_EQ(encode('A'), "A");
  EXPECT_EQ(encode(0xE9), "\xC3\xA9");
  EXPECT_EQ(encode(0xFFFD), "\xEF\xBF\xBD");
  EXPECT_EQ(encode(0x1F600), "\xF0\x9F\x98\x80");
}

}  // namespace
}  // namespace opentrail::codec
