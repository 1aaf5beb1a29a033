#include "services/cloudtrail/cloudtrail_test_support.h"
#include "services/cloudtrail/delivery_batch.h"

namespace opentrail::services::cloudtrail {
namespace {

using std::chrono::seconds;

class DeliveryTest : public CloudTrailTest {
 protected:
  DeliveryTest() : worker_(account_.StartWorker()) { Flush(); }

  void Flush() {
    const Status status = worker_->Flush();
    EXPECT_TRUE(status) << (status ? "" : status.error().message);
  }
  void MakeTrail(std::string_view name, Value more = Value::Object(), std::string region = "us-east-1") {
    Do("CreateTrail", Settings(name, std::move(more)), region);
    Do("StartLogging", Named(name), region);
  }
  std::vector<std::string> Logs() { return account_.Keys(kBucket, "/CloudTrail/"); }
  std::vector<std::string> Names(std::string_view part = "/CloudTrail/") {
    return account_.Delivered(kBucket, part, "eventName");
  }
  static size_t Count(const std::vector<std::string>& list, std::string_view text) {
    return static_cast<size_t>(std::ranges::count(list, text));
  }
  void Refuse(std::string_view operation, std::string_view code) {
    account_.inside_.policy = [operation = std::string(operation),
                               code = std::string(code)](const InsideCall& call) -> AwsStatus {
      if (call.operation == operation) return AwsFailure(code, "refused");
      return {};
    };
  }

  std::unique_ptr<DeliveryWorker> worker_;
};

TEST_F(DeliveryTest, DeliversWhatHappensAfterStartLogging) {
  account_.Log({.name = "Before"});
  MakeTrail("monitor");
  account_.Log({.name = "RunInstances"});
  Flush();
  const auto logs = Logs();
  ASSERT_EQ(logs.size(), 1u);
  EXPECT_TRUE(
      logs[0].starts_with("AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/23/"
                          "123456789012_CloudTrail_us-east-1_20261123T0853Z_"))
      << logs[0];
  EXPECT_EQ(Names(), (std::vector<std::string>{"StartLogging", "RunInstances"}));
  const Reply object = account_.Get(kBucket, logs[0]);
  EXPECT_EQ(object.output["ContentType"].Text(), "application/json");
  EXPECT_EQ(object.output["ContentEncoding"].Text(), "gzip");
  const Value status = Do("GetTrailStatus", Named("monitor"));
  EXPECT_EQ(status["LatestDeliveryTime"].Timestamp(), clock_.Now());
  EXPECT_EQ(status["LatestDeliveryAttemptSucceeded"].Text(), "2026-11-23T08:53:35Z");
  EXPECT_FALSE(status.Has("LatestDeliveryError"));
}

TEST_F(DeliveryTest, AnIdleAccountComesToRest) {
  MakeTrail("monitor", Parse(R"({"KmsKeyId":"alias/trail"})"));
  Do("PutEventSelectors", Parse(R"({"TrailName":"monitor","EventSelectors":[{"DataResources":)"
                                R"([{"Type":"AWS::S3::Object","Values":["arn:aws:s3"]}]}]})"));
  Flush();
  account_.inside_.seen.clear();
  for (int i = 0; i < 5; ++i) Flush();
  EXPECT_TRUE(account_.inside_.seen.empty());
  // What CloudTrail's own calls left goes out with the next event of somebody else.
  account_.Log({.name = "RunInstances"});
  Flush();
  account_.inside_.seen.clear();
  Flush();
  EXPECT_TRUE(account_.inside_.seen.empty());
  EXPECT_EQ(Names(), (std::vector<std::string>{"StartLogging", "PutEventSelectors", "GetBucketAcl", "GenerateDataKey",
                                               "RunInstances"}));
}

TEST_F(DeliveryTest, EachEventOnce) {
  MakeTrail("monitor");
  std::vector<std::string> ids;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 20; ++i) ids.push_back(account_.Log({.name = "Event"}));
    Flush();
  }
  worker_.reset();
  worker_ = account_.StartWorker();  // a restart
  Flush();                           // its first look at the journal finds nothing
  for (int i = 0; i < 20; ++i) ids.push_back(account_.Log({.name = "Event"}));
  Flush();
  const auto delivered = account_.Delivered(kBucket, "/CloudTrail/", "eventID");
  for (const std::string& id : ids) EXPECT_EQ(Count(delivered, id), 1u) << id;
  EXPECT_EQ(Logs().size(), 6u);
}

