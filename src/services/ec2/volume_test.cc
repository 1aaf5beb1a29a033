#include "services/ec2/volume.h"

#include "services/ec2/ec2_test_support.h"

namespace opentrail::services::ec2 {
namespace {

class VolumeTest : public Ec2Test {
 protected:
  void Settle() { clock_.Advance(std::chrono::seconds(2)); }
  std::string Launch() {
    const Value launched =
        Ok("RunInstances", With(R"({"ImageId":"$","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro",
        "Placement":{"AvailabilityZone":"us-east-1a"}})",
                                image_));
    Settle();
    return std::string(launched["Instances"].elements().at(0)["InstanceId"].Text());
  }
  std::string Make(std::string_view json = R"({"AvailabilityZone":"us-east-1a","Size":4})") {
    const std::string id(Ok("CreateVolume", json)["VolumeId"].Text());
    Settle();
    return id;
  }
  Value Described(const std::string& volume) {
    return Ok("DescribeVolumes", With(R"({"VolumeIds":["$"]})", volume))["Volumes"].elements().at(0);
  }
  std::string Attach(const std::string& volume, const std::string& instance) {
    return R"({"Device":"/dev/sdf","VolumeId":")" + volume + R"(","InstanceId":")" + instance + R"("})";
  }

  std::string image_ = std::string(Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"].Text());
};

TEST_F(VolumeTest, OneIsMadeAttachedDetachedAndDeleted) {
  const std::string instance = Launch();
  const Value made = Ok("CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":100,"TagSpecifications":
      [{"ResourceType":"volume","Tags":[{"Key":"a","Value":"b"}]}]})");
  EXPECT_EQ(made["State"].Text(), "creating");
  EXPECT_EQ(made["VolumeType"].Text(), "gp2");
  EXPECT_EQ(made["Iops"].Integer(0), 300) << "three for each GiB";
  EXPECT_EQ(made["Tags"].elements().size(), 1u);
  const std::string volume(made["VolumeId"].Text());
  EXPECT_EQ(Fault("AttachVolume", Attach(volume, instance)).substr(0, 15), "IncorrectState:");
  Settle();
  EXPECT_EQ(Described(volume)["State"].Text(), "available");
  EXPECT_EQ(Ok("AttachVolume", Attach(volume, instance))["State"].Text(), "attaching");
  Settle();
  EXPECT_EQ(Described(volume)["Attachments"].elements().at(0)["State"].Text(), "attached");
  const Value instances = Ok("DescribeInstances", "{}")["Reservations"].elements().at(0)["Instances"];
  const auto& mappings = instances.elements().at(0)["BlockDeviceMappings"].elements();
  ASSERT_EQ(mappings.size(), 2u);
  EXPECT_EQ(mappings[0]["DeviceName"].Text(), "/dev/xvda");
  EXPECT_EQ(mappings[1]["Ebs"]["VolumeId"].Text(), volume);
  EXPECT_EQ(Fault("DeleteVolume", With(R"({"VolumeId":"$"})", volume)),
            "VolumeInUse: Volume " + volume + " is currently attached to " + instance);
  EXPECT_EQ(Ok("DetachVolume", With(R"({"VolumeId":"$"})", volume))["State"].Text(), "detaching");
  Ok("DeleteVolume", With(R"({"VolumeId":"$"})", volume));
  EXPECT_EQ(Fault("DescribeVolumes", With(R"({"VolumeIds":["$"]})", volume)).substr(0, 23), "InvalidVolume.NotFound:");
}

TEST_F(VolumeTest, WhatIsAttachedOutlivesItsInstanceAndTheRootVolumeDoesNot) {
  const std::string instance = Launch(), volume = Make();
  Ok("AttachVolume", Attach(volume, instance));
  EXPECT_EQ(Ok("DescribeVolumes", "{}")["Volumes"].elements().size(), 2u);
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", instance));
  Settle();
  const Value left = Ok("DescribeVolumes", "{}")["Volumes"];
  ASSERT_EQ(left.elements().size(), 1u);
  EXPECT_EQ(left.elements()[0]["VolumeId"].Text(), volume);
  EXPECT_EQ(left.elements()[0]["State"].Text(), "available");
}

