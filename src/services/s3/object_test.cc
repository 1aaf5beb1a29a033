#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/byte_range.h"
#include "services/s3/conditions.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

TEST(ByteRangeTest, Fields) {
  struct {
    std::string_view field;
    uint64_t size;
    std::string expected;  // "offset+length", "whole", or "416"
  } const cases[] = {
      {"bytes=0-3", 10, "0+4"},       {"bytes=4-", 10, "4+6"},
      {"bytes=-3", 10, "7+3"},        {"bytes=-30", 10, "0+10"},
      {"bytes=0-99", 10, "0+10"},     {"bytes=9-9", 10, "9+1"},
      {"bytes=10-", 10, "416"},       {"bytes=-0", 10, "416"},
      {"bytes=0-", 0, "416"},         {"bytes=3-1", 10, "whole"},
      {"bytes=1-2,4-5", 10, "whole"}, {"items=0-1", 10, "whole"},
      {"bytes=a-b", 10, "whole"},     {"bytes=", 10, "whole"},
      {"bytes=-", 10, "whole"},       {"bytes=99999999999999999999-", 10, "416"},
  };
  for (const auto& [field, size, expected] : cases) {
    const auto range = ParseRange(field, size);
    const std::string got = !range    ? "416"
                            : !*range ? "whole"
                                      : fmt::format("{}+{}", (*range)->offset, (*range)->length);
    EXPECT_EQ(got, expected) << field;
  }
}

TEST(NamesEtagTest, Lists) {
  EXPECT_TRUE(NamesEtag("\"a\"", "a"));
  EXPECT_TRUE(NamesEtag("a", "a"));
  EXPECT_TRUE(NamesEtag("\"b\", W/\"a\"", "a"));
  EXPECT_TRUE(NamesEtag("*", "a"));
  EXPECT_FALSE(NamesEtag("\"b\"", "a"));
  EXPECT_FALSE(NamesEtag("", "a"));
}

class ObjectTest : public S3Test {
 protected:
  ObjectTest() { MakeBucket("bucket"); }
};

