#include "services/ec2/snapshot.h"

#include <algorithm>

#include "services/ec2/authorization.h"
#include "services/ec2/ec2_test_support.h"
#include "services/ec2/resources.h"

namespace opentrail::services::ec2 {
namespace {

constexpr std::string_view kStranger = "210987654321";

class SnapshotTest : public Ec2Test {
 protected:
  void Settle() { clock_.Advance(std::chrono::seconds(2)); }
  std::string Volume(std::string_view more = "") {
    const std::string input = R"({"AvailabilityZone":"us-east-1a","Size":4)" + std::string(more) + "}";
    const std::string id(Ok("CreateVolume", input)["VolumeId"].Text());
    Settle();
    return id;
  }
  std::string Make(std::string_view volume_members = "") {
    const Value made = Ok("CreateSnapshot", With(R"({"VolumeId":"$","Description":"d"})", Volume(volume_members)));
    Settle();
    return std::string(made["SnapshotId"].Text());
  }
  std::string Share(const std::string& snapshot, const std::string& permission) {
    return R"({"SnapshotId":")" + snapshot + R"(","CreateVolumePermission":)" + permission + "}";
  }
  std::string Permissions(const std::string& snapshot) {
    const Value described =
        Ok("DescribeSnapshotAttribute", With(R"({"SnapshotId":"$","Attribute":"createVolumePermission"})", snapshot));
    return codec::WriteJson(described["CreateVolumePermissions"]);
  }
  size_t Count(std::string_view input) { return Ok("DescribeSnapshots", input)["Snapshots"].elements().size(); }
};

TEST_F(SnapshotTest, OneIsPendingThenCompleted) {
  const std::string volume = Volume();
  const Value made = Ok("CreateSnapshot", With(R"({"VolumeId":"$","TagSpecifications":
      [{"ResourceType":"snapshot","Tags":[{"Key":"a","Value":"b"}]}]})",
                                               volume));
  EXPECT_EQ(made["State"].Text(), "pending");
  EXPECT_EQ(made["VolumeId"].Text(), volume);
  EXPECT_EQ(made["VolumeSize"].Integer(0), 4);
  EXPECT_EQ(made["Tags"].elements().size(), 1u);
  const std::string from = With(R"({"AvailabilityZone":"us-east-1a","SnapshotId":"$"})", Text(made["SnapshotId"]));
  EXPECT_EQ(Fault("CreateVolume", from), "IncorrectState: Snapshot is in invalid state - pending");
  Settle();
  const Value described = Ok("DescribeSnapshots", "{}")["Snapshots"].elements().at(0);
  EXPECT_EQ(described["State"].Text(), "completed");
  EXPECT_EQ(described["Progress"].Text(), "100%");
  const Value restored = Ok("CreateVolume", from);
  EXPECT_EQ(restored["Size"].Integer(0), 4);
  EXPECT_EQ(restored["SnapshotId"], made["SnapshotId"]);
  Ok("DeleteVolume", With(R"({"VolumeId":"$"})", volume));
  EXPECT_EQ(Count("{}"), 1u) << "it outlives its volume";
}

TEST_F(SnapshotTest, AnInstanceHasAllItsVolumesInOneCall) {
  const std::string image(Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"].Text());
  const Value launched = Ok("RunInstances", With(R"({"ImageId":"$","MinCount":1,"MaxCount":1,"InstanceType":"t3.micro",
      "Placement":{"AvailabilityZone":"us-east-1a"},
      "TagSpecifications":[{"ResourceType":"volume","Tags":[{"Key":"a","Value":"b"}]}]})",
                                                 image));
  const std::string instance(launched["Instances"].elements().at(0)["InstanceId"].Text()), volume = Volume();
  Ok("AttachVolume", R"({"Device":"/dev/sdf","VolumeId":")" + volume + R"(","InstanceId":")" + instance + R"("})");
  const auto make = [&](const std::string& more) {
    return Ok("CreateSnapshots",
              With(R"({"CopyTagsFromSource":"volume","InstanceSpecification":{"InstanceId":"$")" + more + "}}",
                   instance))["Snapshots"];
  };
  const Value both = make("");
  ASSERT_EQ(both.elements().size(), 2u);
  EXPECT_EQ(std::ranges::count_if(both.elements(), [](const Value& each) { return !each["Tags"].elements().empty(); }),
            1);
  EXPECT_EQ(make(R"(,"ExcludeBootVolume":true)").elements().at(0)["VolumeId"].Text(), volume);
  EXPECT_NE(make(R"(,"ExcludeDataVolumeIds":[")" + volume + R"("])").elements().at(0)["VolumeId"].Text(), volume);
}