TEST_F(VolumeTest, WhatCannotBeAttachedIsSaid) {
  const std::string instance = Launch(), volume = Make(), other = Make();
  const std::string far = Make(R"({"AvailabilityZoneId":"us-east-1-az2","Size":4})");
  EXPECT_EQ(Fault("AttachVolume", Attach(far, instance)).substr(0, 27), "InvalidVolume.ZoneMismatch:");
  EXPECT_EQ(Fault("AttachVolume", Attach("TrailDiscoverVolumeId", "TrailDiscoverInstanceId")),
            "InvalidParameterValue: The instance ID 'TrailDiscoverInstanceId' is malformed");
  Ok("AttachVolume", Attach(volume, instance));
  EXPECT_EQ(Fault("AttachVolume", Attach(volume, instance)),
            "VolumeInUse: " + volume + " is already attached to an instance");
  EXPECT_EQ(
      Fault("AttachVolume", Attach(other, instance)),
      "InvalidParameterValue: Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use");
  EXPECT_EQ(Fault("DetachVolume", With(R"({"VolumeId":"$"})", other)),
            "IncorrectState: Volume '" + other + "' is in the 'available' state.");
  const Value volumes = Ok("DescribeVolumes", R"({"Filters":[{"Name":"attachment.device","Values":["/dev/xvda"]}]})");
  const std::string root(volumes["Volumes"].elements().at(0)["VolumeId"].Text());
  EXPECT_EQ(Fault("DetachVolume", With(R"({"VolumeId":"$"})", root)),
            "OperationNotPermitted: Unable to detach root volume '" + root + "' from instance '" + instance + "'");
}

TEST_F(VolumeTest, SizesAndSpeedsAreThoseOfTheType) {
  const auto fault = [&](std::string_view members) {
    const std::string text = Fault("CreateVolume", R"({"AvailabilityZone":"us-east-1a",)" + std::string(members) + "}");
    return text.substr(0, text.find(':'));
  };
  EXPECT_EQ(fault(R"("VolumeType":"gp3")"), "MissingParameter") << "neither size nor snapshot";
  EXPECT_EQ(fault(R"("VolumeType":"st1","Size":4)"), "InvalidParameterValue");
  EXPECT_EQ(fault(R"("VolumeType":"io2","Size":4)"), "MissingParameter") << "its IOPS";
  EXPECT_EQ(fault(R"("VolumeType":"gp2","Size":4,"Iops":3000)"), "InvalidParameterCombination");
  EXPECT_EQ(fault(R"("VolumeType":"gp3","Size":4,"Iops":100)"), "InvalidParameterValue");
  EXPECT_EQ(fault(R"("VolumeType":"gp2","Size":4,"Throughput":200)"), "InvalidParameterCombination");
  EXPECT_EQ(fault(R"("VolumeType":"gp3","Size":4,"KmsKeyId":"k")"), "InvalidParameterDependency");
  EXPECT_EQ(Fault("CreateVolume", R"({"AvailabilityZone":"us-east-1z","Size":4})"),
            "InvalidZone.NotFound: The zone 'us-east-1z' does not exist.");
  const Value made = Ok("CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":4,"VolumeType":"gp3"})");
  EXPECT_EQ(made["Iops"].Integer(0), 3000);
  EXPECT_EQ(made["Throughput"].Integer(0), 125);
}

TEST_F(VolumeTest, AClientTokenMakesOneVolume) {
  constexpr std::string_view kInput = R"({"AvailabilityZone":"us-east-1a","Size":4,"ClientToken":"t"})";
  EXPECT_EQ(Make(kInput), Make(kInput));
  EXPECT_EQ(Ok("DescribeVolumes", "{}")["Volumes"].elements().size(), 1u);
}

