#include <set>

#include "services/ec2/ec2_test_support.h"

namespace opentrail::services::ec2 {
namespace {

class InstanceTest : public Ec2Test {
 protected:
  std::string image_ = std::string(Ok("DescribeImages", "{}")["Images"].elements().at(0)["ImageId"].Text());

  std::string Launch(std::string more = "") {
    const Value reservation =
        Ok("RunInstances",
           R"({"ImageId":")" + image_ + R"(","InstanceType":"t3.micro","MinCount":1,"MaxCount":1)" + more + "}");
    return std::string(reservation["Instances"].elements().at(0)["InstanceId"].Text());
  }
  std::string StateOf(const std::string& id) {
    const Value all = Ok("DescribeInstances", With(R"({"InstanceIds":["$"]})", id));
    return std::string(all["Reservations"].elements().at(0)["Instances"].elements().at(0)["State"]["Name"].Text());
  }
};

TEST_F(InstanceTest, PassesThroughItsStates) {
  const std::string id = Launch();
  const std::string ids = With(R"({"InstanceIds":["$"]})", id);
  EXPECT_EQ(StateOf(id), "pending");
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(StateOf(id), "running");
  const Value stopped = Ok("StopInstances", ids)["StoppingInstances"].elements().at(0);
  EXPECT_EQ(codec::WriteJson(stopped["PreviousState"]), R"({"Code":16,"Name":"running"})");
  EXPECT_EQ(codec::WriteJson(stopped["CurrentState"]), R"({"Code":64,"Name":"stopping"})");
  EXPECT_EQ(Fault("StartInstances", ids).substr(0, 23), "IncorrectInstanceState:");
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(StateOf(id), "stopped");
  Ok("StartInstances", ids);
  Ok("TerminateInstances", ids);
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(StateOf(id), "terminated");
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Fault("DescribeInstances", ids), "InvalidInstanceID.NotFound: The instance ID '" + id + "' does not exist");
}

TEST_F(InstanceTest, IsFoundByItsNameWithWildcards) {
  const std::string id =
      Launch(R"(,"TagSpecifications":[{"ResourceType":"instance","Tags":[{"Key":"Name","Value":"Cafe Web Server"}]}])");
  Launch();
  const Value found = Ok("DescribeInstances", R"({"Filters":[{"Name":"tag:Name","Values":["Cafe*"]}]})");
  ASSERT_EQ(found["Reservations"].elements().size(), 1u);
  EXPECT_EQ(found["Reservations"].elements()[0]["Instances"].elements().at(0)["InstanceId"].Text(), id);
}

TEST_F(InstanceTest, AClientTokenMakesOneLaunch) {
  const std::string token = R"(,"ClientToken":"t")";
  EXPECT_EQ(Launch(token), Launch(token));
  EXPECT_EQ(Ok("DescribeInstances", "{}")["Reservations"].elements().size(), 1u);
}

TEST_F(InstanceTest, HoldsItsSecurityGroup) {
  const std::string group = Group("web");
  const std::string id = Launch(With(R"(,"SecurityGroupIds":["$"])", group));
  EXPECT_EQ(Fault("DeleteSecurityGroup", With(R"({"GroupId":"$"})", group)).substr(0, 20), "DependencyViolation:");
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", id));
  Ok("DeleteSecurityGroup", With(R"({"GroupId":"$"})", group));
}

TEST_F(InstanceTest, TerminationProtectionHolds) {
  const std::string id = Launch(R"(,"DisableApiTermination":true)");
  EXPECT_EQ(Fault("TerminateInstances", With(R"({"InstanceIds":["$"]})", id)).substr(0, 22), "OperationNotPermitted:");
  Ok("ModifyInstanceAttribute", With(R"({"InstanceId":"$","DisableApiTermination":{"Value":false}})", id));
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", id));
}

// A real host decides, not the clock.
TEST_F(InstanceTest, StatesAreWhatTheHostSays) {
  const std::string id = Launch("");
  const auto state = [&] {
    const Value shown = Ok("DescribeInstances", With(R"({"InstanceIds":["$"]})", id));
    return std::string(shown["Reservations"].elements()[0]["Instances"].elements()[0]["State"]["Name"].Text());
  };
  const auto host_is = [&](std::string_view now) {
    state_.Execute("INSERT OR REPLACE INTO ec2_instance_host VALUES(?, ?)", id, now);
    clock_.Advance(std::chrono::minutes(1));
  };
  host_is("pending");
  EXPECT_EQ(state(), "pending");
  host_is("running");
  EXPECT_EQ(state(), "running");
  Ok("StopInstances", With(R"({"InstanceIds":["$"]})", id));
  clock_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(state(), "stopping");
  host_is("stopped");
  EXPECT_EQ(state(), "stopped");
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", id));
  EXPECT_EQ(state(), "shutting-down");
  host_is("terminated");
  EXPECT_EQ(state(), "terminated");
}

TEST_F(InstanceTest, PublicAddressesAreOneEachUntilThereAreNone) {
  std::set<std::string> seen;
  size_t launched = 0;
  for (;; launched += 20) {
    const auto reply = Invoke(
        "RunInstances", R"({"ImageId":")" + image_ + R"(","InstanceType":"t3.micro","MinCount":20,"MaxCount":20})");
    if (!reply) {
      EXPECT_EQ(reply.error().code, "InsufficientAddressCapacity");
      break;
    }
    for (const Value& each : reply->output["Instances"].elements()) seen.emplace(each["PublicIpAddress"].Text());
    ASSERT_EQ(seen.size(), launched + 20);
  }
  EXPECT_EQ(launched, 760u) << "762 addresses";
}

TEST_F(InstanceTest, WhatIsWrongIsNamed) {
  const auto run = [&](std::string_view members) { return Fault("RunInstances", members); };
  EXPECT_EQ(run(R"({"MinCount":1,"MaxCount":1})"), "MissingParameter: The request must contain the parameter ImageId");
  EXPECT_EQ(run(R"({"ImageId":"ami-0","MinCount":1,"MaxCount":1})"),
            "InvalidAMIID.NotFound: The image id '[ami-0]' does not exist");
  EXPECT_EQ(run(R"({"ImageId":")" + image_ + R"(","KeyName":"k","MinCount":1,"MaxCount":1})"),
            "InvalidKeyPair.NotFound: The key pair 'k' does not exist");
  EXPECT_EQ(run(R"({"ImageId":")" + image_ + R"(","MinCount":-1,"MaxCount":1})").substr(0, 22),
            "InvalidParameterValue:");
  EXPECT_EQ(run(R"({"ImageId":")" + image_ + R"(","UserData":"?","MinCount":1,"MaxCount":1})"),
            "InvalidUserData.Malformed: Invalid BASE64 encoding of user data.");
  EXPECT_EQ(Fault("StopInstances", R"({"InstanceIds":["x"]})"),
            "InvalidInstanceID.Malformed: Invalid id: \"x\" (expecting \"i-...\")");
}

TEST_F(InstanceTest, AttributesAreReadAndWrittenByNameOrByMember) {
  const std::string id = Launch();
  const auto attribute = [&](std::string_view name, std::string_view member) {
    const Value all =
        Ok("DescribeInstanceAttribute", With(R"({"InstanceId":"$","Attribute":")" + std::string(name) + R"("})", id));
    return codec::WriteJson(all[member]);
  };
  EXPECT_EQ(attribute("sourceDestCheck", "SourceDestCheck"), R"({"Value":true})");
  Ok("ModifyInstanceAttribute", With(R"({"InstanceId":"$","SourceDestCheck":{"Value":false}})", id));
  EXPECT_EQ(attribute("sourceDestCheck", "SourceDestCheck"), R"({"Value":false})");
  Ok("ModifyInstanceAttribute", With(R"({"InstanceId":"$","Attribute":"disableApiStop","Value":"true"})", id));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Fault("StopInstances", With(R"({"InstanceIds":["$"]})", id)).substr(0, 22), "OperationNotPermitted:");
  Ok("ModifyInstanceAttribute", With(R"({"InstanceId":"$","Attribute":"disableApiStop","Value":"false"})", id));
  const std::string type = With(R"({"InstanceId":"$","InstanceType":{"Value":"t3.small"}})", id);
  EXPECT_EQ(Fault("ModifyInstanceAttribute", type).substr(0, 23), "IncorrectInstanceState:");
  Ok("StopInstances", With(R"({"InstanceIds":["$"]})", id));
  clock_.Advance(std::chrono::seconds(2));
  Ok("ModifyInstanceAttribute", type);
  EXPECT_EQ(attribute("instanceType", "InstanceType"), R"({"Value":"t3.small"})");
  EXPECT_EQ(Fault("ModifyInstanceAttribute", With(R"({"InstanceId":"$"})", id)),
            "InvalidParameterCombination: No attributes specified.");
}

TEST_F(InstanceTest, MetadataOptionsAndMonitoringChange) {
  const std::string id = Launch();
  const Value set = Ok("ModifyInstanceMetadataOptions", With(R"({"InstanceId":"$","HttpTokens":"required"})", id));
  EXPECT_EQ(set["InstanceMetadataOptions"]["HttpTokens"].Text(), "required");
  EXPECT_EQ(set["InstanceMetadataOptions"]["HttpEndpoint"].Text(), "enabled");
  const Value monitored = Ok("MonitorInstances", With(R"({"InstanceIds":["$"]})", id));
  EXPECT_EQ(monitored["InstanceMonitorings"].elements().at(0)["Monitoring"]["State"].Text(), "pending");
  EXPECT_EQ(Fault("ModifyInstanceMetadataOptions", With(R"({"InstanceId":"$","HttpPutResponseHopLimit":65})", id))
                .substr(0, 22),
            "InvalidParameterValue:");
}

}  // namespace
}  // namespace opentrail::services::ec2
