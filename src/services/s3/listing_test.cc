#include "services/s3/listing.h"

#include <random>
#include <set>

#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

using ListingTest = S3Test;

TEST(AfterPrefixTest, IsTheLeastGreaterString) {
  EXPECT_EQ(AfterPrefix("ab"), "ac");
  EXPECT_EQ(AfterPrefix("a\xff"), "b");
  EXPECT_EQ(AfterPrefix("\xff\xff"), std::nullopt);
  EXPECT_EQ(AfterPrefix(""), std::nullopt);
}

// What a listing says, key by key and group by group, in order of emission.
struct Listed {
  std::vector<std::string> keys;
  std::vector<std::string> prefixes;
  friend bool operator==(const Listed&, const Listed&) = default;
};

void Collect(Listed& listed, const Value& output, std::string_view list) {
  for (const Value& each : output[list].elements()) listed.keys.emplace_back(each["Key"].Text());
  for (const Value& each : output["CommonPrefixes"].elements()) listed.prefixes.emplace_back(each["Prefix"].Text());
}

Listed BruteForce(const std::set<std::string>& keys, const std::string& prefix, const std::string& delimiter,
                  const std::string& after) {
  Listed listed;
  for (const std::string& key : keys) {
    if (!key.starts_with(prefix) || key <= after) continue;
    const size_t found = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
    if (found == std::string::npos) {
      listed.keys.push_back(key);
      continue;
    }
    const std::string group = key.substr(0, found + delimiter.size());
    if (group == after) continue;
    if (listed.prefixes.empty() || listed.prefixes.back() != group) listed.prefixes.push_back(group);
  }
  return listed;
}

TEST_F(ListingTest, AgreesWithBruteForceOnRandomKeys) {
  MakeBucket("bucket");
  std::mt19937 random(7);
  const auto word = [&](size_t most) {
    static const std::vector<std::string> kPieces = {"a", "b", "/", "-", "//", "é", "\xf0\x9f\x98\x80", "z"};
    std::string text;
    for (size_t i = random() % (most + 1); i > 0; --i) text += kPieces[random() % kPieces.size()];
    return text;
  };
  std::set<std::string> keys;
  while (keys.size() < 150) {
    const std::string key = word(6);
    if (!key.empty() && keys.insert(key).second) Put("bucket", key, "v");
  }
  for (int round = 0; round < 300; ++round) {
    const std::string prefix = word(2), delimiter = random() % 3 == 0 ? "" : word(1),
                      after = random() % 2 ? word(3) : "";
    const Listed expected = BruteForce(keys, prefix, delimiter, after);
    const int max = 1 + static_cast<int>(random() % 9);
    const auto context = fmt::format("prefix '{}' delimiter '{}' after '{}' max {}", prefix, delimiter, after, max);

    Listed listed;
    Value input = Value::Object({{"Bucket", "bucket"}, {"Prefix", prefix}, {"MaxKeys", max}, {"StartAfter", after}});
    if (!delimiter.empty()) input.Set("Delimiter", delimiter);
    for (bool more = true; more;) {
      const Value output = Do("ListObjectsV2", input);
      Collect(listed, output, "Contents");
      more = output["IsTruncated"].Boolean();
      ASSERT_LE(output["KeyCount"].Integer(0), max);
      ASSERT_TRUE(!more || output["KeyCount"].Integer(0) == max) << context;
      input.Set("ContinuationToken", output["NextContinuationToken"]);
    }
    ASSERT_EQ(listed.keys, expected.keys) << context;
    ASSERT_EQ(listed.prefixes, expected.prefixes) << context;

    // Version 1 goes on from NextMarker, or from the last key where there is no delimiter.
    Listed first;
    input = Value::Object({{"Bucket", "bucket"}, {"Prefix", prefix}, {"MaxKeys", max}, {"Marker", after}});
    if (!delimiter.empty()) input.Set("Delimiter", delimiter);
    for (bool more = true; more;) {
      const Value output = Do("ListObjects", input);
      Collect(first, output, "Contents");
      more = output["IsTruncated"].Boolean();
      ASSERT_EQ(output.Has("NextMarker"), more && !delimiter.empty());
      if (more) input.Set("Marker", delimiter.empty() ? Value(first.keys.back()) : output["NextMarker"]);
    }
    ASSERT_EQ(first, listed) << context;
  }
}

TEST_F(ListingTest, Encoding) {
  MakeBucket("bucket");
  Put("bucket", "a b/ü+c", "v");
  Value input = Value::Object({{"Bucket", "bucket"}, {"EncodingType", "url"}, {"Prefix", "a b"}});
  const Value output = Do("ListObjectsV2", input);
  EXPECT_EQ(output["Contents"].elements().front()["Key"].Text(), "a+b/%C3%BC%2Bc");
  EXPECT_EQ(output["Prefix"].Text(), "a+b");
  input.Set("EncodingType", "base64");
  EXPECT_EQ(Fault("ListObjectsV2", input), "InvalidArgument");
}

TEST_F(ListingTest, Bounds) {
  MakeBucket("bucket");
  Put("bucket", "k", "v");
  Value input = Value::Object({{"Bucket", "bucket"}, {"MaxKeys", 0}});
  EXPECT_FALSE(Do("ListObjectsV2", input)["IsTruncated"].Boolean(true));
  input.Set("MaxKeys", 5000);
  EXPECT_EQ(Do("ListObjectsV2", input)["MaxKeys"].Integer(), 1000);
  input.Set("MaxKeys", -1);
  EXPECT_EQ(Fault("ListObjectsV2", input), "InvalidArgument");
  input = Value::Object({{"Bucket", "bucket"}, {"ContinuationToken", "rubbish"}});
  EXPECT_EQ(Fault("ListObjectsV2", input), "InvalidArgument");
}

TEST_F(ListingTest, OwnerOnlyWhereAskedFor) {
  MakeBucket("bucket");
  Put("bucket", "k", "v");
  Value input = Value::Object({{"Bucket", "bucket"}});
  EXPECT_FALSE(Do("ListObjectsV2", input)["Contents"].elements().front().Has("Owner"));
  EXPECT_TRUE(Do("ListObjects", input)["Contents"].elements().front().Has("Owner"));
  input.Set("FetchOwner", true);
  EXPECT_TRUE(Do("ListObjectsV2", input)["Contents"].elements().front().Has("Owner"));
}

TEST_F(ListingTest, RecordNamesThePrefix) {
  MakeBucket("bucket");
  const auto reply = Invoke("ListObjectsV2", Value::Object({{"Bucket", "bucket"}, {"Prefix", "logs/"}}));
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->resources.size(), 2U);
  EXPECT_EQ(reply->resources[0].arn, "arn:aws:s3:::bucket/logs/");
  EXPECT_TRUE(reply->resources[0].is_prefix);
  EXPECT_EQ(reply->resources[1].account_id, kAccount);
}

}  // namespace
}  // namespace opentrail::services::s3
