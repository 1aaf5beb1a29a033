#include "services/ec2/instance_directory.h"

#include "services/ec2/instance_records_test_support.h"
#include "services/iam/entity.h"

namespace opentrail::services::ec2 {
namespace {

class InstanceDirectoryTest : public InstanceRecordsTest {
 protected:
  void SetUp() override {
    InstanceRecordsTest::SetUp();
    directory_reader_ = std::make_unique<RecordedInstances>(Parts(), Open(store::OpenMode::kReadOnly));
  }
  void TearDown() override {
    directory_reader_.reset();
    InstanceRecordsTest::TearDown();
  }
  auto ByPrivate(const Value& instance) {
    return directory_reader_->FindByPrivateAddress(instance["VpcId"].Text(), instance["PrivateIpAddress"].Text());
  }
  auto ByPublic(const Value& instance) {
    return directory_reader_->FindByPublicAddress(instance["PublicIpAddress"].Text());
  }

  std::unique_ptr<RecordedInstances> directory_reader_;
};

TEST_F(InstanceDirectoryTest, TellsAllThatIsRecorded) {
  const std::string group = Group("web");
  Ok("CreateKeyPair", R"({"KeyName":"mine","KeyType":"ed25519"})");
  const Value launched = Launch(With(
      R"(,"KeyName":"mine","SecurityGroupIds":["$"],"UserData":"IyEvYmluL3No","Monitoring":{"Enabled":true},)"
      R"("MetadataOptions":{"HttpTokens":"required","HttpPutResponseHopLimit":3,"InstanceMetadataTags":"enabled"},)"
      R"("TagSpecifications":[{"ResourceType":"instance","Tags":[{"Key":"Name","Value":"Cafe"}]}])",
      group));
  const auto found = ByPrivate(launched);
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->account_id, "123456789012");
  EXPECT_EQ(found->region, "us-east-1");
  EXPECT_EQ(found->zone, launched["Placement"]["AvailabilityZone"].Text());
  EXPECT_EQ(found->instance_id, launched["InstanceId"].Text());
  EXPECT_EQ(found->image_id, image_);
  EXPECT_EQ(found->instance_type, "t3.micro");
  EXPECT_EQ(found->vpc_cidr, "172.31.0.0/16");
  EXPECT_EQ(found->private_name, launched["PrivateDnsName"].Text());
  EXPECT_EQ(found->public_address, launched["PublicIpAddress"].Text());
  ASSERT_EQ(found->groups.size(), 1u);
  EXPECT_EQ(found->groups[0].id, group);
  EXPECT_EQ(found->groups[0].name, "web");
  EXPECT_EQ(found->key_name, "mine");
  EXPECT_TRUE(found->public_key.starts_with("ssh-ed25519 ")) << found->public_key;
  EXPECT_EQ(found->user_data, "#!/bin/sh");
  EXPECT_TRUE(found->is_monitored && found->is_enabled && found->requires_token && found->shows_tags);
  EXPECT_EQ(found->hop_limit, 3);
  EXPECT_EQ(found->tags, (std::vector<std::pair<std::string, std::string>>{{"Name", "Cafe"}}));
  EXPECT_EQ(found->launched, clock_.Now());
  EXPECT_EQ(ByPublic(launched)->instance_id, found->instance_id);
}

TEST_F(InstanceDirectoryTest, AnAddressIsItsVpcs) {
  const Value launched = Launch();
  EXPECT_EQ(directory_reader_->FindByPrivateAddress("vpc-0other", launched["PrivateIpAddress"].Text()), nullptr);
  EXPECT_EQ(directory_reader_->FindByPrivateAddress(launched["VpcId"].Text(), "172.31.200.200"), nullptr);
  EXPECT_EQ(directory_reader_->FindByPublicAddress("198.51.100.254"), nullptr);
}

TEST_F(InstanceDirectoryTest, WhatIsStoppedOrTerminatedIsNotThere) {
  const Value stopped = Launch(), terminated = Launch(), running = Launch();
  clock_.Advance(std::chrono::seconds(5));
  Ok("StopInstances", With(R"({"InstanceIds":["$"]})", TextOf(stopped["InstanceId"])));
  Ok("TerminateInstances", With(R"({"InstanceIds":["$"]})", TextOf(terminated["InstanceId"])));
  clock_.Advance(std::chrono::seconds(5));
  EXPECT_EQ(ByPrivate(stopped), nullptr);
  EXPECT_EQ(ByPrivate(terminated), nullptr);
  EXPECT_EQ(ByPrivate(running)->instance_id, running["InstanceId"].Text());
}

TEST_F(InstanceDirectoryTest, AssumesTheRoleAsEc2) {
  iam::StoreEntity(state_,
                   {.kind = iam::EntityKind::kRole, .id = "AROA1", .name = "Reader", .path = "/", .document = "{}"});
  ASSERT_TRUE(state_.status().has_value());
  const instances::InstanceMetadata instance{.region = "eu-west-1", .instance_id = "i-0a", .role_name = "Reader"};
  const auto credentials = directory_reader_->AssumeRole(instance, instances::RoleDelivery::kVersion2);
  ASSERT_TRUE(credentials.has_value()) << credentials.error().message;
  EXPECT_EQ(credentials->access_key_id, "ASIA");
  EXPECT_EQ(credentials->session_token, "token");
  EXPECT_EQ(credentials->expires, Time(std::chrono::milliseconds(1'772'647'200'000)));
  ASSERT_EQ(calls_.calls.size(), 1u);
  const InsideCall& call = calls_.calls[0];
  EXPECT_EQ(std::string(call.service) + ":" + std::string(call.operation) + " " + call.region,
            "sts:AssumeRole eu-west-1");
  EXPECT_EQ(call.principal.service, "ec2.amazonaws.com");
  EXPECT_EQ(call.input["RoleArn"].Text(), "arn:aws:iam::123456789012:role/Reader");
  EXPECT_EQ(call.input["RoleSessionName"].Text(), "i-0a");
}

TEST_F(InstanceDirectoryTest, ARoleThatIsNotThereOrDoesNotTrustIsRefused) {
  const instances::InstanceMetadata instance{.region = "us-east-1", .instance_id = "i-0a", .role_name = "Reader"};
  EXPECT_EQ(directory_reader_->AssumeRole(instance, instances::RoleDelivery::kVersion1).error().code, "NoSuchEntity");
  iam::StoreEntity(state_,
                   {.kind = iam::EntityKind::kRole, .id = "AROA1", .name = "Reader", .path = "/", .document = "{}"});
  calls_.refuses = true;
  EXPECT_EQ(directory_reader_->AssumeRole(instance, instances::RoleDelivery::kVersion1).error().code, "AccessDenied");
}

}  // namespace
}  // namespace opentrail::services::ec2
