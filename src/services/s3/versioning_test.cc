#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

class VersioningTest : public S3Test {
 protected:
  void SetVersioning(std::string_view status) {
    Do("PutBucketVersioning",
       Value::Object({{"Bucket", "bucket"}, {"VersioningConfiguration", Value::Object({{"Status", status}})}}));
  }
  static Value Version(std::string_view key, std::string_view version) {
    Value input = On("bucket", key);
    input.Set("VersionId", version);
    return input;
  }
  // "key:version*" a version, the latest with a star, delete markers in parentheses; a page after the other.
  std::vector<std::string> Versions(int max) {
    std::vector<std::string> seen;
    Value input = Value::Object({{"Bucket", "bucket"}, {"MaxKeys", max}});
    for (bool more = true; more;) {
      const Value output = Do("ListObjectVersions", input);
      for (const char* list : {"Versions", "DeleteMarkers"}) {
        for (const Value& each : output[list].elements()) {
          seen.push_back(fmt::format("{}:{}{}{}", each["Key"].Text(), each["VersionId"].Text(),
                                     each["IsLatest"].Boolean() ? "*" : "", list[0] == 'D' ? "(marker)" : ""));
        }
      }
      more = output["IsTruncated"].Boolean();
      input.Set("KeyMarker", output["NextKeyMarker"]);
      input.Set("VersionIdMarker", output["NextVersionIdMarker"]);
    }
    return seen;
  }
};

TEST_F(VersioningTest, EachPutIsAVersionAndADeleteAMarker) {
  MakeBucket("bucket");
  Put("bucket", "k", "zero");
  SetVersioning("Enabled");
  EXPECT_EQ(Do("GetBucketVersioning", Value::Object({{"Bucket", "bucket"}}))["Status"].Text(), "Enabled");
  const std::string one(Put("bucket", "k", "one")["VersionId"].Text());
  const std::string two(Put("bucket", "k", "two")["VersionId"].Text());
  const Value deleted = Do("DeleteObject", On("bucket", "k"));
  EXPECT_TRUE(deleted["DeleteMarker"].Boolean());
  const std::string marker(deleted["VersionId"].Text());

  EXPECT_EQ(Get("bucket", "k"), "[NoSuchKey]");
  EXPECT_EQ(Get(Version("k", "null")), "zero");
  EXPECT_EQ(Get(Version("k", one)), "one");
  EXPECT_EQ(Get(Version("k", two)), "two");
  EXPECT_EQ(Get(Version("k", "unheard-of")), "[NoSuchVersion]");
  EXPECT_EQ(Get(Version("k", marker)), "[MethodNotAllowed]");
  EXPECT_TRUE(Do("ListObjectsV2", Value::Object({{"Bucket", "bucket"}}))["Contents"].elements().empty());
  const std::vector<std::string> all = {"k:" + marker + "*(marker)", "k:" + two, "k:" + one, "k:null"};
  EXPECT_EQ(Versions(1), all);

  const auto missing = Invoke("GetObject", On("bucket", "k"));
  EXPECT_EQ(missing.error().fields[0].first, "x-amz-delete-marker");

  EXPECT_TRUE(Do("DeleteObject", Version("k", marker))["DeleteMarker"].Boolean());
  EXPECT_EQ(Get("bucket", "k"), "two");
  Do("DeleteObject", Version("k", two));
  EXPECT_EQ(Get("bucket", "k"), "one");
  EXPECT_EQ(Fault("DeleteBucket", Value::Object({{"Bucket", "bucket"}})), "BucketNotEmpty");
  Do("DeleteObject", Version("k", one));
  Do("DeleteObject", Version("k", "null"));
  EXPECT_EQ(objects_.alive(), 0U);
  EXPECT_EQ(Fault("DeleteBucket", Value::Object({{"Bucket", "bucket"}})), "");
}

TEST_F(VersioningTest, SuspendedReplacesTheNullVersionAlone) {
  MakeBucket("bucket");
  SetVersioning("Enabled");
  const std::string kept(Put("bucket", "k", "kept")["VersionId"].Text());
  SetVersioning("Suspended");
  EXPECT_EQ(Put("bucket", "k", "first")["VersionId"].Text(), "null");
  EXPECT_EQ(Put("bucket", "k", "second")["VersionId"].Text(), "null");
  EXPECT_EQ(Versions(10), (std::vector<std::string>{"k:null*", "k:" + kept}));
  EXPECT_EQ(Do("DeleteObject", On("bucket", "k"))["VersionId"].Text(), "null");
  EXPECT_EQ(Versions(10), (std::vector<std::string>{"k:" + kept, "k:null*(marker)"}));
  Do("DeleteObject", Version("k", "null"));
  EXPECT_EQ(Get("bucket", "k"), "kept");
  EXPECT_EQ(objects_.alive(), 1U);
}

TEST_F(VersioningTest, VersionsPageAcrossKeysAndGroups) {
  MakeBucket("bucket");
  SetVersioning("Enabled");
  for (int round = 0; round < 3; ++round) {
    for (const char* key : {"a", "b/1", "b/2", "c"}) Put("bucket", key, "v");
  }
  const std::vector<std::string> whole = Versions(1000);
  ASSERT_EQ(whole.size(), 12U);
  for (const int max : {1, 2, 5, 7}) EXPECT_EQ(Versions(max), whole) << max;
  const Value grouped = Do("ListObjectVersions", Value::Object({{"Bucket", "bucket"}, {"Delimiter", "/"}}));
  EXPECT_EQ(grouped["Versions"].elements().size(), 6U);
  EXPECT_EQ(grouped["CommonPrefixes"].elements().size(), 1U);
}

