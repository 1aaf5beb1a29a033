#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/checksum.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

const std::string kFive(5 * 1024 * 1024, 'x');  // the least that a part but the last may have

class MultipartTest : public S3Test {
 protected:
  MultipartTest() { MakeBucket("bucket"); }

  std::string Begin(std::string_view key, Value more = Value::Object()) {
    more.Set("Bucket", "bucket");
    more.Set("Key", key);
    return std::string(Do("CreateMultipartUpload", std::move(more))["UploadId"].Text());
  }
  static Value OnUpload(std::string_view key, std::string_view upload) {
    Value input = On("bucket", key);
    input.Set("UploadId", upload);
    return input;
  }
  static Value OnPart(std::string_view key, std::string_view upload, int number) {
    Value input = OnUpload(key, upload);
    input.Set("PartNumber", number);
    return input;
  }
  // The part as CompleteMultipartUpload lists it.
  Value PutPart(std::string_view key, std::string_view upload, int number, const std::string& bytes,
                std::string_view checksum_field = {}, std::string_view checksum = {}) {
    Request request{.body = bytes};
    if (!checksum_field.empty()) request.fields.Add(std::string(checksum_field), std::string(checksum));
    Value part = Do("UploadPart", OnPart(key, upload, number), request);
    part.Set("PartNumber", number);
    return part;
  }
  static Value Completion(std::string_view key, std::string_view upload, Value::Elements parts) {
    Value input = OnUpload(key, upload);
    input.Set("MultipartUpload", Value::Object({{"Parts", Value::List(std::move(parts))}}));
    return input;
  }
};

TEST_F(MultipartTest, PartsBecomeTheObject) {
  const std::string upload = Begin("k", Value::Object({{"ContentType", "text/plain"}, {"Tagging", "a=1"}}));
  const Value last = PutPart("k", upload, 7, "end");
  const Value first = PutPart("k", upload, 2, kFive);
  PutPart("k", upload, 5, "not listed");
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Get("bucket", "k"), "[NoSuchKey]");
  const Value done = Do("CompleteMultipartUpload", Completion("k", upload, {first, last}));
  const std::string md5s = codec::Md5(kFive) + codec::Md5("end");
  EXPECT_EQ(done["ETag"].Text(), fmt::format("\"{}-2\"", codec::HexEncode(codec::Md5(md5s))));
  EXPECT_EQ(done["ChecksumType"].Text(), "FULL_OBJECT");
  codec::Digest whole(codec::DigestAlgorithm::kCrc64Nvme);
  whole.Update(kFive + "end");
  EXPECT_EQ(done["ChecksumCRC64NVME"].Text(), codec::Base64Encode(whole.Finish()));
  EXPECT_EQ(objects_.alive(), 2U);

  EXPECT_TRUE(Get("bucket", "k") == kFive + "end");
  Value part = On("bucket", "k");
  part.Set("PartNumber", 2);
  const auto second = Invoke("GetObject", part);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->http_status, 206);
  EXPECT_EQ(second->output["PartsCount"].Integer(), 2);
  EXPECT_EQ(ReadAll(*second->body), "end");
  Value range = On("bucket", "k");
  range.Set("Range", fmt::format("bytes={}-{}", kFive.size() - 2, kFive.size()));
  EXPECT_EQ(Get(range), "xxe");
  const Value head = Do("HeadObject", On("bucket", "k"));
  EXPECT_EQ(head["ContentType"].Text(), "text/plain");
  EXPECT_EQ(head["TagCount"].Integer(), 1);
  Value attributes = On("bucket", "k");
  attributes.Set("ObjectAttributes", Value::List({Value("ObjectParts")}));
  const Value parts = Do("GetObjectAttributes", attributes)["ObjectParts"];
  EXPECT_EQ(parts["TotalPartsCount"].Integer(), 2);
  EXPECT_EQ(parts["Parts"].elements()[1]["Size"].Integer(), 3);
  EXPECT_EQ(Fault("CompleteMultipartUpload", Completion("k", upload, {first, last})), "NoSuchUpload");
  Do("DeleteObject", On("bucket", "k"));
  EXPECT_EQ(objects_.alive(), 0U);
}

