#include "lab/lab_state.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "lab/check.h"
#include "lab/process.h"

namespace opentrail::lab {
namespace {

class LabStateTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/opentrail-lab-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    data_ = name;
    std::filesystem::create_directories(LabDirectory(data_));
  }
  void TearDown() override { std::filesystem::remove_all(data_); }
  std::string data_;
};

TEST_F(LabStateTest, ComesBackAsItWasAndIsTheOwnersAlone) {
  EXPECT_EQ(ReadLabState(data_).error().code, ErrorCode::kNotFound);
  LabState state{.draw = DrawOf(42), .instance_id = "i-1", .group_id = "sg-1", .public_address = "198.51.100.2"};
  state.intruder = {"AKIA1", "secret", ""};
  ASSERT_TRUE(WriteLabState(data_, state).has_value());
  const auto read = ReadLabState(data_);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->draw.page_token, state.draw.page_token);
  EXPECT_EQ(read->public_address, "198.51.100.2");
  EXPECT_EQ(read->intruder.secret_access_key, "secret");
  struct stat status{};
  ASSERT_EQ(stat((LabDirectory(data_) + "/lab.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(LabStateTest, AKeeperIsBelievedOnlyWhereItRuns) {
  EXPECT_FALSE(ReadKeeperState(data_).has_value());
  // This very process keeps no lab of that directory.
  ASSERT_TRUE(WriteKeeperState(data_, {getpid(), 4711}).has_value());
  EXPECT_FALSE(ReadKeeperState(data_).has_value());
  const auto keeper = StartProcess({"sh", "-c", "sleep 60; true", data_}, {.log = data_ + "/log", .directory = ""});
  ASSERT_TRUE(keeper.has_value());
  EXPECT_FALSE(HasEnded(*keeper));
  ASSERT_TRUE(WriteKeeperState(data_, {*keeper, 4711}).has_value());
  while (!IsProcessOf(*keeper, data_)) usleep(1000);
  EXPECT_EQ(ReadKeeperState(data_)->port, 4711);
  EndProcess(*keeper, data_, std::chrono::seconds(5));
  EXPECT_FALSE(ReadKeeperState(data_).has_value());
  kill(-*keeper, SIGKILL);  // what the shell had started
}

TEST_F(LabStateTest, AnAttackIsAwaitedUntilSomethingIsWritten) {
  EXPECT_EQ(ReadAttackState(data_).phase, AttackPhase::kAwaited);
  ASSERT_TRUE(WriteAttackState(data_, {AttackPhase::kFailed, "", "no way in"}).has_value());
  EXPECT_EQ(ReadAttackState(data_).phase, AttackPhase::kFailed);
  EXPECT_EQ(ReadAttackState(data_).failure, "no way in");
  ASSERT_TRUE(WriteOwnFile(LabDirectory(data_) + "/attack.json", "no JSON").has_value());
  EXPECT_EQ(ReadAttackState(data_).phase, AttackPhase::kAwaited);
}

TEST_F(LabStateTest, AnswersAreRememberedUntilTheyAreGivenAnew) {
  EXPECT_EQ(RememberAnswers(data_, {}).user, "");
  EXPECT_EQ(RememberAnswers(data_, {.user = "martha", .time = "", .address = "1.2.3.4", .method = ""}).user, "martha");
  const Answers later = RememberAnswers(data_, {.user = "chaos", .time = "", .address = "", .method = ""});
  EXPECT_EQ(later.user, "chaos");
  EXPECT_EQ(later.address, "1.2.3.4");
}

TEST_F(LabStateTest, AProgramThatIsNotThereEndsAtOnce) {
  EXPECT_FALSE(IsOnPath("no-such-program-here"));
  EXPECT_TRUE(IsOnPath("sh"));
  const auto process = StartProcess({"no-such-program-here"}, {.log = data_ + "/log", .directory = ""});
  ASSERT_TRUE(process.has_value());
  while (!HasEnded(*process)) usleep(1000);
  EXPECT_FALSE(StartProcess({"sh"}, {.log = data_ + "/no/such/log", .directory = ""}).has_value());
}

}  // namespace
}  // namespace opentrail::lab
