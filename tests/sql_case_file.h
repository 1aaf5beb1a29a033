#pragma once

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// Files of SQL cases (tests/sql/*.slt). Blank lines part them; '#' lines in front of a case are its comment.
//
//   # why this case is here
//   query rowsort          "query" takes rows as they come; "rowsort" compares them sorted; "error" expects a refusal
//   SELECT eventname, count(*) AS n
//   FROM cloudtrail_logs GROUP BY 1
//   ----
//   eventname varchar | n bigint
//   ConsoleLogin | 2
//
// NULL reads NULL, an empty text (empty), a line break inside a value \n. An error's text is all that follows ----.
namespace opentrail {

struct SqlCase {
  std::vector<std::string> comment;
  std::string directive;  // empty: a block of comments alone
  std::vector<std::string> statement;
  std::vector<std::string> expected;
  size_t line = 0;  // of the directive, from 1

  [[nodiscard]] std::string Statement() const {
    std::string joined;
    for (const std::string& part : statement) joined += (joined.empty() ? "" : "\n") + part;
    return joined;
  }
  [[nodiscard]] bool IsKnown() const {
    return directive.empty() || directive == "query" || directive == "query rowsort" || directive == "error";
  }
};

inline SqlCase ParseSqlCase(const std::vector<std::string>& block, size_t first_line) {
  SqlCase parsed;
  size_t i = 0;
  while (i < block.size() && block[i].starts_with("#")) parsed.comment.push_back(block[i++]);
  parsed.line = first_line + i;
  if (i < block.size()) parsed.directive = block[i++];
  while (i < block.size() && block[i] != "----") parsed.statement.push_back(block[i++]);
  for (++i; i < block.size(); ++i) parsed.expected.push_back(block[i]);
  return parsed;
}

inline std::vector<SqlCase> ReadSqlCases(const std::string& file) {
  std::ifstream in(file);
  std::vector<SqlCase> cases;
  std::vector<std::string> block;
  size_t number = 0;
  const auto close = [&] {
    if (!block.empty()) cases.push_back(ParseSqlCase(block, number - block.size()));
    block.clear();
  };
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty()) {
      close();
    } else {
      block.push_back(line);
    }
  }
  ++number;
  close();
  return cases;
}

inline void WriteSqlCases(const std::string& file, const std::vector<SqlCase>& cases) {
  std::ofstream out(file);
  for (const SqlCase& one : cases) {
    if (&one != cases.data()) out << "\n";
    for (const std::string& line : one.comment) out << line << "\n";
    if (one.directive.empty()) continue;
    out << one.directive << "\n";
    for (const std::string& line : one.statement) out << line << "\n";
    out << "----\n";
    for (const std::string& line : one.expected) out << line << "\n";
  }
}

}  // namespace opentrail
