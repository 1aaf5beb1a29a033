#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

class CopyTest : public S3Test {
 protected:
  CopyTest() {
    MakeBucket("bucket");
    source_etag_ = Put("bucket", "source", "hello",
                       Value::Object({{"ContentType", "text/plain"},
                                      {"Tagging", "a=1"},
                                      {"Metadata", Value::Object({{"color", "red"}})}}))["ETag"]
                       .Text();
  }
  static Value Copy(std::string_view key, Value more = Value::Object(), std::string_view source = "bucket/source") {
    Value input = On("bucket", key);
    input.Set("CopySource", source);
    for (const auto& [name, value] : more.members()) input.Set(name, value);
    return input;
  }
  std::string source_etag_;
};

TEST_F(CopyTest, TakesMetadataAndTagsAlong) {
  const Value result = Do("CopyObject", Copy("copy"))["CopyObjectResult"];
  EXPECT_EQ(result["ETag"].Text(), source_etag_);
  EXPECT_TRUE(result["ChecksumCRC64NVME"].IsString());
  EXPECT_EQ(Get("bucket", "copy"), "hello");
  EXPECT_EQ(objects_.alive(), 1U) << "a copy shares the content";
  const Value head = Do("HeadObject", On("bucket", "copy"));
  EXPECT_EQ(head["ContentType"].Text(), "text/plain");
  EXPECT_EQ(head["Metadata"]["color"].Text(), "red");
  EXPECT_EQ(head["TagCount"].Integer(), 1);
  Do("DeleteObject", On("bucket", "source"));
  EXPECT_EQ(Get("bucket", "copy"), "hello");
  Do("DeleteObject", On("bucket", "copy"));
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST_F(CopyTest, ReplacesWhatItIsToldTo) {
  Do("CopyObject", Copy("copy", Value::Object({{"MetadataDirective", "REPLACE"},
                                               {"TaggingDirective", "REPLACE"},
                                               {"ContentType", "text/html"}})));
  const Value head = Do("HeadObject", On("bucket", "copy"));
  EXPECT_EQ(head["ContentType"].Text(), "text/html");
  EXPECT_FALSE(head.Has("Metadata"));
  EXPECT_FALSE(head.Has("TagCount"));
}

TEST_F(CopyTest, OntoItself) {
  EXPECT_EQ(Fault("CopyObject", Copy("source")), "InvalidRequest");
  for (const Value& change :
       {Value::Object({{"MetadataDirective", "REPLACE"}}), Value::Object({{"StorageClass", "STANDARD_IA"}}),
        Value::Object({{"ServerSideEncryption", "AES256"}})}) {
    EXPECT_EQ(Fault("CopyObject", Copy("source", change)), "") << codec::WriteJson(change);
    EXPECT_EQ(Get("bucket", "source"), "hello");
  }
  EXPECT_EQ(objects_.alive(), 1U);
  Do("DeleteObject", On("bucket", "source"));
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST_F(CopyTest, Refusals) {
  const Time before = clock_.Now() - std::chrono::hours(1);
  struct {
    Value more;
    std::string_view source, fault;
  } const cases[] = {
      {Value::Object(), "bucket", "InvalidArgument"},
      {Value::Object(), "bucket/", "InvalidArgument"},
      {Value::Object(), "/bucket/source", ""},
      {Value::Object(), "bucket%2Fsource", ""},
      {Value::Object(), "nowhere/source", "NoSuchBucket"},
      {Value::Object(), "bucket/none", "NoSuchKey"},
      {Value::Object(), "bucket/source?versionId=null", ""},
      {Value::Object(), "bucket/source?versionId=x", "NoSuchVersion"},
      {Value::Object({{"MetadataDirective", "MOVE"}}), "bucket/source", "InvalidArgument"},
      {Value::Object({{"CopySourceIfMatch", "\"x\""}}), "bucket/source", "PreconditionFailed"},
      {Value::Object({{"CopySourceIfNoneMatch", source_etag_}}), "bucket/source", "PreconditionFailed"},
      {Value::Object({{"CopySourceIfUnmodifiedSince", before}}), "bucket/source", "PreconditionFailed"},
      {Value::Object({{"CopySourceIfModifiedSince", before}}), "bucket/source", ""},
      {Value::Object({{"IfNoneMatch", "*"}}), "bucket/source", "PreconditionFailed"},
      {Value::Object({{"ExpectedSourceBucketOwner", "999999999999"}}), "bucket/source", "AccessDenied"},
  };
  Put("bucket", "copy", "there");
  for (const auto& [more, source, fault] : cases) {
    EXPECT_EQ(Fault("CopyObject", Copy("copy", more, source)), fault) << source << " " << codec::WriteJson(more);
  }
}

TEST_F(CopyTest, AnotherChecksumIsComputed) {
  const Value result =
      Do("CopyObject", Copy("copy", Value::Object({{"ChecksumAlgorithm", "CRC32"}})))["CopyObjectResult"];
  EXPECT_EQ(result["ChecksumCRC32"].Text(), "NhCmhg==");
  EXPECT_EQ(result["ETag"].Text(), source_etag_);
}

TEST_F(CopyTest, BetweenKindsOfEncryption) {
  Do("CopyObject", Copy("kms", Value::Object({{"ServerSideEncryption", "aws:kms"}})));
  EXPECT_EQ(Get("bucket", "kms"), "hello");
  EXPECT_NE(Do("HeadObject", On("bucket", "kms"))["ETag"].Text(), source_etag_);
  Do("CopyObject", Copy("plain", Value::Object(), "bucket/kms"));
  EXPECT_EQ(Get("bucket", "plain"), "hello");
  EXPECT_EQ(Do("HeadObject", On("bucket", "plain"))["ETag"].Text(), source_etag_);
  EXPECT_EQ(objects_.alive(), 1U);
}

TEST_F(CopyTest, ASourceThatChangesWhileItIsReadIsNotCopied) {
  const Value asks = Copy("copy", Value::Object({{"ChecksumAlgorithm", "SHA256"}}));
  between_ = [&] {
    between_ = nullptr;
    Put("bucket", "source", "another");
  };
  EXPECT_EQ(Fault("CopyObject", asks), "OperationAborted");
  const Value copied = Do("CopyObject", asks)["CopyObjectResult"];
  EXPECT_EQ(copied["ChecksumSHA256"].Text(), codec::Base64Encode(codec::Sha256("another")));
  EXPECT_EQ(copied["ETag"].Text(), Do("HeadObject", On("bucket", "source"))["ETag"].Text());
  // What needed no reading needs none of it afterwards either: where it does, the copy was begun for another source.
  between_ = [&] {
    between_ = nullptr;
    Put("bucket", "source", "third", Value::Object({{"ServerSideEncryption", "aws:kms"}}));
  };
  EXPECT_EQ(Fault("CopyObject", Copy("copy")), "OperationAborted");
  Do("CopyObject", Copy("copy"));
  EXPECT_EQ(Get("bucket", "copy"), "third");
}

TEST_F(CopyTest, KmsIsAskedOnceForWhatIsReadAndCopied) {
  Put("bucket", "sealed", "text", Value::Object({{"ServerSideEncryption", "aws:kms"}}));
  kms_.seen.clear();
  Do("CopyObject", Copy("copy", Value::Object(), "bucket/sealed"));
  ASSERT_EQ(kms_.seen.size(), 1U);
  EXPECT_EQ(kms_.seen[0].operation, "Decrypt");
  EXPECT_EQ(Do("HeadObject", On("bucket", "copy"))["ETag"].Text(), '"' + codec::HexEncode(codec::Md5("text")) + '"');
}

}  // namespace
}  // namespace opentrail::services::s3
