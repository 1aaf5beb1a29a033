// Whole scans with and without a cache: the same rows, faults and counts.
#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <libdeflate.h>

#include "logs/cache_folder.h"
#include "logs/cache_harness.h"
#include "logs/scan.h"

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 40;

std::string Gzip(const std::string& text) {
  libdeflate_compressor* compressor = libdeflate_alloc_compressor(1);
  std::string gzip(libdeflate_gzip_compress_bound(compressor, text.size()), '\0');
  gzip.resize(libdeflate_gzip_compress(compressor, text.data(), text.size(), gzip.data(), gzip.size()));
  libdeflate_free_compressor(compressor);
  return gzip;
}

std::string Record(std::mt19937& random, int file, int row) {
  std::string error = random() % 5 == 0 ? R"("errorCode":"AccessDenied",)" : "";
  return fmt::format(R"({{"eventVersion":"1.08","eventName":"Event{}","eventTime":"{}",{}"eventID":"{:08x}-{:04x}",)"
                     R"("userIdentity":{{"type":"IAMUser","accessKeyId":"AKIA{:012}","userName":"user\u00e9{}"}},)"
                     R"("requestParameters":{},"readOnly":{},"sourceIPAddress":"10.0.0.{}"}})",
                     random() % 9, TestTime(file * 300 + row), error, random(), row, file * 1000 + row, random() % 4,
                     random() % 3 == 0 ? std::string("null") : fmt::format(R"({{"bucketName":"b{}"}})", random() % 100),
                     random() % 2 == 0, random() % 20);
}

class ScanCacheTest : public testing::Test {
 protected:
  ScanCacheTest() {
    std::mt19937 random(3);
    fs::path day = folder_.Path() / "logs/AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/01";
    fs::create_directories(day);
    for (int file = 0; file < kFiles; ++file) {
      std::string text = R"({"Records":[)";
      int rows = static_cast<int>(random() % 120);
      for (int row = 0; row < rows; ++row) text += (row == 0 ? "" : ",") + Record(random, file, row);
      std::ofstream(day / fmt::format("{:02}.json.gz", file), std::ios::binary) << Gzip(text + "]}");
    }
    std::ofstream(day / "broken.json") << R"({"Records":[{"eventName":"Event1","eventID":"a"},{"eventName":)";
    std::ofstream(day / "manifest.json") << R"({"files":40})";
    source_.roots = {folder_.Path() / "logs"};
    source_.cache.folder = folder_.Path() / "cache";
    std::this_thread::sleep_for(std::chrono::milliseconds(120));  // files as fresh as these are not kept
  }

  struct Seen {
    std::vector<std::string> rows;  // sorted; those that pass the predicates
    uint64_t faults = 0;
    uint64_t without_events = 0;
    uint64_t skipped = 0;
    bool operator==(const Seen&) const = default;
  };

