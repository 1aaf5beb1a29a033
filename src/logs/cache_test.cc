#include "logs/cache.h"

#include <thread>

#include "logs/cache_folder.h"
#include "logs/cache_harness.h"

namespace opentrail::logs {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 12;
constexpr int kRows = 40;

// Twelve small log files and an empty cache beside them.
class ColumnCacheTest : public testing::Test {
 protected:
  ColumnCacheTest() {
    fs::create_directory(folder_.Path() / "logs");
    scan_.logs = folder_.Path() / "logs";
    scan_.cache.folder = folder_.Path() / "cache";
    for (int file = 0; file < kFiles; ++file) WriteTestFile(LogPath(file), TestContent(file, kRows));
  }

  [[nodiscard]] fs::path LogPath(int file) const { return scan_.logs / fmt::format("{:02}.json", file); }

  // The rows as they are without any cache.
  [[nodiscard]] std::vector<std::string> Truth(const ScanRequest& request) const {
    TestFolder empty;
    TestScan scan = scan_;
    scan.cache.folder = empty.Path() / "none";
    scan.keeps = false;
    scan.between = [] {};
    return scan.Ask(request).rows;
  }

  void ExpectParsed(const ScanRequest& request, size_t files) {
    TestAnswer answer = scan_.Ask(request);
    EXPECT_EQ(answer.parsed, files);
    EXPECT_EQ(answer.rows, Truth(request));
  }

  [[nodiscard]] std::vector<fs::path> Segments() const { return cache::ListSegments(scan_.cache.folder); }

  TestFolder folder_;
  TestScan scan_;
};

ScanRequest Fields(std::vector<std::string> fields) { return {std::move(fields), {}, 0}; }

ScanRequest Where(std::vector<std::string> fields, Predicate predicate) {
  return {std::move(fields), {std::move(predicate)}, 0};
}

TEST_F(ColumnCacheTest, SecondQuestionParsesNothing) {
  ScanRequest request = Fields({"eventname", "eventid", "$path", "requestparameters"});
  ASSERT_EQ(Truth(request).size(), kFiles * kRows);
  ExpectParsed(request, kFiles);
  ExpectParsed(request, 0);
  EXPECT_EQ(Segments().size(), 1U);
}

TEST_F(ColumnCacheTest, BatchesSpanFilesInDictionaryForm) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  EXPECT_EQ(scan_.Ask(Fields({"eventname"})).batches, 1U);
}

TEST_F(ColumnCacheTest, CountNeedsNoColumn) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  ExpectParsed(Fields({}), 0);
  ExpectParsed(Fields({"$path"}), 0);
}

TEST_F(ColumnCacheTest, CountKeepsCounts) {
  ExpectParsed(Fields({}), kFiles);
  ExpectParsed(Fields({}), 0);
}

TEST_F(ColumnCacheTest, ColumnsOfSeveralQuestionsAreReadSideBySide) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  ExpectParsed(Fields({"sourceipaddress", "eventtime"}), kFiles);
  ExpectParsed(Fields({"eventtime", "eventname", "sourceipaddress"}), 0);
  EXPECT_EQ(Segments().size(), 2U);
}

TEST_F(ColumnCacheTest, OnlyMissingColumnsAreKeptAgain) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  ExpectParsed(Fields({"eventname", "eventid"}), kFiles);
  uint64_t first = fs::file_size(Segments()[1]);
  ExpectParsed(Fields({"eventname", "eventid"}), 0);
  EXPECT_EQ(Segments().size(), 2U);
  EXPECT_GT(fs::file_size(Segments()[0]), first);  // ids take more room than names: the second holds just them
}

TEST_F(ColumnCacheTest, NewFileAloneIsParsed) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  WriteTestFile(LogPath(77), TestContent(77, kRows));
  ExpectParsed(Fields({"eventname"}), 1);
  ExpectParsed(Fields({"eventname"}), 0);
}

TEST_F(ColumnCacheTest, LargeColumnsTurnPlain) {
  for (int file = 0; file < 3; ++file) WriteTestFile(LogPath(file), TestContent(file * 100, 9000));
  ScanRequest request = Fields({"eventid", "eventname", "eventtime"});
  ExpectParsed(request, kFiles);
  ExpectParsed(request, 0);
  ExpectParsed(Fields({"eventtime", "eventid", "$path"}), 0);
}

