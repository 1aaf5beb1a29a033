#include "sql/translate.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalog/table_list.h"

namespace opentrail::sql {
namespace {

const catalog::Catalog& Tables() {
  static const catalog::TableList kTables = [] {
    catalog::TableList tables;
    tables.Add(catalog::CloudTrailTable("default", "cloudtrail_logs"));
    tables.Add({"awsdatacatalog",
                "default",
                "things",
                {{"id", "bigint"},
                 {"name", "string"},
                 {"price", "decimal(10,2)"},
                 {"weight", "double"},
                 {"flag", "boolean"},
                 {"day", "date"},
                 {"seen", "timestamp"},
                 {"tags", "map<string,string>"},
                 {"sizes", "array<int>"},
                 {"part", "struct<code:string,core:struct<depth:int>>"}}});
    return tables;
  }();
  return kTables;
}

Session MorningSession() {
  Session session;
  session.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::milliseconds(1);
  return session;
}

// A file of cases, parted by blank lines: comments in "#", then "columns", "sql" or "error", the statement, "----", and
// the labels and types of its columns, the engine's SQL, or the refusal.
struct Case {
  std::string comments;
  std::string directive;
  std::string statement;
  std::string expected;
};

std::vector<Case> ReadCases(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Case> cases;
  bool fresh = true;
  bool below = false;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) {
      fresh = true;
      continue;
    }
    if (fresh) cases.emplace_back();
    if (fresh) below = false;
    fresh = false;
    Case& one = cases.back();
    if (one.directive.empty() && line.starts_with("#")) {
      one.comments += line + "\n";
    } else if (one.directive.empty()) {
      one.directive = line;
    } else if (line == "----") {
      below = true;
    } else {
      std::string& part = below ? one.expected : one.statement;
      part += (part.empty() ? "" : "\n") + line;
    }
  }
  return cases;
}

void WriteCases(const std::filesystem::path& file, const std::vector<Case>& cases) {
  std::ofstream out(file);
  for (size_t i = 0; i < cases.size(); ++i) {
    out << (i == 0 ? "" : "\n") << cases[i].comments;
    if (cases[i].directive.empty()) continue;
    out << cases[i].directive << "\n" << cases[i].statement << "\n----\n" << cases[i].expected << "\n";
  }
}

std::string Outcome(const Case& one) {
  const auto translation = Translate(one.statement, Tables(), MorningSession());
  EXPECT_EQ(translation.has_value(), one.directive != "error") << one.statement;
  if (!translation) return translation.error().Text();
  if (one.directive == "sql") return translation->engine_sql;
  std::string columns;
  for (const OutputColumn& column : translation->columns) {
    columns += (columns.empty() ? "" : " | ") + column.name + " " + column.type.Name();
  }
  return columns;
}

class TranslateCases : public testing::TestWithParam<std::string> {};

// OPENTRAIL_UPDATE_CASES=1 writes what came out into the files instead: read the diff before you commit it.
TEST_P(TranslateCases, ComeOutAsWritten) {
  const bool update = std::getenv("OPENTRAIL_UPDATE_CASES") != nullptr;
  std::vector<Case> cases = ReadCases(GetParam());
  ASSERT_FALSE(cases.empty());
  for (Case& one : cases) {
    if (one.directive.empty()) continue;
    EXPECT_TRUE(one.directive == "columns" || one.directive == "sql" || one.directive == "error") << one.directive;
    const std::string outcome = Outcome(one);
    if (update) {
      one.expected = outcome;
    } else {
      EXPECT_EQ(outcome, one.expected) << one.statement;
    }
  }
  if (update) WriteCases(GetParam(), cases);
}

std::vector<std::string> CaseFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(OPENTRAIL_SOURCE_DIR "/tests/sql/translate")) {
    if (entry.path().extension() == ".case") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, TranslateCases, testing::ValuesIn(CaseFiles()),
                         [](const auto& test) { return std::filesystem::path(test.param).stem().string(); });

// ---- Bounds -----------------------------------------------------------------------------------------------------

std::string Repeat(std::string_view text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

std::string Refusal(const std::string& statement) {
  const auto translation = Translate(statement, Tables(), MorningSession());
  return translation ? "" : translation.error().Text();
}

TEST(Translate, BoundsDepthWithoutTakingStack) {
  for (const std::string& statement :
       {"SELECT 1" + Repeat(" + 1", 50'000), "SELECT 'a'" + Repeat(" || 'a'", 30'000),
        "SELECT useridentity" + Repeat(".a", 50'000) + " FROM cloudtrail_logs",
        "SELECT ARRAY[1]" + Repeat("[1]", 50'000), "SELECT 1" + Repeat(" UNION ALL SELECT 1", 10'000),
        "SELECT count(*) FROM things" + Repeat(" CROSS JOIN things", 10'000),
        "SELECT count(1" + Repeat(" + 1", 50'000) + ") FROM things WHERE count(1" + Repeat(" + 1", 30'000) + ") > 1"}) {
    EXPECT_NE(Refusal(statement), "") << statement.substr(0, 60);
  }
}

TEST(Translate, TakesLongListsOfConditions) {
  EXPECT_EQ(Refusal("SELECT id FROM things WHERE id = 0" + Repeat(" OR id = 1", 5'000)), "");
  EXPECT_EQ(Refusal("SELECT id FROM things WHERE id IN (0" + Repeat(", 1", 50'000) + ")"), "");
}

// Each lambda is resolved for each signature and step it may mean, and each level multiplies that of the next.
TEST(Translate, BoundsWork) {
  std::string lambdas = "x";
  for (int i = 0; i < 60; ++i) lambdas = "reduce(ARRAY[1], 0, (s, x) -> " + lambdas + " + 3000000000, s -> s)";
  EXPECT_EQ(MorningSession().max_resolve_steps, kMaxResolveSteps);
  Session session = MorningSession();
  session.max_resolve_steps = 10'000;  // the whole of the bound takes a minute under the sanitizers
  const auto refused = Translate("SELECT " + lambdas + " FROM (VALUES 1) AS t(x)", Tables(), session);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "The statement takes more than 10000 steps to analyze");
  std::string text = "eventname";
  for (int i = 0; i < 60; ++i) text = "nullif(" + text + ", 'x')";
  EXPECT_NE(Refusal("SELECT " + text + " FROM cloudtrail_logs").find("QUERY_TEXT_TOO_LARGE"), std::string::npos);
}

TEST(Translate, LetsNoUserTextOutOfItsQuotes) {
  const auto translation =
      Translate(R"(SELECT 'it''s; DROP TABLE x --' AS "a""b; --", x."c""d" FROM (SELECT 1 AS "c""d") AS "x;""y", )"
                R"((SELECT 2 AS "c""d") x)",
                Tables(), MorningSession());
  ASSERT_TRUE(translation) << translation.error().Text();
  EXPECT_EQ(translation->engine_sql,
            R"(SELECT 'it''s; DROP TABLE x --' AS "c0", "r2"."c0" AS "c1" FROM (SELECT 1 AS "c0") AS "r1" CROSS JOIN )"
            R"((SELECT 2 AS "c0") AS "r2")");
  EXPECT_EQ(translation->columns[0].name, "a\"b; --");
}

}  // namespace
}  // namespace opentrail::sql
