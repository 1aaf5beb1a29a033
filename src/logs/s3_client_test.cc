#include "logs/s3_client.h"

#include <gtest/gtest.h>

namespace opentrail::logs {
namespace {

TEST(S3PathTest, HasABucketAndAKey) {
  EXPECT_EQ(S3Path::Parse("s3://b/some/key")->key, "some/key");
  EXPECT_EQ(S3Path::Parse("s3://b")->bucket, "b");
  EXPECT_FALSE(S3Path::Parse("s3://"));
  EXPECT_FALSE(S3Path::Parse("s3:///key"));
  EXPECT_FALSE(S3Path::Parse("/b/key"));
}

TEST(S3ListingTest, ReadsObjectsAndPrefixes) {
  const auto page = ParseS3Listing(
      R"(<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType>
      <IsTruncated>true</IsTruncated><NextContinuationToken>t/1=</NextContinuationToken>
      <Contents><Key>a%2Fb+c</Key><Size>5</Size><LastModified>2026-03-01T10:00:00.000Z</LastModified></Contents>
      <CommonPrefixes><Prefix>a%2F2026%2F</Prefix></CommonPrefixes></ListBucketResult>)",
      "bucket");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 1U);
  EXPECT_EQ(page->objects[0].path, "s3://bucket/a/b c");
  EXPECT_EQ(page->objects[0].size, 5U);
  EXPECT_EQ(page->objects[0].mtime_ns, 1772359200LL * 1'000'000'000);
  EXPECT_EQ(page->prefixes, std::vector<std::string>{"a/2026/"});
  EXPECT_EQ(page->next, "t/1=");
}

TEST(S3ListingTest, RefusesWhatIsNone) {
  EXPECT_FALSE(ParseS3Listing("<html/>", "b"));
  EXPECT_FALSE(ParseS3Listing("", "b"));
  EXPECT_FALSE(ParseS3Listing("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "b"));
}

}  // namespace
}  // namespace opentrail::logs
