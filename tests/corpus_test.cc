// What the dialects say to queries that people wrote for Athena and for CloudTrail Lake. They are not ours to keep:
// tests/sql/corpus/verdicts.tsv names each and its verdict, the texts are read from where OPENTRAIL_SHARED points. Each
// is run, over the logs of sql_fixture.h or the tables of tests/sql/corpus/tables.sql. Definitions of tables and the
// queries over OCSF's are in athena_tables_test.py. OPENTRAIL_UPDATE_VERDICTS=1 writes what came out: read the
// difference.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "catalog/event_data_store.h"
#include "engine/duck_engine.h"
#include "logs/folder_store.h"
#include "sql/command.h"
#include "sql/ddl_local.h"
#include "sql/parser.h"
#include "sql/translate.h"
#include "sql/write_statement.h"
#include "sql_fixture.h"

namespace opentrail {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(OPENTRAIL_SOURCE_DIR) / "tests/sql/corpus";
constexpr const char* kStoreId = "0e5d7c1a-4b1f-4e0a-9c58-1f2a3b4c5d6e";
constexpr const char* kRuns = "runs";

fs::path QueriesFolder() {
  const char* shared = std::getenv("OPENTRAIL_SHARED");
  return (shared ? fs::path(shared) : fs::path(OPENTRAIL_SOURCE_DIR).parent_path() / "shared") / "queries";
}

bool IsElsewhere(const std::string& folder) { return folder == "ddl" || folder == "bootstrap_ocsf"; }

sql::Dialect DialectOf(const std::string& name) {
  return name.starts_with("lake_") ? sql::Dialect::kLake : sql::Dialect::kAthena;
}

std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// A query's text; of those for Lake, with the id and the day that its writer left to the reader.
std::string QueryText(const fs::path& folder, const std::string& name) {
  std::string text = ReadText(folder / name);
  if (DialectOf(name) != sql::Dialect::kLake) return text;
  static const std::regex kId(
      R"(\$EDS_ID|<[A-Z_]*EDS[ _]?ID>|<event[-_ ]data[-_ ]store[-_ ]id>|<YOUR_EVENT_DATA_STORE_ID>)",
      std::regex::icase);
  static const std::regex kDay(R"(\$\{date_filter\})");
  text = std::regex_replace(text, kId, kStoreId);
  return std::regex_replace(text, kDay, "2026-11-23 00:00:00");
}

// The names of the corpus's queries.
std::vector<std::string> QueryNames(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (entry.is_regular_file() && !IsElsewhere(name.substr(0, name.find('/')))) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

// By name: "runs", or how the refusal begins.
std::map<std::string, std::string> ReadVerdicts() {
  std::map<std::string, std::string> verdicts;
  std::ifstream file(kCorpus / "verdicts.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    const std::string verdict = line.substr(first + 1, second - first - 1);
    EXPECT_EQ(verdict == "refused", second != std::string::npos && second + 1 < line.size()) << line;
    EXPECT_TRUE(verdict == kRuns || verdict == "refused") << line;
    verdicts[line.substr(0, first)] = verdict == kRuns ? kRuns : line.substr(second + 1);
  }
  return verdicts;
}

void WriteVerdicts(const std::map<std::string, std::string>& answers) {
  const fs::path path = kCorpus / "verdicts.tsv";
  std::string text;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line) && line.starts_with('#');) text += line + "\n";
  for (const auto& [name, answer] : answers) {
    text += name + (answer == kRuns ? "\truns\n" : "\trefused\t" + answer + "\n");
  }
  std::ofstream(path) << text;
}

// Any name is a table over the logs, in the shape of its dialect, but those that tables.sql declares.
class CorpusTables final : public engine::TableSource {
 public:
  explicit CorpusTables(fs::path logs) : logs_(std::move(logs)) {
    const std::string text = ReadText(kCorpus / "tables.sql");
    for (size_t begin = 0, end = 0; (end = text.find(";\n", begin)) != std::string::npos; begin = end + 2) {
      Declare(text.substr(begin, end - begin));
    }
  }
  sql::Dialect dialect = sql::Dialect::kAthena;

  bool HasDatabase(std::string_view) override { return true; }
  std::optional<engine::BoundTable> FindTable(std::string_view database, std::string_view name) override {
    if (const auto found = declared_.find(DeclaredName(name)); found != declared_.end()) {
      engine::BoundTable bound = found->second;
      bound.table.database = database;
      bound.table.name = name;
      return bound;
    }
    auto table = dialect == sql::Dialect::kLake ? catalog::EventDataStoreTable(std::string(database), std::string(name))
                                                : catalog::CloudTrailTable(std::string(database), std::string(name));
    return engine::BoundTable{std::move(table), {.roots = {logs_}}, false, {}};
  }

