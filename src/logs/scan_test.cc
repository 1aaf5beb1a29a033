#include "logs/scan.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include "codec/utf8.h"
#include "logs/file_text.h"

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

std::string Gzip(std::string_view text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(1);
  std::string out(libdeflate_gzip_compress_bound(compressor, text.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

std::string Event(size_t id, std::string_view name = "DescribeInstances") {
  return R"({"eventVersion":"1.08","eventID":")" + std::to_string(id) + R"(","eventName":")" + std::string(name) +
         R"(","eventTime":"2024-03-0)" + std::to_string(1 + id % 9) +
         R"(T00:00:00Z","userIdentity":{"arn":"arn:aws:iam::1:user/a"}})";
}

std::string Records(size_t first, size_t count) {
  std::string text = R"({"Records":[)";
  for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + Event(first + i);
  return text + "]}";
}

// Everything a scan gave.
struct Outcome {
  std::vector<std::string> rows;  // "a|b", sorted
  std::vector<ReadFault> faults;
  Error error;
  size_t batches = 0;
};

class ScanTest : public testing::Test {
 protected:
  ScanTest() : root_(fs::temp_directory_path() / ("opentrail-scan-" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    source_.roots = {root_};
  }
  ~ScanTest() override { fs::remove_all(root_); }

  void Write(const std::string& path, std::string_view content) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << content;
  }

  Outcome Run(const ScanRequest& request, unsigned threads = 1) {
    Outcome outcome;
    auto scan = Scan::Open(source_, request, statistics_, cancel_);
    if (!scan) {
      outcome.error = scan.error();
      return outcome;
    }
    std::mutex mutex;
    auto work = [&] {
      auto reader = (*scan)->NewReader();
      for (;;) {
        Result<ColumnBatch> batch = reader->Next();
        std::scoped_lock lock(mutex);
        if (!batch) outcome.error = batch.error();
        if (!batch || batch->rows == 0) return;
        ++outcome.batches;
        AddRows(*batch, outcome.rows);
      }
    };
    std::vector<std::thread> workers;
    for (unsigned i = 0; i < threads; ++i) workers.emplace_back(work);
    for (std::thread& worker : workers) worker.join();
    outcome.faults = statistics_.Faults();
    std::ranges::sort(outcome.rows);
    return outcome;
  }

  static void AddRows(const ColumnBatch& batch, std::vector<std::string>& rows) {
    EXPECT_LE(batch.rows, kBatchRows);
    for (size_t row = 0; row < batch.rows; ++row) {
      std::string text;
      for (const ColumnVector& column : batch.columns) {
        std::string_view value = column.At(row);
        if (!text.empty()) text += "|";
        text += value.data() == nullptr ? "NULL" : std::string(value);
      }
      rows.push_back(std::move(text));
    }
  }

  fs::path root_;
  LogSource source_;
  ScanStatistics statistics_;
  CancelToken cancel_;
};

using Rows = std::vector<std::string>;

