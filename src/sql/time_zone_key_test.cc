#include "sql/time_zone_key.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "sql/time_zone_names.h"

namespace opentrail::sql {
namespace {

TEST(TimeZoneKey, NamesAreSortedAndFitTwelveBits) {
  const auto names = TimeZoneNames();
  EXPECT_TRUE(std::ranges::is_sorted(names));
  EXPECT_LE(kFirstNamedKey + names.size(), size_t{1} << kTimeZoneBits);
}

TEST(TimeZoneKey, EveryKeyComesBackFromItsName) {
  const size_t last = kFirstNamedKey + TimeZoneNames().size();
  for (size_t key = 0; key < last; ++key) {
    const std::string name = TimeZoneName(static_cast<TimeZoneKey>(key));
    EXPECT_EQ(FindTimeZoneKey(name), static_cast<TimeZoneKey>(key)) << name;
  }
}

TEST(TimeZoneKey, UtcHasManyNames) {
  for (const char* name : {"UTC", "utc", "Z", "GMT", "Etc/UTC", "+00:00", "-00:00", "UTC+0", "Zulu", "Etc/GMT-0"}) {
    EXPECT_EQ(FindTimeZoneKey(name), kUtcKey) << name;
  }
}

TEST(TimeZoneKey, OffsetsInTheirSpellings) {
  for (const char* name : {"+02:00", "+0200", "+02", "+2", "UTC+2", "GMT+02:00", "Etc/GMT-2"}) {
    const auto key = FindTimeZoneKey(name);
    ASSERT_TRUE(key) << name;
    EXPECT_EQ(TimeZoneName(*key), "+02:00") << name;
  }
  EXPECT_EQ(FixedOffsetMinutes(*FindTimeZoneKey("-00:30")), -30);
  EXPECT_EQ(FixedOffsetMinutes(*FindTimeZoneKey("+00:01")), 1);
  EXPECT_EQ(FixedOffsetMinutes(*FindTimeZoneKey("-14:00")), -840);
}

TEST(TimeZoneKey, NamedZonesInAnyCase) {
  EXPECT_EQ(TimeZoneName(*FindTimeZoneKey("europe/BERLIN")), "Europe/Berlin");
  EXPECT_FALSE(FixedOffsetMinutes(*FindTimeZoneKey("Europe/Berlin")));
}

TEST(TimeZoneKey, RefusesWhatIsNoZone) {
  for (const char* name : {"", "Mars/Olympus", "+14:01", "+2:00", "+02:60", "+020", "++2", "UTC+", "02:00", "GMT+99"}) {
    EXPECT_FALSE(FindTimeZoneKey(name)) << name;
  }
}

TEST(TimeZoneKey, PackingKeepsInstantAndZone) {
  for (const int64_t millis : {int64_t{0}, int64_t{-1}, int64_t{1700000000123}, kMinPackedMillis, kMaxPackedMillis}) {
    const int64_t packed = PackTimestamp(millis, 1234);
    EXPECT_EQ(PackedMillis(packed), millis);
    EXPECT_EQ(PackedZone(packed), 1234);
  }
}

}  // namespace
}  // namespace opentrail::sql
