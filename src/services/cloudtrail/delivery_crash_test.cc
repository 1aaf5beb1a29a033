#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "services/cloudtrail/cloudtrail_test_support.h"

// The process is killed while it delivers, again and again on the same directory: what the journal has is in the log
// files, each event once.
namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kBucket = "monitoring1234";
constexpr int kRounds = 15;

// Logs and delivers until it is killed.
[[noreturn]] void LogForEver(const store::TestDirectory& directory, uint64_t seed) {
  const SystemClock clock;
  ManualClock still(clock.Now());
  SeededRandom random(seed);
  TestAccount account(directory, still, random);
  const auto worker = account.StartWorker({.interval = std::chrono::milliseconds(1)});
  for (;;) {
    account.Log({.name = "Event"});
    account.Log({.name = "Event", .region = "eu-west-1"});
  }
}

std::vector<std::string> JournalIds(store::Connection& reader) {
  std::vector<std::string> ids;
  store::JournalRows rows(reader, 0);
  while (rows.Next()) {
    const auto record = codec::ParseJsonValue(rows.entry().record);
    if (record && (*record)["eventName"].Text() == "Event") ids.emplace_back((*record)["eventID"].Text());
  }
  return ids;
}

TEST(DeliveryCrash, LosesAndDoublesNothing) {
  const store::TestDirectory directory;
  ManualClock clock(Time(std::chrono::seconds(1'795'424'015)));
  {
    SeededRandom random(1000);
    TestAccount account(directory, clock, random);
    ASSERT_TRUE(account.Invoke(*account.s3_, "CreateBucket", Value::Object({{"Bucket", kBucket}})));
    ASSERT_TRUE(account.Invoke(*account.cloudtrail_, "CreateTrail",
                               Value::Object({{"Name", "monitor"},
                                              {"S3BucketName", kBucket},
                                              {"IsMultiRegionTrail", true},
                                              {"EnableLogFileValidation", true}})));
    ASSERT_TRUE(account.Invoke(*account.cloudtrail_, "StartLogging", Value::Object({{"Name", "monitor"}})));
  }
  for (int round = 0; round < kRounds; ++round) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) LogForEver(directory, static_cast<uint64_t>(round));
    std::this_thread::sleep_for(std::chrono::milliseconds(150 + 37 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  SeededRandom random(2000);
  TestAccount account(directory, clock, random);
  const auto worker = account.StartWorker();
  ASSERT_TRUE(worker->Flush());
  std::vector<std::string> logged = JournalIds(*account.reader_);
  EXPECT_FALSE(logged.empty());
  std::vector<std::string> delivered;
  for (const std::string& key : account.Keys(kBucket, "/CloudTrail/")) {
    const auto file = codec::ParseJsonValue(account.Text(kBucket, key));
    ASSERT_TRUE(file) << key;
    for (const Value& record : (*file)["Records"].elements()) {
      if (record["eventName"].Text() == "Event") delivered.emplace_back(record["eventID"].Text());
    }
  }
  std::ranges::sort(logged);
  std::ranges::sort(delivered);
  EXPECT_EQ(delivered.size(), logged.size());
  EXPECT_EQ(delivered, logged);
}

}  // namespace
}  // namespace opentrail::services::cloudtrail
