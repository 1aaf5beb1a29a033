#include <chrono>
#include <cstring>
#include <functional>
#include <map>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store_test_support.h"

// What stands after kill -9: everything that was acknowledged, once, and nothing half.
namespace opentrail::store {
namespace {

using namespace std::chrono_literals;

// Runs `work` in a process of its own, kills that after `life`, and gives what it wrote to its pipe.
std::string KilledAfter(std::chrono::microseconds life, const std::function<void(int pipe)>& work) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    work(ends[1]);
    _exit(0);
  }
  close(ends[1]);
  std::thread killer([&] {
    std::this_thread::sleep_for(life);
    kill(child, SIGKILL);
  });
  std::string told;
  char buffer[65536];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    told.append(buffer, static_cast<size_t>(got));
  close(ends[0]);
  killer.join();
  waitpid(child, nullptr, 0);
  return told;
}

// The rounds of a test, and those that it goes on for where the machine is so slow that nothing was done in them.
constexpr int kRoundsMax = 500;

constexpr size_t kIdBytes = 36;

// Forever: commits a record and tells its id once it is durable, from several threads.
void CommitForever(const std::string& database, int pipe) {
  auto committer = Committer::Start(OpenState(database));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      SystemRandom random;
      for (;;) {
        const std::string id = RandomUuid(random);
        const Status done = (*committer)->Run([&](Transaction& transaction) {
          transaction.Append({"us-east-1", Time{}, true, id + std::string(1200, 'r')});
        });
        if (!done || write(pipe, id.data(), kIdBytes) != kIdBytes) _exit(1);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(CrashTest, EveryAcknowledgedRecordIsInTheJournalOnce) {
  const TestDirectory directory;
  const std::string database = directory.Path("account.db");
  SystemRandom random;
  std::vector<std::string> acknowledged;
  constexpr int kRounds = 50;
  for (int round = 0; round < kRounds || (acknowledged.empty() && round < kRoundsMax); ++round) {
    uint8_t jitter = 0;
    random.Fill({&jitter, 1});
    const auto life = (5ms + jitter * 100us) * (1 + round / kRounds);
    const std::string ids = KilledAfter(life, [&](int pipe) { CommitForever(database, pipe); });
    for (size_t at = 0; at + kIdBytes <= ids.size(); at += kIdBytes) acknowledged.push_back(ids.substr(at, kIdBytes));
  }
  Connection state = OpenState(database);
  EXPECT_GT(acknowledged.size(), 0U);
  Rows check = state.Query("PRAGMA integrity_check");
  ASSERT_TRUE(check.Next());
  EXPECT_EQ(check.Text(0), "ok");
  std::map<std::string, int> journal;
  for (JournalRows rows(state, 0); rows.Next();) ++journal[std::string(rows.entry().record.substr(0, kIdBytes))];
  EXPECT_TRUE(state.status().has_value());
  for (const std::string& id : acknowledged) ASSERT_EQ(journal[id], 1) << id;
}

// What the child tells of one content.
struct Told {
  int64_t id;
  uint64_t size;
  uint64_t seed;
};

std::string ContentOf(const Told& told) {
  SeededRandom random(told.seed);
  return RandomBytes(random, told.size);
}

// Forever: puts contents of all sizes, releases each third again, and tells what stays.
void PutForever(const std::string& database, const std::string& objects, int pipe) {
  Connection state = OpenState(database);
  SystemRandom random;
  auto store = std::move(*ObjectStore::Open(objects, state, random));
  auto committer = Committer::Start(std::move(state));
  for (uint64_t count = 0;; ++count) {
    Told told{};
    random.Fill({reinterpret_cast<uint8_t*>(&told.seed), sizeof told.seed});
    told.size = told.seed % 200'000;
    auto writer = store->Create(std::string(32, 'k'));
    if (!(*writer)->Write(ContentOf(told))) _exit(1);
    const auto staged = (*writer)->Finish();
    const Status kept =
        (*committer)->Run([&](Transaction& transaction) { told.id = store->Adopt(transaction, *staged); });
    if (!staged || !kept) _exit(1);
    if (count % 3 == 2) {
      if (!(*committer)->Run([&](Transaction& transaction) { store->Release(transaction, told.id); })) _exit(1);
    } else if (write(pipe, &told, sizeof told) != sizeof told) {
      _exit(1);
    }
  }
}

TEST(CrashTest, EveryContentThatARowNamesIsWholeAndNoFileIsLeftOver) {
  const TestDirectory directory;
  const std::string database = directory.Path("account.db");
  const std::string objects = directory.Path("objects");
  SystemRandom random;
  std::vector<Told> acknowledged;
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds || (acknowledged.empty() && round < kRoundsMax); ++round) {
    uint8_t jitter = 0;
    random.Fill({&jitter, 1});
    const auto life = (60ms + jitter * 200us) * (1 + round / kRounds);
    const std::string bytes = KilledAfter(life, [&](int pipe) { PutForever(database, objects, pipe); });
    for (size_t at = 0; at + sizeof(Told) <= bytes.size(); at += sizeof(Told)) {
      Told told{};
      std::memcpy(&told, bytes.data() + at, sizeof told);
      acknowledged.push_back(told);
    }
  }
  Connection state = OpenState(database);
  auto store = std::move(*ObjectStore::Open(objects, state, random));
  EXPECT_GT(acknowledged.size(), 0U);
  for (const Told& told : acknowledged) {
    const auto source = store->Read(state, {{told.id, std::string(32, 'k'), told.size}}, 0, told.size);
    ASSERT_TRUE(source.has_value()) << source.error().message;
    ASSERT_EQ(ReadAll(**source), ContentOf(told));
  }
  size_t named = 0;
  for (Rows rows = state.Query("SELECT file FROM content WHERE file IS NOT NULL"); rows.Next(); ++named) {
    EXPECT_TRUE(std::filesystem::exists(objects + "/" + std::string(rows.Text(0))));
  }
  EXPECT_EQ(FilesUnder(objects).size(), named);
}

}  // namespace
}  // namespace opentrail::store
