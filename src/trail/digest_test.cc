#include "trail/digest.h"

#include <gtest/gtest.h>

#include "codec/digest.h"
#include "codec/json_value.h"
#include "codec/text.h"
#include "codec/timestamp.h"

namespace opentrail::trail {
namespace {

Time At(std::string_view text) { return codec::ParseIso8601(text).value_or(Time()); }

Digest Empty() {
  return {.account_id = "123456789012",
          .start = At("2026-11-23T08:13:52Z"),
          .end = At("2026-11-23T09:13:52Z"),
          .bucket = "monitoring1234",
          .object = "AWSLogs/d.json.gz",
          .previous = std::nullopt,
          .files = {}};
}

TEST(DigestText, OfAnEmptyStartingDigest) {
  EXPECT_EQ(DigestText(Empty(), "f00d"),
            R"({"awsAccountId":"123456789012","digestStartTime":"2026-11-23T08:13:52Z",)"
            R"("digestEndTime":"2026-11-23T09:13:52Z","digestS3Bucket":"monitoring1234",)"
            R"("digestS3Object":"AWSLogs/d.json.gz","digestPublicKeyFingerprint":"f00d",)"
            R"("digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,)"
            R"("previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,)"
            R"("previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]})");
}

TEST(DigestText, ListsFilesAndTheDigestBefore) {
  Digest digest = Empty();
  digest.previous = {"monitoring1234", "AWSLogs/c.json.gz", "aa", "bb"};
  digest.files = {{"monitoring1234", "l1", "01", "2026-11-23T08:41:02Z", "2026-11-23T08:40:00Z"},
                  {"monitoring1234", "l2", "02", "2026-11-23T08:59:00Z", "2026-11-23T08:41:00Z"}};
  const auto text = codec::ParseJsonValue(DigestText(digest, "f00d"));
  ASSERT_TRUE(text);
  EXPECT_EQ((*text)["newestEventTime"].Text(), "2026-11-23T08:59:00Z");
  EXPECT_EQ((*text)["oldestEventTime"].Text(), "2026-11-23T08:40:00Z");
  EXPECT_EQ((*text)["previousDigestHashAlgorithm"].Text(), "SHA-256");
  EXPECT_EQ((*text)["previousDigestSignature"].Text(), "bb");
  EXPECT_EQ(codec::WriteJson((*text)["logFiles"].elements()[0]),
            R"({"s3Bucket":"monitoring1234","s3Object":"l1","hashValue":"01","hashAlgorithm":"SHA-256",)"
            R"("newestEventTime":"2026-11-23T08:41:02Z","oldestEventTime":"2026-11-23T08:40:00Z"})");
}

TEST(SigningText, HasFourLinesWithoutAnEnd) {
  Digest digest = Empty();
  EXPECT_EQ(SigningText(digest, "cafe"), "2026-11-23T09:13:52Z\nmonitoring1234/AWSLogs/d.json.gz\ncafe\nnull");
  digest.previous = {"b", "o", "aa", "bb"};
  EXPECT_EQ(SigningText(digest, "cafe"), "2026-11-23T09:13:52Z\nmonitoring1234/AWSLogs/d.json.gz\ncafe\nbb");
}

TEST(SignDigest, VerifiesUnderTheKey) {
  const auto key = codec::RsaKey::Generate(kDigestKeyBits);
  ASSERT_TRUE(key);
  const Digest digest = Empty();
  const SignedDigest result = SignDigest(digest, *key);
  const std::string text = DigestText(digest, KeyFingerprint(key->PublicDer()));
  EXPECT_EQ(result.sha256, codec::HexEncode(codec::Sha256(text)));
  EXPECT_EQ(result.signature.size(), 512u);
  EXPECT_TRUE(key->VerifySha256(SigningText(digest, result.sha256), *codec::HexDecode(result.signature)));
}

TEST(KeyFingerprint, IsTheMd5OfTheDer) { EXPECT_EQ(KeyFingerprint(""), "d41d8cd98f00b204e9800998ecf8427e"); }

}  // namespace
}  // namespace opentrail::trail
