#include "trail/event_index.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/random.h"
#include "store/committer.h"
#include "store/migration.h"
#include "trail/history_database.h"

namespace opentrail::trail {
namespace {

using namespace std::chrono_literals;

constexpr Time kNoon{std::chrono::milliseconds(1'772'625'600'000)};

class EventIndexTest : public ::testing::Test {
 protected:
  EventIndexTest() {
    std::string name = (std::filesystem::temp_directory_path() / "opentrail_index_XXXXXX").string();
    directory_ = mkdtemp(name.data());
    auto connection = store::Connection::Open(account_());
    EXPECT_TRUE(store::Migrate(*connection, store::JournalMigrations()).has_value());
    committer_ = std::move(*store::Committer::Start(std::move(*connection)));
    Start();
  }
  ~EventIndexTest() override {
    index_.reset();
    committer_.reset();
    std::filesystem::remove_all(directory_);
  }
  [[nodiscard]] std::string account_() const { return directory_ + "/account.db"; }
  [[nodiscard]] std::string history_() const { return directory_ + "/history.db"; }

  void Start() {
    index_.reset();
    auto started = EventIndex::Start(history_(), account_());
    ASSERT_TRUE(started.has_value()) << started.error().message;
    index_ = std::move(*started);
  }
  // Event i is i seconds past noon unless `time` says otherwise.
  void Record(int i, const std::string& name = "RunInstances", const std::string& user = "chaos",
              std::optional<Time> time = {}, bool management = true, const std::string& region = "us-east-1") {
    const Time at = time.value_or(kNoon + std::chrono::seconds(i));
    ASSERT_TRUE(committer_
                    ->Run([&](store::Transaction& transaction) {
                      transaction.Append({region, at, management,
                                          fmt::format(R"({{"eventID":"e-{}","eventName":"{}","readOnly":{},)"
                                                      R"("eventSource":"ec2.amazonaws.com","userIdentity":{{"type":)"
                                                      R"("IAMUser","userName":"{}","accessKeyId":"AKIA{}"}},)"
                                                      R"("requestParameters":{{"instanceId":"i-{}"}}}})",
                                                      i, name, i % 2 == 0, user, user, i)});
                    })
                    .has_value());
  }
  static LookupQuery Query(std::optional<LookupAttribute> attribute = {}, std::string value = {}) {
    LookupQuery query;
    query.region = "us-east-1";
    query.attribute = attribute;
    query.value = std::move(value);
    query.start = kNoon - 24h;
    query.end = kNoon + 24h;
    return query;
  }
  // The numbers of the events found, page by page, as "3 2 | 1".
  std::string Find(LookupQuery query) {
    EXPECT_TRUE(index_->WaitUntilCurrent(10s));
    std::string found;
    for (int pages = 0; pages < 100; ++pages) {
      const auto page = index_->Lookup(query);
      if (!page) return "(error) " + page.error().message;
      for (const std::string& record : page->records) {
        const size_t at = record.find("e-") + 2;
        found += record.substr(at, record.find('"', at) - at) + " ";
      }
      if (!page->next) return found;
      query.after = page->next;
      found += "| ";
    }
    return found + "(endless)";
  }

  SystemRandom random_;
  std::string directory_;
  std::unique_ptr<store::Committer> committer_;
  std::unique_ptr<EventIndex> index_;
};

TEST_F(EventIndexTest, FindsByEachAttributeNewestFirst) {
  Record(1);
  Record(2, "StopInstances");
  Record(3, "RunInstances", "alice");
  EXPECT_EQ(Find(Query()), "3 2 1 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kEventId, "e-2")), "2 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kEventName, "RunInstances")), "3 1 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kReadOnly, "true")), "2 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kUsername, "chaos")), "2 1 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kResourceType, "AWS::EC2::Instance")), "3 2 1 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kResourceName, "i-3")), "3 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kEventSource, "ec2.amazonaws.com")), "3 2 1 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kAccessKeyId, "AKIAalice")), "3 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kEventName, "runinstances")), "");
  EXPECT_EQ(Find(Query(LookupAttribute::kUsername, "")), "");
}