TEST_F(ScanTest, ReadsATreeOnSeveralThreads) {
  for (size_t i = 0; i < 50; ++i) Write("f" + std::to_string(i) + ".json.gz", Gzip(Records(i * 100, 100)));
  Write("big.json", Records(5000, 5000));
  for (unsigned threads : {1U, 2U, 5U}) {
    Outcome outcome = Run({.fields = {"eventid"}}, threads);
    std::ranges::sort(outcome.rows, {}, [](const std::string& id) { return std::stoi(id); });
    ASSERT_EQ(outcome.rows.size(), 10'000U);
    for (size_t i = 0; i < 10'000; ++i) ASSERT_EQ(outcome.rows[i], std::to_string(i));
    EXPECT_TRUE(outcome.faults.empty());
  }
  EXPECT_EQ(statistics_.events, 30'000U);
  EXPECT_EQ(statistics_.files_done, 51U * 3);
  EXPECT_EQ(statistics_.bytes_done, statistics_.bytes_total);
}

TEST_F(ScanTest, BatchesSpanSmallFiles) {
  for (size_t i = 0; i < 300; ++i) Write("f" + std::to_string(i) + ".json", Event(i));
  EXPECT_EQ(Run({.fields = {"eventid"}}).batches, 1U);
}

TEST_F(ScanTest, KeepsStringsAliveInTheBatch) {
  for (size_t i = 0; i < 200; ++i) Write("f" + std::to_string(i) + ".json.gz", Gzip(Records(i * 100, 100)));
  auto scan = Scan::Open(source_, {.fields = {"eventid", "eventname", "useridentity", "eventtime", "eventversion"}},
                         statistics_, cancel_);
  ASSERT_TRUE(scan);
  std::vector<ColumnBatch> batches;
  auto reader = (*scan)->NewReader();
  for (auto batch = reader->Next(); batch && batch->rows > 0; batch = reader->Next())
    batches.push_back(std::move(*batch));
  reader.reset();
  scan->reset();
  std::map<std::string, int> ids;
  for (const ColumnBatch& batch : batches) {
    for (size_t row = 0; row < batch.rows; ++row) {
      ++ids[std::string(batch.columns[0].At(row))];
      EXPECT_EQ(batch.columns[2].At(row), R"({"arn":"arn:aws:iam::1:user/a"})");
    }
  }
  EXPECT_EQ(ids.size(), 20'000U);
}

TEST_F(ScanTest, AnswersFieldsOfTheFile) {
  std::string path = "AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/08/x.json";
  Write(path, Event(1));
  Write("y.json", Event(2));
  Outcome outcome = Run({.fields = {"eventid", "$account", "$region", "$day", "$organization", "$path"}});
  EXPECT_EQ(outcome.rows, (Rows{"1|111122223333|eu-west-1|08|NULL|" + (root_ / path).string(),
                                "2|NULL|NULL|NULL|NULL|" + (root_ / "y.json").string()}));
}

TEST_F(ScanTest, PrunesFilesByPath) {
  Write("AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/08/x.json", Event(1));
  Write("AWSLogs/111122223333/CloudTrail/us-east-1/2024/03/08/y.json", Event(2));
  Outcome outcome = Run({.fields = {"eventid"}, .predicates = {{"$region", PredicateKind::kEquals, {"us-east-1"}}}});
  EXPECT_EQ(outcome.rows, Rows{"2"});
  EXPECT_EQ(statistics_.files_pruned, 1U);
}

TEST_F(ScanTest, FindsByNeedle) {
  for (size_t i = 0; i < 20; ++i) Write("f" + std::to_string(i) + ".json.gz", Gzip(Records(i * 100, 100)));
  Write("hit.json", "[" + Event(3000) + "," + Event(3001, "StopLogging") + "," + Event(3002) + "]");
  Write("escaped.json", "[" + Event(4000, "St\\u006fpLogging") + "]");
  Write("lookup.json", R"({"Events":[{"CloudTrailEvent":"{\"eventName\":\"StopLogging\",\"eventID\":\"5000\"}"}]})");
  ScanRequest request{.fields = {"eventid", "eventname"},
                      .predicates = {{"eventname", PredicateKind::kEquals, {"StopLogging"}}}};
  EXPECT_EQ(Run(request).rows, (Rows{"3001|StopLogging", "4000|StopLogging", "5000|StopLogging"}));
  request.predicates = {{"eventname", PredicateKind::kContains, {"pLogg"}}};
  EXPECT_EQ(Run(request).rows.size(), 3U);
  request.predicates = {{"eventname", PredicateKind::kEquals, {"NoSuchName"}}};
  EXPECT_TRUE(Run(request).rows.empty());
  EXPECT_EQ(statistics_.files_without_events, 0U);
}

TEST_F(ScanTest, LeavesOutRowsByTime) {
  Write("a.json", Records(0, 9));
  ScanRequest request{.fields = {"eventtime"},
                      .predicates = {{"eventtime", PredicateKind::kAtLeast, {"2024-03-05"}},
                                     {"eventtime", PredicateKind::kAtMost, {"2024-03-07"}}}};
  EXPECT_EQ(Run(request).rows, (Rows{"2024-03-05T00:00:00Z", "2024-03-06T00:00:00Z"}));
}

TEST_F(ScanTest, NamesFaultsAndGoesOn) {
  std::string cut = Gzip(Records(0, 500));
  Write("a-cut.json.gz", std::string_view(cut).substr(0, cut.size() * 3 / 4));
  Write("b-broken.json", "[" + Event(9001) + "}");
  Write("c-comma.json", "[" + Event(9002) + Event(9003) + "]");
  Write("d-good.json", Event(9004));
  Outcome outcome = Run({.fields = {"eventid"}});
  EXPECT_EQ(outcome.faults.size(), 3U);
  EXPECT_EQ(outcome.error.message, "");
  EXPECT_GT(outcome.rows.size(), 100U);
  for (const char* id : {"0", "9001", "9002", "9003", "9004"}) EXPECT_EQ(std::ranges::count(outcome.rows, id), 1) << id;
  for (const ReadFault& fault : outcome.faults) {
    EXPECT_GT(fault.offset, 0U) << fault.path;
    EXPECT_FALSE(fault.message.empty());
  }
}

TEST_F(ScanTest, StrictEndsAtTheFirstFault) {
  source_.strict = true;
  Write("broken.json", "[" + Event(1) + "}");
  Outcome outcome = Run({.fields = {"eventid"}});
  EXPECT_EQ(outcome.error.code, ErrorCode::kCorrupt);
  EXPECT_NE(outcome.error.message.find("broken.json: at byte"), std::string::npos);
}

TEST_F(ScanTest, NamesFilesWithoutEvents) {
  Write("manifest.json", R"({"files":["a","b"],"total":17})");
  Write("empty.json", "");
  Write("quiet.json.gz", Gzip(R"({"Records":[]})"));
  Write("log.json", Event(1));
  Outcome outcome = Run({.fields = {"eventid"}});
  EXPECT_EQ(outcome.rows, Rows{"1"});
  EXPECT_TRUE(outcome.faults.empty());
  std::vector<std::string> without = statistics_.FilesWithoutEvents();
  std::ranges::sort(without);
  EXPECT_EQ(without, (Rows{(root_ / "empty.json").string(), (root_ / "manifest.json").string()}));
}

TEST_F(ScanTest, ReadsLargeFilesInParts) {
  std::string text = R"({"Records":[)";
  size_t count = 0;
  while (text.size() < FileText::kMaxWholeBytes + (3UL << 20)) {
    text += (count == 0 ? "" : ",") + Event(count);
    ++count;
  }
  text += "]}";
  Write("large.json.gz", Gzip(text));
  Outcome outcome = Run({.fields = {"eventid"}});
  EXPECT_TRUE(outcome.faults.empty()) << outcome.faults[0].message;
  EXPECT_EQ(outcome.rows.size(), count);
  std::ranges::sort(outcome.rows);
  EXPECT_EQ(std::ranges::adjacent_find(outcome.rows), outcome.rows.end());
  fs::remove(root_ / "large.json.gz");
  Write("large.json", text);
  EXPECT_EQ(Run({.fields = {"eventid", "useridentity"}}).rows.size(), count);
}

TEST_F(ScanTest, BoundsWhatFilesMayCost) {
  Write("bomb.json.gz", Gzip(R"({"Records":[], "x":")" + std::string(20 << 20, ' ') + "\"}"));
  source_.limits.max_inflated_bytes = 1 << 20;
  Outcome outcome = Run({.fields = {"eventid"}});
  ASSERT_EQ(outcome.faults.size(), 1U);
  EXPECT_NE(outcome.faults[0].message.find("max_inflated_bytes"), std::string::npos) << outcome.faults[0].message;
  source_.limits.max_file_bytes = 100;
  EXPECT_NE(Run({.fields = {"eventid"}}).faults[1].message.find("max_file_bytes"), std::string::npos);
}

TEST_F(ScanTest, GivesValidUtf8) {
  Write("bad.json",
        "[{\"eventID\":\"1\",\"eventName\":\"Caf\xE9\"},{\"eventID\":\"2\",\"eventName\":\"Caf\xC3\xA9\"}]");
  EXPECT_EQ(Run({.fields = {"eventid", "eventname"}}).rows, (Rows{"1|Caf\xEF\xBF\xBD", "2|Caf\xC3\xA9"}));
}

TEST_F(ScanTest, StopsWhenCancelled) {
  Write("a.json", Event(1));
  auto scan = Scan::Open(source_, {.fields = {"eventid"}}, statistics_, cancel_);
  ASSERT_TRUE(scan);
  cancel_.Cancel();
  EXPECT_EQ((*scan)->NewReader()->Next().error().code, ErrorCode::kCancelled);
}

TEST_F(ScanTest, AnswersTheSameFromItsCache) {
  fs::path cache = root_.string() + "-cache";
  fs::remove_all(cache);
  for (size_t i = 0; i < 30; ++i) {
    Write("f" + std::to_string(i) + ".json.gz", Gzip(Records(i * 100, 100)));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(150));  // past the clock tick in which a file may still change
  source_.cache.folder = cache;
  std::this_thread::sleep_for(std::chrono::milliseconds(120));  // files written just now are not kept
  ScanRequest request{.fields = {"eventid", "$path"}};
  Rows cold = Run(request).rows;
  EXPECT_EQ(cold.size(), 3000U);
  EXPECT_EQ(statistics_.files_from_cache, 0U);
  EXPECT_EQ(Run(request, 2).rows, cold);
  EXPECT_EQ(statistics_.files_from_cache, 30U);
  fs::remove_all(cache);
}

}  // namespace
}  // namespace opentrail::logs
