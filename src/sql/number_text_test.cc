#include "sql/number_text.h"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace opentrail::sql {
namespace {

TEST(NumberText, ScientificAsCastWritesIt) {
  EXPECT_EQ(FormatScientific(37.7), "3.77E1");
  EXPECT_EQ(FormatScientific(1e10), "1.0E10");
  EXPECT_EQ(FormatScientific(1e-5), "1.0E-5");
  EXPECT_EQ(FormatScientific(0.0), "0.0E0");
  EXPECT_EQ(FormatScientific(-0.1), "-1.0E-1");
  EXPECT_EQ(FormatScientific(1.1F), "1.1E0");
  EXPECT_EQ(FormatScientific(std::nan("")), "NaN");
  EXPECT_EQ(FormatScientific(-INFINITY), "-Infinity");
}

TEST(NumberText, JavaSwitchesToExponents) {
  EXPECT_EQ(FormatJava(37.7), "37.7");
  EXPECT_EQ(FormatJava(0.0), "0.0");
  EXPECT_EQ(FormatJava(-0.0), "-0.0");
  EXPECT_EQ(FormatJava(0.001), "0.001");
  EXPECT_EQ(FormatJava(0.00099), "9.9E-4");
  EXPECT_EQ(FormatJava(9999999.0), "9999999.0");
  EXPECT_EQ(FormatJava(1e7), "1.0E7");
  EXPECT_EQ(FormatJava(1e20), "1.0E20");
  EXPECT_EQ(FormatJava(0.1F), "0.1");
}

TEST(NumberText, EveryNumberReadsBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    const double value = std::bit_cast<double>(random());
    if (std::isnan(value)) continue;
    ASSERT_EQ(ParseDouble(FormatScientific(value)), value);
    ASSERT_EQ(ParseDouble(FormatJava(value)), value);
  }
}

TEST(NumberText, ParsesAsJavaDoes) {
  EXPECT_EQ(ParseDouble(" 1.5 "), 1.5);
  EXPECT_EQ(ParseDouble("+.5e1"), 5.0);
  EXPECT_EQ(ParseDouble("1d"), 1.0);
  EXPECT_EQ(ParseDouble("-Infinity"), -INFINITY);
  EXPECT_EQ(ParseDouble("1e999"), INFINITY);
  EXPECT_EQ(ParseDouble("1e-999"), 0.0);
  EXPECT_TRUE(std::isnan(*ParseDouble("NaN")));
  EXPECT_EQ(ParseReal("0.1"), 0.1F);
  for (const char* text : {"", " ", "x", "1x", "inf", "nan", "1 2", "--1", ".", "e5", "d", "1,5"}) {
    EXPECT_FALSE(ParseDouble(text)) << text;
  }
}

}  // namespace
}  // namespace opentrail::sql
