#include "services/statement_runner.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace opentrail::services {
namespace {

using namespace std::chrono_literals;

// Statements that note their turn, and hold until they are let go or cancelled.
class StatementRunnerTest : public ::testing::Test {
 protected:
  void Start(StatementRunner::Options options) {
    runner_ = std::make_unique<StatementRunner>(clock_, engines_, options);
  }
  void Enqueue(const std::string& id, const std::string& principal = "alice") {
    runner_->Enqueue({id, principal, [this, id](RunningQuery& query) { Hold(id, query); }});
  }
  void Hold(const std::string& id, RunningQuery& query) {
    std::unique_lock lock(mutex_);
    begun_.push_back(id);
    changed_.notify_all();
    while (!is_open_ && !query.cancel.IsCancelled()) changed_.wait_for(lock, 1ms);
    if (query.cancel.IsCancelled()) cancelled_.push_back(query.is_timed_out ? id + " timed out" : id);
    ended_ += 1;
    changed_.notify_all();
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    changed_.notify_all();
  }
  void WaitForBegun(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_.size() >= count; });
  }
  void WaitForEnded(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= count; });
  }

  ManualClock clock_{Time(1s)};
  engine::EnginePool engines_{{}, 1};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = false;
  size_t ended_ = 0;
  std::vector<std::string> begun_;
  std::vector<std::string> cancelled_;
  std::unique_ptr<StatementRunner> runner_;  // the first to go
};

TEST_F(StatementRunnerTest, PrincipalsTakeTurns) {
  Start({.concurrent = 1});
  Enqueue("a1");
  WaitForBegun(1);
  for (const char* id : {"a2", "a3", "a4"}) Enqueue(id);
  Enqueue("b1", "bob");
  Enqueue("b2", "bob");
  Open();
  WaitForEnded(6);
  EXPECT_EQ(begun_, (std::vector<std::string>{"a1", "a2", "b1", "a3", "b2", "a4"}));
}

TEST_F(StatementRunnerTest, SoManyRunAtATime) {
  Start({.concurrent = 2});
  for (const char* id : {"a", "b", "c"}) Enqueue(id);
  WaitForBegun(2);
  EXPECT_TRUE(runner_->Find("a"));
  EXPECT_TRUE(runner_->Find("b"));
  EXPECT_FALSE(runner_->Find("c"));
  EXPECT_EQ(runner_->Find("a")->started, clock_.Now());
  Open();
  WaitForEnded(3);
}

TEST_F(StatementRunnerTest, StopsWhatRunsAndForgetsWhatWaits) {
  Start({.concurrent = 1});
  Enqueue("a");
  WaitForBegun(1);
  Enqueue("b");
  Enqueue("c");
  runner_->Stop("b");
  runner_->Stop("a");
  WaitForBegun(2);
  Open();
  WaitForEnded(2);
  EXPECT_EQ(begun_, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(cancelled_, std::vector<std::string>{"a"});
}

TEST_F(StatementRunnerTest, WhatHasHadItsTimeIsCancelled) {
  Start({.concurrent = 1, .timeout = 5ms});
  Enqueue("a");
  WaitForEnded(1);
  EXPECT_EQ(cancelled_, std::vector<std::string>{"a timed out"});
}

TEST_F(StatementRunnerTest, AtTheEndWhatRunsIsCancelledAndWhatWaitsNeverRuns) {
  Start({.concurrent = 1});
  Enqueue("a");
  WaitForBegun(1);
  Enqueue("b");
  runner_->Shutdown();
  Enqueue("c");
  EXPECT_EQ(begun_, std::vector<std::string>{"a"});
  EXPECT_EQ(cancelled_, std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace opentrail::services
