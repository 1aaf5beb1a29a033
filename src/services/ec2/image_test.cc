#include "services/ec2/image.h"

#include <algorithm>

#include <fmt/format.h>

#include "services/ec2/ec2_test_support.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

// Instances are hosts: they have their root volume alone.
class HostsWithoutVolumes final : public InstanceHosts {
 public:
  AwsStatus CanLaunch() override { return {}; }
  void Apply(Change, std::string_view) override {}
  void ApplySecurityGroup(std::string_view) override {}
  void ApplyPublicAddress(std::string_view) override {}
  bool IsAddressFree(std::string_view) override { return true; }
  std::string ConsoleOutput(std::string_view) override { return ""; }
  bool TakesVolumes() override { return false; }
  Value Describe() override { return Value::Object(); }
};

class ImageTest : public Ec2Test {
 protected:
  void Settle() { clock_.Advance(std::chrono::seconds(2)); }
  std::string Launch(const std::string& image) {
    const Value launched = Ok("RunInstances", With(kLaunch, image));
    Settle();
    return Text(launched["Instances"].elements().at(0)["InstanceId"]);
  }
  std::string Create(const std::string& instance, const std::string& name, const std::string& more = "") {
    const Value made =
        Ok("CreateImage", R"({"InstanceId":")" + instance + R"(","Name":")" + name + R"(")" + more + "}");
    Settle();
    return Text(made["ImageId"]);
  }
  std::string Make(const std::string& name = "golden") { return Create(Launch(public_), name); }
  Value Described(const std::string& image) {
    return Ok("DescribeImages", With(R"({"ImageIds":["$"]})", image))["Images"].elements().at(0);
  }
  static std::string Modify(const std::string& image, const std::string& members) {
    return R"({"ImageId":")" + image + R"(",)" + members + "}";
  }
  std::string Permissions(const std::string& image) {
    const Value described =
        Ok("DescribeImageAttribute", With(R"({"ImageId":"$","Attribute":"launchPermission"})", image));
    return codec::WriteJson(described["LaunchPermissions"]);
  }

  static constexpr const char* kLaunch =
      R"({"ImageId":"$","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro","Placement":{"AvailabilityZone":"us-east-1a"}})";
  std::string public_ = Text(Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"]);
};

TEST_F(ImageTest, OneIsMadeOfAnInstanceAndLaunchedAgain) {
  const std::string instance = Launch(public_);
  const std::string volume = Text(Ok("CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":4})")["VolumeId"]);
  Settle();
  Ok("AttachVolume", R"({"Device":"/dev/sdf","VolumeId":")" + volume + R"(","InstanceId":")" + instance + R"("})");
  const Value made = Ok("CreateImage", With(R"({"InstanceId":"$","Name":"golden","Description":"d","TagSpecifications":[
      {"ResourceType":"image","Tags":[{"Key":"a","Value":"b"}]},
      {"ResourceType":"snapshot","Tags":[{"Key":"c","Value":"d"}]}]})",
                                            instance));
  const std::string image = Text(made["ImageId"]);
  EXPECT_EQ(Described(image)["State"].Text(), "pending");
  EXPECT_EQ(Fault("RunInstances", With(kLaunch, image)),
            "InvalidAMIID.Unavailable: The image ID '" + image + "' is not available");
  Settle();
  const Value described = Described(image);
  EXPECT_EQ(described["State"].Text(), "available");
  EXPECT_EQ(described["SourceInstanceId"].Text(), instance);
  EXPECT_EQ(described["Tags"].elements().size(), 1u);
  EXPECT_FALSE(described["Public"].Boolean());
  ASSERT_EQ(described["BlockDeviceMappings"].elements().size(), 2u);
  const Value snapshots = Ok("DescribeSnapshots", R"({"Filters":[{"Name":"tag:c","Values":["d"]}]})")["Snapshots"];
  ASSERT_EQ(snapshots.elements().size(), 2u);
  EXPECT_EQ(snapshots.elements()[0]["Description"].Text(), "Created by CreateImage(" + instance + ") for " + image);
  const std::string again = Launch(image);
  const Value volumes = Ok("DescribeVolumes",
                           With(R"({"Filters":[{"Name":"attachment.instance-id","Values":["$"]}]})", again))["Volumes"];
  ASSERT_EQ(volumes.elements().size(), 2u);
  for (const Value& each : volumes.elements()) EXPECT_NE(each["SnapshotId"].Text(), "");
  EXPECT_TRUE(Described(image).Has("LastLaunchedTime"));
  EXPECT_EQ(Ok("DescribeImages", R"({"Owners":["self"]})")["Images"].elements().size(), 1u);
}

