#include "instances/metadata_handler.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "instances/metadata_test_support.h"
#include "instances/metadata_tree.h"

namespace opentrail::instances {
namespace {

constexpr std::string_view kOne = "172.31.0.11", kTwo = "172.31.0.12";
constexpr std::string_view kToken = "X-aws-ec2-metadata-token", kTtl = "X-aws-ec2-metadata-token-ttl-seconds";

class MetadataTest : public testing::Test {
 protected:
  MetadataTest() {
    directory_.now = clock_.Now();
    directory_.Put(SampleInstance("i-1", kOne, "203.0.113.7"));
    directory_.Put(SampleInstance("i-2", kTwo, ""));
  }
  http::Response Get(std::string_view path, std::string_view token = {}, std::string_view from = kOne) {
    http::RequestHead head = RequestFrom(from, "GET", path);
    if (!token.empty()) head.fields.Add(std::string(kToken), std::string(token));
    return Ask(handler_, std::move(head));
  }
  http::Response Put(std::string_view path, std::string_view ttl, std::string_view from = kOne) {
    http::RequestHead head = RequestFrom(from, "PUT", path);
    if (!ttl.empty()) head.fields.Add(std::string(kTtl), std::string(ttl));
    return Ask(handler_, std::move(head));
  }
  std::string Token(std::string_view from = kOne) { return Put("/latest/api/token", "21600", from).body; }
  void Change(auto&& change) {
    InstanceMetadata instance = SampleInstance("i-1", kOne, "203.0.113.7");
    change(instance);
    directory_.Put(std::move(instance));
  }