 private:
  // Names that the corpus leaves to its reader.
  static std::string DeclaredName(std::string_view name) {
    if (name == "<table>") return "vpcflow";
    if (name == "vpc_flow_logs_000000000000") return "vpcflow_of_days";
    if (name == "config_event_data_store_id") return "config_items";
    return std::string(name);
  }

  void Declare(const std::string& statement) {
    const auto parsed = sql::ParseLocalDdl(statement);
    if (!parsed) throw std::runtime_error(statement + ": " + parsed.error().Text());
    const auto& create = std::get<sql::CreateTable>(*parsed);
    engine::BoundTable bound;
    bound.table = {"awsdatacatalog", "default", create.table.name, {}};
    for (const sql::HiveColumn& column : create.columns) bound.table.columns.push_back({column.name, column.type});
    catalog::AddFileColumns(bound.table);
    formats::Properties properties[2];
    for (const auto& [name, value] : create.format.serde_properties) properties[0][name] = value;
    for (const auto& [name, value] : create.properties) properties[1][name] = value;
    bound.format = *formats::TableFormatOf({.input_format = create.format.input_format,
                                            .serde = create.format.serde,
                                            .serde_properties = properties[0],
                                            .table_properties = properties[1]});
    bound.source.store = std::make_shared<logs::FolderStore>(kCorpus / create.location);
    declared_[create.table.name] = std::move(bound);
  }

  fs::path logs_;
  std::map<std::string, engine::BoundTable> declared_;
};

// One engine a dialect, over one folder of logs.
class World {
 public:
  World() : folder_(fs::temp_directory_path() / ("opentrail-corpus-" + std::to_string(getpid()))), tables_(folder_) {
    sql_fixture::WriteLogs(folder_);
    session_.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);
  }
  ~World() { fs::remove_all(folder_); }

  void Begin(sql::Dialect dialect) {
    tables_.dialect = session_.dialect = dialect;
    engine_ = *engine::DuckEngine::Open({.threads = 2});
    engine_->SetTableSource(&tables_);
  }

  // "runs", or why not, for which a run goes to its last row.
  std::string Answer(const std::string& text) {
    if (sql::IsDdl(text)) {
      const auto parsed = sql::ParseDdl(text);
      return parsed ? kRuns : parsed.error().Text();
    }
    const auto translation = TranslationOf(text);
    if (!translation) return translation.error().Text();
    const auto result = engine_->Run(*translation, cancel_);
    if (!result) return result.error().message;
    for (;;) {
      const auto rows = (*result)->Next();
      if (!rows) return rows.error().message;
      if (rows->empty()) return kRuns;
    }
  }

 private:
  // Of the query that the statement is or, to Athena, holds.
  sql::Result<sql::Translation> TranslationOf(const std::string& text) {
    const bool is_athena = session_.dialect == sql::Dialect::kAthena;
    if (is_athena && sql::IsWriteStatement(text)) {
      const auto write = sql::ParseWriteStatement(text);
      if (!write) return std::unexpected(write.error());
      return sql::TranslateQuery(*std::visit([](const auto& node) { return node.query.get(); }, *write),
                                 engine_->Catalog(), session_);
    }
    if (is_athena && sql::IsCommand(text)) {
      const auto command = sql::ParseCommand(text);
      if (!command) return std::unexpected(command.error());
      return sql::Translate(std::get<sql::CreateView>(*command).query, engine_->Catalog(), session_);
    }
    return sql::Translate(text, engine_->Catalog(), session_);
  }

  fs::path folder_;
  CorpusTables tables_;
  sql::Session session_;
  CancelToken cancel_;
  std::unique_ptr<engine::DuckEngine> engine_;
};

TEST(Corpus, EveryQueryAnswersAsItsVerdictSays) {
  const fs::path folder = QueriesFolder();
  const std::map<std::string, std::string> verdicts = ReadVerdicts();
  ASSERT_FALSE(verdicts.empty());
  if (!fs::exists(folder)) GTEST_SKIP() << "no queries at " << folder << "; OPENTRAIL_SHARED says where they are";
  World world;
  std::map<std::string, std::string> answers;
  for (const sql::Dialect dialect : {sql::Dialect::kAthena, sql::Dialect::kLake}) {
    world.Begin(dialect);
    for (const std::string& name : QueryNames(folder)) {
      if (DialectOf(name) == dialect) answers[name] = world.Answer(QueryText(folder, name));
    }
  }
  if (std::getenv("OPENTRAIL_UPDATE_VERDICTS") != nullptr) return WriteVerdicts(answers);
  for (const auto& [name, answer] : answers) {
    const auto verdict = verdicts.find(name);
    if (verdict == verdicts.end()) {
      ADD_FAILURE() << name << " has no verdict: " << answer;
    } else {
      EXPECT_EQ(answer, verdict->second) << name;
    }
  }
  EXPECT_EQ(answers.size(), verdicts.size()) << "verdicts of files that are no longer there";
}

}  // namespace
}  // namespace opentrail
