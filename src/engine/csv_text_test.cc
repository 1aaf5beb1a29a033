#include "engine/csv_text.h"

#include <gtest/gtest.h>

#include "engine/duck_engine.h"

namespace opentrail::engine {
namespace {

using sql::Type;
using sql::TypeKind;

std::string LineOf(const Row& row) {
  std::string out;
  AppendCsvLine(out, row);
  return out;
}

TEST(CsvTextTest, QuotesEveryValueAndWritesNullAsNothing) {
  EXPECT_EQ(LineOf({"a", std::nullopt, "", "b,c\nd"}), "\"a\",,\"\",\"b,c\nd\"\n");
  EXPECT_EQ(LineOf({std::nullopt}), "\n");
}

TEST(CsvTextTest, DoublesQuotes) {
  EXPECT_EQ(LineOf({R"(")", R"(a"b)", R"(""c"")"}), "\"\"\"\",\"a\"\"b\",\"\"\"\"\"c\"\"\"\"\"\n");
}

// What a result gives as lines of CSV is what it gives as rows, whatever the size of the pieces.
class CsvOfResultTest : public testing::Test {
 protected:
  std::unique_ptr<QueryResult> Start() {
    const std::string engine_sql =
        "SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'a \"' || i || '\"' END, i % 2 = 0, "
        "[CASE WHEN i % 5 = 0 THEN '\"' END, 'b'], DATE '2026-11-23' + CAST(i AS INTEGER) FROM range(5000) t(i)";
    const sql::Translation translation{engine_sql,
                                       {{"i", Type(TypeKind::kBigint)},
                                        {"text", Type::Varchar()},
                                        {"even", Type(TypeKind::kBoolean)},
                                        {"list", Type::Array(Type::Varchar())},
                                        {"day", Type(TypeKind::kDate)}}};
    return std::move(*engine_->Run(translation, cancel_));
  }

  CancelToken cancel_;
  std::unique_ptr<DuckEngine> engine_ = std::move(*DuckEngine::Open({.threads = 1}));
};

TEST_F(CsvOfResultTest, IsThatOfItsRows) {
  std::string expected;
  {
    const auto result = Start();
    for (auto rows = result->Next(); !rows->empty(); rows = result->Next()) {
      for (const Row& row : *rows) AppendCsvLine(expected, row);
    }
  }
  EXPECT_TRUE(expected.starts_with("\"0\",,\"true\",\"[\"\", b]\",\"2026-11-23\"\n")) << expected.substr(0, 100);
  for (const size_t enough : {size_t{0}, size_t{1000}, size_t{1} << 30}) {
    const auto result = Start();
    std::string text, piece;
    size_t count = 0;
    for (;;) {
      piece.clear();
      const auto rows = result->NextCsv(enough, piece);
      ASSERT_TRUE(rows) << rows.error().message;
      if (*rows == 0) break;
      EXPECT_LE(piece.size(), enough + 100);
      count += *rows;
      text += piece;
    }
    EXPECT_EQ(*result->NextCsv(enough, piece), 0U) << "still at its end";
    EXPECT_EQ(count, 5000U);
    EXPECT_EQ(text, expected) << "in pieces of " << enough;
  }
}

TEST_F(CsvOfResultTest, IsCancelledAsItsRowsAre) {
  const auto result =
      std::move(*engine_->Run({"SELECT i FROM range(5000) t(i)", {{"c", Type(TypeKind::kBigint)}}}, cancel_));
  cancel_.Cancel();
  std::string text;
  const auto rows = result->NextCsv(1 << 20, text);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace opentrail::engine