TEST_F(ColumnCacheTest, TooMuchTextIsNotKept) {
  std::string text;
  for (int row = 0; row < 20000; ++row) {
    text += fmt::format("Name\t{}\tid\tip\t{}\n", TestTime(row), std::string(400, 'x') + std::to_string(row));
  }
  WriteTestFile(LogPath(0), text);
  ScanRequest request = Fields({"eventname", "requestparameters"});
  ExpectParsed(request, kFiles);
  EXPECT_EQ(scan_.counted["wide"], 1U);
  ExpectParsed(request, kFiles);
  EXPECT_EQ(Segments().size(), 0U);
  ExpectParsed(Fields({"eventname"}), kFiles);
  ExpectParsed(Fields({"eventname"}), 0);
}

TEST_F(ColumnCacheTest, ChangedFilesAreParsedAgain) {
  ScanRequest request = Fields({"eventname", "eventid"});
  ExpectParsed(request, kFiles);
  SetMtime(LogPath(1), kTestMtimeNs + 1);
  WriteTestFile(LogPath(2), TestContent(2, kRows + 1));
  std::string same_length = TestContent(3, kRows);
  same_length[0] = 'F';
  WriteTestFile(LogPath(3), same_length);  // size and mtime as before
  fs::remove(LogPath(4));
  ExpectParsed(request, 3);
  ExpectParsed(request, 0);
}

TEST_F(ColumnCacheTest, HeadVouchesForFilesThatCarryAChecksum) {
  std::string kept = "\x1f\x8b head 0\n" + TestContent(0, kRows);
  std::string changed = "\x1f\x8b head 1\n" + TestContent(1, kRows);
  WriteTestFile(LogPath(0), kept);
  WriteTestFile(LogPath(1), changed);
  ExpectParsed(Fields({"eventid"}), kFiles);
  fs::remove(LogPath(0));
  WriteTestFile(LogPath(0), kept);  // another inode, the same content
  changed[changed.size() - 3] ^= 1;
  WriteTestFile(LogPath(1), changed);
  fs::permissions(LogPath(2), fs::perms::owner_all);  // no checksum in it: its times are all there is
  ExpectParsed(Fields({"eventid"}), 2);
}

TEST_F(ColumnCacheTest, FilesChangedJustNowAreNotKept) {
  scan_.now_ns = RealNowNs();
  ExpectParsed(Fields({"eventname"}), kFiles);
  EXPECT_EQ(scan_.counted["fresh"], static_cast<uint64_t>(kFiles));
  ExpectParsed(Fields({"eventname"}), kFiles);
}

TEST_F(ColumnCacheTest, FaultyFilesAreReadEachTime) {
  scan_.faulty_name = "05.json";
  ExpectParsed(Fields({"eventname", "eventid"}), kFiles);
  ExpectParsed(Fields({"eventname", "eventid"}), 1);
  ExpectParsed(Fields({"eventname"}), 1);
}

TEST_F(ColumnCacheTest, NeedleAskedAgain) {
  ScanRequest request =
      Where({"eventname", "requestparameters"}, {"requestparameters", PredicateKind::kContains, {"\"n\":3007}"}});
  ASSERT_EQ(Truth(request).size(), 1U);
  ExpectParsed(request, kFiles);
  TestAnswer again = scan_.Ask(request);
  EXPECT_EQ(again.parsed, 0U);
  EXPECT_EQ(again.empty, kFiles - 1U);
  EXPECT_EQ(again.rows, Truth(request));
  // The same needle for other columns: only the file that holds it is read.
  request.fields = {"requestparameters", "eventid", "$path"};
  ExpectParsed(request, 1);
  ExpectParsed(request, 0);
  // Another needle, and none, gain nothing from it.
  request.predicates[0].values = {"\"n\":4007}"};
  ExpectParsed(request, kFiles);
  ExpectParsed(Fields({"requestparameters"}), kFiles);
}

TEST_F(ColumnCacheTest, PredicatesChooseRowsOfHeldColumns) {
  ExpectParsed(Fields({"eventname", "eventid", "eventtime"}), kFiles);
  for (const Predicate& predicate : std::vector<Predicate>{
           {"eventname", PredicateKind::kEquals, {"Event4", "Event5"}},
           {"eventname", PredicateKind::kEquals, {"Missing"}},
           {"eventname", PredicateKind::kIsNotNull, {}},
           {"eventname", PredicateKind::kContains, {"t1"}},
           {"eventtime", PredicateKind::kAtLeast, {"2024-03-01T00:30:00Z"}},
           {"eventtime", PredicateKind::kAtMost, {"2024-03-01T00:30:00Z"}},
           {"eventtime", PredicateKind::kEquals, {"2024-03-01T00:30:00Z"}},
       }) {
    ExpectParsed(Where({"eventid", "eventtime", "eventname"}, predicate), 0);
  }
}

