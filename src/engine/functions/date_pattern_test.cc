#include "engine/functions/date_pattern.h"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/functions/iso8601.h"
#include "sql/datetime_text.h"

namespace opentrail::engine {
namespace {

TEST(DatePattern, WhatIsFormattedIsParsedBack) {
  std::mt19937_64 random(11);
  // From 1946 to 2045, which two digits of a year can tell.
  std::uniform_int_distribution<int64_t> millis(-757'382'400'000, 2'398'291'199'999);
  for (const char* joda : {"yyyy-MM-dd'T'HH:mm:ss.SSS", "yyyyMMddHHmmssSSS", "EEE, d MMM yy hh:mm:ss.SSS a",
                           "xxxx-'W'ww-e kk:mm:ss.SSS", "yyyy/DDD K:mm:ss.SSS a", "MMMM d yyyy H.m.s.SSS"}) {
    const auto pattern = CompileJodaPattern(joda);
    ASSERT_TRUE(pattern) << joda;
    for (int i = 0; i < 2000; ++i) {
      const int64_t micros = millis(random) * 1000;
      std::string text;
      AppendFormatted(*pattern, {micros}, text);
      const auto parsed = ParseByPattern(*pattern, text);
      ASSERT_TRUE(parsed) << joda << ": " << text << ": " << parsed.error();
      ASSERT_EQ(parsed->local_micros, micros) << joda << ": " << text;
    }
  }
}

TEST(DatePattern, IsoWeeksComeBack) {
  for (int64_t days = -200'000; days < 200'000; ++days) {
    const IsoWeek week = IsoWeekOfDays(days);
    ASSERT_GE(week.week, 1);
    ASSERT_LE(week.week, 53);
    ASSERT_EQ(DaysOfIsoWeek(week), days);
  }
}

// The common form has a reader of its own; a "+00:00" in place of the Z takes the other way to the same answer.
TEST(Iso8601, BothReadersAgree) {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", random() % 10'000, random() % 14,
                                         random() % 33, random() % 26, random() % 62, random() % 62);
    IsoFault fault;
    const auto common = ParseIsoTimestamp(text + "Z", fault);
    const auto general = ParseIsoTimestamp(text + "+00:00", fault);
    ASSERT_EQ(common.has_value(), general.has_value()) << text;
    if (!common) continue;
    ASSERT_EQ(common->local_micros, general->local_micros) << text;
  }
}

// Any text is refused or read; nothing is read past its end (run under a sanitizer).
TEST(DatePattern, HostileTextIsOnlyRefused) {
  constexpr std::string_view kBytes = "0123456789-:T.,+WZ %'yMdHmsSaEzaAPM\xff";
  std::mt19937 random(5);
  size_t accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (size_t n = random() % 24; n > 0; --n) text += kBytes[random() % kBytes.size()];
    const std::string exact(text.data(), text.size());  // no slack behind the last byte
    IsoFault fault;
    accepted += ParseIsoTimestamp(exact, fault).has_value();
    EXPECT_LE(fault.malformed_at, exact.size());
    accepted += sql::ParseTimestamp(exact).has_value();
    for (const auto& pattern : {CompileJodaPattern(exact), CompileMysqlPattern(exact)}) {
      if (!pattern) continue;
      std::string out;
      AppendFormatted(*pattern, {static_cast<int64_t>(random()) * 1'000'000}, out);
      accepted += ParseByPattern(*pattern, out).has_value();
    }
  }
  EXPECT_GT(accepted, 0U);
}

}  // namespace
}  // namespace opentrail::engine
