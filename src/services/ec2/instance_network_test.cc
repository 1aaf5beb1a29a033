#include "services/ec2/instance_network.h"

#include <map>

#include "codec/json_value.h"
#include "instances/network_namespace.h"
#include "instances/network_socket.h"
#include "services/ec2/instance_records_test_support.h"

namespace opentrail::services::ec2 {
namespace {

using instances::FileDescriptor;
using instances::Transport;

// A launcher that keeps what it is asked, and gives sockets of this machine's loopback in place of a router's.
class FakeLauncher final : public instances::LauncherChannel {
 public:
  Result<Answer> Call(std::string_view operation, const Value& arguments, const std::vector<int>& /*sent*/) override {
    if (operation == "network.describe") return Answer{Value::Object({{"Id", id}}), {}};
    asked.emplace_back(operation, arguments);
    if (refused.contains(std::string(operation))) return MakeError(ErrorCode::kIo, "refused");
    Answer answer;
    if (operation == "network.open_vpc") {
      for (const Transport transport : {Transport::kTcp, Transport::kTcp, Transport::kTcp, Transport::kUdp,
                                        Transport::kUdp, Transport::kTcp, Transport::kTcp}) {
        answer.descriptors.push_back(Socket(transport));
      }
    }
    return answer;
  }
  // What was asked by that name, as JSON, since the last time.
  std::vector<std::string> Take(std::string_view operation) {
    std::vector<std::string> taken;
    for (const auto& [name, arguments] : asked) {
      if (name == operation) taken.push_back(codec::WriteJson(arguments));
    }
    asked.clear();
    return taken;
  }

  std::string id = "first";
  std::set<std::string> refused;
  std::vector<std::pair<std::string, Value>> asked;

 private:
  static FileDescriptor Socket(Transport transport) {
    const auto here = instances::CurrentNetworkNamespace();
    return std::move(
        *instances::ListenInNetworkNamespace(here->get(), transport, *instances::Ipv4::Parse("127.0.0.1"), 0));
  }
};

class InstanceNetworkTest : public InstanceRecordsTest {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "sockets of another network namespace need root";
    InstanceRecordsTest::SetUp();
    std::filesystem::create_directories(directory_ + "/instances");
    network_ = std::make_unique<InstanceNetwork>(
        InstanceNetwork::Parts{.records = Parts(),
                               .directory_reader = Open(store::OpenMode::kReadOnly),
                               .reader = Open(store::OpenMode::kReadOnly),
                               .random = random_,
                               .data_directory = directory_,
                               .progress = [this](std::string_view line) { said_.emplace_back(line); }});
  }
  void TearDown() override {
    if (network_) network_->Shutdown();
    network_.reset();
    InstanceRecordsTest::TearDown();
  }
  std::string LaunchIn(const std::string& group) {
    return TextOf(Launch(With(R"(,"SecurityGroupIds":["$"])", group))["InstanceId"]);
  }
  void Prepare(const std::string& instance) {
    const Status prepared = network_->Prepare(instance, launcher_);
    ASSERT_TRUE(prepared.has_value()) << prepared.error().message;
  }
  void Authorize(const std::string& group, const std::string& who) {
    Ok("AuthorizeSecurityGroupIngress",
       With(R"({"GroupId":"$","IpPermissions":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,)" + who + "}]}", group));
  }

