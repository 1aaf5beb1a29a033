// What the dialect says to queries that people wrote against CloudTrail tables in Athena. They are not ours to keep:
// tests/sql/corpus_verdicts.tsv names each and its verdict, the texts are read from where OPENTRAIL_SHARED points.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "sql/parser.h"
#include "sql/translate.h"

namespace opentrail {
namespace {

namespace fs = std::filesystem;

struct Verdict {
  std::string verdict;  // "runs", "refused"
  std::string message;  // of a refusal
};

const fs::path kVerdicts = fs::path(OPENTRAIL_SOURCE_DIR) / "tests/sql/corpus_verdicts.tsv";

fs::path QueriesFolder() {
  const char* shared = std::getenv("OPENTRAIL_SHARED");
  return (shared ? fs::path(shared) : fs::path(OPENTRAIL_SOURCE_DIR).parent_path() / "shared") / "queries";
}

// Other dialects and other tables than CloudTrail's.
bool IsLeftOut(const std::string& folder) {
  return folder == "ddl" || folder == "bootstrap_ocsf" || folder.starts_with("lake_");
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, Verdict> ReadVerdicts() {
  std::map<std::string, Verdict> verdicts;
  std::ifstream file(kVerdicts);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    Verdict verdict{line.substr(first + 1, second - first - 1), {}};
    if (second != std::string::npos) verdict.message = line.substr(second + 1);
    verdicts[line.substr(0, first)] = std::move(verdict);
  }
  return verdicts;
}

TEST(Corpus, VerdictsAreWellFormed) {
  const std::map<std::string, Verdict> verdicts = ReadVerdicts();
  ASSERT_FALSE(verdicts.empty()) << kVerdicts;
  for (const auto& [file, verdict] : verdicts) {
    const bool refused = verdict.verdict == "refused";
    EXPECT_TRUE(refused || verdict.verdict == "runs") << file;
    EXPECT_EQ(refused, !verdict.message.empty()) << file;
  }
}

TEST(Corpus, TheParserAgreesWithEveryVerdict) {
  const fs::path folder = QueriesFolder();
  if (!fs::exists(folder)) GTEST_SKIP() << "no queries at " << folder << "; OPENTRAIL_SHARED says where they are";
  const std::map<std::string, Verdict> verdicts = ReadVerdicts();
  size_t read = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (!entry.is_regular_file() || IsLeftOut(name.substr(0, name.find('/')))) continue;
    ++read;
    const auto known = verdicts.find(name);
    ASSERT_NE(known, verdicts.end()) << name << " has no verdict";
    const sql::Result<sql::Statement> parsed = sql::ParseStatement(ReadText(entry.path()));
    const auto& [verdict, message] = known->second;
    if (!parsed) {
      EXPECT_EQ(verdict, "refused") << name << ": " << parsed.error().Text();
      EXPECT_TRUE(parsed.error().Text().starts_with(message)) << name << ": " << parsed.error().Text();
    } else {
      EXPECT_FALSE(message.starts_with("line ")) << name << " parses; its verdict says: " << message;
    }
  }
  EXPECT_EQ(read, verdicts.size()) << "verdicts of files that are no longer there";
}

// Any name is a CloudTrail table, but those of other services' logs.
class AnyCatalog final : public catalog::Catalog {
 public:
  [[nodiscard]] const catalog::Table* FindTable(std::string_view, std::string_view name) const override {
    for (const std::string_view other : {"vpc", "waf", "cloudfront", "s3_access"}) {
      if (name.find(other) != std::string_view::npos) return nullptr;
    }
    return &table_;
  }
  [[nodiscard]] bool HasDatabase(std::string_view) const override { return true; }

 private:
  catalog::Table table_ = catalog::CloudTrailTable("default", "cloudtrail_logs");
};

TEST(Corpus, TheResolverAgreesWithEveryVerdict) {
  const fs::path folder = QueriesFolder();
  if (!fs::exists(folder)) GTEST_SKIP() << "no queries at " << folder << "; OPENTRAIL_SHARED says where they are";
  const AnyCatalog tables;
  sql::Session session;
  session.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);
  for (const auto& [name, verdict] : ReadVerdicts()) {
    const auto translated = sql::Translate(ReadText(folder / name), tables, session);
    const std::string refusal = translated ? "" : translated.error().Text();
    if (verdict.verdict == "runs") {
      EXPECT_EQ(refusal, "") << name;
    } else {
      EXPECT_FALSE(translated) << name << " should be refused: " << verdict.message;
      EXPECT_TRUE(refusal.starts_with(verdict.message)) << name << ": " << refusal;
    }
  }
}

}  // namespace
}  // namespace opentrail