TEST_F(SnapshotTest, SharingIsReadInBothFormsAndTakenBack) {
  const std::string snapshot = Make();
  Ok("ModifySnapshotAttribute", Share(snapshot, R"({"Add":[{"UserId":"210987654321"}]})"));
  Ok("ModifySnapshotAttribute", With(R"({"SnapshotId":"$","Attribute":"createVolumePermission","OperationType":"add",
      "GroupNames":["all"]})",
                                     snapshot));
  EXPECT_EQ(Permissions(snapshot), R"([{"UserId":"210987654321"},{"Group":"all"}])");
  Ok("ModifySnapshotAttribute", Share(snapshot, R"({"Remove":[{"Group":"all"}]})"));
  EXPECT_EQ(Permissions(snapshot), R"([{"UserId":"210987654321"}])");
  Ok("ResetSnapshotAttribute", With(R"({"SnapshotId":"$","Attribute":"createVolumePermission"})", snapshot));
  EXPECT_EQ(Permissions(snapshot), "[]");
}

TEST_F(SnapshotTest, WhoMayRestoreWhatIsFound) {
  const std::string shared = Make();
  Make();
  const std::string to_stranger = R"({"RestorableByUserIds":["210987654321"]})";
  EXPECT_EQ(Count(to_stranger), 0u);
  Ok("ModifySnapshotAttribute", Share(shared, R"({"Add":[{"UserId":"210987654321"}]})"));
  EXPECT_EQ(Count(to_stranger), 1u);
  EXPECT_EQ(Count(R"({"RestorableByUserIds":["self"]})"), 2u);
  EXPECT_EQ(Count(R"({"OwnerIds":["self"]})"), 2u);
  EXPECT_EQ(Count(R"({"OwnerIds":["210987654321"]})"), 0u);
  EXPECT_EQ(Count(R"({"Filters":[{"Name":"volume-size","Values":["4"]},{"Name":"status","Values":["completed"]}]})"),
            2u);
  EXPECT_EQ(Count(R"({"RestorableByUserIds":["all"]})"), 0u);
  Ok("ModifySnapshotAttribute", Share(shared, R"({"Add":[{"Group":"all"}]})"));
  EXPECT_EQ(Count(R"({"RestorableByUserIds":["all"]})"), 1u);
  Ok("EnableSnapshotBlockPublicAccess", R"({"State":"block-all-sharing"})");
  EXPECT_EQ(Count(R"({"RestorableByUserIds":["all"]})"), 0u) << "as if it were private";
}

TEST_F(SnapshotTest, PagesHoldWhatIsAskedFor) {
  for (int i = 0; i < 7; ++i) Make();
  const Value first = Ok("DescribeSnapshots", R"({"MaxResults":5})");
  EXPECT_EQ(first["Snapshots"].elements().size(), 5u);
  const Value rest = Ok("DescribeSnapshots", With(R"({"MaxResults":5,"NextToken":"$"})", Text(first["NextToken"])));
  EXPECT_EQ(rest["Snapshots"].elements().size(), 2u);
  EXPECT_FALSE(rest.Has("NextToken"));
}

TEST_F(SnapshotTest, EncryptedOnesStayWithWhoHasTheKey) {
  const std::string managed = Make(R"(,"Encrypted":true)"), own = Make(R"(,"Encrypted":true,"KmsKeyId":"mine")");
  const std::string to_stranger = R"({"Add":[{"UserId":"210987654321"}]})";
  EXPECT_EQ(Fault("ModifySnapshotAttribute", Share(managed, to_stranger)),
            "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared");
  Ok("ModifySnapshotAttribute", Share(own, to_stranger));
  EXPECT_EQ(Fault("ModifySnapshotAttribute", Share(own, R"({"Add":[{"Group":"all"}]})")),
            "OperationNotPermitted: Encrypted snapshots cannot be shared publicly");
}

TEST_F(SnapshotTest, TheRegionCanRefuseToShareWithEveryone) {
  const std::string snapshot = Make(), everyone = R"({"Add":[{"Group":"all"}]})";
  Ok("EnableSnapshotBlockPublicAccess", R"({"State":"block-new-sharing"})");
  EXPECT_EQ(Fault("ModifySnapshotAttribute", Share(snapshot, everyone)).substr(0, 22), "OperationNotPermitted:");
  Ok("ModifySnapshotAttribute", Share(snapshot, R"({"Add":[{"UserId":"210987654321"}]})"));
  EXPECT_EQ(Ok("GetSnapshotBlockPublicAccessState", "{}")["State"].Text(), "block-new-sharing");
  EXPECT_EQ(Ok("DisableSnapshotBlockPublicAccess", "{}")["State"].Text(), "unblocked");
  Ok("ModifySnapshotAttribute", Share(snapshot, everyone));
}