TEST_F(EventIndexTest, ShowsManagementEventsOfItsRegionAlone) {
  Record(1);
  Record(2, "GetObject", "chaos", {}, false);
  Record(3, "RunInstances", "chaos", {}, true, "eu-west-1");
  EXPECT_EQ(Find(Query()), "1 ");
  EXPECT_EQ(Find(Query(LookupAttribute::kUsername, "chaos")), "1 ");
  LookupQuery elsewhere = Query();
  elsewhere.region = "eu-west-1";
  EXPECT_EQ(Find(elsewhere), "3 ");
}

TEST_F(EventIndexTest, TimesAreInclusiveToTheSecond) {
  for (int i = 1; i <= 5; ++i) Record(i, "RunInstances", "chaos", kNoon + std::chrono::seconds(i) + 500ms);
  LookupQuery query = Query(LookupAttribute::kUsername, "chaos");
  query.start = kNoon + 2s + 900ms;
  query.end = kNoon + 4s;
  EXPECT_EQ(Find(query), "4 3 2 ");
  query.start = query.end = kNoon + 3s;
  EXPECT_EQ(Find(query), "3 ");
  query.end = kNoon + 2s;
  EXPECT_EQ(Find(query), "");
}

TEST_F(EventIndexTest, PagesNeitherLoseNorRepeatEvenWithinOneMoment) {
  for (int i = 1; i <= 7; ++i) Record(i, "RunInstances", "chaos", kNoon + (i > 5 ? 1s : 0s));
  for (const size_t size : {1, 2, 3, 7}) {
    LookupQuery query = Query(LookupAttribute::kEventName, "RunInstances");
    query.max_results = size;
    std::string found = Find(query);
    std::erase(found, '|');
    for (size_t at = 0; (at = found.find("  ", at)) != std::string::npos;) found.erase(at, 1);
    EXPECT_EQ(found, "7 6 5 4 3 2 1 ") << size;
  }
}

TEST_F(EventIndexTest, AClockThatWasSetBackDoesNotDisturbTheOrder) {
  Record(1, "A", "chaos", kNoon + 10s);
  Record(2, "A", "chaos", kNoon - 10s);
  Record(3, "A", "chaos", kNoon + 5s);
  LookupQuery query = Query();
  query.max_results = 1;
  EXPECT_EQ(Find(query), "1 | 3 | 2 ");
}

TEST_F(EventIndexTest, GoesOnWhereItStoppedAndStartsAnewWhereItMust) {
  Record(1);
  EXPECT_EQ(Find(Query()), "1 ");
  index_.reset();
  Record(2);
  Start();
  EXPECT_EQ(Find(Query()), "2 1 ");
  index_.reset();
  std::ofstream(history_(), std::ios::trunc)
      << "this is no database, and it is long enough to be looked at as one ....";
  Start();
  EXPECT_EQ(Find(Query()), "2 1 ");
  index_.reset();
  {
    auto history = store::Connection::Open(history_());
    history->Execute("UPDATE state SET version = 99");
  }
  Start();
  EXPECT_EQ(Find(Query()), "2 1 ");
  index_.reset();
  {
    auto history = store::Connection::Open(history_());
    history->Execute("UPDATE state SET record_hash = 1");  // as of another journal
  }
  Start();
  EXPECT_EQ(Find(Query()), "2 1 ");
}

TEST_F(EventIndexTest, FindsWithinASecondOfTheCommit) {
  auto soonest = std::chrono::steady_clock::duration::max();  // what takes longer may be the machine
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    Record(i);
    index_->Wake();
    LookupQuery query = Query(LookupAttribute::kEventId, fmt::format("e-{}", i));
    while (index_->Lookup(query)->records.empty() && std::chrono::steady_clock::now() - begin < 30s) {
      std::this_thread::sleep_for(5ms);
    }
    EXPECT_FALSE(index_->Lookup(query)->records.empty());
    soonest = std::min(soonest, std::chrono::steady_clock::now() - begin);
  }
  EXPECT_LT(soonest, 1s);
}

