#include "engine/functions/number_text.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace opentrail::engine {
namespace {

TEST(NumberText, ScientificAsCastWritesIt) {
  EXPECT_EQ(FormatScientific(37.7), "3.77E1");
  EXPECT_EQ(FormatScientific(1e10), "1.0E10");
  EXPECT_EQ(FormatScientific(1e-5), "1.0E-5");
  EXPECT_EQ(FormatScientific(0.0), "0E0");
  EXPECT_EQ(FormatScientific(-0.0), "-0E0");
  EXPECT_EQ(FormatScientific(16777216.0F), "1.677722E7");
  EXPECT_EQ(FormatScientific(-0.1), "-1.0E-1");
  EXPECT_EQ(FormatScientific(1.1F), "1.1E0");
  EXPECT_EQ(FormatScientific(std::nan("")), "NaN");
  EXPECT_EQ(FormatScientific(-INFINITY), "-Infinity");
}

TEST(NumberText, EveryNumberReadsBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    ASSERT_EQ(ParseJavaDouble(FormatScientific(value)), value);
  }
}

TEST(NumberText, ParsesAsJavaDoes) {
  EXPECT_EQ(ParseJavaDouble(" 1.5 "), 1.5);
  EXPECT_EQ(ParseJavaDouble("+.5e1"), 5.0);
  EXPECT_EQ(ParseJavaDouble("1d"), 1.0);
  EXPECT_EQ(ParseJavaDouble("-Infinity"), -INFINITY);
  EXPECT_EQ(ParseJavaDouble("1e999"), INFINITY);
  EXPECT_EQ(ParseJavaDouble("1e-999"), 0.0);
  EXPECT_TRUE(std::isnan(*ParseJavaDouble("NaN")));
  EXPECT_EQ(ParseJavaReal("0.1"), 0.1F);
  for (const char* text : {"", " ", "x", "1x", "inf", "nan", "1 2", "--1", ".", "e5", "d", "1,5"}) {
    EXPECT_FALSE(ParseJavaDouble(text)) << text;
  }
}

}  // namespace
}  // namespace opentrail::engine
