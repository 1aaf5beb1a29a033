#include "trail/delivery.h"

#include <gtest/gtest.h>

#include "codec/digest.h"
#include "codec/gzip.h"
#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::trail {
namespace {

constexpr LogFolder kFolder{"", "123456789012", "us-east-1"};

Time At(std::string_view text) { return codec::ParseIso8601(text).value_or(Time()); }

std::string Inflate(std::string_view bytes) {
  const auto stream = codec::NewGzipStream({});
  std::string out(1 << 16, '\0');
  const auto piece = stream->Inflate({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}, true,
                                     {reinterpret_cast<uint8_t*>(out.data()), out.size()});
  out.resize(piece.written);
  return out;
}

TEST(LogFileKey, HasAwsLayout) {
  SeededRandom random(1);
  const std::string key = LogFileKey(kFolder, At("2026-11-23T08:55:59Z"), random);
  const std::string beginning =
      "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/23/123456789012_CloudTrail_us-east-1_20261123T0855Z_";
  EXPECT_TRUE(key.starts_with(beginning)) << key;
  EXPECT_TRUE(key.ends_with(".json.gz")) << key;
  EXPECT_EQ(key.size(), beginning.size() + 16 + 8);
  EXPECT_NE(key, LogFileKey(kFolder, At("2026-11-23T08:55:59Z"), random));
}

TEST(LogFileKey, BeginsWithThePrefix) {
  EXPECT_EQ(AccountFolder("", "123456789012"), "AWSLogs/123456789012/");
  EXPECT_EQ(AccountFolder("a/b", "123456789012"), "a/b/AWSLogs/123456789012/");
  EXPECT_EQ(AccountFolder("a/", "123456789012"), "a/AWSLogs/123456789012/");
}

TEST(DigestFileKey, NamesTrailAndHomeRegion) {
  EXPECT_EQ(DigestFileKey({"p", "123456789012", "us-east-1"}, "monitor", "eu-west-1", At("2026-11-23T09:13:52Z")),
            "p/AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/23/"
            "123456789012_CloudTrail-Digest_us-east-1_monitor_eu-west-1_20261123T091352Z.json.gz");
}

TEST(LogFileBuilder, WritesRecords) {
  LogFileBuilder builder;
  builder.Add(R"({"eventID":"a"})", "2026-11-23T08:41:02Z");
  builder.Add(R"({"eventID":"b"})", "2026-11-23T08:40:00Z");
  builder.Add(R"({"eventID":"c"})", "2026-11-23T08:40:30Z");
  EXPECT_EQ(builder.records(), 3u);
  const LogFile file = builder.Finish();
  const std::string text = R"({"Records":[{"eventID":"a"},{"eventID":"b"},{"eventID":"c"}]})";
  EXPECT_EQ(Inflate(file.bytes), text);
  EXPECT_EQ(file.sha256, codec::HexEncode(codec::Sha256(text)));
  EXPECT_EQ(file.newest_event_time, "2026-11-23T08:41:02Z");
  EXPECT_EQ(file.oldest_event_time, "2026-11-23T08:40:00Z");
}

}  // namespace
}  // namespace opentrail::trail