  Seen Ask(const LogSource& source, const ScanRequest& request, size_t readers = 2) {
    Seen seen;
    auto statistics = std::make_unique<ScanStatistics>();
    CancelToken cancel;
    auto scan = Scan::Open(source, request, *statistics, cancel);
    EXPECT_TRUE(scan);
    std::mutex mutex;
    std::vector<std::thread> threads;
    threads.reserve(readers);
    for (size_t i = 0; i < readers; ++i) {
      threads.emplace_back([&] {
        auto reader = (*scan)->NewReader();
        for (auto batch = reader->Next(); batch && batch->rows > 0; batch = reader->Next()) {
          std::scoped_lock lock(mutex);
          AddTestRows(*batch, request, seen.rows);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    scan->reset();
    std::ranges::sort(seen.rows);
    seen.faults = statistics->faults_total;
    seen.without_events = statistics->files_without_events;
    seen.skipped = statistics->values_skipped;
    parsed_ = statistics->files_total - statistics->files_from_cache - statistics->files_pruned;
    EXPECT_EQ(statistics->files_done + statistics->files_pruned, statistics->files_total);
    EXPECT_EQ(statistics->bytes_done, statistics->bytes_total);
    EXPECT_EQ(statistics->CacheProblem(), "");
    return seen;
  }

  Seen Truth(const ScanRequest& request) {
    LogSource source = source_;
    source.cache.folder.clear();
    return Ask(source, request);
  }

  TestFolder folder_;
  LogSource source_;
  uint64_t parsed_ = 0;  // files, by the last Ask
};

std::vector<ScanRequest> Requests() {
  return {
      {{"eventname"}, {}, 0},
      {{}, {}, 0},
      {{"eventname", "$path", "$region", "$day", "eventid", "$file_modified_time"}, {}, 0},
      {{"useridentity", "useridentity.username", "readonly", "requestparameters", "errorcode"}, {}, 0},
      {{"eventid", "useridentity.accesskeyid"},
       {{"useridentity.accesskeyid", PredicateKind::kEquals, {"AKIA000000007003"}}},
       0},
      {{"eventname", "eventid"}, {{"eventname", PredicateKind::kEquals, {"Event3"}}}, 0},
      {{"eventtime", "eventid"},
       {{"eventtime", PredicateKind::kAtLeast, {TestTime(2000)}},
        {"eventtime", PredicateKind::kAtMost, {TestTime(4000)}}},
       0},
      {{"requestparameters", "eventid"}, {{"requestparameters", PredicateKind::kContains, {"bucketName\":\"b17"}}}, 0},
      {{"eventid", "errorcode"}, {{"errorcode", PredicateKind::kIsNotNull, {}}}, 0},
      {{"eventid", "eventtime"}, {{"$region", PredicateKind::kEquals, {"eu-west-1"}}}, 0},
  };
}

TEST_F(ScanCacheTest, ColdKeptAndAgainAgree) {
  for (const ScanRequest& request : Requests()) {
    Seen truth = Truth(request);
    EXPECT_GT(truth.rows.size(), 0U);
    EXPECT_GE(truth.faults, 1U);
    EXPECT_EQ(Ask(source_, request), truth);
    EXPECT_EQ(Ask(source_, request), truth);
    EXPECT_LE(parsed_, 2U);  // the broken file and the one without events, each time
    EXPECT_EQ(Ask(source_, request, 1), truth);
  }
}

TEST_F(ScanCacheTest, QuestionsFillEachOthersCache) {
  std::vector<ScanRequest> requests = Requests();
  std::vector<Seen> truths;
  truths.reserve(requests.size());
  for (const ScanRequest& request : requests) truths.push_back(Truth(request));
  std::mt19937 random(5);
  for (int i = 0; i < 60; ++i) {
    size_t which = random() % requests.size();
    ASSERT_EQ(Ask(source_, requests[which]), truths[which]) << which;
  }
}

TEST_F(ScanCacheTest, DamagedCacheChangesNothing) {
  std::vector<ScanRequest> requests = Requests();
  std::vector<Seen> truths;
  truths.reserve(requests.size());
  for (const ScanRequest& request : requests) truths.push_back(Truth(request));
  std::mt19937 random(9);
  for (int i = 0; i < 60; ++i) {
    for (const fs::path& segment : cache::ListSegments(source_.cache.folder)) {
      uint64_t bytes = fs::file_size(segment);
      if (random() % 3 == 0) fs::resize_file(segment, random() % bytes);
      if (random() % 9 == 0) fs::remove(segment);
    }
    size_t which = random() % requests.size();
    ASSERT_EQ(Ask(source_, requests[which]), truths[which]) << which;
  }
}

TEST_F(ScanCacheTest, AnUnusableFolderIsNamedAndTheScanGoesOn) {
  std::ofstream(folder_.Path() / "file") << "x";
  ScanRequest request = Requests()[0];
  Seen truth = Truth(request);
  source_.cache.folder = folder_.Path() / "file";
  ScanStatistics statistics;
  CancelToken cancel;
  auto scan = Scan::Open(source_, request, statistics, cancel);
  ASSERT_TRUE(scan);
  EXPECT_NE(statistics.CacheProblem(), "");
  size_t rows = 0;
  auto reader = (*scan)->NewReader();
  for (auto batch = reader->Next(); batch && batch->rows > 0; batch = reader->Next()) rows += batch->rows;
  EXPECT_EQ(rows, truth.rows.size());
}

}  // namespace
}  // namespace opentrail::logs
