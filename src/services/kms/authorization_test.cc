#include "services/kms/kms_test_support.h"

namespace opentrail::services::kms {
namespace {

class KmsAuthorizationTest : public KmsTest {
 protected:
  static std::string Policy(std::string_view statements) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},)"
           R"("Action":["kms:Put*","kms:Describe*"],"Resource":"*"})" +
           std::string(statements) + "]}";
  }
  std::string KeyWith(std::string_view statements) {
    return CreateKey(Value::Object({{"Policy", Policy(statements)}}));
  }
  static Value Encrypt(std::string_view id, Value context = nullptr) {
    return Value::Object({{"KeyId", id}, {"Plaintext", Value::Blob("x")}, {"EncryptionContext", std::move(context)}});
  }
};

TEST_F(KmsAuthorizationTest, TheKeysPolicyMustAllow) {
  const std::string id = KeyWith("");
  EXPECT_TRUE(Fault("Encrypt", Encrypt(id)).starts_with("AccessDeniedException"));
  const std::string named =
      KeyWith(R"(,{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/alice"},"Action":"kms:Encrypt",)"
              R"("Resource":"*"})");
  user_policies_ = {};
  Ok("Encrypt", Encrypt(named));
  EXPECT_TRUE(Fault("DescribeKey", KeyId(named)).starts_with("AccessDeniedException")) << "delegated, but not allowed";
}

TEST_F(KmsAuthorizationTest, ConditionsOnTheEncryptionContextAndTheService) {
  const std::string id = KeyWith(
      R"(,{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:Encrypt","Resource":"*","Condition":{"StringEquals":)"
      R"({"kms:EncryptionContext:team":"red","kms:CallerAccount":"123456789012"}}},{"Effect":"Allow","Principal":{"AWS":"*"},)"
      R"("Action":"kms:Encrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}})");
  EXPECT_TRUE(Fault("Encrypt", Encrypt(id)).starts_with("AccessDeniedException"));
  Ok("Encrypt", Encrypt(id, Value::Object({{"team", "red"}})));
  EXPECT_TRUE(Fault("Encrypt", Encrypt(id, Value::Object({{"team", "blue"}}))).starts_with("AccessDeniedException"));
  invoked_by_ = "s3.amazonaws.com";
  Ok("Encrypt", Encrypt(id));
}

TEST_F(KmsAuthorizationTest, APolicyThatShutsItsWriterOutIsRefused) {
  const std::string id = CreateKey();
  const std::string shut =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/bob"},)"
      R"("Action":"kms:*","Resource":"*"}]})";
  Value put = Value::Object({{"KeyId", id}, {"Policy", shut}});
  EXPECT_TRUE(Fault("PutKeyPolicy", put).starts_with("MalformedPolicyDocumentException: The new key policy will not"));
  EXPECT_TRUE(Fault("PutKeyPolicy", Value::Object({{"KeyId", id}, {"Policy", "{"}}))
                  .starts_with("MalformedPolicyDocumentException"));
  put.Set("BypassPolicyLockoutSafetyCheck", true);
  Ok("PutKeyPolicy", put);
  EXPECT_TRUE(Fault("GetKeyPolicy", KeyId(id)).starts_with("AccessDeniedException"));
}

TEST_F(KmsAuthorizationTest, GetsThePolicyAsItWasPut) {
  const std::string id = KeyWith(
      R"(,{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:GetKeyPolicy","kms:ListKeyPolicies"],"Resource":"*"})");
  const Value got = Ok("GetKeyPolicy", KeyId(id));
  EXPECT_TRUE(got["Policy"].Text().starts_with(R"({"Version":"2012-10-17")"));
  EXPECT_EQ(got["PolicyName"].Text(), "default");
  EXPECT_EQ(Ok("ListKeyPolicies", KeyId(id))["PolicyNames"], Value::List({"default"}));
  EXPECT_TRUE(
      Fault("GetKeyPolicy", Value::Object({{"KeyId", id}, {"PolicyName", "x"}})).starts_with("NotFoundException"));
}

