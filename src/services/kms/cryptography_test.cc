#include "codec/text.h"
#include "services/kms/ciphertext.h"
#include "services/kms/kms_test_support.h"

namespace opentrail::services::kms {
namespace {

Value Context(std::initializer_list<Value::Member> pairs) { return Value::Object(pairs); }

TEST_F(KmsTest, DecryptsWhatItEncryptedUnderTheSameContextAlone) {
  const std::string id = CreateKey();
  const Value sealed = Ok("Encrypt", Value::Object({{"KeyId", id},
                                                    {"Plaintext", Value::Blob("secret")},
                                                    {"EncryptionContext", Context({{"a", "1"}, {"b", "2"}})}}));
  EXPECT_EQ(sealed["KeyId"].Text(), Arn(id));
  const auto decrypt = [&](Value context) {
    return Value::Object({{"CiphertextBlob", sealed["CiphertextBlob"]}, {"EncryptionContext", std::move(context)}});
  };
  EXPECT_EQ(Ok("Decrypt", decrypt(Context({{"b", "2"}, {"a", "1"}})))["Plaintext"], Value::Blob("secret"));
  for (Value wrong : {Context({{"a", "1"}}), Context({{"a", "1"}, {"b", "3"}}), Context({{"A", "1"}, {"b", "2"}}),
                      Context({{"a", "1b"}, {"", "2"}}), Context({})}) {
    EXPECT_EQ(Fault("Decrypt", decrypt(std::move(wrong))), "InvalidCiphertextException: ");
  }
}

TEST_F(KmsTest, ACiphertextKnowsItsKeyAndItsRegion) {
  const std::string id = CreateKey();
  const std::string other = CreateKey();
  const Value blob =
      Ok("Encrypt", Value::Object({{"KeyId", id}, {"Plaintext", Value::Blob("secret")}}))["CiphertextBlob"];
  EXPECT_TRUE(Fault("Decrypt", Value::Object({{"CiphertextBlob", blob}, {"KeyId", other}}))
                  .starts_with("IncorrectKeyException"));
  EXPECT_EQ(Ok("Decrypt", Value::Object({{"CiphertextBlob", blob}, {"KeyId", id}}))["KeyId"].Text(), Arn(id));
  std::string bytes(blob.Bytes());
  for (size_t i = 17; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
    EXPECT_EQ(Fault("Decrypt", Value::Object({{"CiphertextBlob", Value::Blob(bytes)}})),
              "InvalidCiphertextException: ");
    bytes[i] = static_cast<char>(bytes[i] ^ 1);
  }
  EXPECT_EQ(Fault("Decrypt", Value::Object({{"CiphertextBlob", Value::Blob("x")}})), "InvalidCiphertextException: ");
  region_ = "eu-west-1";
  EXPECT_EQ(
      Fault("Decrypt", Value::Object({{"CiphertextBlob", blob}})),
      "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in "
      "this region, or you are not allowed to access.");
}

TEST_F(KmsTest, DataKeysComeInTheSizesAskedFor) {
  const std::string id = CreateKey();
  const auto size = [&](Value input) {
    input.Set("KeyId", id);
    const Value made = Ok("GenerateDataKey", input);
    EXPECT_EQ(Ok("Decrypt", Value::Object({{"CiphertextBlob", made["CiphertextBlob"]}}))["Plaintext"],
              made["Plaintext"]);
    return made["Plaintext"].Bytes().size();
  };
  EXPECT_EQ(size(Value::Object({{"KeySpec", "AES_256"}})), 32U);
  EXPECT_EQ(size(Value::Object({{"KeySpec", "AES_128"}})), 16U);
  EXPECT_EQ(size(Value::Object({{"NumberOfBytes", 1024}})), 1024U);
  EXPECT_EQ(Fault("GenerateDataKey", KeyId(id)),
            "ValidationException: Please specify either number of bytes or key spec.");
  EXPECT_FALSE(
      Ok("GenerateDataKeyWithoutPlaintext", Value::Object({{"KeyId", id}, {"KeySpec", "AES_256"}})).Has("Plaintext"));
  EXPECT_EQ(Ok("GenerateRandom", Value::Object({{"NumberOfBytes", 7}}))["Plaintext"].Bytes().size(), 7U);
  EXPECT_TRUE(Fault("GenerateDataKey", Value::Object({{"KeyId", id}, {"KeySpec", "AES_256"}, {"DryRun", true}}))
                  .starts_with("DryRunOperationException"));
}

TEST_F(KmsTest, ReEncryptsFromKeyToKey) {
  const std::string from = CreateKey();
  const std::string to = CreateKey();
  const Value blob = Ok("Encrypt", Value::Object({{"KeyId", from},
                                                  {"Plaintext", Value::Blob("secret")},
                                                  {"EncryptionContext", Context({{"a", "1"}})}}))["CiphertextBlob"];
  const auto reply = Invoke("ReEncrypt", Value::Object({{"CiphertextBlob", blob},
                                                        {"SourceEncryptionContext", Context({{"a", "1"}})},
                                                        {"DestinationKeyId", to},
                                                        {"DestinationEncryptionContext", Context({{"b", "2"}})}}));
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(reply->output["SourceKeyId"].Text(), Arn(from));
  EXPECT_EQ(reply->output["KeyId"].Text(), Arn(to));
  EXPECT_EQ(reply->resources.size(), 2U);
  EXPECT_EQ(Ok("Decrypt", Value::Object({{"CiphertextBlob", reply->output["CiphertextBlob"]},
                                         {"EncryptionContext", Context({{"b", "2"}})}}))["Plaintext"],
            Value::Blob("secret"));
}

// docs/formats/kms.md has this example.
TEST(CiphertextTest, TheExampleOfTheFormat) {
  class Counting final : public RandomSource {
    void Fill(std::span<uint8_t> bytes) override {
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(0xa0 + i);
    }
  } random;
  std::string key;
  for (char c = 0; c < 32; ++c) key += c;
  const auto context = ContextBytes(Context({{"b", "2"}, {"a", "1"}}));
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(codec::HexEncode(*context), "0000000161000000013100000001620000000132");
  const std::string blob = Seal("7c0b3f6e-2f43-4f4e-9d0a-1f2e3d4c5b6a", 1, key, *context, "hi", random);
  EXPECT_EQ(codec::HexEncode(blob).substr(0, 42), "017c0b3f6e2f434f4e9d0a1f2e3d4c5b6a00000001");
  EXPECT_EQ(codec::HexEncode(blob).substr(42),
            "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babb"
            "dc71"
            "a2669aa2dfd78a4cbdfc3851bbf67061");
  EXPECT_EQ(Open(*ParseCiphertext(blob), key, *context), "hi");
}

}  // namespace
}  // namespace opentrail::services::kms