TEST_F(EventIndexTest, ManyBucketsAnswerAsOneAndOldOnesGo) {
  // Straight into the journal: this is about the index.
  committer_.reset();
  index_.reset();
  auto account = std::move(*store::Connection::Open(account_()));
  store::JournalWriter journal(account);
  constexpr int kEvents = 2 * kBucketEvents + 100;
  account.Execute("BEGIN");
  for (int i = 0; i < kEvents; ++i) {
    // The first bucket is 100 days older.
    const Time time = kNoon + std::chrono::milliseconds(i) - (i < kBucketEvents ? 2400h : 0h);
    const std::string record =
        fmt::format(R"({{"eventID":"e-{}","eventName":"{}"}})", i, i % 40'000 == 7 ? "Rare" : "Often");
    journal.Append({.time = time, .region = "us-east-1", .record = record});
  }
  journal.Flush();
  account.Execute("COMMIT");
  ASSERT_TRUE(account.status().has_value());
  Start();
  ASSERT_TRUE(index_->WaitUntilCurrent(600s)) << "a busy machine under sanitizers";
  LookupQuery query = Query(LookupAttribute::kEventName, "Rare");
  query.start = kNoon - 3000h;
  EXPECT_EQ(Find(query), "120007 80007 ");
  query.value = "Often";
  const auto page = index_->Lookup(query);
  EXPECT_EQ(page->records.size(), 50U);
  EXPECT_NE(page->records[0].find(fmt::format("e-{}\"", kEvents - 1)), std::string::npos);
}

// Blocks hold many places, and overlap where clocks disagree: any range of them, page by page, is what sorting gives.
TEST_F(EventIndexTest, RangesAcrossBlocksAreInOrderAndWhole) {
  index_.reset();
  SeededRandom random(7);
  const auto below = [&](uint32_t bound) {
    uint32_t number = 0;
    random.Fill({reinterpret_cast<uint8_t*>(&number), sizeof number});
    return static_cast<int>(number % bound);
  };
  constexpr int kEvents = 3000;
  std::vector<std::pair<int, int>> order;  // second, number
  Start();
  for (int batch = 0; batch < 3; ++batch) {
    ASSERT_TRUE(committer_
                    ->Run([&](store::Transaction& transaction) {
                      for (int i = batch * kEvents / 3; i < (batch + 1) * kEvents / 3; ++i) {
                        order.emplace_back(i / 10 + below(200), i);
                        transaction.Append({"us-east-1", kNoon + std::chrono::seconds(order.back().first), true,
                                            fmt::format(R"({{"eventID":"e-{}","eventName":"{}"}})", i, i % 3)});
                      }
                    })
                    .has_value());
    ASSERT_TRUE(index_->WaitUntilCurrent(10s));
  }
  std::sort(order.begin(), order.end(), std::greater());
  for (int round = 0; round < 40; ++round) {
    LookupQuery query = Query(LookupAttribute::kEventName, std::to_string(below(3)));
    const int first = below(500), last = first + below(100);
    query.start = kNoon + std::chrono::seconds(first);
    query.end = kNoon + std::chrono::seconds(last);
    query.max_results = static_cast<size_t>(1 + below(50));
    std::string expected;
    for (const auto& [second, number] : order) {
      const bool within = second >= first && second <= last;
      if (within && std::to_string(number % 3) == query.value) expected += fmt::format("{} ", number);
    }
    std::string found = Find(query);
    for (size_t at = 0; (at = found.find("| ", at)) != std::string::npos;) found.erase(at, 2);
    EXPECT_EQ(found, expected) << round;
  }
}

}  // namespace
}  // namespace opentrail::trail