TEST_F(KmsAuthorizationTest, AGrantAllowsItsGranteeWithinItsConstraints) {
  const std::string id = CreateKey();
  const auto alice = user_;
  const auto full = user_policies_;
  const Value made = Ok(
      "CreateGrant",
      Value::Object({{"KeyId", id},
                     {"GranteePrincipal", "arn:aws:iam::123456789012:user/bob"},
                     {"RetiringPrincipal", "arn:aws:iam::123456789012:user/bob"},
                     {"Operations", Value::List({"Encrypt"})},
                     {"Name", "n"},
                     {"Constraints", Value::Object({{"EncryptionContextSubset", Value::Object({{"team", "red"}})}})}}));
  EXPECT_EQ(made["GrantId"].Text().size(), 64U);
  EXPECT_EQ(Ok("ListGrants", KeyId(id))["Grants"].elements().size(), 1U);
  user_.arn = "arn:aws:iam::123456789012:user/bob";
  user_policies_ = {};
  EXPECT_TRUE(Fault("Encrypt", Encrypt(id)).starts_with("AccessDeniedException"));
  Ok("Encrypt", Encrypt(id, Value::Object({{"team", "red"}, {"more", "1"}})));
  EXPECT_TRUE(Fault("GenerateDataKey", Value::Object({{"KeyId", id}, {"KeySpec", "AES_256"}}))
                  .starts_with("AccessDeniedException"));
  Ok("RetireGrant", Value::Object({{"GrantToken", made["GrantToken"]}}));
  EXPECT_TRUE(Fault("Encrypt", Encrypt(id, Value::Object({{"team", "red"}}))).starts_with("AccessDeniedException"));
  user_ = alice;
  user_policies_ = full;
  EXPECT_TRUE(Fault("RevokeGrant", Value::Object({{"KeyId", id}, {"GrantId", made["GrantId"]}}))
                  .starts_with("NotFoundException"));
}

TEST_F(KmsAuthorizationTest, TheManagedKeyOfS3IsMadeOnFirstUseAndServesS3Alone) {
  const Value data_key = Value::Object({{"KeyId", "alias/aws/s3"}, {"KeySpec", "AES_256"}});
  EXPECT_TRUE(Fault("GenerateDataKey", data_key).starts_with("AccessDeniedException"));
  invoked_by_ = "s3.amazonaws.com";
  const Value first = Ok("GenerateDataKey", data_key);
  EXPECT_EQ(Ok("GenerateDataKey", data_key)["KeyId"], first["KeyId"]);
  Ok("Decrypt", Value::Object({{"CiphertextBlob", first["CiphertextBlob"]}}));
  invoked_by_.clear();
  EXPECT_TRUE(Fault("Decrypt", Value::Object({{"CiphertextBlob", first["CiphertextBlob"]}}))
                  .starts_with("AccessDeniedException"));
  const Value metadata = Ok("DescribeKey", KeyId("alias/aws/s3"))["KeyMetadata"];
  EXPECT_EQ(metadata["KeyManager"].Text(), "AWS");
  EXPECT_EQ(metadata["Arn"], first["KeyId"]);
  user_.type = opentrail::iam::PrincipalType::kRoot;
  user_.arn = "arn:aws:iam::123456789012:root";
  EXPECT_TRUE(Fault("DisableKey", KeyId(metadata["KeyId"].Text())).starts_with("AccessDeniedException"));
}

TEST_F(KmsAuthorizationTest, PrincipalsOfTheAccountAreThere) {
  const std::string id = CreateKey();
  constexpr std::string_view kNobody = "arn:aws:iam::123456789012:user/nobody";
  EXPECT_EQ(
      Fault("CreateGrant",
            Value::Object({{"KeyId", id}, {"GranteePrincipal", kNobody}, {"Operations", Value::List({"Encrypt"})}})),
      "InvalidArnException: ARN does not refer to a valid principal: arn:aws:iam::123456789012:user/nobody");
  const std::string policy =
      fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":)"
                  R"(["arn:aws:iam::123456789012:root","{}"]}},"Action":"kms:*","Resource":"*"}}]}})",
                  kNobody);
  EXPECT_EQ(Fault("PutKeyPolicy", Value::Object({{"KeyId", id}, {"PolicyName", "default"}, {"Policy", policy}})),
            "MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.");
}

}  // namespace
}  // namespace opentrail::services::kms