TEST_F(ObjectTest, PutAndGet) {
  const Value put = Put("bucket", "k", "hello",
                        Value::Object({{"ContentType", "text/plain"},
                                       {"ContentEncoding", "gzip,aws-chunked"},
                                       {"Metadata", Value::Object({{"Color", "red"}})}}));
  EXPECT_EQ(put["ETag"].Text(), "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_EQ(put["ServerSideEncryption"].Text(), "AES256");
  EXPECT_TRUE(put["ChecksumCRC64NVME"].IsString());
  EXPECT_FALSE(put.Has("VersionId"));
  EXPECT_EQ(Get("bucket", "k"), "hello");
  const Value head = Do("HeadObject", On("bucket", "k"));
  EXPECT_EQ(head["ContentLength"].Integer(), 5);
  EXPECT_EQ(head["ContentType"].Text(), "text/plain");
  EXPECT_EQ(head["ContentEncoding"].Text(), "gzip");
  EXPECT_EQ(head["Metadata"]["color"].Text(), "red");
  EXPECT_EQ(head["LastModified"].Timestamp(), clock_.Now());
  EXPECT_EQ(head["AcceptRanges"].Text(), "bytes");
  EXPECT_FALSE(head.Has("StorageClass"));
  Put("bucket", "k", "again");
  EXPECT_EQ(Get("bucket", "k"), "again");
  EXPECT_EQ(objects_.alive(), 1U);
  Do("DeleteObject", On("bucket", "k"));
  EXPECT_EQ(Get("bucket", "k"), "[NoSuchKey]");
  EXPECT_EQ(Fault("DeleteObject", On("bucket", "k")), "");
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST_F(ObjectTest, WithoutABodyItIsEmpty) {
  Do("PutObject", On("bucket", "k"));
  EXPECT_EQ(Get("bucket", "k"), "");
}

TEST_F(ObjectTest, Ranges) {
  Put("bucket", "k", "0123456789");
  Value input = On("bucket", "k");
  input.Set("Range", "bytes=2-5");
  const auto reply = Invoke("GetObject", input);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->http_status, 206);
  EXPECT_EQ(reply->output["ContentRange"].Text(), "bytes 2-5/10");
  EXPECT_EQ(ReadAll(*reply->body), "2345");
  input.Set("Range", "bytes=-4");
  EXPECT_EQ(Get(input), "6789");
  input.Set("Range", "bytes=10-");
  EXPECT_EQ(Get(input), "[InvalidRange]");
  input.Set("Range", "bytes=0-1,3-4");
  EXPECT_EQ(Get(input), "0123456789");
  input.Remove("Range");
  input.Set("PartNumber", 1);
  EXPECT_EQ(Get(input), "0123456789");
  input.Set("PartNumber", 2);
  EXPECT_EQ(Get(input), "[InvalidPartNumber]");
}

TEST_F(ObjectTest, ReadConditions) {
  const std::string etag(Put("bucket", "k", "v")["ETag"].Text());
  const Time now = clock_.Now();
  const auto before = now - std::chrono::hours(1), after = now + std::chrono::hours(1);
  struct {
    Value conditions;
    std::string expected;
  } const cases[] = {
      {Value::Object({{"IfMatch", etag}}), "v"},
      {Value::Object({{"IfMatch", "\"x\""}}), "[PreconditionFailed]"},
      {Value::Object({{"IfNoneMatch", etag}}), "[NotModified]"},
      {Value::Object({{"IfNoneMatch", "\"x\""}}), "v"},
      {Value::Object({{"IfModifiedSince", before}}), "v"},
      {Value::Object({{"IfModifiedSince", now}}), "[NotModified]"},
      {Value::Object({{"IfUnmodifiedSince", before}}), "[PreconditionFailed]"},
      {Value::Object({{"IfUnmodifiedSince", after}}), "v"},
      {Value::Object({{"IfMatch", etag}, {"IfUnmodifiedSince", before}}), "v"},
      {Value::Object({{"IfNoneMatch", "\"x\""}, {"IfModifiedSince", after}}), "v"},
  };
  for (const auto& [conditions, expected] : cases) {
    Value input = On("bucket", "k");
    for (const auto& [name, value] : conditions.members()) input.Set(name, value);
    EXPECT_EQ(Get(input), expected) << codec::WriteJson(conditions);
  }
}

TEST_F(ObjectTest, WriteConditions) {
  const auto put = [&](Value conditions) {
    conditions.Set("Bucket", "bucket");
    conditions.Set("Key", "k");
    return Fault("PutObject", std::move(conditions), {.body = "v"});
  };
  EXPECT_EQ(put(Value::Object({{"IfMatch", "\"x\""}})), "NoSuchKey");
  EXPECT_EQ(put(Value::Object({{"IfNoneMatch", "*"}})), "");
  EXPECT_EQ(put(Value::Object({{"IfNoneMatch", "*"}})), "PreconditionFailed");
  EXPECT_EQ(put(Value::Object({{"IfNoneMatch", "\"x\""}})), "NotImplemented");
  EXPECT_EQ(put(Value::Object({{"IfMatch", "\"x\""}})), "PreconditionFailed");
  EXPECT_EQ(put(Value::Object({{"IfMatch", codec::HexEncode(codec::Md5("v"))}})), "");
  EXPECT_EQ(objects_.alive(), 1U);
  EXPECT_EQ(objects_.dropped(), 4);
}

TEST_F(ObjectTest, ResponseOverrides) {
  Put("bucket", "k", "v", Value::Object({{"ContentType", "text/plain"}}));
  Value input = On("bucket", "k");
  input.Set("ResponseContentType", "text/html");
  EXPECT_EQ(Do("GetObject", input)["ContentType"].Text(), "text/html");
  EXPECT_EQ(Fault("GetObject", input, {.principal = opentrail::iam::PrincipalType::kAnonymous}), "InvalidRequest");
}

TEST_F(ObjectTest, Bounds) {
  const auto put = [&](Value more) {
    Value input = On("bucket", "k");
    for (const auto& [name, value] : more.members()) input.Set(name, value);
    return Fault("PutObject", std::move(input), {.body = "v"});
  };
  EXPECT_EQ(put(Value::Object({{"Key", std::string(1024, 'k')}})), "");
  EXPECT_EQ(put(Value::Object({{"Key", std::string(1025, 'k')}})), "KeyTooLongError");
  EXPECT_EQ(put(Value::Object({{"Metadata", Value::Object({{"a", std::string(2047, 'x')}})}})), "");
  EXPECT_EQ(put(Value::Object({{"Metadata", Value::Object({{"a", std::string(2048, 'x')}})}})), "MetadataTooLarge");
  EXPECT_EQ(put(Value::Object({{"StorageClass", "STANDARD_IA"}})), "");
  EXPECT_EQ(put(Value::Object({{"StorageClass", "CHEAP"}})), "InvalidStorageClass");
  EXPECT_EQ(put(Value::Object({{"StorageClass", "GLACIER"}})), "NotImplemented");
  EXPECT_EQ(put(Value::Object({{"ObjectLockMode", "GOVERNANCE"}})), "InvalidRequest");
  EXPECT_EQ(Fault("PutObject", On("nowhere", "k"), {.body = "v"}), "NoSuchBucket");
}

TEST_F(ObjectTest, Tags) {
  Put("bucket", "k", "v", Value::Object({{"Tagging", "a=1&b=two+words"}}));
  EXPECT_EQ(Do("HeadObject", On("bucket", "k"))["TagCount"].Integer(), 2);
  const Value tags = Do("GetObjectTagging", On("bucket", "k"))["TagSet"];
  ASSERT_EQ(tags.elements().size(), 2U);
  EXPECT_EQ(tags.elements()[1]["Value"].Text(), "two words");
  const auto put = [&](Value set) {
    Value input = On("bucket", "k");
    input.Set("Tagging", Value::Object({{"TagSet", std::move(set)}}));
    return Fault("PutObjectTagging", std::move(input));
  };
  const auto tag = [](std::string_view key, std::string_view value) {
    return Value::Object({{"Key", key}, {"Value", value}});
  };
  EXPECT_EQ(put(Value::List({tag("c", "3")})), "");
  EXPECT_EQ(Do("GetObjectTagging", On("bucket", "k"))["TagSet"].elements().size(), 1U);
  EXPECT_EQ(put(Value::List({tag("c", "3"), tag("c", "4")})), "InvalidTag");
  EXPECT_EQ(put(Value::List({tag("aws:c", "3")})), "InvalidTag");
  EXPECT_EQ(put(Value::List({tag("", "3")})), "InvalidTag");
  EXPECT_EQ(put(Value::List({tag("c", std::string(257, 'x'))})), "InvalidTag");
  Value eleven = Value::List();
  for (int i = 0; i < 11; ++i) eleven.Append(tag(fmt::format("k{}", i), ""));
  EXPECT_EQ(put(eleven), "BadRequest");
  Do("DeleteObjectTagging", On("bucket", "k"));
  EXPECT_TRUE(Do("GetObjectTagging", On("bucket", "k"))["TagSet"].elements().empty());
}

TEST_F(ObjectTest, Attributes) {
  Put("bucket", "k", "hello");
  Value input = On("bucket", "k");
  input.Set("ObjectAttributes",
            Value::List({Value("ETag"), Value("ObjectSize"), Value("Checksum"), Value("ObjectParts")}));
  const Value output = Do("GetObjectAttributes", input);
  EXPECT_EQ(output["ETag"].Text(), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(output["ObjectSize"].Integer(), 5);
  EXPECT_EQ(output["Checksum"]["ChecksumType"].Text(), "FULL_OBJECT");
  EXPECT_FALSE(output.Has("ObjectParts"));
  EXPECT_FALSE(output.Has("StorageClass"));
}

TEST_F(ObjectTest, RecordedResources) {
  const auto reply = Invoke("PutObject", On("bucket", "a/k"), {.body = "hello"});
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->resources.size(), 2U);
  EXPECT_EQ(reply->resources[0].type, "AWS::S3::Object");
  EXPECT_EQ(reply->resources[0].arn, "arn:aws:s3:::bucket/a/k");
  EXPECT_EQ(reply->resources[0].account_id, "");
  EXPECT_EQ(reply->resources[1].arn, "arn:aws:s3:::bucket");
  EXPECT_EQ(reply->additional_event_data["bytesTransferredIn"].Integer(), 5);
  EXPECT_EQ(reply->additional_event_data["SSEApplied"].Text(), "Default_SSE_S3");
}

}  // namespace
}  // namespace opentrail::services::s3