TEST_F(ImageTest, DevicesAreLeftOut) {
  const std::string instance = Launch(public_);
  const std::string volume = Text(Ok("CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":4})")["VolumeId"]);
  Settle();
  Ok("AttachVolume", R"({"Device":"/dev/sdf","VolumeId":")" + volume + R"(","InstanceId":")" + instance + R"("})");
  const std::string image =
      Create(instance, "small", R"(,"BlockDeviceMappings":[{"DeviceName":"/dev/sdf","NoDevice":""}])");
  EXPECT_EQ(Described(image)["BlockDeviceMappings"].elements().size(), 1u);
}

TEST_F(ImageTest, ALaunchChangesAddsAndLeavesOutDevices) {
  const auto launch = [&](const std::string& image, const std::string& mappings, const std::string& more = "") {
    return R"({"ImageId":")" + image + R"(","MinCount":1,"MaxCount":1,"BlockDeviceMappings":[)" + mappings + "]" +
           more + "}";
  };
  const auto volumes = [&](const Value& launched) {
    Settle();
    std::string all;
    const std::string id = Text(launched["Instances"].elements().at(0)["InstanceId"]);
    const Value described =
        Ok("DescribeVolumes", With(R"({"Filters":[{"Name":"attachment.instance-id","Values":["$"]}]})", id));
    std::vector<std::string> lines;
    for (const Value& volume : described["Volumes"].elements()) {
      const Value& attachment = volume["Attachments"].elements().at(0);
      lines.push_back(fmt::format("{} {} {} {} {} {} {}; ", attachment["Device"].Text(), volume["Size"].Integer(0),
                                  volume["VolumeType"].Text(), volume["Iops"].Integer(0),
                                  attachment["DeleteOnTermination"].Boolean(), volume["Encrypted"].Boolean(),
                                  volume["Tags"].elements().size()));
    }
    std::ranges::sort(lines);
    for (const std::string& line : lines) all += line;
    return all;
  };
  EXPECT_EQ(volumes(Ok("RunInstances", launch(public_, ""))), "/dev/xvda 8 gp3 3000 true false 0; ");
  EXPECT_EQ(
      volumes(Ok("RunInstances", launch(public_, R"(
      {"DeviceName":"/dev/xvda","Ebs":{"VolumeSize":20,"VolumeType":"gp2","DeleteOnTermination":false}},
      {"DeviceName":"/dev/sdb","VirtualName":"ephemeral0"},
      {"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":5,"Encrypted":true}})",
                                        R"(,"TagSpecifications":[{"ResourceType":"volume","Tags":[{"Key":"a"}]}])"))),
      "/dev/sdf 5 gp2 100 true true 1; /dev/xvda 20 gp2 100 false false 1; ");

  const std::string instance =
      Text(Ok("RunInstances", launch(public_, R"({"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":5}})"))["Instances"]
               .elements()
               .at(0)["InstanceId"]);
  Settle();
  const std::string image = Create(instance, "mapped", R"(,"BlockDeviceMappings":[
      {"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":9}},{"DeviceName":"/dev/sdg","Ebs":{"VolumeSize":3,"VolumeType":"gp3"}}])");
  EXPECT_EQ(volumes(Ok("RunInstances", launch(image, R"({"DeviceName":"/dev/sdg","NoDevice":""})"))),
            "/dev/sdf 9 gp2 100 true false 0; /dev/xvda 8 gp3 3000 true false 0; ");

  EXPECT_EQ(Fault("RunInstances", launch(public_, R"({"DeviceName":"/dev/xvda","Ebs":{"VolumeSize":4}})")),
            "InvalidBlockDeviceMapping: Volume of size 4GB is smaller than snapshot '', expect size >= 8GB");
  EXPECT_EQ(Fault("RunInstances", launch(public_, R"({"DeviceName":"/dev/sdf","Ebs":{}})")),
            "MissingParameter: The request must contain the parameter size or snapshotId");
  EXPECT_EQ(
      Fault("RunInstances", launch(public_, R"({"DeviceName":"/dev/sdf","NoDevice":""},{"DeviceName":"/dev/sdf"})")),
      "InvalidBlockDeviceMapping: The device '/dev/sdf' is used in more than one block-device mapping");
  EXPECT_EQ(
      Fault("RunInstances", launch(public_, R"({"DeviceName":"/dev/sdf","Ebs":{"VolumeSize":1,"VolumeType":"io1"}})")),
      "InvalidParameterValue: Volume of 1GiB is not valid for volume type io1: it has 4 to 16384 GiB.");
}

