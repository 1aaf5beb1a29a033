#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

// Golden files (tests/sql/golden/*.golden): cases with the answers of a real Trino. tools/golden.py tells the format
// and writes them; here they are only read.
namespace opentrail {

struct GoldenCase {
  size_t line = 0;                  // of the statement, from 1
  std::string text;                 // a statement, or an expression
  std::vector<std::string> trino;   // Trino's answer
  std::vector<std::string> athena;  // where Athena's differs: its answer
  std::vector<std::string> open;    // where ours is not there yet: what it answers
  bool has_comment = false;         // right above
};

// An expression is asked as SELECT <expression>. As tools/golden.py decides it.
inline bool IsGoldenStatement(std::string_view text) {
  const std::string_view head = text.substr(0, text.find_first_not_of('('));
  std::string_view rest = text.substr(head.size());
  rest = rest.substr(0, rest.find_first_of(" \n(\t"));
  for (const std::string_view word : {"SELECT", "WITH", "VALUES", "TABLE", "SELEC", "EXPLAIN", "SHOW", "DESCRIBE",
                                      "CREATE", "DROP", "INSERT", "DELETE", "PREPARE", "EXECUTE"}) {
    if (rest == word) return true;
  }
  return false;
}

inline std::vector<GoldenCase> ReadGoldenCases(const std::string& file) {
  std::ifstream in(file);
  std::vector<GoldenCase> cases;
  bool after_comment = false;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.starts_with("    ") && !cases.empty()) {
      cases.back().text += "\n" + line;
    } else if (line.starts_with("  @ ") && !cases.empty()) {
      cases.back().athena.push_back(line.substr(4));
    } else if (line.starts_with("  ~ ") && !cases.empty()) {
      cases.back().open.push_back(line.substr(4));
    } else if (line.starts_with("  ") && !cases.empty()) {
      cases.back().trino.push_back(line.substr(2));
    } else if (!line.empty() && !line.starts_with("#")) {
      cases.push_back({.line = number, .text = line, .has_comment = after_comment});
    }
    if (!line.starts_with("  ")) after_comment = line.starts_with("#");
  }
  return cases;
}

}  // namespace opentrail
