// docs/functions.md lists every function that Trino 435 has (tests/sql/golden/functions.txt, written by
// tools/golden.py --functions) and every one of ours, with its state. OPENTRAIL_UPDATE_GOLDEN=1 writes it.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/function.h"
#include "sql/function_signature.h"

namespace opentrail {
namespace {

// What is written as a call and is no row of a table: resolved by the resolver or read by the parser.
constexpr std::string_view kSpecialForms[] = {
    "coalesce", "current_date", "current_timezone", "if", "now", "nullif", "position", "try", "typeof", "try_cast"};

std::set<std::string> TrinoFunctions() {
  std::ifstream in(OPENTRAIL_SOURCE_DIR "/tests/sql/golden/functions.txt");
  std::set<std::string> names;
  for (std::string line; std::getline(in, line);) names.insert(line.substr(0, line.find(' ')));
  return names;
}

std::string Document() {
  std::map<std::string, std::set<std::string>> signatures;
  for (const sql::FunctionSignature& row : sql::AllFunctions()) {
    const auto signature = sql::ParseSignature(row);
    if (row.name == "json_extract all") continue;  // of CloudTrail Lake's dialect
    if (signature) signatures[std::string(row.name)].insert("`" + signature->Name() + "`");
  }
  for (const std::string_view name : kSpecialForms) signatures[std::string(name)].insert("special form");
  const std::set<std::string> trino = TrinoFunctions();
  size_t missing = 0;
  for (const std::string& name : trino) missing += signatures.contains(name) ? 0 : 1;
  std::string text = fmt::format(
      "# Functions\n\n"
      "Every function that Trino 435 lists, and every one of opentrail's; this page is written by\n"
      "`tests/functions_document_test.cc`. {} functions are here; of Trino's {}, {} are missing, and refused as not\n"
      "registered. How they answer is checked by the cases of [golden.md](golden.md).\n\n"
      "| function | state | signatures |\n| --- | --- | --- |\n",
      signatures.size(), trino.size(), missing);
  for (const std::string& name : trino) signatures[name];
  for (const auto& [name, forms] : signatures) {
    const char* const state = forms.empty()          ? "missing"
                              : trino.contains(name) ? "here"
                                                     : "here, not a function of Trino";
    text += fmt::format("| `{}` | {} | {} |\n", name, state, fmt::join(forms, "; "));
  }
  return text;
}

TEST(FunctionsDocument, ListsEveryFunction) {
  const std::string file = OPENTRAIL_SOURCE_DIR "/docs/functions.md";
  const std::string document = Document();
  if (std::getenv("OPENTRAIL_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << document;
  std::ifstream in(file);
  const std::string written{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  EXPECT_EQ(written, document) << "OPENTRAIL_UPDATE_GOLDEN=1 writes it";
}

}  // namespace
}  // namespace opentrail
