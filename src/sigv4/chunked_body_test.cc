#include "sigv4/chunked_body.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"
#include "sigv4/scheme.h"

namespace opentrail::sigv4 {
namespace {

// Bodies that an independent implementation made: testdata/record_chunked.py.
struct Recorded {
  std::string name;
  Claim claim;
  std::string key, body, decoded_sha256;
  uint64_t decoded_length = 0;
  std::vector<std::pair<std::string, std::string>> trailers;
};

Recorded Read(const Value& value) {
  Recorded recorded{.name = std::string(value["name"].Text()),
                    .decoded_sha256 = std::string(value["decoded_sha256"].Text()),
                    .decoded_length = static_cast<uint64_t>(value["decoded_length"].Integer(0))};
  Claim& claim = recorded.claim;
  claim.scheme = Scheme::kHeader;
  claim.amz_date = value["amz_date"].Text();
  claim.date = claim.amz_date.substr(0, 8);
  claim.region = value["region"].Text();
  claim.service = "s3";
  claim.signature = value["seed"].Text();
  claim.trailer = value["trailer"].Text();
  for (const PayloadName& name : kPayloadNames) {
    if (name.text == value["payload"].Text()) claim.payload = name.payload;
  }
  recorded.key = SigningKey(value["secret"].Text(), claim.date, claim.region, "s3");
  for (const Value& part : value["body"].elements()) {
    const std::string bytes = codec::Base64Decode(part.elements()[0].Text()).value_or(std::string());
    for (int64_t i = 0; i < part.elements()[1].Integer(0); ++i) recorded.body += bytes;
  }
  for (const Value& trailer : value["trailers"].elements()) {
    recorded.trailers.emplace_back(trailer.elements()[0].Text(), trailer.elements()[1].Text());
  }
  return recorded;
}

std::vector<Recorded> ReadRecorded() {
  std::ifstream in(OPENTRAIL_SOURCE_DIR "/src/sigv4/testdata/chunked.json");
  std::stringstream text;
  text << in.rdbuf();
  const auto values = codec::ParseJsonValue(text.str());
  std::vector<Recorded> recorded;
  if (!values) return recorded;
  for (const Value& value : values->elements()) recorded.push_back(Read(value));
  return recorded;
}

Recorded Find(std::string_view name) {
  for (Recorded& recorded : ReadRecorded()) {
    if (recorded.name == name) return std::move(recorded);
  }
  ADD_FAILURE() << "no recording " << name;
  return {};
}

struct Decoded {
  AwsStatus status;
  std::string bytes;
  std::vector<std::pair<std::string, std::string>> trailers;
};

// Feeds the body in pieces that end at each of `cuts`.
Decoded Decode(const Recorded& recorded, std::string_view body, const std::vector<size_t>& cuts) {
  Decoded decoded;
  ChunkedBody chunked(recorded.claim, recorded.key, recorded.decoded_length, [&](std::string_view bytes) {
    decoded.bytes += bytes;
    return AwsStatus();
  });
  size_t begin = 0;
  for (const size_t cut : cuts) {
    decoded.status = chunked.Feed(body.substr(begin, cut - begin));
    if (!decoded.status) return decoded;
    begin = cut;
  }
  decoded.status = chunked.Feed(body.substr(begin));
  if (decoded.status) decoded.status = chunked.End();
  for (const auto& [name, value] : chunked.trailers().entries()) decoded.trailers.emplace_back(name, value);
  return decoded;
}

std::string CodeOf(const Recorded& recorded, std::string_view body) {
  const Decoded decoded = Decode(recorded, body, {});
  return decoded.status ? "" : decoded.status.error().code;
}

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ChunkedBodyTest, DecodesWhatOthersEncoded) {
  const auto all = ReadRecorded();
  ASSERT_GE(all.size(), 20U);
  for (const Recorded& recorded : all) {
    const Decoded decoded = Decode(recorded, recorded.body, {});
    EXPECT_TRUE(decoded.status.has_value()) << recorded.name << ": " << decoded.status.error().message;
    EXPECT_EQ(decoded.bytes.size(), recorded.decoded_length) << recorded.name;
    EXPECT_EQ(codec::HexEncode(codec::Sha256(decoded.bytes)), recorded.decoded_sha256) << recorded.name;
    EXPECT_EQ(decoded.trailers, recorded.trailers) << recorded.name;
  }
}

TEST(ChunkedBodyTest, DecodesHoweverTheBytesCome) {
  for (const Recorded& recorded : ReadRecorded()) {
    if (recorded.body.size() > 30'000) continue;
    std::vector<size_t> every(recorded.body.size());
    for (size_t i = 0; i < every.size(); ++i) every[i] = i;
    const Decoded bytewise = Decode(recorded, recorded.body, every);
    EXPECT_TRUE(bytewise.status.has_value()) << recorded.name;
    EXPECT_EQ(codec::HexEncode(codec::Sha256(bytewise.bytes)), recorded.decoded_sha256) << recorded.name;
    if (recorded.body.size() > 1'000) continue;
    for (const size_t cut : every) EXPECT_TRUE(Decode(recorded, recorded.body, {cut}).status) << recorded.name << cut;
  }
}

TEST(ChunkedBodyTest, RefusesABodyThatEndsEarly) {
  for (const Recorded& recorded : ReadRecorded()) {
    const size_t step = recorded.body.size() > 1'000 ? 997 : 1;
    for (size_t size = 0; size < recorded.body.size(); size += step) {
      EXPECT_EQ(CodeOf(recorded, std::string_view(recorded.body).substr(0, size)), "IncompleteBody")
          << recorded.name << " " << size;
    }
    EXPECT_EQ(CodeOf(recorded, recorded.body + "x"), "IncompleteBody") << recorded.name;
  }
}

TEST(ChunkedBodyTest, FindsAnyChangedByteOfASignedBody) {
  const Recorded recorded = Find("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER small");
  for (size_t i = 0; i < recorded.body.size(); ++i) {
    std::string body = recorded.body;
    body[i] = static_cast<char>(body[i] ^ 1);
    EXPECT_FALSE(Decode(recorded, body, {}).status) << i;
  }
  EXPECT_EQ(CodeOf(recorded, Replaced(recorded.body, "hello", "jello")), "SignatureDoesNotMatch");
  EXPECT_EQ(CodeOf(recorded, Replaced(recorded.body, "crc32:", "crc32:A")), "SignatureDoesNotMatch");
}

TEST(ChunkedBodyTest, PassesNothingOnThatIsNotProved) {
  const Recorded recorded = Find("STREAMING-AWS4-HMAC-SHA256-PAYLOAD two");
  std::string body = recorded.body;
  body[200] = static_cast<char>(body[200] ^ 1);
  EXPECT_EQ(Decode(recorded, body, {}).bytes, "");
}

TEST(ChunkedBodyTest, RefusesWhatIsNotWellFormed) {
  const Recorded plain = Find("STREAMING-UNSIGNED-PAYLOAD-TRAILER small");
  const Recorded chained = Find("STREAMING-AWS4-HMAC-SHA256-PAYLOAD small");
  const struct {
    const Recorded& recorded;
    std::string body;
    std::string code;
  } cases[] = {
      {plain, "5 \r\nhello\r\n0\r\n\r\n", "IncompleteBody"},
      {plain, "-5\r\nhello\r\n", "IncompleteBody"},
      {plain, "0x5\r\nhello\r\n", "IncompleteBody"},
      {plain, "5\nhello\r\n", "IncompleteBody"},
      {plain, "\r\n", "IncompleteBody"},
      {plain, "ffffffffffffffffff\r\n", "IncompleteBody"},
      {plain, "ffffffffffffffff\r\n", "IncompleteBody"},
      {plain, "6\r\nhello!\r\n", "IncompleteBody"},         // more than promised
      {plain, "4\r\nhell\r\n0\r\n\r\n", "IncompleteBody"},  // less
      {plain, "5\r\nhelloXX", "IncompleteBody"},
      {plain, "5\r\nhello\r\n0\r\n\r\n", "MalformedTrailerError"},  // the announced one is missing
      {plain, "5\r\nhello\r\n0\r\nx-amz-checksum-crc32\r\n", "MalformedTrailerError"},
      {plain, "5\r\nhello\r\n0\r\n:x\r\n", "MalformedTrailerError"},
      {plain, "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:a\r\nx-other:b\r\n\r\n", "MalformedTrailerError"},
      {plain, "5\r\nhello\r\n0\r\nx-amz-trailer-signature:a\r\n", "MalformedTrailerError"},
      {plain, "5\r\nhello\r\n0\r\n" + std::string(10'000, 'a'), "MalformedTrailerError"},
      {plain, std::string(10'000, '0'), "IncompleteBody"},
      {chained, "5\r\nhello\r\n", "IncompleteBody"},  // no signature
      {chained, "5;chunk-signature=\r\nhello\r\n", "SignatureDoesNotMatch"},
      {chained, "5;other=1\r\nhello\r\n", "IncompleteBody"},
  };
  for (const auto& test : cases) EXPECT_EQ(CodeOf(test.recorded, test.body), test.code) << test.body.substr(0, 80);
}

TEST(ChunkedBodyTest, BoundsSignedChunks) {
  Recorded recorded = Find("STREAMING-AWS4-HMAC-SHA256-PAYLOAD two");
  recorded.decoded_length = uint64_t{1} << 40;
  EXPECT_EQ(CodeOf(recorded, "1000001;chunk-signature=0\r\n"), "InvalidRequest");
}

TEST(ChunkedBodyTest, TakesSmallChunksAtTheEndAlone) {
  // Two signed chunks of a few bytes, each with a signature that is right.
  const Recorded small = Find("STREAMING-AWS4-HMAC-SHA256-PAYLOAD small");
  Recorded two = small;
  two.decoded_length = 10;
  const std::string first = small.body.substr(0, small.body.find("\r\nhello\r\n") + 9);
  EXPECT_EQ(CodeOf(two, first + "5;chunk-signature=0\r\nhello\r\n"), "InvalidChunkSizeError");
}

TEST(ChunkedBodyTest, PassesOnWhatTheReceiverSays) {
  const Recorded recorded = Find("STREAMING-UNSIGNED-PAYLOAD-TRAILER small");
  ChunkedBody chunked(recorded.claim, recorded.key, recorded.decoded_length,
                      [](std::string_view) -> AwsStatus { return AwsFailure("SlowDown", "full"); });
  EXPECT_EQ(chunked.Feed(recorded.body).error().code, "SlowDown");
  EXPECT_EQ(chunked.Feed("more").error().code, "SlowDown");
}

}  // namespace
}  // namespace opentrail::sigv4