// As boto3's bucket.object_versions.delete() does it: the marker of the next page is gone by then.
TEST_F(VersioningTest, DeletingPageByPageReachesAll) {
  MakeBucket("bucket");
  SetVersioning("Enabled");
  for (int round = 0; round < 5; ++round) Put("bucket", "k", "v");
  Put("bucket", "l", "v");
  Value input = Value::Object({{"Bucket", "bucket"}, {"MaxKeys", 2}});
  for (bool more = true; more;) {
    const Value output = Do("ListObjectVersions", input);
    for (const Value& each : output["Versions"].elements()) {
      Do("DeleteObject", Version(each["Key"].Text(), each["VersionId"].Text()));
    }
    more = output["IsTruncated"].Boolean();
    input.Set("KeyMarker", output["NextKeyMarker"]);
    input.Set("VersionIdMarker", output["NextVersionIdMarker"]);
  }
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST_F(VersioningTest, DeleteObjectsTellsOfEach) {
  MakeBucket("bucket");
  SetVersioning("Enabled");
  Put("bucket", "a", "v");
  const std::string version(Put("bucket", "b", "v")["VersionId"].Text());
  Value request = Value::Object(
      {{"Objects", Value::List({Value::Object({{"Key", "a"}}), Value::Object({{"Key", "b"}, {"VersionId", version}}),
                                Value::Object({{"Key", "c"}, {"ETag", "x"}})})}});
  const Value output = Do("DeleteObjects", Value::Object({{"Bucket", "bucket"}, {"Delete", request}}));
  ASSERT_EQ(output["Deleted"].elements().size(), 2U);
  EXPECT_TRUE(output["Deleted"].elements()[0]["DeleteMarker"].Boolean());
  EXPECT_EQ(output["Deleted"].elements()[1]["VersionId"].Text(), version);
  EXPECT_EQ(output["Errors"].elements()[0]["Code"].Text(), "PreconditionFailed");
  request.Set("Quiet", true);
  EXPECT_FALSE(Do("DeleteObjects", Value::Object({{"Bucket", "bucket"}, {"Delete", request}})).Has("Deleted"));
  EXPECT_EQ(Fault("DeleteObjects", Value::Object({{"Bucket", "bucket"}, {"Delete", Value::Object()}})), "MalformedXML");
}

TEST_F(VersioningTest, DeleteObjectsAsksForEachKey) {
  MakeBucket("bucket");
  for (const char* key : {"a", "b"}) Put("bucket", key, "v");
  kms_.kept_key = "a";
  const Value request =
      Value::Object({{"Objects", Value::List({Value::Object({{"Key", "a"}}), Value::Object({{"Key", "b"}})})}});
  const Value output = Do("DeleteObjects", Value::Object({{"Bucket", "bucket"}, {"Delete", request}}));
  ASSERT_EQ(output["Errors"].elements().size(), 1U);
  EXPECT_EQ(output["Errors"].elements()[0]["Key"].Text(), "a");
  EXPECT_EQ(output["Errors"].elements()[0]["Code"].Text(), "AccessDenied");
  ASSERT_EQ(output["Deleted"].elements().size(), 1U);
  EXPECT_EQ(Get("bucket", "a"), "v");
  EXPECT_EQ(Get("bucket", "b"), "[NoSuchKey]");
}

// Version 1 of the tables had each version in two indexes more.
TEST_F(VersioningTest, AnOlderAccountKeepsItsVersions) {
  MakeBucket("bucket");
  Put("bucket", "never", "one");
  Put("bucket", "k", "zero");
  SetVersioning("Enabled");
  const std::string old(Put("bucket", "k", "old")["VersionId"].Text());
  Put("bucket", "k", "new");
  Put("bucket", "gone", "v");
  Do("DeleteObject", On("bucket", "gone"));
  const std::vector<std::string> by_one = Versions(1), at_once = Versions(1000);
  connection_->ExecuteScript(
      "DROP TABLE s3_account_block; DROP INDEX s3_object_bucket; DROP INDEX s3_object_past; DROP INDEX "
      "s3_object_version;"
      "CREATE UNIQUE INDEX s3_object_version ON s3_object(bucket, key, version_id);"
      "CREATE INDEX s3_object_age ON s3_object(bucket, key, id DESC);"
      "UPDATE schema_version SET version = 1 WHERE part = 's3'");
  ASSERT_TRUE(store::Migrate(*connection_, service_.migrations()).has_value());
  EXPECT_EQ(Versions(1), by_one);
  EXPECT_EQ(Versions(1000), at_once);
  EXPECT_EQ(Get("bucket", "k"), "new");
  EXPECT_EQ(Get(Version("k", old)), "old");
  EXPECT_EQ(Get(Version("k", "null")), "zero");
  EXPECT_EQ(Get(Version("never", "null")), "one");
  EXPECT_EQ(Get("bucket", "gone"), "[NoSuchKey]");
}

}  // namespace
}  // namespace opentrail::services::s3
