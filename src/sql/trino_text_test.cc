#include "sql/trino_text.h"

#include <gtest/gtest.h>

#include "sql/translate.h"

namespace opentrail::sql {
namespace {

class Tables final : public catalog::Catalog {
 public:
  Tables() {
    table_ = {.catalog = "awsdatacatalog", .database = "default", .name = "t", .columns = {}};
    table_.columns.push_back({.name = "r", .hive_type = "array<struct<arn:string,type:string>>"});
    table_.columns.push_back({.name = "m", .hive_type = "map<string,string>"});
    table_.columns.push_back({.name = "a", .hive_type = "array<string>"});
  }
  [[nodiscard]] const catalog::Table* FindTable(std::string_view /*database*/, std::string_view name) const override {
    return name == "t" ? &table_ : nullptr;
  }
  [[nodiscard]] bool HasDatabase(std::string_view /*database*/) const override { return true; }

 private:
  catalog::Table table_;
};

std::string ForTrino(std::string_view statement) {
  const Tables tables;
  const auto translation = Translate(statement, tables, Session{});
  if (!translation) return translation.error().Text();
  return TrinoText(statement, translation->row_unnests, DecimalLiterals::kDouble);
}

TEST(TrinoTextTest, WrapsArraysOfRowsThatAreNamedWhole) {
  EXPECT_EQ(ForTrino("SELECT x.arn FROM t CROSS JOIN UNNEST(r) AS u (x)"),
            "SELECT x.arn FROM t CROSS JOIN UNNEST(transform(r, e -> ROW(e))) AS u (x)");
  EXPECT_EQ(ForTrino("SELECT x.arn, y, n FROM t, UNNEST( a , filter(r, q -> q.arn IN ('a', 'b')) ) WITH ORDINALITY u "
                     "(y, x, n) ;"),
            "SELECT x.arn, y, n FROM t, UNNEST( a , transform(filter(r, q -> q.arn IN ('a', 'b')), e -> ROW(e)) ) WITH "
            "ORDINALITY u (y, x, n) ");
}

TEST(TrinoTextTest, LeavesAllElse) {
  for (const std::string_view statement :
       {"SELECT arn, type FROM t CROSS JOIN UNNEST(r) AS u (arn, type)",
        "SELECT u.arn FROM t CROSS JOIN UNNEST(r) AS u", "SELECT k FROM t CROSS JOIN UNNEST(m, a) AS u (k, v, x)",
        "SELECT 'UNNEST(r)' \"é\" FROM t -- UNNEST(r)"}) {
    EXPECT_EQ(ForTrino(statement), statement);
  }
}

TEST(TrinoTextTest, MakesDecimalLiteralsDoubles) {
  EXPECT_EQ(ForTrino("SELECT 1.5, .5, 1., 1e0, 2, DECIMAL '1.5', '1.5' FROM UNNEST(ARRAY[ROW(1.5)]) AS u (x)"),
            "SELECT 1.5E0, .5E0, 1.E0, 1e0, 2, DECIMAL '1.5', '1.5' FROM UNNEST(transform(ARRAY[ROW(1.5E0)], e -> "
            "ROW(e))) AS u (x)");
  EXPECT_EQ(TrinoText("SELECT 1.5;", {}, DecimalLiterals::kDecimal), "SELECT 1.5");
}

TEST(TrinoTextTest, FindsEachByItsPlace) {
  EXPECT_EQ(
      ForTrino("WITH w AS (SELECT x FROM t CROSS JOIN UNNEST(r) u (x))\nSELECT 1 FROM w, w AS v, UNNEST(ARRAY[1]) "
               "AS u (x)\n WHERE EXISTS (SELECT 1 FROM UNNEST(ARRAY[ROW(1, 2)], ARRAY[3]) AS n (a, b))"),
      "WITH w AS (SELECT x FROM t CROSS JOIN UNNEST(transform(r, e -> ROW(e))) u (x))\nSELECT 1 FROM w, w AS v, "
      "UNNEST(ARRAY[1]) AS u (x)\n WHERE EXISTS (SELECT 1 FROM UNNEST(transform(ARRAY[ROW(1, 2)], e -> ROW(e)), "
      "ARRAY[3]) AS n (a, b))");
}

}  // namespace
}  // namespace opentrail::sql