TEST_F(DeliveryTest, RegionsHaveFoldersOfTheirOwn) {
  MakeTrail("everywhere", Parse(R"({"IsMultiRegionTrail":true,"S3KeyPrefix":"all"})"));
  MakeTrail("here", Parse(R"({"S3KeyPrefix":"one"})"), "eu-west-1");
  account_.Log({.name = "InVirginia"});
  account_.Log({.name = "InIreland", .region = "eu-west-1"});
  account_.Log({.source = "iam.amazonaws.com", .name = "CreateUser"});
  Flush();
  EXPECT_EQ(Count(Names("all/AWSLogs/123456789012/CloudTrail/us-east-1/"), "InVirginia"), 1u);
  EXPECT_EQ(Count(Names("all/AWSLogs/123456789012/CloudTrail/us-east-1/"), "CreateUser"), 1u);
  EXPECT_EQ(Count(Names("all/AWSLogs/123456789012/CloudTrail/eu-west-1/"), "InIreland"), 1u);
  EXPECT_EQ(Names("one/"), (std::vector<std::string>{"StartLogging", "InIreland"}));
}

TEST_F(DeliveryTest, SelectorsDecide) {
  MakeTrail("monitor");
  Do("PutEventSelectors", Parse(R"({"TrailName":"monitor","EventSelectors":[{"ReadWriteType":"WriteOnly"}]})"));
  account_.Log({.name = "DescribeInstances", .read_only = true});
  account_.Log({.name = "RunInstances"});
  account_.Log({.name = "PutItem", .management = false});
  Flush();
  EXPECT_EQ(Names(), (std::vector<std::string>{"StartLogging", "PutEventSelectors", "RunInstances"}));
}

TEST_F(DeliveryTest, StopLoggingDrains) {
  MakeTrail("monitor");
  account_.Log({.name = "Last"});
  Do("StopLogging", Named("monitor"));
  account_.Log({.name = "After"});
  Do("StartLogging", Named("monitor"));
  account_.Log({.name = "Again"});
  Flush();
  EXPECT_EQ(Names().size(), 6u);  // and the GetBucketAcl of the first delivery
  for (const std::string name : {"StartLogging", "Last", "StopLogging", "Again"}) EXPECT_GE(Count(Names(), name), 1u);
  EXPECT_EQ(Count(Names(), "After"), 0u);
}

TEST_F(DeliveryTest, ADeletedTrailDeliversAndIsGone) {
  MakeTrail("monitor");
  account_.Log({.name = "Last"});
  Do("DeleteTrail", Named("monitor"));
  Do("CreateTrail", Settings("monitor"));  // the name is free
  Flush();
  EXPECT_EQ(Names(), (std::vector<std::string>{"StartLogging", "Last", "DeleteTrail"}));
  store::Rows rows = account_.reader_->Query("SELECT count(*) FROM cloudtrail_trail");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Integer(0), 1);
}

TEST_F(DeliveryTest, FaultsAreToldAndMended) {
  MakeTrail("monitor");
  account_.Log({.name = "Waits"});
  Refuse("PutObject", "AccessDenied");
  Flush();
  const Value failed = Do("GetTrailStatus", Named("monitor"));
  EXPECT_EQ(failed["LatestDeliveryError"].Text(), "AccessDenied");
  EXPECT_EQ(failed["LatestDeliveryAttemptTime"].Text(), "2026-11-23T08:53:35Z");
  EXPECT_EQ(failed["LatestDeliveryAttemptSucceeded"].Text(), "");
  EXPECT_TRUE(Logs().empty());
  account_.inside_.policy = nullptr;
  Flush();
  EXPECT_FALSE(Do("GetTrailStatus", Named("monitor")).Has("LatestDeliveryError"));
  EXPECT_EQ(Count(Names(), "Waits"), 1u);
}

