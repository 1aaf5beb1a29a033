#include "store/committer.h"

#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

JournalEntry Entry(std::string record) { return {"us-east-1", Time{}, true, std::move(record)}; }

// A record that does not shrink.
std::string Noise(size_t size) {
  SystemRandom random;
  return RandomBytes(random, size);
}

class CommitterTest : public ::testing::Test {
 protected:
  CommitterTest() {
    Connection connection = OpenState(path_);
    connection.ExecuteScript("CREATE TABLE t(a INTEGER PRIMARY KEY) STRICT");
    committer_ = std::move(*Committer::Start(std::move(connection)));
    reader_.emplace(std::move(*Connection::Open(path_, OpenMode::kReadOnly)));
  }
  int64_t Number(std::string_view sql) {
    Rows rows = reader_->Query(sql);
    return rows.Next() ? rows.Integer(0) : -1;
  }
  int64_t States() { return Number("SELECT count(*) FROM t"); }
  std::string Journal() {
    std::string all;
    for (JournalRows rows(*reader_, 0); rows.Next();)
      all += fmt::format("{} {}\n", rows.entry().seq, rows.entry().record);
    EXPECT_TRUE(reader_->status().has_value());
    return all;
  }
  int64_t Records() {
    int64_t records = 0;
    for (JournalRows rows(*reader_, 0); rows.Next();) ++records;
    return records;
  }
  // Everything that `submit` submits is one group: the committer is held up meanwhile.
  void InOneGroup(const std::function<void()>& submit) {
    std::promise<void> running, go;
    committer_->Submit(
        [&](Transaction&) {
          running.set_value();
          go.get_future().wait();
        },
        [](const Status&) {});
    running.get_future().wait();
    const uint64_t groups = committer_->statistics().groups;
    submit();
    go.set_value();
    ASSERT_TRUE(committer_->Run([](Transaction&) {}).has_value());
    EXPECT_LE(committer_->statistics().groups, groups + 3);
  }

  TestDirectory directory_;
  std::string path_ = directory_.Path("account.db");
  std::unique_ptr<Committer> committer_;
  std::optional<Connection> reader_;
};

TEST_F(CommitterTest, StateAndRecordsBecomeDurableTogether) {
  ASSERT_TRUE(committer_
                  ->Run([](Transaction& transaction) {
                    transaction.connection().Execute("INSERT INTO t VALUES(1)");
                    transaction.Append(Entry("a"));
                    transaction.Append(Entry("b"));
                  })
                  .has_value());
  EXPECT_EQ(States(), 1);
  EXPECT_EQ(Journal(), "1 a\n2 b\n");
}

TEST_F(CommitterTest, ACallSeesWhatTheJournalHeldBeforeIt) {
  std::string seen;
  const auto submit = [&](int records) {
    committer_->Submit(
        [&seen, records](Transaction& transaction) {
          seen += fmt::format("{} ", transaction.LastJournalEntry());
          for (int i = 0; i < records; ++i) transaction.Append(Entry("r"));
        },
        [](const Status&) {});
  };
  InOneGroup([&] {
    for (const int records : {1, 0, 2, 1}) submit(records);
  });
  submit(0);
  ASSERT_TRUE(committer_->Run([](Transaction&) {}).has_value());
  EXPECT_EQ(seen, "0 1 1 3 4 ");
  EXPECT_EQ(Journal(), "1 r\n2 r\n3 r\n4 r\n");
  Transaction alone(*reader_);
  EXPECT_EQ(alone.LastJournalEntry(), 4);
}

