#include "cli/progress.h"

#include <gtest/gtest.h>

namespace opentrail::cli {
namespace {

TEST(ProgressTest, TellsShareRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine(0, 0, 0, 1), "finding log files");
  EXPECT_EQ(ProgressLine(512 << 20, 1024 << 20, 1000, 2),
            "[############            ]  50%  512.0 MiB of 1.0 GiB  1,000 events  256.0 MiB/s  0:02 left");
  EXPECT_EQ(ProgressLine(10, 10, 1, 1), "[########################] 100%  10 B of 10 B  1 events  10 B/s");
}

}  // namespace
}  // namespace opentrail::cli