TEST_F(MultipartTest, CompleteChecksTheList) {
  const std::string upload = Begin("k");
  const Value small = PutPart("k", upload, 1, "small"), big = PutPart("k", upload, 2, kFive);
  Value wrong = small, absent = small;
  wrong.Set("ETag", "\"00\"");
  absent.Set("PartNumber", 9);
  struct {
    Value::Elements parts;
    std::string_view fault;
  } const cases[] = {
      {{}, "MalformedXML"},     {{big, small}, "InvalidPartOrder"}, {{small, small}, "InvalidPartOrder"},
      {{wrong}, "InvalidPart"}, {{absent}, "InvalidPart"},          {{small, big}, "EntityTooSmall"},
  };
  for (const auto& [parts, fault] : cases) {
    EXPECT_EQ(Fault("CompleteMultipartUpload", Completion("k", upload, parts)), fault);
  }
  Value sized = Completion("k", upload, {small});
  sized.Set("MpuObjectSize", 6);
  EXPECT_EQ(Fault("CompleteMultipartUpload", sized), "InvalidRequest");
  sized.Set("MpuObjectSize", 5);
  sized.Set("IfNoneMatch", "*");
  EXPECT_EQ(Fault("CompleteMultipartUpload", sized), "");
  EXPECT_EQ(Get("bucket", "k"), "small");
  EXPECT_EQ(objects_.alive(), 1U);
}

TEST_F(MultipartTest, CompositeChecksum) {
  const std::string upload = Begin("k", Value::Object({{"ChecksumAlgorithm", "CRC32"}}));
  EXPECT_EQ(Fault("UploadPart", OnPart("k", upload, 1), {.body = "hello"}), "InvalidRequest");
  Value part = PutPart("k", upload, 1, "hello", "x-amz-checksum-crc32", "NhCmhg==");
  EXPECT_EQ(part["ChecksumCRC32"].Text(), "NhCmhg==");
  Value bare = Value::Object({{"PartNumber", 1}, {"ETag", part["ETag"]}});
  EXPECT_EQ(Fault("CompleteMultipartUpload", Completion("k", upload, {bare})), "InvalidRequest");
  bare.Set("ChecksumCRC32", "AAAAAA==");
  EXPECT_EQ(Fault("CompleteMultipartUpload", Completion("k", upload, {bare})), "InvalidPart");
  const Value done = Do("CompleteMultipartUpload", Completion("k", upload, {part}));
  codec::Digest digest(codec::DigestAlgorithm::kCrc32);
  digest.Update(*codec::Base64Decode("NhCmhg=="));
  EXPECT_EQ(done["ChecksumCRC32"].Text(), codec::Base64Encode(digest.Finish()) + "-1");
  EXPECT_EQ(done["ChecksumType"].Text(), "COMPOSITE");
}

TEST_F(MultipartTest, FullChecksumIsCompared) {
  const std::string upload =
      Begin("k", Value::Object({{"ChecksumAlgorithm", "CRC32"}, {"ChecksumType", "FULL_OBJECT"}}));
  const Value part = PutPart("k", upload, 1, "hello", "x-amz-checksum-crc32", "NhCmhg==");
  Value completion = Completion("k", upload, {part});
  completion.Set("ChecksumCRC32", "AAAAAA==");
  EXPECT_EQ(Fault("CompleteMultipartUpload", completion), "BadDigest");
  completion.Set("ChecksumCRC32", "NhCmhg==");
  completion.Set("ChecksumType", "COMPOSITE");
  EXPECT_EQ(Fault("CompleteMultipartUpload", completion), "InvalidRequest");
  completion.Set("ChecksumType", "FULL_OBJECT");
  EXPECT_EQ(Do("CompleteMultipartUpload", completion)["ChecksumCRC32"].Text(), "NhCmhg==");
  Value input = On("bucket", "k");
  input.Set("ChecksumAlgorithm", "SHA256");
  input.Set("ChecksumType", "FULL_OBJECT");
  EXPECT_EQ(Fault("CreateMultipartUpload", input), "InvalidRequest");
}

TEST_F(MultipartTest, AbortLeavesNothing) {
  const std::string upload = Begin("k");
  PutPart("k", upload, 1, "one");
  PutPart("k", upload, 1, "one again");
  EXPECT_EQ(objects_.alive(), 1U);
  EXPECT_EQ(Fault("DeleteBucket", Value::Object({{"Bucket", "bucket"}})), "BucketNotEmpty");
  Do("AbortMultipartUpload", OnUpload("k", upload));
  EXPECT_EQ(objects_.alive(), 0U);
  EXPECT_EQ(Fault("UploadPart", OnPart("k", upload, 1), {.body = "v"}), "NoSuchUpload");
  EXPECT_EQ(Fault("AbortMultipartUpload", OnUpload("k", upload)), "NoSuchUpload");
}

