#include "services/s3/object_body.h"

#include "codec/text.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

constexpr std::string_view kBody = "hello";

std::string Base64(codec::DigestAlgorithm algorithm, std::string_view bytes) {
  codec::Digest digest(algorithm);
  digest.Update(bytes);
  return codec::Base64Encode(digest.Finish());
}

class ObjectBodyTest : public S3Test {
 protected:
  // The code of the refusal; "" where the body was taken.
  std::string Send(const http::Fields::Entry& field, std::vector<http::Fields::Entry> more = {},
                   std::vector<http::Fields::Entry> trailers = {}) {
    Request request{.body = std::string(kBody)};
    more.push_back(field);
    for (auto& [name, value] : more) request.fields.Add(name, value);
    for (auto& [name, value] : trailers) request.trailers.Add(name, value);
    return Fault("PutObject", On("bucket", "k"), request);
  }
  ObjectBodyTest() { MakeBucket("bucket"); }
};

TEST_F(ObjectBodyTest, WhatTheClientSaysMustHold) {
  const std::string sha256 = codec::HexEncode(codec::Sha256(kBody));
  struct {
    http::Fields::Entry field;
    std::string fault;
  } const cases[] = {
      {{"content-length", "5"}, ""},
      {{"content-length", "6"}, "IncompleteBody"},
      {{"x-amz-decoded-content-length", "4"}, "IncompleteBody"},
      {{"content-length", "5368709121"}, "EntityTooLarge"},
      {{"content-md5", Base64(codec::DigestAlgorithm::kMd5, kBody)}, ""},
      {{"content-md5", Base64(codec::DigestAlgorithm::kMd5, "other")}, "BadDigest"},
      {{"content-md5", "short"}, "InvalidDigest"},
      {{"x-amz-content-sha256", sha256}, ""},
      {{"x-amz-content-sha256", codec::HexEncode(codec::Sha256("other"))}, "XAmzContentSHA256Mismatch"},
      {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}, ""},
      {{"x-amz-checksum-crc32", "NhCmhg=="}, ""},
      {{"x-amz-checksum-crc32", "NhCmhw=="}, "BadDigest"},
      {{"x-amz-checksum-crc32", "Nh"}, "InvalidRequest"},
      {{"x-amz-checksum-sha512", "Nh"}, "InvalidRequest"},
      {{"x-amz-sdk-checksum-algorithm", "CRC32"}, "InvalidRequest"},
      {{"x-amz-checksum-mode", "ENABLED"}, ""},
  };
  for (const auto& [field, fault] : cases) EXPECT_EQ(Send(field), fault) << field.first << ": " << field.second;
}

TEST_F(ObjectBodyTest, EachChecksum) {
  for (const ChecksumAlgorithm& algorithm : ChecksumAlgorithms()) {
    const std::string value = Base64(algorithm.digest, kBody);
    const std::string field(algorithm.field);
    EXPECT_EQ(Send({field, value}, {{"x-amz-sdk-checksum-algorithm", std::string(algorithm.name)}}), "") << field;
    EXPECT_EQ(Send({field, Base64(algorithm.digest, "other")}), "BadDigest") << field;
    EXPECT_EQ(Send({"x-amz-trailer", field}, {}, {{field, value}}), "") << field;
    EXPECT_EQ(Send({"x-amz-trailer", field}, {}, {{field, "x"}}), "BadDigest") << field;
    EXPECT_EQ(Send({"x-amz-trailer", field}), "MalformedTrailerError") << field;
    Value input = On("bucket", "k");
    input.Set("ChecksumMode", "ENABLED");
    EXPECT_EQ(Do("GetObject", input)[algorithm.member].Text(), value) << field;
  }
  EXPECT_EQ(Send({"x-amz-checksum-crc32", "NhCmhg=="}, {{"x-amz-checksum-sha1", "x"}}), "InvalidRequest");
}

// Finish is not called where the connection broke: nothing stays.
TEST_F(ObjectBodyTest, WhatIsNotAdoptedIsDropped) {
  {
    auto body = service_.NewBody();
    ASSERT_TRUE(body);
    ASSERT_TRUE((*body)->Write(kBody));
    ASSERT_TRUE((*body)->Finish({}));
  }
  EXPECT_EQ(objects_.dropped(), 1);
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST(ChecksumTest, PartsCombineToTheWhole) {
  const std::string whole = "The quick brown fox jumps over the lazy dog, 0123456789 times";
  for (const ChecksumAlgorithm& algorithm : ChecksumAlgorithms()) {
    if (!algorithm.may_be_full) continue;
    for (const size_t cut : {size_t{0}, size_t{1}, size_t{17}, whole.size()}) {
      const std::string_view first = std::string_view(whole).substr(0, cut),
                             second = std::string_view(whole).substr(cut);
      const PartChecksum parts[] = {{Base64(algorithm.digest, first), first.size()},
                                    {Base64(algorithm.digest, second), second.size()}};
      EXPECT_EQ(FullChecksum(algorithm, parts), Base64(algorithm.digest, whole)) << algorithm.name << " " << cut;
    }
  }
}

}  // namespace
}  // namespace opentrail::services::s3