TEST_F(CommitterTest, ACallThatFailsHurtsNoOtherOfItsGroup) {
  std::vector<Status> results(6);
  bool ran = false;
  const auto submit = [&](size_t i, Committer::Work work) {
    committer_->Submit(std::move(work), [&results, i](const Status& status) { results[i] = status; });
  };
  InOneGroup([&] {
    submit(0, [](Transaction& transaction) {
      transaction.connection().Execute("INSERT INTO t VALUES(1)");
      transaction.Append(Entry("a"));
    });
    submit(1, [&](Transaction& transaction) {
      transaction.connection().Execute("INSERT INTO t VALUES(2)");
      transaction.connection().Execute("INSERT INTO t VALUES(1)");
      transaction.Append(Entry("b"));
      transaction.OnCommit([&] { ran = true; });
    });
    submit(2, [](Transaction& transaction) {
      transaction.connection().Execute("INSERT INTO t VALUES(3)");
      throw std::out_of_range("a defect");
    });
    submit(3, [](Transaction& transaction) { transaction.Append(Entry("c")); });
    submit(4, [](Transaction& transaction) { transaction.connection().Execute("nonsense"); });
    submit(5, [](Transaction& transaction) { transaction.connection().Execute("INSERT INTO t VALUES(4)"); });
  });
  EXPECT_TRUE(results[0] && results[3] && results[5]);
  EXPECT_FALSE(results[1] || results[2] || results[4]);
  EXPECT_EQ(results[2].error().code, ErrorCode::kInternal);
  EXPECT_FALSE(ran);
  EXPECT_EQ(Number("SELECT group_concat(a) = '1,4' FROM t"), 1);
  EXPECT_EQ(Records(), 2);
}

TEST_F(CommitterTest, RollBackStateKeepsTheRecord) {
  bool ran = false;
  ASSERT_TRUE(committer_
                  ->Run([&](Transaction& transaction) {
                    transaction.connection().Execute("INSERT INTO t VALUES(1)");
                    transaction.OnCommit([&] { ran = true; });
                    transaction.RollBackState();
                    transaction.Append(Entry("a"));
                  })
                  .has_value());
  EXPECT_EQ(States(), 0);
  EXPECT_EQ(Records(), 1);
  EXPECT_FALSE(ran);
}

TEST_F(CommitterTest, RollBackStateUndoesAFailedStatementToo) {
  ASSERT_TRUE(committer_
                  ->Run([](Transaction& transaction) {
                    transaction.connection().Execute("INSERT INTO t VALUES(1)");
                    transaction.connection().Execute("INSERT INTO t VALUES(1)");
                    EXPECT_FALSE(transaction.connection().status().has_value());
                    transaction.RollBackState();
                    transaction.Append(Entry("a"));
                  })
                  .has_value());
  EXPECT_EQ(States(), 0);
  EXPECT_EQ(Records(), 1);
}

TEST_F(CommitterTest, RollBackStateBeforeAnyChangeIsNothing) {
  ASSERT_TRUE(committer_
                  ->Run([](Transaction& transaction) {
                    transaction.RollBackState();
                    transaction.Append(Entry("a"));
                  })
                  .has_value());
  EXPECT_EQ(Records(), 1);
}

TEST_F(CommitterTest, TryUndoesItsPartAlone) {
  std::string actions;
  ASSERT_TRUE(committer_
                  ->Run([&](Transaction& transaction) {
                    const auto part = [&](int a, bool good) {
                      transaction.Try([&] {
                        transaction.connection().Execute("INSERT INTO t VALUES(?)", a);
                        transaction.OnCommit([&actions, a] { actions += std::to_string(a); });
                        transaction.Append(Entry("p"));
                        return good;
                      });
                    };
                    part(1, true);
                    part(2, false);
                    part(3, true);
                  })
                  .has_value());
  EXPECT_EQ(Number("SELECT group_concat(a) = '1,3' FROM t"), 1);
  EXPECT_EQ(Records(), 3);
  EXPECT_EQ(actions, "13");
}

TEST_F(CommitterTest, RollBackStateUndoesAPartThatCameFirst) {
  ASSERT_TRUE(committer_
                  ->Run([](Transaction& transaction) {
                    transaction.Try([&] {
                      transaction.connection().Execute("INSERT INTO t VALUES(1)");
                      return true;
                    });
                    transaction.RollBackState();
                    transaction.Append(Entry("a"));
                  })
                  .has_value());
  EXPECT_EQ(States(), 0);
  EXPECT_EQ(Records(), 1);
}

