#include "engine/functions/iso8601_strict.h"

#include <gtest/gtest.h>

namespace opentrail::engine {
namespace {

std::string Fault(std::string_view text) {
  const auto reading = ParseStrictIsoTimestamp(text);
  return reading ? "" : reading.error();
}

TEST(ParseStrictIsoTimestamp, ReadsADateAndATimeInFull) {
  EXPECT_EQ(ParseStrictIsoTimestamp("1970-01-02T00:00")->local_millis, 86'400'000);
  EXPECT_EQ(ParseStrictIsoTimestamp("1970-01-01t00:00:01.5z")->local_millis, 1500);
  EXPECT_EQ(ParseStrictIsoTimestamp("1970-01-01T00:00:00.123456789")->local_millis, 123);
  EXPECT_EQ(ParseStrictIsoTimestamp("1969-12-31T23:59:59.")->local_millis, -1000);
}

TEST(ParseStrictIsoTimestamp, ReadsOffsetsAndTheRegionBehindThem) {
  const auto reading = ParseStrictIsoTimestamp("2024-07-01T00:00:00-02:30[Europe/Berlin]");
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->offset_seconds, -9000);
  EXPECT_EQ(reading->offset_text, "-02:30");
  EXPECT_EQ(reading->region, "Europe/Berlin");
  EXPECT_EQ(ParseStrictIsoTimestamp("2024-07-01T00:00Z")->offset_text, "Z");
}

TEST(ParseStrictIsoTimestamp, TellsWhereItStopped) {
  EXPECT_EQ(Fault(""), " at index 0");
  EXPECT_EQ(Fault("2024-1-01T00:00"), " at index 5");
  EXPECT_EQ(Fault("2024-01-01T00:00:00[Europe/Berlin]"), ", unparsed text found at index 19");
  EXPECT_EQ(Fault("2024-01-01T00:00:0"), ", unparsed text found at index 16");
  EXPECT_EQ(Fault("2024-01-01T00:00+60:00"), ", unparsed text found at index 16");
}

TEST(ParseStrictIsoTimestamp, TellsWhatIsNoDateAfterAll) {
  EXPECT_EQ(Fault("2024-04-31T00:00"), ": Invalid date 'APRIL 31'");
  EXPECT_EQ(Fault("2023-02-29T00:00"), ": Invalid date 'February 29' as '2023' is not a leap year");
  EXPECT_EQ(Fault("2024-01-01T00:00+18:01"), ": Zone offset not in valid range: -18:00 to +18:00");
}

}  // namespace
}  // namespace opentrail::engine
