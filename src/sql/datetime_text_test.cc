#include "sql/datetime_text.h"

#include <gtest/gtest.h>

namespace opentrail::sql {
namespace {

std::string Timestamp(std::string_view text, uint32_t precision = 3) {
  const auto parsed = ParseTimestamp(text);
  if (!parsed) return "refused";
  return FormatTimestamp(ToMicros(*parsed, precision), precision) +
         (parsed->zone.empty() ? "" : " " + std::string(parsed->zone));
}

TEST(DatetimeText, EveryDayOfEightCenturiesComesBack) {
  CivilDate date{1600, 1, 1};
  for (int64_t days = DaysFromCivil(date); date.year < 2400; ++days) {
    const CivilDate back = CivilFromDays(days);
    ASSERT_EQ(back.year, date.year);
    ASSERT_EQ(back.month, date.month);
    ASSERT_EQ(back.day, date.day);
    if (++date.day > DaysInMonth(date.year, date.month)) {
      date.day = 1;
      if (++date.month > 12) {
        date.month = 1;
        ++date.year;
      }
    }
  }
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({2024, 2, 29}), 19782);
}

TEST(DatetimeText, DatesAreStrict) {
  EXPECT_EQ(ParseDate("2024-02-29"), 19782);
  EXPECT_EQ(ParseDate(" 2024-2-29 "), 19782);
  EXPECT_EQ(ParseDate("0000-03-01"), -719468);
  for (const char* text : {"", "2023-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "24-01-01", "2024/01/01",
                           "2024-01-01 00:00:00", "2024-01-01T", "20240101", "99999-01-01"}) {
    EXPECT_FALSE(ParseDate(text)) << text;
  }
}

TEST(DatetimeText, TimestampsNeedABlank) {
  EXPECT_EQ(Timestamp("2024-05-05"), "2024-05-05 00:00:00.000");
  EXPECT_EQ(Timestamp("2024-05-05 14:03"), "2024-05-05 14:03:00.000");
  EXPECT_EQ(Timestamp("2024-05-05 14:03:09.25"), "2024-05-05 14:03:09.250");
  EXPECT_EQ(Timestamp("2024-05-05 14:03:09.9996"), "2024-05-05 14:03:10.000");
  EXPECT_EQ(Timestamp("2024-05-05 14:03:09 Europe/Berlin"), "2024-05-05 14:03:09.000 Europe/Berlin");
  EXPECT_EQ(Timestamp("2024-05-05 14:03:09+02:00"), "2024-05-05 14:03:09.000 +02:00");
  EXPECT_EQ(Timestamp("2024-05-05 UTC"), "2024-05-05 00:00:00.000 UTC");
  for (const char* text : {"2024-05-05T14:03:09Z", "2024-05-05T14:03:09", "2024-05-05 24:00", "2024-05-05 14",
                           "2024-05-05 14:60", "2024-05-05 14:03:61", "2024-05-05 14:03:09.", "now"}) {
    EXPECT_EQ(Timestamp(text), "refused") << text;
  }
}

TEST(DatetimeText, BeforeTheEpoch) {
  EXPECT_EQ(FormatTimestamp(-1, 6), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(Timestamp("1969-12-31 23:59:59.999"), "1969-12-31 23:59:59.999");
  EXPECT_EQ(RoundMicros(-1500, 3), -1000);
  EXPECT_EQ(FormatDate(DaysFromCivil({-5, 1, 2})), "-0005-01-02");
}

TEST(DatetimeText, MonthsClampToTheLastDay) {
  const CivilDate february = AddMonths({2024, 1, 31}, 1);
  EXPECT_EQ(february.day, 29);
  const CivilDate back = AddMonths({2024, 1, 31}, -14);
  EXPECT_EQ(back.year, 2022);
  EXPECT_EQ(back.month, 11);
  EXPECT_EQ(back.day, 30);
}

TEST(DatetimeText, Intervals) {
  EXPECT_EQ(FormatIntervalDayToSecond(25 * 3'600'000), "1 01:00:00.000");
  EXPECT_EQ(FormatIntervalDayToSecond(-1), "-0 00:00:00.001");
  EXPECT_EQ(FormatIntervalDayToSecond(INT64_MIN), "-106751991167 07:12:55.808");
  EXPECT_EQ(FormatIntervalYearToMonth(14), "1-2");
  EXPECT_EQ(FormatIntervalYearToMonth(-1), "-0-1");
}

}  // namespace
}  // namespace opentrail::sql
