#include "formats/line_scan.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "codec/gzip_writer.h"
#include "logs/file_text.h"
#include "logs/folder_store.h"

namespace opentrail::formats {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class LineScanTest : public testing::Test {
 protected:
  LineScanTest() : root_(fs::temp_directory_path() / ("opentrail-lines-" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
    source_.store = std::make_shared<logs::FolderStore>(root_);
    source_.strict = true;
    delimited_.separators[0] = ',';
  }
  ~LineScanTest() override { fs::remove_all(root_); }

  void Write(const std::string& path, std::string_view content) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path, std::ios::binary) << content;
  }

  // "a|b" each, sorted; or the error.
  Texts Rows(const TableFormat& format, const Texts& fields = {"a", "b"},
             std::vector<logs::Predicate> predicates = {}) {
    const logs::ScanRequest request{fields, std::move(predicates), 1};
    auto scan = OpenLineScan(format, {{"a"}, {"b"}}, source_, request, statistics_, cancel_);
    if (!scan) return {scan.error().message};
    auto reader = (*scan)->NewReader();
    Texts rows;
    for (;;) {
      const auto batch = reader->Next();
      if (!batch) return {batch.error().message};
      if (batch->rows == 0) break;
      for (size_t row = 0; row < batch->rows; ++row) {
        std::string text;
        for (const logs::ColumnVector& column : batch->columns) {
          const std::string_view value = column.At(row);
          text += (text.empty() ? "" : "|") + (value.data() == nullptr ? "NULL" : std::string(value));
        }
        rows.push_back(text);
      }
    }
    std::ranges::sort(rows);
    return rows;
  }

  fs::path root_;
  logs::LogSource source_;
  logs::ScanStatistics statistics_;
  CancelToken cancel_;
  DelimitedFormat delimited_;
};

TEST_F(LineScanTest, ReadsPlainAndGzippedFilesOfEveryName) {
  Write("x/one", "1,2\n3,4");
  Write("two.csv.gz", codec::GzipCompress("5,6\r\n7,8\r9,0\n"));
  Write("_hidden", "no,no\n");
  Write(".x/hidden", "no,no\n");
  Write("empty", "");
  EXPECT_EQ(Rows({delimited_}), (Texts{"1|2", "3|4", "5|6", "7|8", "9|0"}));
  EXPECT_EQ(statistics_.files_total, 2U);
}

TEST_F(LineScanTest, SkipsHeadersAndFootersOfEachFile) {
  Write("one", "h,h\nh\n1,2\nf\n");
  Write("two", "h,h\nh\n3,4\nf");
  Write("three", "h\n");
  EXPECT_EQ(Rows({delimited_, 2, 1}), (Texts{"1|2", "3|4"}));
}

TEST_F(LineScanTest, GivesWhatTheFileSays) {
  Write("one", "1,2\n");
  const Texts rows = Rows({delimited_}, {"b", "$path", "$file_size"});
  EXPECT_EQ(rows, (Texts{"2|" + (root_ / "one").string() + "|4"}));
}

TEST_F(LineScanTest, LeavesOutRowsThatFailAPredicate) {
  Write("one", "1,x\n2,y\n3,x\n");
  EXPECT_EQ(Rows({delimited_}, {"a", "b"}, {{"b", logs::PredicateKind::kEquals, {"x"}, {}}}), (Texts{"1|x", "3|x"}));
}

TEST_F(LineScanTest, ReadsFilesTooLargeForOnePart) {
  const size_t lines = 2 * logs::kBatchRows + 17;
  const std::string filler(logs::FileText::kMaxWholeBytes / (2 * logs::kBatchRows), 'x');
  std::string text;
  for (size_t i = 0; i < lines; ++i) text += std::to_string(i) + "," + filler + "\r\n";
  Write("large", text);
  EXPECT_EQ(Rows({delimited_}, {"a"}).size(), lines);
}

TEST_F(LineScanTest, EndsAtTheFirstFaultUnderStrict) {
  Write("one.json", "{\"a\":1}\n{\"a\":\n");
  const std::string where = " (in " + (root_ / "one.json").string() + " at byte 13)";
  EXPECT_EQ(Rows({JsonFormat{}}),
            (Texts{"HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: the line ends inside an object" +
                   where}));
  source_.strict = false;
  EXPECT_EQ(Rows({JsonFormat{}}), (Texts{"1|NULL"}));
  EXPECT_EQ(statistics_.Faults().size(), 2U);
}

TEST_F(LineScanTest, NamesAFileThatIsCutOff) {
  const std::string whole = codec::GzipCompress("1,2\n3,4\n");
  Write("one.gz", std::string_view(whole).substr(0, whole.size() - 6));
  EXPECT_TRUE(Rows({delimited_})[0].starts_with("HIVE_CURSOR_ERROR: gzip: ")) << Rows({delimited_})[0];
}

TEST_F(LineScanTest, RefusesWhatItsFormatCannotBe) {
  EXPECT_TRUE(Rows({RegexFormat{"(", false}})[0].starts_with("INVALID_TABLE_PROPERTY"));
}

}  // namespace
}  // namespace opentrail::formats
