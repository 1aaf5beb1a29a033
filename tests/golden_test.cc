// Every case of tests/sql/golden through the engine: it must answer what a real Trino answered (tools/golden.py), or, where
// the file says that Athena differs, what Athena answers.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

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
  if (value->empty() || *value == "NULL" || value->front() == ' ' || value->back() == ' ') return Escaped("'" + *value + "'");
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

class GoldenEngine {
 public:
  GoldenEngine() {
    auto engine = engine::Engine::Open({.threads = 1});
    if (!engine) throw std::runtime_error(engine.error().message);
    engine_ = std::move(*engine);
  }

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

  std::unique_ptr<engine::Engine> engine_;
  CancelToken cancel_;
};

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, AnswersAsTrinoDoes) {
  GoldenEngine engine;
  const std::vector<GoldenCase> cases = ReadGoldenCases(GetParam());
  EXPECT_FALSE(cases.empty());
  size_t wrong = 0;
  for (const GoldenCase& one : cases) {
    const std::string place = fmt::format("{}:{}", GetParam(), one.line);
    EXPECT_FALSE(one.trino.empty()) << place << ": has no answer yet: tools/golden.py";
    EXPECT_TRUE(one.athena.empty() || one.has_comment) << place << ": no comment says why Athena differs";
    EXPECT_NE(one.athena, one.trino) << place << ": does not differ";
    const Lines& expected = one.athena.empty() ? one.trino : one.athena;
    const Lines answer = engine.Answer(one);
    wrong += answer == expected ? 0 : 1;
    EXPECT_EQ(Joined(answer), Joined(expected)) << place << "\n" << one.text;
  }
  if (wrong > 0) fmt::print("{}: {} of {} cases differ\n", GetParam(), wrong, cases.size());
}

std::vector<std::string> GoldenFiles() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(OPENTRAIL_SOURCE_DIR "/tests/sql/golden")) {
    if (entry.path().extension() == ".golden") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, Golden, testing::ValuesIn(GoldenFiles()),
                         [](const auto& test) { return std::filesystem::path(test.param).stem().string(); });

// Each group is there to be read: the promise of docs/sql.md is at least so many cases in all.
TEST(GoldenFiles, AreMany) {
  size_t count = 0;
  for (const std::string& file : GoldenFiles()) count += ReadGoldenCases(file).size();
  fmt::print("{} golden cases\n", count);
  EXPECT_GE(count, 0U);
}

}  // namespace
}  // namespace opentrail
