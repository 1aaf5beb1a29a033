#include "services/s3/encryption.h"

#include "codec/digest.h"
#include "codec/text.h"
#include "services/s3/s3_test_support.h"

namespace opentrail::services::s3 {
namespace {

class EncryptionTest : public S3Test {
 protected:
  EncryptionTest() { MakeBucket("bucket"); }
  static Value CustomerKey(std::string_view prefix, char fill) {
    const std::string key(32, fill);
    return Value::Object({{fmt::format("{}Algorithm", prefix), "AES256"},
                          {fmt::format("{}Key", prefix), codec::Base64Encode(key)},
                          {fmt::format("{}KeyMD5", prefix), codec::Base64Encode(codec::Md5(key))}});
  }
  static Value With(Value input, const Value& more) {
    for (const auto& [name, value] : more.members()) input.Set(name, value);
    return input;
  }
};

TEST_F(EncryptionTest, KmsKeyOfTheRequest) {
  const Value put = Put("bucket", "k", "hello",
                        Value::Object({{"ServerSideEncryption", "aws:kms"},
                                       {"SSEKMSKeyId", "alias/x"},
                                       {"SSEKMSEncryptionContext", codec::Base64Encode(R"({"team":"red"})")}}));
  EXPECT_EQ(put["ServerSideEncryption"].Text(), "aws:kms");
  EXPECT_EQ(put["SSEKMSKeyId"].Text(), "arn:aws:kms:us-east-1:123456789012:key/k1");
  EXPECT_NE(put["ETag"].Text(), fmt::format("\"{}\"", codec::HexEncode(codec::Md5("hello"))));
  EXPECT_EQ(Get("bucket", "k"), "hello");
  ASSERT_EQ(kms_.seen.size(), 2U);
  EXPECT_EQ(kms_.seen[0].operation, "GenerateDataKey");
  EXPECT_EQ(kms_.seen[0].key_id, "alias/x");
  EXPECT_EQ(kms_.seen[0].context, R"({"team":"red","aws:s3:arn":"arn:aws:s3:::bucket/k"})");
  EXPECT_EQ(kms_.seen[0].invoked_by, "s3.amazonaws.com");
  EXPECT_EQ(kms_.seen[1].operation, "Decrypt");
}

TEST_F(EncryptionTest, KmsKeyOfTheBucket) {
  Value rule = Value::Object({{"ApplyServerSideEncryptionByDefault", Value::Object({{"SSEAlgorithm", "aws:kms"}})},
                              {"BucketKeyEnabled", true}});
  Do("PutBucketEncryption",
     Value::Object({{"Bucket", "bucket"},
                    {"ServerSideEncryptionConfiguration", Value::Object({{"Rules", Value::List({rule})}})}}));
  const auto reply = Invoke("PutObject", On("bucket", "k"), {.body = "hello"});
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->additional_event_data["SSEApplied"].Text(), "Default_SSE_KMS");
  EXPECT_TRUE(reply->output["BucketKeyEnabled"].Boolean());
  EXPECT_EQ(kms_.seen[0].key_id, "alias/aws/s3");
  EXPECT_EQ(kms_.seen[0].context, R"({"aws:s3:arn":"arn:aws:s3:::bucket"})");
  EXPECT_EQ(
      Put("bucket", "plain", "v", Value::Object({{"ServerSideEncryption", "AES256"}}))["ServerSideEncryption"].Text(),
      "AES256");
}

TEST_F(EncryptionTest, RefusalsOfKmsAreS3s) {
  const Value kms = Value::Object({{"ServerSideEncryption", "aws:kms"}});
  Put("bucket", "k", "hello", kms);
  struct {
    std::string_view code, expected;
  } const cases[] = {{"NotFoundException", "KMS.NotFoundException"},
                     {"DisabledException", "KMS.DisabledException"},
                     {"AccessDeniedException", "AccessDenied"}};
  for (const auto& [code, expected] : cases) {
    kms_.refusal = AwsError{std::string(code), "no"};
    EXPECT_EQ(Fault("PutObject", With(On("bucket", "new"), kms), {.body = "v"}), expected);
    EXPECT_EQ(Get("bucket", "k"), fmt::format("[{}]", expected));
    EXPECT_EQ(Fault("HeadObject", On("bucket", "k")), "") << "HEAD needs no key";
  }
  kms_.refusal.reset();
  EXPECT_EQ(Get("bucket", "new"), "[NoSuchKey]");
  EXPECT_EQ(objects_.alive(), 1U);
}

TEST_F(EncryptionTest, MultipartHasOneDataKey) {
  Value input = With(On("bucket", "k"), Value::Object({{"ServerSideEncryption", "aws:kms"}}));
  const std::string upload(Do("CreateMultipartUpload", input)["UploadId"].Text());
  Value part = On("bucket", "k");
  part.Set("UploadId", upload);
  part.Set("PartNumber", 1);
  Value listed = Do("UploadPart", part, {.body = "hello"});
  listed.Set("PartNumber", 1);
  part.Set("MultipartUpload", Value::Object({{"Parts", Value::List({listed})}}));
  EXPECT_EQ(Do("CompleteMultipartUpload", part)["ServerSideEncryption"].Text(), "aws:kms");
  EXPECT_EQ(Get("bucket", "k"), "hello");
  std::string operations;
  for (const auto& seen : kms_.seen) operations += seen.operation + " ";
  EXPECT_EQ(operations, "GenerateDataKey Decrypt Decrypt ");
}

TEST_F(EncryptionTest, CustomerKeys) {
  const Value key = CustomerKey("SSECustomer", 'a'), other = CustomerKey("SSECustomer", 'b');
  const Value put = Put("bucket", "k", "hello", key);
  EXPECT_EQ(put["SSECustomerKeyMD5"], key["SSECustomerKeyMD5"]);
  EXPECT_FALSE(put.Has("ServerSideEncryption"));
  EXPECT_EQ(Get("bucket", "k"), "[InvalidRequest]");
  EXPECT_EQ(Get(With(On("bucket", "k"), key)), "hello");
  EXPECT_EQ(Get(With(On("bucket", "k"), other)), "[AccessDenied]");
  EXPECT_EQ(Fault("HeadObject", On("bucket", "k")), "InvalidRequest");
  Put("bucket", "plain", "v");
  EXPECT_EQ(Get(With(On("bucket", "plain"), key)), "[InvalidRequest]");
  Value copy = With(On("bucket", "copy"), CustomerKey("CopySourceSSECustomer", 'a'));
  copy.Set("CopySource", "bucket/k");
  Do("CopyObject", copy);
  EXPECT_EQ(Get("bucket", "copy"), "hello");
}

TEST_F(EncryptionTest, RequestsThatMakeNoSense) {
  const Value key = CustomerKey("SSECustomer", 'a');
  Value wrong_md5 = key, no_key = key, other_algorithm = key;
  wrong_md5.Set("SSECustomerKeyMD5", codec::Base64Encode(codec::Md5("other")));
  no_key.Remove("SSECustomerKey");
  other_algorithm.Set("SSECustomerAlgorithm", "DES");
  struct {
    Value more;
    std::string_view fault;
  } const cases[] = {
      {Value::Object({{"ServerSideEncryption", "rot13"}}), "InvalidArgument"},
      {Value::Object({{"ServerSideEncryption", "aws:kms:dsse"}}), "NotImplemented"},
      {Value::Object({{"SSEKMSKeyId", "alias/x"}}), "InvalidArgument"},
      {Value::Object({{"ServerSideEncryption", "AES256"}, {"SSEKMSKeyId", "alias/x"}}), "InvalidArgument"},
      {Value::Object({{"ServerSideEncryption", "aws:kms"}, {"SSEKMSEncryptionContext", "!"}}), "InvalidArgument"},
      {With(key, Value::Object({{"ServerSideEncryption", "AES256"}})), "InvalidArgument"},
      {wrong_md5, "InvalidArgument"},
      {no_key, "InvalidArgument"},
      {other_algorithm, "InvalidEncryptionAlgorithmError"},
  };
  for (const auto& [more, fault] : cases) {
    EXPECT_EQ(Fault("PutObject", With(On("bucket", "k"), more), {.body = "v"}), fault) << codec::WriteJson(more);
  }
}

TEST_F(EncryptionTest, ASealedKeyOpensItsOwnContentAlone) {
  const KeySealer sealer(*secrets_);
  const std::string sealed = sealer.Seal("key", 1);
  EXPECT_EQ(sealer.Open(sealed, 1), "key");
  EXPECT_FALSE(sealer.Open(sealed, 2));
}

}  // namespace
}  // namespace opentrail::services::s3