  FakeLauncher launcher_;
  std::unique_ptr<InstanceNetwork> network_;
  std::vector<std::string> said_;
};

TEST_F(InstanceNetworkTest, NothingIsAskedBeforeAnInstanceRuns) {
  const std::string group = Group("web"), instance = LaunchIn(group);
  network_->ApplySecurityGroup(group);
  network_->ApplyPublicAddress(instance);
  EXPECT_TRUE(launcher_.asked.empty());
  EXPECT_EQ(codec::WriteJson(network_->Describe()), "{}");
}

TEST_F(InstanceNetworkTest, AnInstanceFindsItsVpcWithAllItsGroups) {
  const std::string group = Group("web"), other = Group("other");
  Authorize(group, R"("IpRanges":[{"CidrIp":"198.51.100.0/24"}])");
  const std::string instance = LaunchIn(group);
  Prepare(instance);
  std::map<std::string, std::string> rules;
  int vpcs = 0;
  for (const auto& [operation, arguments] : launcher_.asked) {
    if (operation == "network.apply_security_group")
      rules[TextOf(arguments["GroupId"])] = codec::WriteJson(arguments["Rules"]);
    if (operation == "network.open_vpc") {
      ++vpcs;
      EXPECT_EQ(arguments["VpcCidr"].Text(), "172.31.0.0/16");
      EXPECT_TRUE(rules.empty()) << "groups are a VPC's";
    }
  }
  EXPECT_EQ(vpcs, 1);
  EXPECT_EQ(rules.size(), 3u);  // and the VPC's default
  EXPECT_NE(rules[group].find(R"("Cidr":"198.51.100.0/24")"), std::string::npos) << rules[group];
  EXPECT_EQ(rules[other].find("198.51.100.0"), std::string::npos);
}

TEST_F(InstanceNetworkTest, AnInstanceOfNoRecordIsRefused) {
  EXPECT_EQ(network_->Prepare("i-0nowhere", launcher_).error().code, ErrorCode::kNotFound);
}

TEST_F(InstanceNetworkTest, AChangedGroupIsAppliedWhole) {
  const std::string group = Group("web");
  Prepare(LaunchIn(group));
  launcher_.asked.clear();
  Authorize(group, R"("IpRanges":[{"CidrIp":"203.0.113.7/32"}])");
  network_->ApplySecurityGroup(group);
  const auto applied = launcher_.Take("network.apply_security_group");
  ASSERT_EQ(applied.size(), 1u);
  EXPECT_NE(applied[0].find(R"("Protocol":"tcp","FromPort":22,"ToPort":22,"Cidr":"203.0.113.7/32")"), std::string::npos)
      << applied[0];
  EXPECT_NE(applied[0].find(R"("Egress":true)"), std::string::npos) << "the rules that it had stay";
}

TEST_F(InstanceNetworkTest, ARuleMayNameAGroup) {
  const std::string group = Group("database"), web = Group("web");
  Prepare(LaunchIn(group));
  Authorize(group, R"("UserIdGroupPairs":[{"GroupId":")" + web + R"("}])");
  launcher_.asked.clear();
  network_->ApplySecurityGroup(group);
  const auto applied = launcher_.Take("network.apply_security_group");
  ASSERT_EQ(applied.size(), 1u);
  EXPECT_NE(applied[0].find(R"("GroupId":")" + web + R"("})"), std::string::npos) << applied[0];
}

TEST_F(InstanceNetworkTest, MembersAreToldWhereTheyChanged) {
  const std::string group = Group("web"), more = Group("more");
  const std::string stays = LaunchIn(group), changes = LaunchIn(group);
  Prepare(stays);
  Prepare(changes);
  Ok("ModifyInstanceAttribute",
     R"({"InstanceId":")" + changes + R"(","Groups":[")" + group + R"(",")" + more + R"("]})");
  launcher_.asked.clear();
  network_->ApplySecurityGroup(more);
  const auto told = launcher_.Take("network.set_security_groups");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find(changes), std::string::npos);
  network_->ApplySecurityGroup(more);
  EXPECT_EQ(launcher_.Take("network.set_security_groups").size(), 0u);
}

TEST_F(InstanceNetworkTest, ADeletedGroupGoes) {
  Prepare(LaunchIn(Group("web")));
  const std::string group = Group("short-lived");
  network_->ApplySecurityGroup(group);
  Ok("DeleteSecurityGroup", With(R"({"GroupId":"$"})", group));
  launcher_.asked.clear();
  network_->ApplySecurityGroup(group);
  EXPECT_EQ(launcher_.Take("network.remove_security_group"),
            std::vector<std::string>{With(R"({"GroupId":"$"})", group)});
}

TEST_F(InstanceNetworkTest, AnElasticAddressFollowsItsRecord) {
  const std::string instance = LaunchIn(Group("web"));
  Prepare(instance);
  clock_.Advance(std::chrono::seconds(5));
  const Value allocated = Ok("AllocateAddress", "{}");
  Ok("AssociateAddress",
     R"({"AllocationId":")" + TextOf(allocated["AllocationId"]) + R"(","InstanceId":")" + instance + R"("})");
  launcher_.asked.clear();
  network_->ApplyPublicAddress(instance);
  const auto told = launcher_.Take("network.set_public_address");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find(TextOf(allocated["PublicIp"])), std::string::npos) << told[0];
  network_->ApplyPublicAddress("i-0nobody");
  EXPECT_TRUE(launcher_.asked.empty());
}

TEST_F(InstanceNetworkTest, ANewLauncherLearnsAll) {
  const std::string group = Group("web"), instance = LaunchIn(group);
  Prepare(instance);
  launcher_.asked.clear();
  Prepare(instance);
  EXPECT_TRUE(launcher_.Take("network.open_vpc").empty());
  launcher_.id = "second";
  Prepare(instance);
  EXPECT_EQ(launcher_.Take("network.open_vpc").size(), 1u);
}

TEST_F(InstanceNetworkTest, WhatTheNetworkRefusesIsSaid) {
  const std::string group = Group("web");
  Prepare(LaunchIn(group));
  launcher_.refused = {"network.apply_security_group"};
  network_->ApplySecurityGroup(group);
  ASSERT_EQ(said_.size(), 1u);
  EXPECT_EQ(said_[0], group + ": the network did not follow: refused");
}

TEST_F(InstanceNetworkTest, NothingIsDoneAfterItsEnd) {
  const std::string instance = LaunchIn(Group("web"));
  network_->Shutdown();
  EXPECT_EQ(network_->Prepare(instance, launcher_).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace opentrail::services::ec2
