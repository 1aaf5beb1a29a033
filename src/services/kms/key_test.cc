#include <chrono>

#include "services/kms/kms_test_support.h"

namespace opentrail::services::kms {
namespace {

using std::chrono::days;

TEST_F(KmsTest, CreatesDescribesAndListsKeys) {
  const Value created = Ok("CreateKey", Value::Object({{"Description", "d"}}))["KeyMetadata"];
  const std::string id(created["KeyId"].Text());
  EXPECT_EQ(created["Arn"].Text(), Arn(id));
  EXPECT_EQ(created["KeyState"].Text(), "Enabled");
  EXPECT_EQ(created["KeyManager"].Text(), "CUSTOMER");
  EXPECT_EQ(created["CurrentKeyMaterialId"].Text().size(), 64U);
  EXPECT_EQ(Ok("DescribeKey", KeyId(id))["KeyMetadata"], created);
  EXPECT_EQ(Ok("DescribeKey", KeyId(Arn(id)))["KeyMetadata"], created);
  const auto reply = Invoke("DescribeKey", KeyId(id));
  ASSERT_EQ(reply->resources.size(), 1U);
  EXPECT_EQ(reply->resources[0].arn, Arn(id));
  EXPECT_EQ(reply->resources[0].account_id, kAccount);
  const std::string multi = CreateKey(Value::Object({{"MultiRegion", true}}));
  EXPECT_TRUE(multi.starts_with("mrk-"));
  EXPECT_EQ(Ok("DescribeKey", KeyId(multi))["KeyMetadata"]["MultiRegionConfiguration"]["MultiRegionKeyType"].Text(),
            "PRIMARY");
}

TEST_F(KmsTest, PagesByMarkerAndLimit) {
  for (int i = 0; i < 5; ++i) CreateKey();
  size_t keys = 0;
  Value input = Value::Object({{"Limit", 2}});
  for (int pages = 1;; ++pages) {
    const Value page = Ok("ListKeys", input);
    keys += page["Keys"].elements().size();
    if (!page["Truncated"].Boolean()) {
      EXPECT_EQ(pages, 3);
      break;
    }
    input.Set("Marker", page["NextMarker"]);
  }
  EXPECT_EQ(keys, 5U);
  EXPECT_TRUE(Fault("ListKeys", Value::Object({{"Marker", "!"}})).starts_with("InvalidMarkerException"));
}

TEST_F(KmsTest, NamesAKeyAsAwsDoesAndRefusesTheRest) {
  const std::string missing = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(Fault("DescribeKey", KeyId(missing)), "NotFoundException: Key '" + Arn(missing) + "' does not exist");
  EXPECT_EQ(Fault("DescribeKey", KeyId("x")), "NotFoundException: Invalid keyId 'x'");
  EXPECT_EQ(Fault("DescribeKey", KeyId("alias/x")),
            "NotFoundException: Alias arn:aws:kms:us-east-1:123456789012:alias/x is not found.");
  EXPECT_EQ(Fault("DescribeKey", KeyId("arn:aws:s3:::x")), "InvalidArnException: Invalid arn arn:aws:s3:::x");
  const std::string id = CreateKey();
  Ok("CreateAlias", Value::Object({{"AliasName", "alias/x"}, {"TargetKeyId", id}}));
  EXPECT_EQ(Fault("EnableKey", KeyId("alias/x")), "NotFoundException: Invalid keyId 'alias/x'");
  region_ = "eu-west-1";
  EXPECT_TRUE(Fault("DescribeKey", KeyId(id)).starts_with("NotFoundException"));
  EXPECT_EQ(Fault("DescribeKey", KeyId(Arn(id))), "NotFoundException: Invalid arn us-east-1");
}

TEST_F(KmsTest, StatesAndTheirErrors) {
  const std::string id = CreateKey();
  const Value encrypt = Value::Object({{"KeyId", id}, {"Plaintext", Value::Blob("x")}});
  Ok("DisableKey", KeyId(id));
  EXPECT_EQ(Fault("Encrypt", encrypt), "DisabledException: " + Arn(id) + " is disabled.");
  Ok("EnableKey", KeyId(id));
  EXPECT_EQ(Fault("CancelKeyDeletion", KeyId(id)),
            "KMSInvalidStateException: " + Arn(id) + " is not pending deletion.");
  const Value scheduled = Ok("ScheduleKeyDeletion", Value::Object({{"KeyId", id}, {"PendingWindowInDays", 7}}));
  EXPECT_EQ(scheduled["DeletionDate"].Timestamp(), clock_.Now() + days(7));
  for (const auto* operation : {"EnableKey", "DisableKey", "ScheduleKeyDeletion"}) {
    EXPECT_EQ(Fault(operation, KeyId(id)), "KMSInvalidStateException: " + Arn(id) + " is pending deletion.");
  }
  EXPECT_EQ(Fault("Encrypt", encrypt), "KMSInvalidStateException: " + Arn(id) + " is pending deletion.");
  Ok("CancelKeyDeletion", KeyId(id));
  EXPECT_EQ(Ok("DescribeKey", KeyId(id))["KeyMetadata"]["KeyState"].Text(), "Disabled");
  Ok("ScheduleKeyDeletion", Value::Object({{"KeyId", id}, {"PendingWindowInDays", 7}}));
  clock_.Advance(days(7));
  EXPECT_TRUE(Fault("DescribeKey", KeyId(id)).starts_with("NotFoundException"));
  CreateKey();  // removes it with all that is its
  store::Rows rows = state_.Query("SELECT count(*) FROM kms_material WHERE key_id = ?", id);
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Integer(0), 0);
}

TEST_F(KmsTest, RefusesKindsOfKeysThatItHasNot) {
  EXPECT_TRUE(
      Fault("CreateKey", Value::Object({{"KeySpec", "RSA_2048"}})).starts_with("UnsupportedOperationException"));
  EXPECT_TRUE(Fault("CreateKey", Value::Object({{"Origin", "EXTERNAL"}})).starts_with("UnsupportedOperationException"));
  EXPECT_TRUE(Fault("CreateKey", Value::Object({{"KeyUsage", "SIGN_VERIFY"}})).starts_with("ValidationException"));
}

TEST_F(KmsTest, AliasesOfAKey) {
  const std::string first = CreateKey();
  const std::string second = CreateKey();
  const auto alias = [](std::string_view name, std::string_view key) {
    return Value::Object({{"AliasName", name}, {"TargetKeyId", key}});
  };
  Ok("CreateAlias", alias("alias/a", first));
  EXPECT_EQ(Fault("CreateAlias", alias("alias/a", second)),
            "AlreadyExistsException: An alias with the name arn:aws:kms:us-east-1:123456789012:alias/a already exists");
  EXPECT_TRUE(Fault("CreateAlias", alias("alias/aws/x", second)).starts_with("NotAuthorizedException"));
  EXPECT_TRUE(Fault("CreateAlias", alias("b", second)).starts_with("ValidationException"));
  EXPECT_TRUE(Fault("CreateAlias", alias("alias/b!", second)).starts_with("InvalidAliasNameException"));
  Ok("UpdateAlias", alias("alias/a", second));
  EXPECT_EQ(Ok("DescribeKey", KeyId("alias/a"))["KeyMetadata"]["KeyId"].Text(), second);
  EXPECT_EQ(Ok("ListAliases", Value::Object())["Aliases"].elements().size(), 1U);
  EXPECT_EQ(Ok("ListAliases", KeyId(first))["Aliases"].elements().size(), 0U);
  Ok("DeleteAlias", Value::Object({{"AliasName", "alias/a"}}));
  EXPECT_TRUE(Fault("DeleteAlias", Value::Object({{"AliasName", "alias/a"}})).starts_with("NotFoundException"));
  EXPECT_TRUE(Fault("UpdateAlias", alias("alias/a", second)).starts_with("NotFoundException"));
}

TEST_F(KmsTest, TagsOfAKey) {
  const auto tag = [](std::string_view key, std::string_view value) {
    return Value::Object({{"TagKey", key}, {"TagValue", value}});
  };
  const std::string id = CreateKey(Value::Object({{"Tags", Value::List({tag("a", "1"), tag("b", "2")})}}));
  Ok("TagResource", Value::Object({{"KeyId", id}, {"Tags", Value::List({tag("a", "3")})}}));
  Ok("UntagResource", Value::Object({{"KeyId", id}, {"TagKeys", Value::List({"b"})}}));
  EXPECT_EQ(Ok("ListResourceTags", KeyId(id))["Tags"], Value::List({tag("a", "3")}));
  EXPECT_TRUE(Fault("TagResource", Value::Object({{"KeyId", id}, {"Tags", Value::List({tag("aws:x", "")})}}))
                  .starts_with("TagException"));
}

TEST_F(KmsTest, RotationMakesNewMaterialAndKeepsTheOld) {
  const std::string id = CreateKey();
  Ok("EnableKeyRotation", Value::Object({{"KeyId", id}, {"RotationPeriodInDays", 90}}));
  EXPECT_EQ(Ok("GetKeyRotationStatus", KeyId(id))["NextRotationDate"].Timestamp(), clock_.Now() + days(90));
  const Value encrypt = Value::Object({{"KeyId", id}, {"Plaintext", Value::Blob("x")}});
  const Value before = Ok("Encrypt", encrypt);
  const Value material = Ok("DescribeKey", KeyId(id))["KeyMetadata"]["CurrentKeyMaterialId"];
  clock_.Advance(days(91));
  const Value after = Ok("Encrypt", encrypt);
  EXPECT_NE(Ok("DescribeKey", KeyId(id))["KeyMetadata"]["CurrentKeyMaterialId"], material);
  for (const Value& sealed : {before, after}) {
    EXPECT_EQ(Ok("Decrypt", Value::Object({{"CiphertextBlob", sealed["CiphertextBlob"]}}))["Plaintext"].Bytes(), "x");
  }
  Ok("DisableKeyRotation", KeyId(id));
  EXPECT_FALSE(Ok("GetKeyRotationStatus", KeyId(id))["KeyRotationEnabled"].Boolean());
}

TEST_F(KmsTest, RotationsOnDemandLeaveTheScheduleAsItIs) {
  const std::string id = CreateKey();
  Ok("EnableKeyRotation", Value::Object({{"KeyId", id}, {"RotationPeriodInDays", 90}}));
  const Value due = Ok("GetKeyRotationStatus", KeyId(id))["NextRotationDate"];
  const Value encrypt = Value::Object({{"KeyId", id}, {"Plaintext", Value::Blob("x")}});
  const Value before = Ok("Encrypt", encrypt);
  EXPECT_TRUE(Ok("ListKeyRotations", KeyId(id))["Rotations"].elements().empty());
  clock_.Advance(days(1));
  Ok("RotateKeyOnDemand", KeyId(id));
  EXPECT_EQ(Ok("GetKeyRotationStatus", KeyId(id))["NextRotationDate"], due);
  EXPECT_EQ(Ok("Decrypt", Value::Object({{"CiphertextBlob", before["CiphertextBlob"]}}))["Plaintext"].Bytes(), "x");
  const Time asked = clock_.Now();
  clock_.Advance(days(90));
  const Value rotations = Ok("ListKeyRotations", KeyId(id))["Rotations"];
  ASSERT_EQ(rotations.elements().size(), 2U);
  EXPECT_EQ(rotations.elements()[0]["RotationType"].Text(), "ON_DEMAND");
  EXPECT_EQ(rotations.elements()[0]["RotationDate"].Timestamp(), asked);
  EXPECT_EQ(rotations.elements()[1]["RotationType"].Text(), "AUTOMATIC");
  EXPECT_EQ(rotations.elements()[1]["KeyMaterialState"].Text(), "CURRENT");
  for (int i = 1; i < 10; ++i) Ok("RotateKeyOnDemand", KeyId(id));
  EXPECT_TRUE(Fault("RotateKeyOnDemand", KeyId(id)).starts_with("LimitExceededException"));
}

TEST_F(KmsTest, RotationsComeInPages) {
  const std::string id = CreateKey();
  for (int i = 0; i < 4; ++i) Ok("RotateKeyOnDemand", KeyId(id));
  Value input = Value::Object({{"KeyId", id}, {"Limit", 2}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}});
  std::vector<std::string> seen;
  for (bool more = true; more;) {
    const Value page = Ok("ListKeyRotations", input);
    for (const Value& each : page["Rotations"].elements()) seen.emplace_back(each["KeyMaterialId"].Text());
    more = page["Truncated"].Boolean();
    input.Set("Marker", page["NextMarker"]);
  }
  EXPECT_EQ(seen.size(), 5U);
  EXPECT_EQ(seen.back(), Ok("DescribeKey", KeyId(id))["KeyMetadata"]["CurrentKeyMaterialId"].Text());
  EXPECT_FALSE(Ok("ListKeyRotations", Value::Object({{"KeyId", id}, {"Limit", 1}}))["Rotations"]
                   .elements()
                   .at(0)["RotationDate"]
                   .IsNull());
  Ok("DisableKey", KeyId(id));
  EXPECT_TRUE(Fault("RotateKeyOnDemand", KeyId(id)).starts_with("DisabledException"));
}

TEST_F(KmsTest, TagsOfANewKeyAreNamedOnce) {
  const Value tag = Value::Object({{"TagKey", "a"}, {"TagValue", "b"}});
  EXPECT_EQ(Fault("CreateKey", Value::Object({{"Tags", Value::List({tag, tag})}})), "TagException: Duplicate tag keys");
}

}  // namespace
}  // namespace opentrail::services::kms