TEST_F(SnapshotTest, CopiesAreOfAnotherRegionAndUnderItsKey) {
  const std::string plain = Make(), sealed = Make(R"(,"Encrypted":true,"KmsKeyId":"mine")");
  region_ = "eu-west-1";
  const auto copy = [&](const std::string& snapshot, const std::string& more = "") {
    return R"({"SourceRegion":"us-east-1","SourceSnapshotId":")" + snapshot + R"(")" + more + "}";
  };
  EXPECT_EQ(Fault("CreateVolume", With(R"({"AvailabilityZone":"eu-west-1a","SnapshotId":"$"})", plain)),
            "InvalidSnapshot.NotFound: The snapshot '" + plain + "' does not exist.");
  Ok("CopySnapshot", copy(plain));
  Ok("CopySnapshot", copy(sealed));
  Ok("CopySnapshot", copy(plain, R"(,"Encrypted":true,"KmsKeyId":"theirs","Description":"to go")"));
  const Value copies = Ok("DescribeSnapshots", "{}")["Snapshots"];
  ASSERT_EQ(copies.elements().size(), 3u);
  EXPECT_EQ(std::ranges::count_if(copies.elements(), [](const Value& each) { return each["Encrypted"].Boolean(); }), 2);
  EXPECT_EQ(copies.elements()[0]["VolumeId"].Text(), "vol-ffffffff");
  EXPECT_EQ(Fault("CopySnapshot", copy("snap-0")), "InvalidSnapshot.NotFound: The snapshot 'snap-0' does not exist.");
}

TEST_F(SnapshotTest, WrongInputIsToldAsOnAws) {
  EXPECT_EQ(Fault("DeleteSnapshot", R"({"SnapshotId":"TrailDiscoverSnapshotId"})"),
            "InvalidParameterValue: Value (TrailDiscoverSnapshotId) for parameter snapshotId is invalid. Expected: "
            "'snap-...'.");
  EXPECT_EQ(Fault("CreateSnapshot", R"({"VolumeId":"vol-0"})"),
            "InvalidVolume.NotFound: The volume 'vol-0' does not exist.");
  const std::string snapshot = Make();
  EXPECT_EQ(Fault("ModifySnapshotAttribute", With(R"({"SnapshotId":"$"})", snapshot)),
            "InvalidParameterCombination: No attributes specified.");
  EXPECT_EQ(Fault("ModifySnapshotAttribute", Share(snapshot, R"({"Add":[{"UserId":"12"}]})")),
            "InvalidUserID.Malformed: Invalid user id: \"12\"");
  EXPECT_EQ(Fault("ModifySnapshotAttribute", Share(snapshot, R"({"Add":[{"Group":"some"}]})")).substr(0, 29),
            "InvalidAMIAttributeItemValue:");
  EXPECT_EQ(Fault("ModifySnapshotAttribute", Share("vol-1", R"({"Add":[{"Group":"all"}]})")),
            "InvalidSnapshotID.Malformed: Value ( vol-1 ) for parameter SNAPSHOT is invalid. ");
}

TEST_F(SnapshotTest, DeletingTakesSharesAndTagsAlong) {
  const std::string snapshot = Make();
  Ok("CreateTags", With(R"({"Resources":["$"],"Tags":[{"Key":"a","Value":"b"}]})", snapshot));
  Ok("ModifySnapshotAttribute", Share(snapshot, R"({"Add":[{"UserId":"210987654321"}]})"));
  Ok("DeleteSnapshot", With(R"({"SnapshotId":"$"})", snapshot));
  EXPECT_EQ(Count("{}"), 0u);
  EXPECT_EQ(Ok("DescribeTags", "{}")["Tags"].elements().size(), 0u);
  EXPECT_FALSE(state_.Query("SELECT 1 FROM ec2_share").Next());
}

TEST_F(SnapshotTest, WhoIsSharedWithIsAConditionKey) {
  Call call{.operation = protocol::FindService("ec2")->Find("ModifySnapshotAttribute")};
  call.account_id = "123456789012";
  call.region = region_;
  call.input = *codec::ParseJsonValue(
      R"({"SnapshotId":"snap-1","CreateVolumePermission":{"Add":[{"UserId":"210987654321"},{"Group":"all"}]}})");
  auto requests = Authorize(service_, call, state_);
  ASSERT_TRUE(requests.has_value());
  ASSERT_EQ(requests->size(), 1u);
  opentrail::iam::AccessRequest& request = requests->front();
  EXPECT_EQ(request.action, "ec2:ModifySnapshotAttribute");
  EXPECT_EQ(request.resource, "arn:aws:ec2:us-east-1::snapshot/snap-1");
  request.CompleteContext();
  ASSERT_NE(request.context.Find("ec2:Add/userId"), nullptr);
  EXPECT_EQ(request.context.Find("ec2:Add/userId")->front(), kStranger);
  EXPECT_EQ(request.context.Find("ec2:Add/group")->front(), "all");
  EXPECT_EQ(request.context.Find("ec2:Remove/userId"), nullptr);
}

}  // namespace
}  // namespace opentrail::services::ec2