TEST_F(ImageTest, NamesAreTheAccountsOwnAndFreeAfterwards) {
  const std::string instance = Launch(public_), image = Create(instance, "golden");
  const std::string same = R"({"Name":"golden","InstanceId":")" + instance + R"("})";
  EXPECT_EQ(Fault("CreateImage", same), "InvalidAMIName.Duplicate: AMI name golden is already in use by AMI " + image);
  EXPECT_EQ(Fault("CreateImage", R"({"Name":"a","InstanceId":")" + instance + R"("})").substr(0, 24),
            "InvalidAMIName.Malformed");
  const Value gone = Ok("DeregisterImage", With(R"({"ImageId":"$","DeleteAssociatedSnapshots":true})", image));
  EXPECT_EQ(gone["DeleteSnapshotResults"].elements().at(0)["ReturnCode"].Text(), "success");
  EXPECT_EQ(Ok("DescribeSnapshots", "{}")["Snapshots"].elements().size(), 0u);
  EXPECT_EQ(Fault("DescribeImages", With(R"({"ImageIds":["$"]})", image)),
            "InvalidAMIID.Unavailable: The image ID: '" + image + "' is no longer available");
  EXPECT_EQ(Fault("RunInstances", With(kLaunch, image)).substr(0, 24), "InvalidAMIID.Unavailable");
  Ok("CreateImage", same);
}

TEST_F(ImageTest, ASnapshotStaysWhileAnImageIsMadeOfIt) {
  const std::string image = Make();
  const std::string snapshot = Text(Described(image)["BlockDeviceMappings"].elements().at(0)["Ebs"]["SnapshotId"]);
  EXPECT_EQ(Fault("DeleteSnapshot", With(R"({"SnapshotId":"$"})", snapshot)),
            "InvalidSnapshot.InUse: The snapshot " + snapshot + " is currently in use by " + image);
  Ok("DeregisterImage", With(R"({"ImageId":"$"})", image));
  Ok("DeleteSnapshot", With(R"({"SnapshotId":"$"})", snapshot));
}

TEST_F(ImageTest, SharingIsReadInBothFormsAndTakenBack) {
  const std::string image = Make();
  Ok("ModifyImageAttribute", Modify(image, R"("LaunchPermission":{"Add":[{"UserId":"210987654321"}]})"));
  Ok("ModifyImageAttribute",
     Modify(image, R"("Attribute":"launchPermission","OperationType":"add","UserIds":["111122223333"],
      "OrganizationArns":["arn:aws:organizations::123456789012:organization/o-abc"])"));
  EXPECT_EQ(Permissions(image), R"([{"UserId":"111122223333"},{"UserId":"210987654321"},)"
                                R"({"OrganizationArn":"arn:aws:organizations::123456789012:organization/o-abc"}])");
  EXPECT_EQ(Ok("DescribeImages", R"({"ExecutableUsers":["210987654321"]})")["Images"].elements().size(), 1u);
  EXPECT_EQ(Ok("DescribeImages", R"({"ExecutableUsers":["self"]})")["Images"].elements().size(), 0u);
  Ok("ModifyImageAttribute", Modify(image, R"("LaunchPermission":{"Remove":[{"UserId":"210987654321"}]})"));
  Ok("ResetImageAttribute", Modify(image, R"("Attribute":"launchPermission")"));
  EXPECT_EQ(Permissions(image), "[]");
}

TEST_F(ImageTest, EveryoneIsKeptOutUntilTheRegionAllowsIt) {
  const std::string image = Make(), everyone = Modify(image, R"("LaunchPermission":{"Add":[{"Group":"all"}]})");
  EXPECT_EQ(Ok("GetImageBlockPublicAccessState", "{}")["ImageBlockPublicAccessState"].Text(), "block-new-sharing");
  EXPECT_EQ(
      Fault("ModifyImageAttribute", everyone),
      "OperationNotPermitted: You can't publicly share this image because block public access for AMIs is enabled "
      "for this account. To publicly share the image, you must call the DisableImageBlockPublicAccess API.");
  Ok("DisableImageBlockPublicAccess", "{}");
  Ok("ModifyImageAttribute", everyone);
  EXPECT_TRUE(Described(image)["Public"].Boolean());
  Ok("EnableImageBlockPublicAccess", R"({"ImageBlockPublicAccessState":"block-new-sharing"})");
  EXPECT_EQ(Ok("DescribeImages", R"({"ExecutableUsers":["all"],"Owners":["self"]})")["Images"].elements().size(), 1u)
      << "what is public stays public";
}

TEST_F(ImageTest, WhatIsEncryptedUnderTheManagedKeyIsNotShared) {
  Ok("EnableEbsEncryptionByDefault", "{}");
  const std::string image = Make();
  EXPECT_TRUE(Described(image)["BlockDeviceMappings"].elements().at(0)["Ebs"]["Encrypted"].Boolean());
  EXPECT_EQ(Fault("ModifyImageAttribute", Modify(image, R"("LaunchPermission":{"Add":[{"UserId":"210987654321"}]})")),
            "InvalidParameter: Snapshots encrypted with the AWS Managed CMK can't be shared");
}

TEST_F(ImageTest, PublicImagesAreTheirOwnersToChange) {
  EXPECT_EQ(Fault("ModifyImageAttribute", Modify(public_, R"("Description":{"Value":"x"})")),
            "AuthFailure: Not authorized for image:" + public_);
  EXPECT_EQ(Fault("DeregisterImage", With(R"({"ImageId":"$"})", public_)),
            "AuthFailure: Not authorized for image:" + public_);
  EXPECT_EQ(Fault("DescribeImageAttribute", R"({"ImageId":"ami-0","Attribute":"description"})"),
            "InvalidAMIID.NotFound: The image id '[ami-0]' does not exist");
  const std::string image = Make();
  EXPECT_EQ(Fault("ModifyImageAttribute", With(R"({"ImageId":"$"})", image)),
            "InvalidParameterCombination: No attributes specified.");
  Ok("ModifyImageAttribute", Modify(image, R"("Attribute":"description","Value":"new")"));
  EXPECT_EQ(Ok("DescribeImageAttribute", Modify(image, R"("Attribute":"description")"))["Description"]["Value"].Text(),
            "new");
}

TEST_F(ImageTest, CopiesCrossRegions) {
  const std::string own = Make();
  region_ = "eu-west-1";
  const auto copy = [&](const std::string& source, const std::string& name) {
    const Value made =
        Ok("CopyImage", R"({"SourceRegion":"us-east-1","SourceImageId":")" + source +
                            R"(","Encrypted":true,"ClientToken":")" + name + R"(","Name":")" + name + R"("})");
    Settle();
    return Text(made["ImageId"]);
  };
  const Value described = Described(copy(own, "copy"));
  EXPECT_EQ(described["SourceImageId"].Text(), own);
  EXPECT_EQ(described["SourceImageRegion"].Text(), "us-east-1");
  EXPECT_TRUE(described["BlockDeviceMappings"].elements().at(0)["Ebs"]["Encrypted"].Boolean());
  EXPECT_EQ(copy(public_, "theirs"), copy(public_, "theirs")) << "one for each token";
  EXPECT_EQ(Fault("CopyImage", R"({"SourceRegion":"us-east-1","SourceImageId":"ami-0","Name":"none"})"),
            "InvalidAMIID.NotFound: The image id '[ami-0]' does not exist");
}

