// Every case of tests/sql/golden through the engine: it must answer what a real Trino answered (tools/golden.py), or,
// where the file says that Athena differs, what Athena answers. Cases in which ours is not there yet carry its answer
// in lines with a '~': OPENTRAIL_UPDATE_GOLDEN=1 writes these, and the counts in docs/golden.md; read the difference
// before you commit it.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "catalog/catalog.h"
#include "engine/engine.h"
#include "golden_case_file.h"

namespace opentrail {
namespace {

using Lines = std::vector<std::string>;

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\n') {
      escaped += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      escaped += fmt::format("\\u{:04x}", c);
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Shown(const std::optional<std::string>& value) {
  if (!value) return "NULL";
  if (value->empty() || *value == "NULL" || value->front() == ' ' || value->back() == ' ')
    return Escaped("'" + *value + "'");
  return Escaped(*value);
}

bool HasOrderBy(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::isspace(c) ? ' ' : std::toupper(c); });
  return text.find("ORDER BY") != std::string::npos;
}

std::string Joined(const Lines& lines) {
  std::string joined;
  for (const std::string& line : lines) joined += line + "\n";
  return joined;
}

constexpr const char* kGoldenFolder = OPENTRAIL_SOURCE_DIR "/tests/sql/golden";

class GoldenEngine {
 public:
  // With the table cloudtrail_logs over the records of cloudtrail.json, which tools/golden_table.py puts into Trino.
  GoldenEngine() : logs_(std::filesystem::temp_directory_path() / ("opentrail-golden-" + std::to_string(getpid()))) {
    auto engine = engine::Engine::Open({.threads = 1});
    if (!engine) throw std::runtime_error(engine.error().message);
    engine_ = std::move(*engine);
    std::filesystem::create_directories(logs_);
    std::filesystem::copy_file(std::filesystem::path(kGoldenFolder) / "cloudtrail.json", logs_ / "cloudtrail.json",
                               std::filesystem::copy_options::overwrite_existing);
    const auto added = engine_->AddTable({catalog::CloudTrailTable("default", "cloudtrail_logs"), {.roots = {logs_}}});
    if (!added) throw std::runtime_error(added.error().message);
  }
  ~GoldenEngine() { std::filesystem::remove_all(logs_); }

  // As the file has it. Trino's answers are those of its own reading of 1.5; Athena's of Athena's.
  Lines Answer(const GoldenCase& asked) {
    sql::Session session;
    session.decimal_literals_as_double = !asked.athena.empty();
    const bool is_statement = IsGoldenStatement(asked.text);
    auto result = engine_->Query(is_statement ? asked.text : "SELECT " + asked.text, session, cancel_);
    if (!result) return {"! " + Escaped(result.error().message)};
    Lines lines;
    for (;;) {
      const auto rows = (*result)->Next();
      if (!rows) return {"! " + Escaped(rows.error().message)};
      if (rows->empty()) break;
      for (const engine::Row& row : *rows) lines.push_back(RowLine(row));
    }
    if (!is_statement) return {(*result)->Columns().at(0).type.Name() + ": " + lines.at(0)};
    if (!HasOrderBy(asked.text)) std::ranges::sort(lines);
    lines.insert(lines.begin(), Header((*result)->Columns()));
    return lines;
  }

 private:
  static std::string Header(const std::vector<sql::OutputColumn>& columns) {
    std::string header;
    for (const auto& column : columns) header += (header.empty() ? "" : " | ") + column.name + " " + column.type.Name();
    return header;
  }

  static std::string RowLine(const engine::Row& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i == 0 ? "" : " | ") + Shown(row[i]);
    return line;
  }

  std::filesystem::path logs_;
  std::unique_ptr<engine::Engine> engine_;
  CancelToken cancel_;
};

const bool kUpdate = std::getenv("OPENTRAIL_UPDATE_GOLDEN") != nullptr;

// The file with these open answers, by the line of their statement, and no others.
void WriteOpenAnswers(const std::string& file, const std::map<size_t, Lines>& open) {
  std::ifstream in(file);
  std::string text;
  Lines pending;
  size_t number = 0;
  const auto close_case = [&] {
    for (const std::string& line : pending) text += "  ~ " + line + "\n";
    pending.clear();
  };
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("  ~ ")) continue;
    if (!line.starts_with("  ")) close_case();
    text += line + "\n";
    if (const auto found = open.find(number); found != open.end()) pending = found->second;
  }
  close_case();
  std::ofstream(file) << text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, AnswersAsTrinoDoes) {
  GoldenEngine engine;
  const std::vector<GoldenCase> cases = ReadGoldenCases(GetParam());
  EXPECT_FALSE(cases.empty());
  std::map<size_t, Lines> open;
  for (const GoldenCase& one : cases) {
    const std::string place = fmt::format("{}:{}", GetParam(), one.line);
    EXPECT_FALSE(one.trino.empty()) << place << ": has no answer yet: tools/golden.py";
    EXPECT_TRUE(one.athena.empty() || one.has_comment) << place << ": no comment says why Athena differs";
    EXPECT_NE(one.athena, one.trino) << place << ": does not differ";
    const Lines& right = one.athena.empty() ? one.trino : one.athena;
    EXPECT_NE(one.open, right) << place << ": is not open";
    const Lines answer = engine.Answer(one);
    if (kUpdate) {
      if (answer != right) open[one.line] = answer;
      continue;
    }
    const Lines& expected = one.open.empty() ? right : one.open;
    EXPECT_EQ(Joined(answer), Joined(expected)) << place << "\n" << one.text;
  }
  if (kUpdate) WriteOpenAnswers(GetParam(), open);
}

std::vector<std::string> GoldenFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kGoldenFolder)) {
    if (entry.path().extension() == ".golden") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(GoldenFiles()),
                         [](const auto& test) { return std::filesystem::path(test.param).stem().string(); });

std::string ReadText(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string CountRow(std::string_view group, size_t cases, size_t differing, size_t open) {
  return fmt::format("| {} | {} | {} | {} |\n", group, cases, differing, open);
}

// docs/golden.md counts the cases of each group; the counts stand between its two marks.
TEST(GoldenFiles, AreCountedInTheDocument) {
  const std::string document = OPENTRAIL_SOURCE_DIR "/docs/golden.md";
  constexpr std::string_view kBegin = "<!-- counts -->\n";
  constexpr std::string_view kEnd = "<!-- end of counts -->";
  std::string table = "| group | cases | where Athena differs | open |\n| --- | --- | --- | --- |\n";
  size_t cases = 0;
  size_t differing = 0;
  size_t open = 0;
  for (const std::string& file : GoldenFiles()) {
    const std::vector<GoldenCase> group = ReadGoldenCases(file);
    const auto group_differing = std::ranges::count_if(group, [](const auto& one) { return !one.athena.empty(); });
    const auto group_open = std::ranges::count_if(group, [](const auto& one) { return !one.open.empty(); });
    table += CountRow(std::filesystem::path(file).stem().string(), group.size(), group_differing, group_open);
    cases += group.size();
    differing += group_differing;
    open += group_open;
  }
  table += CountRow("all", cases, differing, open);
  std::string text = ReadText(document);
  const size_t begin = text.find(kBegin) + kBegin.size();
  const size_t end = text.find(kEnd);
  ASSERT_NE(end, std::string::npos) << document;
  if (kUpdate) std::ofstream(document) << text.substr(0, begin) << table << text.substr(end);
  EXPECT_EQ(text.substr(begin, end - begin), kUpdate ? text.substr(begin, end - begin) : table) << document;
}

}  // namespace
}  // namespace opentrail
