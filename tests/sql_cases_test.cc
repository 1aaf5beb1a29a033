// Every case of tests/sql/*.slt through the engine, over the logs of sql_fixture.h; lake*.slt in CloudTrail Lake's
// dialect. OPENTRAIL_UPDATE_SLT=1 writes what came out into the files instead: read the diff before you commit it.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "catalog/catalog.h"
#include "catalog/event_data_store.h"
#include "codec/digest.h"
#include "engine/engine.h"
#include "sql_case_file.h"
#include "sql_fixture.h"

namespace opentrail {
namespace {

using Lines = std::vector<std::string>;

// The morning after: now() is fixed.
constexpr std::chrono::sys_days kToday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);

std::string Shown(const std::optional<std::string>& value) {
  if (!value) return "NULL";
  if (value->empty()) return "(empty)";
  std::string shown;
  for (const char c : *value) shown += c == '\n' ? std::string("\\n") : std::string(1, c);
  return shown;
}

// One engine and one folder of logs for all cases: they only read.
class World {
 public:
  World() : folder_(std::filesystem::temp_directory_path() / ("opentrail-sql-cases-" + std::to_string(getpid()))) {
    (void)codec::Sha256("");  // OpenSSL's end of the process comes after the engine's threads', which use it
    sql_fixture::WriteLogs(folder_);
    auto engine = engine::Engine::Open({.threads = 2});
    if (!engine) throw std::runtime_error(engine.error().message);
    engine_ = std::move(*engine);
    Add(catalog::CloudTrailTable("default", "cloudtrail_logs"), false);
    Add(catalog::CloudTrailTable("default", "cloudtrail_logs_once"), true);
    Add(catalog::EventDataStoreTable("default", "0e5d7c1a-4b1f-4e0a-9c58-1f2a3b4c5d6e"), false);
    session_.now = kToday;
  }
  ~World() { std::filesystem::remove_all(folder_); }

  void Speak(sql::Dialect dialect) { session_.dialect = dialect; }

  // The lines that a case expects below ----.
  Lines Answer(const SqlCase& asked) {
    auto result = engine_->Query(asked.Statement(), session_, cancel_);
    if (!result) return {result.error().message};
    Lines lines = {Header(**result)};
    for (;;) {
      const auto rows = (*result)->Next();
      if (!rows) return {rows.error().message};
      if (rows->empty()) break;
      for (const engine::Row& row : *rows) lines.push_back(RowLine(row));
    }
    if (asked.directive == "query rowsort") std::sort(lines.begin() + 1, lines.end());
    return lines;
  }

 private:
  void Add(catalog::Table table, bool deduplicate) {
    const auto added = engine_->AddTable({std::move(table), {.roots = {folder_}}, deduplicate});
    if (!added) throw std::runtime_error(added.error().message);
  }

  static std::string Header(const engine::QueryResult& result) {
    std::string header;
    for (const sql::OutputColumn& column : result.Columns()) {
      header += (header.empty() ? "" : " | ") + column.name + " " + column.type.Name();
    }
    return header;
  }

  static std::string RowLine(const engine::Row& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : " | ") + Shown(row[i]);
    return line;
  }

  std::filesystem::path folder_;
  std::unique_ptr<engine::Engine> engine_;
  sql::Session session_;
  CancelToken cancel_;
};

World& SharedWorld() {
  static World world;
  return world;
}

std::string Joined(const Lines& lines) {
  std::string joined;
  for (const std::string& line : lines) joined += line + "\n";
  return joined;
}

class SqlCases : public testing::TestWithParam<std::string> {};

TEST_P(SqlCases, AnswerAsWritten) {
  const bool update = std::getenv("OPENTRAIL_UPDATE_SLT") != nullptr;
  std::vector<SqlCase> cases = ReadSqlCases(GetParam());
  const bool is_lake = std::filesystem::path(GetParam()).stem().string().starts_with("lake");
  SharedWorld().Speak(is_lake ? sql::Dialect::kLake : sql::Dialect::kAthena);
  for (SqlCase& one : cases) {
    if (one.directive.empty()) continue;
    EXPECT_TRUE(one.IsKnown()) << GetParam() << ":" << one.line << ": '" << one.directive << "' is no directive";
    const Lines answer = SharedWorld().Answer(one);
    if (update) {
      one.expected = answer;
    } else {
      EXPECT_EQ(Joined(answer), Joined(one.expected)) << GetParam() << ":" << one.line << "\n" << one.Statement();
    }
  }
  if (update) WriteSqlCases(GetParam(), cases);
}

std::vector<std::string> CaseFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(OPENTRAIL_SOURCE_DIR "/tests/sql")) {
    if (entry.path().extension() == ".slt") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, SqlCases, testing::ValuesIn(CaseFiles()),
                         [](const auto& test) { return std::filesystem::path(test.param).stem().string(); });

}  // namespace
}  // namespace opentrail