TEST_F(ImageTest, OneIsRegisteredOfASnapshot) {
  const std::string snapshot = Text(Described(Make())["BlockDeviceMappings"].elements().at(0)["Ebs"]["SnapshotId"]);
  const std::string input = R"({"Name":"registered","RootDeviceName":"/dev/sda1","Architecture":"x86_64",
      "BlockDeviceMappings":[{"DeviceName":"/dev/sda1","Ebs":{"SnapshotId":")" +
                            snapshot + R"("}}]})";
  const std::string image = Text(Ok("RegisterImage", input)["ImageId"]);
  Settle();
  EXPECT_EQ(Described(image)["RootDeviceName"].Text(), "/dev/sda1");
  Launch(image);
  EXPECT_EQ(Fault("RegisterImage", R"({"Name":"none","RootDeviceName":"/dev/sda1"})").substr(0, 26),
            "InvalidBlockDeviceMapping:");
  EXPECT_EQ(Fault("RegisterImage", R"({"Name":"s3","ImageLocation":"b/m.xml"})").substr(0, 21),
            "UnsupportedOperation:");
}

TEST_F(ImageTest, HostsStartFromPublicImagesAndTheirCopiesOnly) {
  const std::string own = Make();
  const std::string copy = Text(
      Ok("CopyImage", With(R"({"SourceRegion":"us-east-1","SourceImageId":"$","Name":"copy"})", public_))["ImageId"]);
  Settle();
  HostsWithoutVolumes hosts;
  Ec2Service service({"123456789012", clock_, random_, kms_}, hosts);
  const auto launch = [&](const std::string& image) { return InvokeOn(service, "RunInstances", With(kLaunch, image)); };
  EXPECT_EQ(launch(own).error().code, "InsufficientInstanceCapacity");
  const auto launched = launch(copy);
  ASSERT_TRUE(launched.has_value());
  Settle();
  const std::string instance = Text(launched->output["Instances"].elements().at(0)["InstanceId"]);
  const std::string volume = Text(Ok("CreateVolume", R"({"AvailabilityZone":"us-east-1a","Size":4})")["VolumeId"]);
  Settle();
  const auto attached =
      InvokeOn(service, "AttachVolume",
               R"({"Device":"/dev/sdf","VolumeId":")" + volume + R"(","InstanceId":")" + instance + R"("})");
  EXPECT_EQ(attached.error().code, "UnsupportedOperation");
}

}  // namespace
}  // namespace opentrail::services::ec2
