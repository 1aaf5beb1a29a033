#include <fstream>

#include "codec/digest.h"
#include "codec/text.h"
#include "services/cloudtrail/cloudtrail_test_support.h"
#include "services/cloudtrail/digest_schedule.h"

namespace opentrail::services::cloudtrail {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(DueDigestEnd, IsTheTrailsOwnMark) {
  Trail trail;
  trail.digest_offset = 13 * 60 + 52;
  const auto at = [](std::string_view text) { return *codec::ParseIso8601(text); };
  const Chain chain{.region = "us-east-1", .start = at("2026-11-23T08:53:35Z"), .previous = {}};
  EXPECT_FALSE(DueDigestEnd(trail, chain, hours(1), at("2026-11-23T09:13:51Z")));
  EXPECT_EQ(DueDigestEnd(trail, chain, hours(1), at("2026-11-23T09:13:52Z")), at("2026-11-23T09:13:52Z"));
  EXPECT_EQ(DueDigestEnd(trail, chain, hours(1), at("2026-11-24T00:00:00Z")), at("2026-11-23T23:13:52Z"));
  EXPECT_EQ(FinalDigestEnd(chain, at("2026-11-23T08:53:35Z")), at("2026-11-23T08:53:36Z"));
}

// validate-logs, as the reference has it.
class DigestDeliveryTest : public CloudTrailTest {
 protected:
  DigestDeliveryTest() : worker_(account_.StartWorker()) {
    Flush();  // its first look at the journal finds nothing
    Do("CreateTrail", Settings("monitor", Parse(R"({"EnableLogFileValidation":true})")));
    Do("StartLogging", Named("monitor"));
  }
  void Flush() { EXPECT_TRUE(worker_->Flush()); }
  std::vector<std::string> Digests() { return account_.Keys(kBucket, "/CloudTrail-Digest/"); }
  Value Read(std::string_view key) { return Parse(account_.Text(kBucket, key)); }

  // The digest's own signature, under the keys that ListPublicKeys gives; its files' hashes.
  void Validate(std::string_view key) {
    const std::string text = account_.Text(kBucket, key);
    const Value digest = Parse(text);
    const Reply object = account_.Get(kBucket, key);
    EXPECT_EQ(digest["digestS3Object"].Text(), key);
    EXPECT_EQ(object.output["Metadata"]["signature-algorithm"].Text(), "SHA256withRSA");
    const std::string signed_text =
        fmt::format("{}\n{}/{}\n{}\n{}", digest["digestEndTime"].Text(), kBucket, key,
                    codec::HexEncode(codec::Sha256(text)), digest["previousDigestSignature"].Text("null"));
    SaveForOpenssl(signed_text, object.output["Metadata"]["signature"].Text(), PublicKey(digest));
    for (const Value& file : digest["logFiles"].elements()) {
      EXPECT_EQ(codec::HexEncode(codec::Sha256(account_.Text(kBucket, file["s3Object"].Text()))),
                file["hashValue"].Text());
    }
  }
  std::string PublicKey(const Value& digest) {
    const Value range = Value::Object({{"StartTime", *codec::ParseIso8601(digest["digestStartTime"].Text())},
                                       {"EndTime", clock_.Now() + seconds(1)}});
    const Value keys = Do("ListPublicKeys", range);
    for (const Value& key : keys["PublicKeyList"].elements()) {
      EXPECT_EQ(codec::HexEncode(codec::Md5(key["Value"].Bytes())), key["Fingerprint"].Text());
      if (key["Fingerprint"] == digest["digestPublicKeyFingerprint"]) return std::string(key["Value"].Bytes());
    }
    ADD_FAILURE() << "no key for " << digest["digestPublicKeyFingerprint"].Text();
    return "";
  }
  // Another program judges: the openssl command.
  void SaveForOpenssl(std::string_view text, std::string_view signature, std::string_view public_der) {
    const auto save = [&](const std::string& name, std::string_view bytes) {
      std::ofstream(directory_.Path(name), std::ios::binary) << bytes;
      return directory_.Path(name);
    };
    const std::string command = fmt::format(
        "openssl rsa -RSAPublicKey_in -inform DER -in {} -pubout -out {} 2>/dev/null && "
        "openssl dgst -sha256 -verify {} -signature {} {} >/dev/null",
        save("key.der", public_der), directory_.Path("key.pem"), directory_.Path("key.pem"),
        save("signature", codec::HexDecode(signature).value_or("")), save("text", text));
    EXPECT_EQ(std::system(command.c_str()), 0) << text;
  }

