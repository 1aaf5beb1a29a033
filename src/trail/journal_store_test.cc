#include "trail/journal_store.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/json_value.h"
#include "store/store_test_support.h"

namespace opentrail::trail {
namespace {

constexpr Time kNoon{std::chrono::milliseconds(1'772'625'600'000)};

struct Logged {
  std::string name = "DescribeInstances";
  std::string region = "us-east-1";
  std::string category = "Management";
  std::chrono::minutes at{0};
};

class JournalStoreTest : public ::testing::Test {
 protected:
  JournalStoreTest() : committer_(std::move(*store::Committer::Start(store::OpenState(path_)))) {}

  void Log(const std::vector<Logged>& events) {
    EXPECT_TRUE(committer_->Run([&](store::Transaction& transaction) {
      for (const Logged& event : events) {
        const Value record = Value::Object({{"eventName", event.name},
                                            {"awsRegion", event.region},
                                            {"eventCategory", event.category},
                                            {"eventSource", "ec2.amazonaws.com"}});
        transaction.Append({.region = event.region,
                            .time = kNoon + event.at,
                            .management = event.category == "Management",
                            .record = codec::WriteJson(record)});
      }
    }));
  }

  static JournalSpan Span(int64_t after, int64_t until, std::string_view category = "Management") {
    const Value field = Value::Object({{"Field", "eventCategory"}, {"Equals", Value::List({category})}});
    const Value selector = Value::Object({{"FieldSelectors", Value::List({field})}});
    return {.after = after,
            .until = until,
            .scope = {.home_region = "us-east-1", .multi_region = true, .global_service_events = true},
            .selectors = EventSelectors(Value::Object({{"AdvancedEventSelectors", Value::List({selector})}}))};
  }

  // The names of all events that the store gives, file by file in the order of the listing.
  std::vector<std::string> Names(JournalStore& store) {
    std::vector<std::string> names;
    const auto listing = store.List({}, cancel_);
    EXPECT_TRUE(listing);
    for (const logs::LogFile& file : listing->files) {
      std::vector<uint8_t> content;
      const Status read = store.Read(file, uint64_t{1} << 30, content);
      EXPECT_TRUE(read) << (read ? "" : read.error().message);
      const auto value = codec::ParseJsonValue({reinterpret_cast<const char*>(content.data()), content.size()});
      EXPECT_TRUE(value) << file.path;
      if (!value) continue;
      for (const Value& record : (*value)["Records"].elements()) names.emplace_back(record["eventName"].Text());
    }
    return names;
  }