TEST_F(MultipartTest, PartNumbers) {
  const std::string upload = Begin("k");
  for (const auto& [number, fault] :
       {std::pair{0, "InvalidArgument"}, {1, ""}, {10'000, ""}, {10'001, "InvalidArgument"}}) {
    EXPECT_EQ(Fault("UploadPart", OnPart("k", upload, number), {.body = "v"}), fault) << number;
  }
}

TEST_F(MultipartTest, ListPartsPages) {
  const std::string upload = Begin("k");
  for (const int number : {1, 3, 5}) PutPart("k", upload, number, "v");
  Value input = OnUpload("k", upload);
  input.Set("MaxParts", 2);
  const Value first = Do("ListParts", input);
  EXPECT_EQ(first["Parts"].elements().size(), 2U);
  EXPECT_TRUE(first["IsTruncated"].Boolean());
  EXPECT_EQ(first["NextPartNumberMarker"].Integer(), 3);
  input.Set("PartNumberMarker", 3);
  const Value second = Do("ListParts", input);
  EXPECT_EQ(second["Parts"].elements().front()["PartNumber"].Integer(), 5);
  EXPECT_FALSE(second["IsTruncated"].Boolean(true));
}

TEST_F(MultipartTest, ListUploadsPages) {
  std::vector<std::string> expected;
  for (const char* key : {"a", "a", "b/1", "b/2", "c"}) expected.push_back(fmt::format("{}:{}", key, Begin(key)));
  for (const int max : {1, 2, 3, 1000}) {
    std::vector<std::string> seen;
    Value input = Value::Object({{"Bucket", "bucket"}, {"MaxUploads", max}});
    for (bool more = true; more;) {
      const Value output = Do("ListMultipartUploads", input);
      for (const Value& each : output["Uploads"].elements()) {
        seen.push_back(fmt::format("{}:{}", each["Key"].Text(), each["UploadId"].Text()));
      }
      more = output["IsTruncated"].Boolean();
      input.Set("KeyMarker", output["NextKeyMarker"]);
      input.Set("UploadIdMarker", output["NextUploadIdMarker"]);
    }
    EXPECT_EQ(seen, expected) << max;
  }
  const Value grouped = Do("ListMultipartUploads", Value::Object({{"Bucket", "bucket"}, {"Delimiter", "/"}}));
  EXPECT_EQ(grouped["Uploads"].elements().size(), 3U);
  EXPECT_EQ(grouped["CommonPrefixes"].elements().front()["Prefix"].Text(), "b/");
}

TEST_F(MultipartTest, PartsAreCopiedByRange) {
  const std::string source = Begin("source");
  const Value one = PutPart("source", source, 1, kFive), two = PutPart("source", source, 2, "0123456789");
  Do("CompleteMultipartUpload", Completion("source", source, {one, two}));
  const std::string upload = Begin("k");
  Value input = OnPart("k", upload, 1);
  input.Set("CopySource", "bucket/source");
  // Over the seam of the source's parts.
  input.Set("CopySourceRange", fmt::format("bytes={}-{}", kFive.size() - 3, kFive.size() + 4));
  Value part = Do("UploadPartCopy", input)["CopyPartResult"];
  EXPECT_EQ(part["ETag"].Text(), fmt::format("\"{}\"", codec::HexEncode(codec::Md5("xxx01234"))));
  part.Set("PartNumber", 1);
  Do("CompleteMultipartUpload", Completion("k", upload, {part}));
  EXPECT_EQ(Get("bucket", "k"), "xxx01234");
  Do("DeleteObject", On("bucket", "source"));
  EXPECT_EQ(Get("bucket", "k"), "xxx01234");
  Value range = On("bucket", "k");
  range.Set("Range", "bytes=2-4");
  EXPECT_EQ(Get(range), "x01");
  Do("DeleteObject", On("bucket", "k"));
  EXPECT_EQ(objects_.alive(), 0U);
}

}  // namespace
}  // namespace opentrail::services::s3