  std::unique_ptr<DeliveryWorker> worker_;
};

TEST_F(DigestDeliveryTest, ChainsHourByHour) {
  account_.Log({.name = "RunInstances"});
  Flush();
  EXPECT_TRUE(Digests().empty());
  for (int hour = 0; hour < 3; ++hour) {
    clock_.Advance(hours(1));
    Flush();
  }
  const auto digests = Digests();
  ASSERT_EQ(digests.size(), 3u);
  const Value first = Read(digests[0]);
  const Value second = Read(digests[1]);
  const Value third = Read(digests[2]);
  EXPECT_TRUE(first["previousDigestS3Object"].IsNull());
  EXPECT_EQ(first["logFiles"].elements().size(), 1u);
  EXPECT_EQ(first["digestStartTime"].Text(), "2026-11-23T08:53:35Z");
  EXPECT_EQ(second["previousDigestS3Object"].Text(), digests[0]);
  EXPECT_EQ(second["digestStartTime"], first["digestEndTime"]);
  EXPECT_EQ(third["previousDigestHashValue"].Text(),
            codec::HexEncode(codec::Sha256(account_.Text(kBucket, digests[1]))));
  EXPECT_EQ(third["previousDigestSignature"], account_.Get(kBucket, digests[1]).output["Metadata"]["signature"]);
  for (const std::string& key : digests) Validate(key);
  EXPECT_TRUE(Do("GetTrailStatus", Named("monitor")).Has("LatestDigestDeliveryTime"));
}

TEST_F(DigestDeliveryTest, TheLastOneWhenLoggingStops) {
  account_.Log({.name = "RunInstances"});
  Do("StopLogging", Named("monitor"));
  Flush();
  ASSERT_EQ(Digests().size(), 1u);
  EXPECT_EQ(Read(Digests()[0])["logFiles"].elements().size(), 1u);
  clock_.Advance(hours(2));
  Flush();
  EXPECT_EQ(Digests().size(), 1u);
  // Logging begins again: so does the chain.
  Do("StartLogging", Named("monitor"));
  clock_.Advance(hours(1));
  Flush();
  ASSERT_EQ(Digests().size(), 2u);
  EXPECT_TRUE(Read(Digests()[1])["previousDigestS3Object"].IsNull());
  for (const std::string& key : Digests()) Validate(key);
}

TEST_F(DigestDeliveryTest, SwitchedOffAndOnAgain) {
  Flush();
  Do("UpdateTrail", Parse(R"({"Name":"monitor","EnableLogFileValidation":false})"));
  account_.Log({.name = "Unseen"});
  Flush();
  clock_.Advance(hours(2));
  Flush();
  EXPECT_TRUE(Digests().empty());
  Do("UpdateTrail", Parse(R"({"Name":"monitor","EnableLogFileValidation":true})"));
  Flush();
  clock_.Advance(hours(1));
  Flush();
  ASSERT_EQ(Digests().size(), 1u);
  EXPECT_EQ(Read(Digests()[0])["logFiles"].elements().size(), 1u);
  Validate(Digests()[0]);
}

TEST_F(DigestDeliveryTest, AFaultIsToldAndTheChainGoesOn) {
  Flush();
  clock_.Advance(hours(1));
  Flush();
  EXPECT_EQ(Digests().size(), 1u);
  account_.inside_.policy = [](const InsideCall& call) -> AwsStatus {
    if (call.input["Key"].Text().find("Digest") != std::string_view::npos) return AwsFailure("AccessDenied", "");
    return {};
  };
  clock_.Advance(hours(1));
  Flush();
  EXPECT_EQ(Do("GetTrailStatus", Named("monitor"))["LatestDigestDeliveryError"].Text(), "AccessDenied");
  account_.inside_.policy = nullptr;
  Flush();
  EXPECT_FALSE(Do("GetTrailStatus", Named("monitor")).Has("LatestDigestDeliveryError"));
  ASSERT_EQ(Digests().size(), 2u);
  for (const std::string& key : Digests()) Validate(key);
}

TEST_F(DigestDeliveryTest, KeysLastThirtyDays) {
  Flush();
  clock_.Advance(hours(1));
  Flush();
  clock_.Advance(std::chrono::days(31));
  Flush();
  ASSERT_EQ(Digests().size(), 2u);
  EXPECT_NE(Read(Digests()[0])["digestPublicKeyFingerprint"], Read(Digests()[1])["digestPublicKeyFingerprint"]);
  for (const std::string& key : Digests()) Validate(key);
  EXPECT_EQ(Do("ListPublicKeys", Value::Object())["PublicKeyList"].elements().size(), 1u);
  EXPECT_TRUE(Do("ListPublicKeys", Value::Object(), "eu-west-1")["PublicKeyList"].elements().empty());
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
