#include "services/athena/result_reader.h"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "engine/csv_text.h"

namespace opentrail::services::athena {
namespace {

// Gives its text in pieces of some size; then, where it is broken, an error.
class Pieces final : public http::BodySource {
 public:
  Pieces(std::string text, size_t piece, bool is_broken = false)
      : text_(std::move(text)), piece_(piece), is_broken_(is_broken) {}
  [[nodiscard]] uint64_t size() const override { return text_.size(); }
  int64_t Read(char* buffer, size_t capacity) override {
    const size_t count = std::min({capacity, piece_, text_.size() - at_});
    if (count == 0 && is_broken_) return -1;
    std::memcpy(buffer, text_.data() + at_, count);
    at_ += count;
    return static_cast<int64_t>(count);
  }

 private:
  const std::string text_;
  const size_t piece_;
  const bool is_broken_;
  size_t at_ = 0;
};

ResultReader ReaderOf(std::string text, ResultForm form = ResultForm::kCsv, size_t piece = 4096) {
  return {std::make_unique<Pieces>(std::move(text), piece), form};
}

std::vector<engine::Row> RowsOf(ResultReader reader) {
  std::vector<engine::Row> rows;
  for (;;) {
    auto row = reader.Next();
    EXPECT_TRUE(row) << row.error().message;
    if (!row || row->empty()) return rows;
    rows.push_back(*std::move(row));
  }
}

// What was written is read, wherever the pieces end.
TEST(ResultReaderTest, ReadsWhatWasWritten) {
  const std::vector<engine::Row> rows = {
      {"a", "b"}, {std::nullopt, ""}, {"one \"quoted\"", "two,\nlines"}, {"\"", std::nullopt}, {"\"\"\n\",", "é"}};
  std::string text;
  for (const engine::Row& row : rows) engine::AppendCsvLine(text, row);
  for (const size_t piece : {1, 2, 3, 7, 4096})
    EXPECT_EQ(RowsOf(ReaderOf(text, ResultForm::kCsv, piece)), rows) << piece;
  EXPECT_EQ(RowsOf(ReaderOf("")), std::vector<engine::Row>());
}

TEST(ResultReaderTest, LinesAreValues) {
  const std::vector<engine::Row> rows = {{"a\tb"}, {"\"c\""}, {""}, {"last"}};
  EXPECT_EQ(RowsOf(ReaderOf("a\tb\n\"c\"\n\nlast", ResultForm::kLines, 3)), rows);
}

TEST(ResultReaderTest, CountsTheBytesGiven) {
  std::string text;
  engine::AppendCsvLine(text, {"a"});
  engine::AppendCsvLine(text, {std::string(100, 'x')});
  ResultReader reader = ReaderOf(text);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.consumed(), 4);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.consumed(), text.size());
  EXPECT_FALSE(reader.IsFull());
}

// The object is its owner's to overwrite: what is no result is still given, as far as it can be.
TEST(ResultReaderTest, TakesWhatIsThere) {
  EXPECT_EQ(RowsOf(ReaderOf("\"a")), (std::vector<engine::Row>{{"a"}}));
  EXPECT_EQ(RowsOf(ReaderOf("plain\n\"a\",\"b")), (std::vector<engine::Row>{{std::nullopt}, {"a", "b"}}));
  EXPECT_EQ(RowsOf(ReaderOf(",\n\n")), (std::vector<engine::Row>{{std::nullopt, std::nullopt}, {std::nullopt}}));
}

TEST(ResultReaderTest, TellsThatTheBytesCannotBeHad) {
  ResultReader broken(std::make_unique<Pieces>("\"a\"", 4096, true), ResultForm::kCsv);
  EXPECT_FALSE(broken.Next());
  EXPECT_TRUE(ResultReader(nullptr, ResultForm::kCsv).Next()->empty());
}

}  // namespace
}  // namespace opentrail::services::athena