  store::TestDirectory directory_;
  const std::string path_ = directory_.Path("account.db");
  SeededRandom random_{5};
  CancelToken cancel_;
  JournalCounters counters_;
  std::unique_ptr<store::Committer> committer_;
};

TEST_F(JournalStoreTest, GivesTheSelectedRecordsOfItsSpans) {
  Log({{.name = "a"}, {.name = "b"}, {.name = "c", .category = "Data"}, {.name = "d"}, {.name = "e"}, {.name = "f"}});
  std::vector<JournalSpan> spans;
  spans.push_back(Span(1, 4));
  spans.push_back(Span(5, 6));
  JournalStore store(path_, std::move(spans), Time(), counters_);
  EXPECT_EQ(Names(store), (std::vector<std::string>{"b", "d", "f"}));
  EXPECT_EQ(counters_.events, 3U);
  EXPECT_GT(counters_.bytes, 3U * 50);
}

TEST_F(JournalStoreTest, KnowsNothingOfWhatComesLater) {
  Log({{.name = "a"}});
  std::vector<JournalSpan> spans;
  spans.push_back(Span(0, 1));
  JournalStore store(path_, std::move(spans), Time(), counters_);
  Log({{.name = "b"}});
  EXPECT_EQ(Names(store), std::vector<std::string>{"a"});
}

TEST_F(JournalStoreTest, LeavesOutWhatIsTooOldOrElsewhere) {
  Log({{.name = "old"},
       {.name = "new", .at = std::chrono::minutes(2)},
       {.name = "abroad", .region = "eu-west-1", .at = std::chrono::minutes(3)}});
  std::vector<JournalSpan> spans;
  spans.push_back(Span(0, 3));
  spans.back().scope.multi_region = false;
  JournalStore store(path_, std::move(spans), kNoon + std::chrono::minutes(1), counters_);
  EXPECT_EQ(Names(store), std::vector<std::string>{"new"});
}

TEST_F(JournalStoreTest, LooksIntoRecordsWhereSelectorsAskForMore) {
  Log({{.name = "a"}, {.name = "b"}, {.name = "b", .category = "Data"}, {.name = "b", .region = "eu-west-1"}});
  const auto value = [](std::string_view field, std::string_view text) {
    return Value::Object({{"Field", field}, {"Equals", Value::List({text})}});
  };
  const Value selector =
      Value::Object({{"FieldSelectors", Value::List({value("eventCategory", "Management"), value("eventName", "b")})}});
  std::vector<JournalSpan> spans;
  spans.push_back(Span(0, 4));
  spans.back().selectors = EventSelectors(Value::Object({{"AdvancedEventSelectors", Value::List({selector})}}));
  EXPECT_FALSE(spans.back().selectors.CategoriesAlone());
  JournalStore everywhere(path_, spans, Time(), counters_);
  EXPECT_EQ(Names(everywhere), (std::vector<std::string>{"b", "b"}));
  spans.back().scope.multi_region = false;
  JournalStore at_home(path_, spans, Time(), counters_);
  EXPECT_EQ(Names(at_home), std::vector<std::string>{"b"});
}

TEST_F(JournalStoreTest, ManyEntriesAreManyFilesAndEachEntryComesOnce) {
  constexpr int64_t kEntries = 2 * JournalStore::kEntriesInFile + 7;
  std::vector<Logged> events(kEntries);
  for (size_t i = 0; i < events.size(); ++i) events[i].name = std::to_string(i);
  Log(events);
  std::vector<JournalSpan> spans;
  spans.push_back(Span(0, kEntries));
  JournalStore store(path_, std::move(spans), Time(), counters_);
  EXPECT_EQ(store.List({}, cancel_)->files.size(), 3U);
  const std::vector<std::string> names = Names(store);
  ASSERT_EQ(names.size(), events.size());
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(names[i], std::to_string(i));
}

TEST_F(JournalStoreTest, IsReadByThreadsWhileCallsAreCommitted) {
  Log(std::vector<Logged>(3 * JournalStore::kEntriesInFile));
  std::vector<JournalSpan> spans;
  spans.push_back(Span(0, 3 * JournalStore::kEntriesInFile));
  JournalStore store(path_, std::move(spans), Time(), counters_);
  const auto listing = store.List({}, cancel_);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < listing->files.size(); ++i) {
    threads.emplace_back([&, i] {
      std::vector<uint8_t> content;
      EXPECT_TRUE(store.Read(listing->files[i], uint64_t{1} << 30, content));
    });
  }
  for (int i = 0; i < 20; ++i) Log({{}});
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counters_.events, 3U * JournalStore::kEntriesInFile);
}

TEST_F(JournalStoreTest, RefusesWhatItCannotGive) {
  Log({{.name = "a"}, {.name = "b"}});
  std::vector<JournalSpan> spans;
  spans.push_back(Span(0, 1));
  JournalStore store(path_, std::move(spans), Time(), counters_);
  std::vector<uint8_t> content;
  const auto fault = [&](std::string path, uint64_t max_bytes) {
    const Status read = store.Read({.path = std::move(path)}, max_bytes, content);
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(fault("journal/1-1.json", 1 << 20), "");
  EXPECT_EQ(fault("journal/1-1.json", 20), "journal/1-1.json: the entries have more than 20 bytes");
  EXPECT_EQ(fault("journal/2-2.json", 1 << 20), "journal/2-2.json: is in none of the spans");
  EXPECT_EQ(fault("journal/x", 1 << 20), "journal/x: is no stretch of the journal");
  EXPECT_EQ(fault("elsewhere", 1 << 20), "elsewhere: is no stretch of the journal");
  uint8_t byte = 0;
  EXPECT_FALSE(store.ReadRange({.path = "journal/1-1.json"}, 0, 1, &byte));
  cancel_.Cancel();
  EXPECT_EQ(store.List({}, cancel_).error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace opentrail::trail
