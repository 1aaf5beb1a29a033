#include "engine/functions/java_math.h"

#include <cmath>

#include <gtest/gtest.h>

namespace opentrail::engine {
namespace {

TEST(JavaCosh, DiffersFromTheCLibraryByADigitAtMost) {
  for (double x = -700; x < 700; x += 0.37) EXPECT_NEAR(JavaCosh(x) / std::cosh(x), 1, 1e-15) << x;
  EXPECT_EQ(JavaCosh(0), 1);
  EXPECT_TRUE(std::isinf(JavaCosh(711)));
  EXPECT_TRUE(std::isnan(JavaCosh(std::nan(""))));
}

TEST(RegularizedBeta, IsTheShareBelowAValue) {
  EXPECT_NEAR(RegularizedBeta(1, 1, 0.123), 0.123, 1e-15);
  EXPECT_NEAR(RegularizedBeta(2, 5, 0.3), 0.579825, 1e-15);
  EXPECT_NEAR(RegularizedBeta(30, 300, 0.2) + RegularizedBeta(300, 30, 0.8), 1, 1e-14);
  EXPECT_EQ(RegularizedBeta(3, 3, 0), 0);
  EXPECT_EQ(RegularizedBeta(3, 3, 1), 1);
}

TEST(BrentRoot, FindsTheRootFromEitherSide) {
  const auto cube = [](double root) { return [root](double x) { return std::pow(x - root, 3); }; };
  for (const double root : {0.0, 0.1, 0.5, 0.77, 1.0}) EXPECT_NEAR(BrentRoot(cube(root), 0, 1), root, 1e-4) << root;
  EXPECT_NEAR(BrentRoot([](double x) { return x * x - 2; }, 0, 2), std::sqrt(2.0), 1e-9);
}

}  // namespace
}  // namespace opentrail::engine