TEST_F(DeliveryTest, AMissingBucketIsToldAndMended) {
  MakeTrail("monitor");
  EXPECT_TRUE(account_.Invoke(*account_.s3_, "DeleteBucket", Value::Object({{"Bucket", kBucket}})));
  Flush();
  EXPECT_EQ(Do("GetTrailStatus", Named("monitor"))["LatestDeliveryError"].Text(), "NoSuchBucket");
  EXPECT_TRUE(account_.Invoke(*account_.s3_, "CreateBucket", Value::Object({{"Bucket", kBucket}})));
  Flush();
  EXPECT_EQ(Count(Names(), "StartLogging"), 1u);
}

TEST_F(DeliveryTest, OneRegionsFaultLeavesTheOthers) {
  MakeTrail("everywhere", Parse(R"({"IsMultiRegionTrail":true})"));
  account_.Log({.name = "A", .region = "ap-south-1"});
  account_.Log({.name = "B", .region = "eu-west-1"});
  account_.inside_.policy = [](const InsideCall& call) -> AwsStatus {
    if (call.input["Key"].Text().find("/eu-west-1/") != std::string_view::npos) return AwsFailure("AccessDenied", "");
    return {};
  };
  Flush();
  EXPECT_EQ(Names("/ap-south-1/"), std::vector<std::string>{"A"});
  EXPECT_TRUE(Names("/eu-west-1/").empty());
  account_.inside_.policy = nullptr;
  Flush();
  Flush();
  EXPECT_EQ(Names("/ap-south-1/"), std::vector<std::string>{"A"});
  EXPECT_EQ(Names("/eu-west-1/"), std::vector<std::string>{"B"});
}

TEST_F(DeliveryTest, EncryptsWithTheTrailsKey) {
  MakeTrail("monitor", Parse(R"({"KmsKeyId":"alias/trail"})"));
  account_.inside_.seen.clear();
  Flush();
  const auto& seen = account_.inside_.seen;
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].operation, "GetBucketAcl");
  EXPECT_EQ(seen[1].operation, "PutObject");
  EXPECT_EQ(seen[1].source_arn, Arn("monitor"));
  EXPECT_EQ(seen[1].input["ServerSideEncryption"].Text(), "aws:kms");
  EXPECT_EQ(seen[2].operation, "GenerateDataKey");
  EXPECT_EQ(seen[2].input["KeyId"].Text(), kTestKey);
  EXPECT_EQ(seen[2].input["EncryptionContext"]["aws:cloudtrail:arn"].Text(), Arn("monitor"));
  account_.inside_.key_state = "Disabled";
  account_.Log();
  Flush();
  EXPECT_EQ(Do("GetTrailStatus", Named("monitor"))["LatestDeliveryError"].Text(), "KMS.DisabledException");
}

TEST_F(DeliveryTest, ABacklogGoesInSeveralFiles) {
  MakeTrail("monitor");
  EXPECT_TRUE(account_.committer_->Run([&](store::Transaction& transaction) {
    for (size_t i = 0; i < kMaxBatchEntries + 5; ++i) {
      transaction.Append(EntryOf({.name = "Event"}, clock_.Now(), RandomUuid(random_)));
    }
  }));
  Flush();
  EXPECT_EQ(Logs().size(), 2u);
  store::Rows rows = account_.reader_->Query("SELECT position FROM cloudtrail_span");
  ASSERT_TRUE(rows.Next());
  EXPECT_GT(rows.Integer(0), static_cast<int64_t>(kMaxBatchEntries));
}

// The thread itself, by the clock on the wall.
TEST_F(DeliveryTest, DeliversOnItsOwn) {
  worker_ = account_.StartWorker({.interval = std::chrono::milliseconds(20)});
  MakeTrail("monitor");
  for (int i = 0; i < 3000 && Logs().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(Logs().empty());
  worker_.reset();
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