TEST_F(ColumnCacheTest, OneColumnPrunesFilesForOthers) {
  ExpectParsed(Fields({"eventtime", "sourceipaddress"}), kFiles);
  // Each file spans 40 seconds of its five minutes.
  ScanRequest late = Where({"eventid", "eventtime"}, {"eventtime", PredicateKind::kAtLeast, {TestTime(3000)}});
  ExpectParsed(late, 2);
  ScanRequest address =
      Where({"eventid", "sourceipaddress"}, {"sourceipaddress", PredicateKind::kEquals, {"10.0.3.1"}});
  EXPECT_GT(Truth(address).size(), 0U);
  ExpectParsed(address, 2);  // files 3 and 8
}

TEST_F(ColumnCacheTest, OldestSegmentsAreRemoved) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  ExpectParsed(Fields({"eventid"}), kFiles);
  fs::path oldest = Segments().back();
  scan_.cache.max_bytes = fs::file_size(oldest) + fs::file_size(Segments().front());
  ExpectParsed(Fields({"sourceipaddress"}), kFiles);
  EXPECT_FALSE(fs::exists(oldest));
  ASSERT_FALSE(Segments().empty());
  ExpectParsed(Fields({"sourceipaddress"}), 0);
}

TEST_F(ColumnCacheTest, AbandonedWritesAreRemoved) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  fs::path abandoned = scan_.cache.folder / "0-0.unfinished";
  fs::path under_way = scan_.cache.folder / "0-1.unfinished";
  WriteTestFile(abandoned, "x");
  WriteTestFile(under_way, "x");
  SetMtime(under_way, scan_.now_ns);
  ExpectParsed(Fields({"eventid"}), kFiles);
  EXPECT_FALSE(fs::exists(abandoned));
  EXPECT_TRUE(fs::exists(under_way));
}

TEST_F(ColumnCacheTest, RefusesAFolderThatOthersMayWriteTo) {
  fs::create_directory(scan_.cache.folder);
  fs::permissions(scan_.cache.folder, fs::perms::all);
  const std::string error = scan_.Ask(Fields({"eventname"})).cache_error;
  EXPECT_NE(error.find("writable by no one else"), std::string::npos) << error;
}

TEST_F(ColumnCacheTest, IgnoresLinksAndForeignFiles) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  fs::create_symlink(Segments()[0], scan_.cache.folder / "ffff.segment");
  fs::create_directory(scan_.cache.folder / "fffe.segment");
  ExpectParsed(Fields({"eventname"}), 0);
}

TEST_F(ColumnCacheTest, FolderVanishesBeforeWriting) {
  scan_.between = [&] { fs::remove_all(scan_.cache.folder); };
  ExpectParsed(Fields({"eventname"}), kFiles);
  EXPECT_EQ(scan_.counted["failed"], 1U);
}

TEST_F(ColumnCacheTest, FolderVanishesBeforeReading) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  scan_.between = [&] { fs::remove_all(scan_.cache.folder); };
  ExpectParsed(Fields({"eventname"}), kFiles);
}

TEST_F(ColumnCacheTest, SegmentIsCutBetweenLookupAndReading) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  scan_.between = [&] { fs::resize_file(Segments()[0], 100); };
  ExpectParsed(Fields({"eventname"}), kFiles);
  EXPECT_EQ(scan_.counted["rejected"], 1U);
}

TEST_F(ColumnCacheTest, SegmentsOfOtherReadersAreLeftAlone) {
  ExpectParsed(Fields({"eventname"}), kFiles);
  std::string segment = ReadTestFile(Segments()[0]);
  cache::SegmentHeader header;
  std::memcpy(&header, segment.data(), sizeof(header));
  header.reader_version += 1;
  header.header_hash = cache::Hash64({reinterpret_cast<const char*>(&header), sizeof(header) - 8});
  std::memcpy(segment.data(), &header, sizeof(header));
  WriteTestFile(Segments()[0], segment);
  ExpectParsed(Fields({"eventname"}), kFiles);
  EXPECT_EQ(Segments().size(), 2U);
}

TEST_F(ColumnCacheTest, ManyAskAtOnce) {
  std::vector<ScanRequest> requests = {Fields({"eventname"}), Fields({"eventid", "eventname"}), Fields({"eventtime"}),
                                       Fields({})};
  std::vector<std::vector<std::string>> truths;
  truths.reserve(requests.size());
  for (const ScanRequest& request : requests) truths.push_back(Truth(request));
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> wrong{0};
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      TestScan scan = scan_;
      for (int i = 0; i < 12; ++i) {
        size_t which = static_cast<size_t>(thread + i) % requests.size();
        TestAnswer answer = scan.Ask(requests[which]);
        if (answer.cache_error.empty() && answer.rows != truths[which]) ++wrong;
        std::error_code ignored;  // others write into it meanwhile
        if (i == 5) fs::remove_all(scan.cache.folder, ignored);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace opentrail::logs