TEST_F(CommitterTest, ActionsRunAfterTheCommitAndBeforeTheAnswer) {
  std::string order;
  int64_t seen = 0;
  std::promise<void> answered;
  committer_->Submit(
      [&](Transaction& transaction) {
        transaction.connection().Execute("INSERT INTO t VALUES(1)");
        transaction.OnCommit([&] {
          order += "action ";
          seen = States();
        });
        order += "work ";
      },
      [&](const Status&) {
        order += "answer";
        answered.set_value();
      });
  answered.get_future().wait();
  EXPECT_EQ(order, "work action answer");
  EXPECT_EQ(seen, 1);
}

// The log may not grow: no commit can succeed, until it may again.
TEST_F(CommitterTest, AFailedCommitFailsEveryCallAndTheNextOneMaySucceed) {
  signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 300'000, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::atomic<int> failed = 0;
  bool ran = false;
  for (int i = 0; i < 40; ++i) {
    committer_->Submit(
        [&, i](Transaction& transaction) {
          transaction.connection().Execute("INSERT INTO t VALUES(?)", i);
          if (i == 39) transaction.OnCommit([&] { ran = true; });
          transaction.Append(Entry(Noise(100'000)));
        },
        [&](const Status& status) { failed += status ? 0 : 1; });
  }
  EXPECT_FALSE(
      committer_->Run([](Transaction& transaction) { transaction.Append(Entry(Noise(400'000))); }).has_value());
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_GT(failed, 0);
  EXPECT_FALSE(ran);
  EXPECT_EQ(Records(), 40 - failed);
  EXPECT_EQ(States(), 40 - failed);
  EXPECT_TRUE(committer_->Run([](Transaction& transaction) { transaction.Append(Entry("c")); }).has_value());
  EXPECT_EQ(Records(), 40 - failed + 1);
}

TEST_F(CommitterTest, NoStateStaysWhoseRecordCannotBeWritten) {
  const Status status = committer_->Run([](Transaction& transaction) {
    transaction.connection().Execute("INSERT INTO t VALUES(1)");
    transaction.connection().Execute("DROP TABLE journal_block");
    transaction.Append(Entry("a"));
  });
  EXPECT_FALSE(status.has_value());
  EXPECT_EQ(States(), 0);
  EXPECT_TRUE(committer_->Run([](Transaction& transaction) { transaction.Append(Entry("b")); }).has_value());
  EXPECT_EQ(Records(), 1);
}

TEST_F(CommitterTest, DestructionFinishesWhatWasSubmitted) {
  std::atomic<int> done = 0;
  for (int i = 0; i < 2000; ++i) {
    committer_->Submit([](Transaction& transaction) { transaction.Append(Entry("a")); },
                       [&](const Status& status) { done += status ? 1 : 0; });
  }
  committer_.reset();
  EXPECT_EQ(done, 2000);
  EXPECT_EQ(Records(), 2000);
}

TEST_F(CommitterTest, ManyThreadsEachSeeTheirOwnChanges) {
  std::vector<std::thread> threads;
  std::atomic<int> seen = 0;
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        const int id = t * 1000 + i;
        const Status done = committer_->Run([&](Transaction& transaction) {
          transaction.connection().Execute("INSERT INTO t VALUES(?)", id);
          transaction.Append(Entry("a"));
        });
        if (done) seen += 1;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen, 64 * 20);
  EXPECT_EQ(States(), 64 * 20);
  EXPECT_EQ(Records(), 64 * 20);
  EXPECT_LT(committer_->statistics().groups, 64 * 20U);
}

TEST_F(CommitterTest, TheLogStaysBoundedUnderConstantLoad) {
  constexpr int kCalls = 160;
  for (int i = 0; i < kCalls; ++i) {
    ASSERT_TRUE(
        committer_->Run([](Transaction& transaction) { transaction.Append(Entry(Noise(1'000'000))); }).has_value());
  }
  // 160 MB went through it: at most 64 MiB and a commit of them are in it.
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 68'000'000U);
  EXPECT_EQ(Records(), kCalls);
}

}  // namespace
}  // namespace opentrail::store