  ManualClock clock_{Time(std::chrono::milliseconds(1'795'424'100'000))};
  SeededRandom random_{7};
  FakeDirectory directory_;
  MetadataHandler handler_{directory_, nullptr, clock_, random_};
};

TEST_F(MetadataTest, TellsTheInstanceThatAsks) {
  EXPECT_EQ(Get("/latest/meta-data/instance-id").body, "i-1");
  EXPECT_EQ(Get("/latest/meta-data/instance-id", {}, kTwo).body, "i-2");
  EXPECT_EQ(Get("/2021-03-23/meta-data/public-ipv4").body, "203.0.113.7");
  EXPECT_EQ(Get("/latest/meta-data/public-ipv4", {}, kTwo).status, 404);
  EXPECT_EQ(Get("/latest/meta-data/instance-id", {}, "172.31.0.13").status, 403);
  http::RequestHead elsewhere = RequestFrom(kOne, "GET", "/latest/meta-data/instance-id");
  elsewhere.peer.listener = "vpc-0b";
  EXPECT_EQ(Ask(handler_, std::move(elsewhere)).status, 403);
}

TEST_F(MetadataTest, ListsDirectories) {
  EXPECT_TRUE(Get("/").body.starts_with("1.0\n2007-01-19\n"));
  EXPECT_TRUE(Get("/").body.ends_with("\nlatest"));
  EXPECT_EQ(Get("/latest/").body, "dynamic/\nmeta-data/");
  EXPECT_EQ(Get("/latest/meta-data").body, Get("/latest/meta-data/").body);
  const std::string top = Get("/latest/meta-data/").body;
  EXPECT_TRUE(top.starts_with("ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\n")) << top;
  EXPECT_NE(top.find("\npublic-keys/\n"), std::string::npos);
  EXPECT_EQ(Get("/latest/meta-data/public-keys/").body, "0=mine");
  EXPECT_EQ(Get("/latest/meta-data/public-keys/0/").body, "openssh-key");
  EXPECT_EQ(Get("/latest/meta-data/public-keys/0/openssh-key").body, "ssh-ed25519 AAAA mine");
  EXPECT_EQ(Get("/latest/meta-data/network/interfaces/macs/").body, "0a:01:02:03:04:05/");
  EXPECT_EQ(Get("/latest/meta-data/security-groups").body, "web\nssh");
  EXPECT_EQ(Get("/latest/meta-data/placement/").body, "availability-zone\navailability-zone-id\nregion");
}

// Every directory that is listed can be walked, as cloud-init does.
TEST_F(MetadataTest, IsATreeThatCanBeWalked) {
  std::vector<std::string> waiting = {"/latest/meta-data/", "/latest/dynamic/"};
  size_t leaves = 0;
  while (!waiting.empty()) {
    const std::string directory = waiting.back();
    waiting.pop_back();
    const http::Response listed = Get(directory);
    ASSERT_EQ(listed.status, 200) << directory;
    for (size_t at = 0; at < listed.body.size();) {
      const size_t end = std::min(listed.body.size(), listed.body.find('\n', at));
      const std::string name = listed.body.substr(at, end - at);
      if (name.ends_with('/')) waiting.push_back(directory + name);
      if (!name.ends_with('/')) EXPECT_EQ(Get(directory + name).status, 200) << directory << name;
      if (name == "0=mine") waiting.push_back(directory + "0/");
      ++leaves;
      at = end + 1;
    }
  }
  EXPECT_GT(leaves, 45U);
}

TEST_F(MetadataTest, RefusesWhatIsNotThere) {
  for (const std::string_view path :
       {"/nothing", "/latest/nothing", "/latest/meta-data/nothing", "/1999-01-01/meta-data/", "/latest/user-data",
        "/latest/meta-data/iam/info", "/latest/meta-data/%zz", "/latest/meta-data/instance-id/x",
        "/latest/meta-data/../user-data"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
  }
  EXPECT_EQ(Get("/latest/meta-data/" + std::string(2000, 'x')).status, 404);
  EXPECT_EQ(Ask(handler_, RequestFrom(kOne, "POST", "/latest/meta-data/")).status, 405);
}

TEST_F(MetadataTest, GivesTokensToTheirInstanceAlone) {
  const http::Response issued = Put("/latest/api/token", "60");
  EXPECT_EQ(issued.status, 200);
  EXPECT_EQ(issued.fields.Get(kTtl), "60");
  EXPECT_EQ(issued.hop_limit, 1);
  const std::string token = issued.body;
  EXPECT_EQ(Get("/latest/meta-data/instance-id", token).body, "i-1");
  EXPECT_EQ(Get("/latest/meta-data/instance-id", token).fields.Get(kTtl), "60");
  EXPECT_EQ(Get("/latest/meta-data/instance-id", token, kTwo).status, 401);
  EXPECT_EQ(Get("/latest/meta-data/instance-id", "x" + token.substr(1)).status, 401);
  EXPECT_EQ(Get("/latest/meta-data/instance-id", "short").status, 401);
  clock_.Advance(std::chrono::seconds(59));
  EXPECT_EQ(Get("/latest/meta-data/instance-id", token).fields.Get(kTtl), "1");
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Get("/latest/meta-data/instance-id", token).status, 401);
}

TEST_F(MetadataTest, RefusesTokensThatAreNotAskedForRightly) {
  for (const std::string_view ttl : {"", "0", "-1", "21601", "abc", "60x", "99999999999999999999"}) {
    EXPECT_EQ(Put("/latest/api/token", ttl).status, 400) << ttl;
  }
  EXPECT_EQ(Put("/2021-03-23/api/token", "60").status, 403);
  http::RequestHead proxied = RequestFrom(kOne, "PUT", "/latest/api/token");
  proxied.fields.Add(std::string(kTtl), "60");
  proxied.fields.Add("X-Forwarded-For", "172.31.0.99");
  EXPECT_EQ(Ask(handler_, std::move(proxied)).status, 403);
}

TEST_F(MetadataTest, FollowsTheInstancesOptions) {
  Change([](InstanceMetadata& instance) { instance.requires_token = true; });
  EXPECT_EQ(Get("/latest/meta-data/instance-id").status, 401);
  EXPECT_EQ(Get("/latest/meta-data/instance-id", Token()).status, 200);
  Change([](InstanceMetadata& instance) { instance.hop_limit = 2; });
  EXPECT_EQ(Put("/latest/api/token", "60").hop_limit, 2);
  Change([](InstanceMetadata& instance) { instance.is_enabled = false; });
  EXPECT_EQ(Put("/latest/api/token", "60").status, 403);
  EXPECT_EQ(Get("/latest/meta-data/").status, 403);
  Change([](InstanceMetadata& instance) {
    instance.shows_tags = true;
    instance.tags = {{"Name", "Cafe Web Server"}, {"a/b", "hidden"}, {"..", "hidden"}};
  });
  EXPECT_EQ(Get("/latest/meta-data/tags/instance/").body, "Name");
  EXPECT_EQ(Get("/latest/meta-data/tags/instance/Name").body, "Cafe Web Server");
}

TEST_F(MetadataTest, WritesTheIdentityDocumentALineAMember) {
  const std::string document = Get("/latest/dynamic/instance-identity/document").body;
  EXPECT_TRUE(document.starts_with("{\n  \"accountId\" : \"123456789012\",\n  \"architecture\" : \"x86_64\",\n"))
      << document;
  EXPECT_TRUE(document.ends_with("  \"region\" : \"us-east-1\",\n  \"version\" : \"2017-09-30\"\n}")) << document;
  EXPECT_NE(document.find("\n  \"billingProducts\" : null,\n"), std::string::npos);
  const auto parsed = codec::ParseJsonValue(document);
  ASSERT_TRUE(parsed);
  EXPECT_EQ((*parsed)["privateIp"].Text(), kOne);
  EXPECT_EQ(Get("/latest/dynamic/instance-identity/pkcs7").status, 404) << "nobody signs here";
}

TEST_F(MetadataTest, GivesTheRolesCredentialsAndKeepsThem) {
  Change([](InstanceMetadata& instance) {
    instance.role_name = "Reader";
    instance.profile_arn = "arn:aws:iam::123456789012:instance-profile/P";
    instance.profile_id = "AIPAEXAMPLE";
  });
  EXPECT_EQ(Get("/latest/meta-data/iam/security-credentials/").body, "Reader");
  const auto first = codec::ParseJsonValue(Get("/latest/meta-data/iam/security-credentials/Reader").body);
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)["Code"].Text(), "Success");
  EXPECT_EQ((*first)["AccessKeyId"].Text(), "ASIA1");
  EXPECT_EQ((*first)["Expiration"].Text(), "2026-11-23T14:55:00Z");
  EXPECT_EQ((*codec::ParseJsonValue(Get("/latest/meta-data/iam/info").body))["InstanceProfileId"].Text(),
            "AIPAEXAMPLE");
  Get("/latest/meta-data/iam/security-credentials/Reader");
  EXPECT_EQ(directory_.assumed, 1);
  clock_.Advance(std::chrono::hours(5) + std::chrono::minutes(50));
  directory_.now = clock_.Now();
  Get("/latest/meta-data/iam/security-credentials/Reader");
  EXPECT_EQ(directory_.assumed, 2);
  EXPECT_EQ(Get("/latest/meta-data/iam/security-credentials/Reader", {}, kTwo).status, 404);
}

TEST_F(MetadataTest, SaysThatARoleCannotBeAssumed) {
  Change([](InstanceMetadata& instance) { instance.role_name = "Forbidden"; });
  const auto answer = codec::ParseJsonValue(Get("/latest/meta-data/iam/security-credentials/Forbidden").body);
  ASSERT_TRUE(answer);
  EXPECT_EQ((*answer)["Code"].Text(), "AssumeRoleUnauthorizedAccess");
}

TEST_F(MetadataTest, GivesUserDataAsItIs) {
  Change([](InstanceMetadata& instance) { instance.user_data = std::string("#!/bin/sh\n\0\xff", 12); });
  EXPECT_EQ(Get("/latest/user-data").body, std::string("#!/bin/sh\n\0\xff", 12));
  EXPECT_EQ(Get("/latest/").body, "dynamic/\nmeta-data/\nuser-data");
}

}  // namespace
}  // namespace opentrail::instances