TEST_F(VolumeTest, EncryptionAsksKmsForAKeyAndToOpenIt) {
  const std::string instance = Launch();
  const std::string volume = Make(R"({"AvailabilityZone":"us-east-1a","Size":4,"Encrypted":true,"KmsKeyId":"mine"})");
  ASSERT_EQ(kms_.seen.size(), 1u);
  EXPECT_EQ(kms_.seen[0], "GenerateDataKeyWithoutPlaintext {\"aws:ebs:id\":\"" + volume + "\"} for ec2.amazonaws.com");
  EXPECT_EQ(Described(volume)["KmsKeyId"].Text(), FakeKms::KeyArn("mine"));
  kms_.refusal = "the key is disabled";
  EXPECT_EQ(Fault("AttachVolume", Attach(volume, instance)),
            "CustomerKeyHasBeenRevoked: Volume " + volume +
                " cannot be attached. The encrypted volume was unable to access the KMS key.");
  EXPECT_EQ(Fault("CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":4,"Encrypted":true})").substr(0, 26),
            "CustomerKeyHasBeenRevoked:");
  kms_.refusal.clear();
  Ok("AttachVolume", Attach(volume, instance));
  EXPECT_EQ(kms_.seen.back().substr(0, 8), "Decrypt ");
}

// Before version 4 of the tables an instance's root volume was its id alone.
TEST_F(VolumeTest, InstancesOfAnOlderAccountKeepTheirVolumes) {
  const std::string instance = Launch();
  const Value before = Ok("DescribeVolumes", "{}")["Volumes"];
  state_.ExecuteScript(
      "DROP TABLE ec2_volume; DROP TABLE ec2_snapshot; DROP TABLE ec2_share; DROP TABLE ec2_image;"
      "ALTER TABLE ec2_region DROP COLUMN encrypts_volumes; ALTER TABLE ec2_region DROP COLUMN ebs_key;"
      "ALTER TABLE ec2_region DROP COLUMN snapshot_block; ALTER TABLE ec2_region DROP COLUMN image_block;"
      "UPDATE schema_version SET version = 3 WHERE part = 'ec2'");
  ASSERT_TRUE(store::Migrate(state_, service_.migrations()).has_value());
  EXPECT_EQ(Ok("DescribeVolumes", "{}")["Volumes"], before);
  EXPECT_EQ(before.elements().at(0)["Attachments"].elements().at(0)["InstanceId"].Text(), instance);
}

TEST_F(VolumeTest, ARegionCanEncryptEveryNewVolume) {
  EXPECT_EQ(Ok("GetEbsDefaultKmsKeyId", "{}")["KmsKeyId"].Text(), "alias/aws/ebs");
  EXPECT_TRUE(Ok("EnableEbsEncryptionByDefault", "{}")["EbsEncryptionByDefault"].Boolean());
  EXPECT_TRUE(Described(Make())["Encrypted"].Boolean());
  EXPECT_EQ(Described(Make())["KmsKeyId"].Text(), FakeKms::KeyArn("alias/aws/ebs"));
  Ok("ModifyEbsDefaultKmsKeyId", R"({"KmsKeyId":"mine"})");
  EXPECT_EQ(Described(Make())["KmsKeyId"].Text(), FakeKms::KeyArn("mine"));
  const std::string instance = Launch();
  const Value root =
      Ok("DescribeVolumes", With(R"({"Filters":[{"Name":"attachment.instance-id","Values":["$"]}]})", instance));
  EXPECT_TRUE(root["Volumes"].elements().at(0)["Encrypted"].Boolean());
  kms_.key_state = "Disabled";
  EXPECT_EQ(Fault("ModifyEbsDefaultKmsKeyId", R"({"KmsKeyId":"x"})").substr(0, 22), "InvalidParameterValue:");
  EXPECT_EQ(Ok("ResetEbsDefaultKmsKeyId", "{}")["KmsKeyId"].Text(), "arn:aws:kms:us-east-1:123456789012:alias/aws/ebs");
  EXPECT_FALSE(Ok("DisableEbsEncryptionByDefault", "{}")["EbsEncryptionByDefault"].Boolean());
  EXPECT_FALSE(Described(Make())["Encrypted"].Boolean());
  region_ = "eu-west-1";
  EXPECT_FALSE(Ok("GetEbsEncryptionByDefault", "{}")["EbsEncryptionByDefault"].Boolean()) << "a region's own setting";
}

}  // namespace
}  // namespace opentrail::services::ec2
