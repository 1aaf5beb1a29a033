// Real events that others have published, where they are at hand: each file against a DOM reading of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "logs/discovery.h"
#include "logs/dom_oracle.h"
#include "logs/file_text.h"
#include "logs/scan.h"

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

fs::path SharedData() {
  const char* named = std::getenv("OPENTRAIL_SHARED");  // NOLINT(concurrency-mt-unsafe): before any thread
  fs::path shared = named != nullptr ? fs::path(named) : fs::path(OPENTRAIL_SOURCE_DIR).parent_path() / "shared";
  return shared / "data";
}

std::string TextOf(const LogFile& file) {
  ReadLimits limits;
  TextRoom room(std::make_shared<TextBufferPool>());
  FileText text(limits, room);
  if (!text.Open(file)) return "";
  FileText::Part part = text.Next(0);
  return std::string(reinterpret_cast<const char*>(part.data), part.size);
}

TEST(SharedData, IsReadAsTheDomReadsItAndTheMalformedIsNamed) {
  fs::path data = SharedData();
  if (!fs::exists(data))
    GTEST_SKIP() << "no real events at " << data << "; set OPENTRAIL_SHARED to the folder above data/";
  CancelToken cancel;
  Result<Listing> listing = ListLogFiles(std::span(&data, 1), cancel);
  ASSERT_TRUE(listing);
  const std::vector<std::string> fields = {"eventid", "eventname", "useridentity", "useridentity.arn",
                                           "requestparameters"};
  size_t rows = 0;
  std::vector<std::string> malformed;
  for (const LogFile& file : listing->files) {
    std::string text = TextOf(file);
    oracle::Reading scanned = oracle::ReadWithScanner(text, fields, BestKernel());
    std::optional<oracle::Reading> dom = oracle::ReadWithDom(text, fields);
    if (!dom) {
      malformed.push_back(fs::path(file.path).filename());
      EXPECT_TRUE(scanned.fault) << file.path;
      continue;
    }
    EXPECT_EQ(oracle::Difference(*dom, scanned), "") << file.path;
    rows += dom->rows.size();
    for (const oracle::Row& row : dom->rows) EXPECT_FALSE(row[1].is_null) << file.path << ": an event without a name";
  }
  std::ranges::sort(malformed);
  EXPECT_EQ(malformed, (std::vector<std::string>{"aws.execution.ec2-user-data.json", "samples-large.json"}));
  EXPECT_GT(rows, 1000U);

  LogSource source{.roots = {data}};
  ScanStatistics statistics;
  auto scan = Scan::Open(source, {.fields = fields}, statistics, cancel);
  ASSERT_TRUE(scan);
  auto reader = (*scan)->NewReader();
  for (auto batch = reader->Next(); batch && batch->rows > 0; batch = reader->Next()) {
  }
  EXPECT_EQ(statistics.faults_total, malformed.size());
  EXPECT_GE(statistics.events, rows);
  EXPECT_EQ(statistics.files_without_events, 0U);
}

}  // namespace
}  // namespace opentrail::logs
