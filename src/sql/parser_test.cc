#include "sql/parser.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sql/ast_dump.h"
#include "sql/token.h"
#include "sql/translate.h"

namespace opentrail::sql {
namespace {

std::string Outcome(std::string_view statement) {
  const Result<Statement> parsed = ParseStatement(statement);
  return parsed ? Dump(*parsed) : "! " + parsed.error().Text();
}

std::string ExpressionOutcome(std::string_view text) {
  const Result<ExpressionPointer> parsed = ParseExpression(text);
  return parsed ? Dump(**parsed) : "! " + parsed.error().Text();
}

std::string Repeated(std::string_view text, size_t times) {
  std::string repeated;
  for (size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

// A file of cases. A blank line ends a case, lines that start with "# " before it are comments, and what follows the
// line "----" is what must come out: a dump, or "! " and a refusal.
struct Case {
  std::string comments;
  std::string text;
  std::string expected;
};

std::vector<Case> ReadCases(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Case> cases(1);
  bool expected = false;
  for (std::string line; std::getline(file, line);) {
    Case& current = cases.back();
    if (line.empty()) {
      if (!current.text.empty()) cases.emplace_back();
      expected = false;
    } else if (current.text.empty() && line.starts_with("# ")) {
      current.comments += line + "\n";
    } else if (line == "----") {
      expected = true;
    } else if (expected) {
      current.expected += (current.expected.empty() ? "" : "\n") + line;
    } else {
      current.text += (current.text.empty() ? "" : "\n") + line;
    }
  }
  if (cases.back().text.empty()) cases.pop_back();
  return cases;
}

void WriteCases(const std::filesystem::path& path, const std::vector<Case>& cases) {
  std::ofstream file(path);
  for (const Case& one : cases) {
    file << (&one == cases.data() ? "" : "\n") << one.comments << one.text << "\n----\n" << one.expected << "\n";
  }
}

class ParserCases : public testing::TestWithParam<std::string> {};

// OPENTRAIL_UPDATE_CASES=1 writes what comes out into the files, to be read before it is committed.
TEST_P(ParserCases, ComeOutAsWritten) {
  const std::filesystem::path path = std::filesystem::path(OPENTRAIL_SOURCE_DIR) / "tests/sql/parser" / GetParam();
  const auto outcome = GetParam().starts_with("expression") ? ExpressionOutcome : Outcome;
  std::vector<Case> cases = ReadCases(path);
  ASSERT_FALSE(cases.empty()) << path;
  const bool update = std::getenv("OPENTRAIL_UPDATE_CASES") != nullptr;
  for (Case& one : cases) {
    const std::string actual = outcome(one.text);
    if (update) {
      one.expected = actual;
    } else {
      EXPECT_EQ(actual, one.expected) << one.text;
    }
  }
  if (update) WriteCases(path, cases);
}

INSTANTIATE_TEST_SUITE_P(Files, ParserCases,
                         testing::Values("expression_literals.case", "expression_operators.case",
                                         "expression_functions.case", "queries.case", "relations.case",
                                         "statements.case"),
                         [](const auto& file) { return file.param.substr(0, file.param.find('.')); });

// ---- Words -------------------------------------------------------------------------------------------------------

// clang-format off
const std::vector<std::string> kReservedWords = {
    "alter", "and", "as", "between", "by", "case", "cast", "constraint", "create", "cross", "cube", "current_catalog",
    "current_date", "current_path", "current_role", "current_schema", "current_time", "current_timestamp",
    "current_user", "deallocate", "delete", "describe", "distinct", "drop", "else", "end", "escape", "except",
    "execute", "exists", "extract", "false", "for", "from", "full", "group", "grouping", "having", "in", "inner",
    "insert", "intersect", "into", "is", "join", "json_array", "json_exists", "json_object", "json_query",
    "json_table", "json_value", "left", "like", "listagg", "localtime", "localtimestamp", "natural", "normalize",
    "not", "null", "on", "or", "order", "outer", "prepare", "recursive", "right", "rollup", "select", "skip", "table",
    "then", "trim", "true", "uescape", "union", "unnest", "using", "values", "when", "where", "with"};

const std::vector<std::string> kFreeWords = {
    "absent", "add", "admin", "after", "all", "analyze", "any", "array", "asc", "at", "authorization", "bernoulli",
    "both", "call", "cascade", "catalogs", "column", "columns", "comment", "commit", "committed", "conditional",
    "copartition", "count", "current", "data", "date", "day", "default", "define", "definer", "deny", "desc",
    "descriptor", "distributed", "double", "empty", "encoding", "error", "excluding", "explain", "fetch", "filter",
    "final", "first", "following", "format", "functions", "grant", "granted", "grants", "graphviz", "groups", "hour",
    "if", "ignore", "including", "initial", "input", "interval", "invoker", "io", "isolation", "json", "keep", "key",
    "keys", "last", "lateral", "leading", "level", "limit", "local", "logical", "map", "match", "match_recognize",
    "matched", "matches", "materialized", "measures", "merge", "minute", "month", "next", "nfc", "nfd", "nfkc", "nfkd",
    "no", "none", "nullif", "nulls", "object", "of", "offset", "omit", "one", "only", "option", "ordinality", "output",
    "over", "overflow", "partition", "partitions", "passing", "past", "path", "pattern", "per", "permute", "position",
    "preceding", "precision", "privileges", "properties", "prune", "quotes", "range", "read", "refresh", "rename",
    "repeatable", "replace", "reset", "respect", "restrict", "returning", "revoke", "role", "roles", "rollback", "row",
    "rows", "running", "scalar", "schema", "schemas", "second", "security", "seek", "serializable", "session", "set",
    "sets", "show", "some", "start", "stats", "string", "subset", "substring", "system", "tables", "tablesample",
    "text", "ties", "time", "timestamp", "to", "trailing", "transaction", "truncate", "try_cast", "type", "unbounded",
    "uncommitted", "unconditional", "unique", "unknown", "unmatched", "update", "use", "user", "utf16", "utf32",
    "utf8", "validate", "value", "verbose", "version", "view", "window", "within", "without", "work", "wrapper",
    "write", "year", "zone", "region", "eventname", "_private"};
// clang-format on

TEST(Words, FreeWordsAreNamesEverywhere) {
  for (const std::string& word : kFreeWords) {
    const std::string text = fmt::format(
        "SELECT {0}, t.{0}, {0} AS {0}, {0} {0} FROM {0} AS {0} WHERE {0} = 1 "
        "GROUP BY {0} ORDER BY {0}",
        word);
    EXPECT_EQ(Outcome(text),
              fmt::format("(query (select (item {0}) (item (. t {0})) (item {0} {0}) (item {0} {0}) (from (as (table "
                          "{0}) {0})) (where (= {0} 1)) (group (set {0}))) (order (by {0})))",
                          word));
    EXPECT_EQ(Outcome(fmt::format("SELECT 1 FROM x {0}", word)),
              fmt::format("(query (select (item 1) (from (as (table x) {0}))))", word));
  }
}

TEST(Words, ReservedWordsAreNoNames) {
  for (const std::string& word : kReservedWords) {
    EXPECT_TRUE(IsReserved(WordKind(word))) << word;
    for (const char* form : {"SELECT t.{}", "SELECT 1 AS {}", "SELECT 1 FROM {}", "SELECT 1 FROM t AS {}"}) {
      const std::string text = fmt::format(fmt::runtime(form), word);
      EXPECT_FALSE(ParseStatement(text).has_value()) << text;
    }
    EXPECT_TRUE(ParseStatement(fmt::format("SELECT \"{0}\" FROM \"{0}\" AS \"{0}\"", word)).has_value()) << word;
  }
}

TEST(Words, TheLexerKnowsNoOtherReservedWord) {
  size_t reserved = 0;
  for (size_t kind = 0; kind < kTokenKinds; ++kind) reserved += IsReserved(static_cast<TokenKind>(kind));
  EXPECT_EQ(reserved, kReservedWords.size());
}

// ---- Positions ---------------------------------------------------------------------------------------------------

TEST(Positions, CountCodePointsAndLines) {
  const Result<Statement> refused = ParseStatement("SELECT 'Grüße 世界 😀', §");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().position, (Position{1, 22}));
  EXPECT_EQ(ParseStatement("SELECT\r\n\t 1,\n\n  )").error().position, (Position{4, 3}));
  EXPECT_EQ(ParseStatement("SELECT a FROM t WHERE /* ü\n */ b = = 1").error().position, (Position{2, 9}));
}

TEST(Positions, BlanksOtherThanAsciiAreRefusedWhereTheyStand) {
  EXPECT_EQ(ParseStatement("SELECT\u00A01").error().position, (Position{1, 7}));
  EXPECT_EQ(ParseStatement("\uFEFFSELECT 1").error().position, (Position{1, 1}));
  EXPECT_EQ(ParseStatement("SELECT 1\v").error().position, (Position{1, 9}));
}

TEST(Positions, OfNodesAreWhereTrinoPoints) {
  const Result<ExpressionPointer> parsed = ParseExpression("a + b = c.d AND e BETWEEN 1 AND 2");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ((*parsed)->position, (Position{1, 1}));
  const auto& conjunction = std::get<Binary>((*parsed)->node);
  EXPECT_EQ(conjunction.operator_position, (Position{1, 13}));
  const auto& comparison = std::get<Binary>(conjunction.left->node);
  EXPECT_EQ(comparison.operator_position, (Position{1, 7}));
  EXPECT_EQ(comparison.right->position, (Position{1, 9}));
  EXPECT_EQ(std::get<Dereference>(comparison.right->node).field.position, (Position{1, 11}));
  EXPECT_EQ(conjunction.right->position, (Position{1, 19}));
}

TEST(Positions, OfCastTypeAndAlias) {
  const Result<Statement> parsed = ParseStatement("SELECT\n CAST(a AS\n  bigint) b");
  ASSERT_TRUE(parsed.has_value());
  const Query& query = *std::get<QueryStatement>(parsed->node).query;
  const auto& item = std::get<SelectExpression>(std::get<Select>(query.body->node).items[0].node);
  EXPECT_EQ(std::get<Cast>(item.expression->node).type.position, (Position{3, 3}));
  EXPECT_EQ(item.alias->position, (Position{3, 11}));
}

// ---- Bounds ------------------------------------------------------------------------------------------------------

TEST(Bounds, StatementBytes) {
  std::string text = "SELECT 1";
  text.resize(kMaxStatementBytes, ' ');
  EXPECT_TRUE(ParseStatement(text).has_value());
  text.push_back(' ');
  ASSERT_FALSE(ParseStatement(text).has_value());
  EXPECT_EQ(ParseStatement(text).error().code, ErrorCode::kQueryTextTooLarge);
}

TEST(Bounds, TextIsUtf8) {
  for (const char* bytes : {"\xff", "\xc3(", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe4\xb8", "\x80"}) {
    const Result<Statement> refused = ParseStatement(std::string("SELECT 'ü', '") + bytes + "'");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().Text(), "line 1:14: the statement is not valid UTF-8");
  }
}

TEST(Bounds, NestingOfEveryKind) {
  constexpr size_t kDeep = 20000;
  const std::vector<std::pair<std::string, std::string>> nestings = {{"(", ")"},
                                                                     {"NOT ", ""},
                                                                     {"- ", ""},
                                                                     {"f(", ")"},
                                                                     {"a[", "]"},
                                                                     {"ARRAY[", "]"},
                                                                     {"ROW(", ")"},
                                                                     {"x -> ", ""},
                                                                     {"CASE WHEN ", " THEN 1 END"},
                                                                     {"(SELECT ", ")"},
                                                                     {"TRIM(", ")"},
                                                                     {"1 IN (", ")"},
                                                                     {"try(", ")"},
                                                                     {"CAST(", " AS bigint)"},
                                                                     {"(1, ", ")"},
                                                                     {"EXISTS (SELECT ", ")"}};
  for (const auto& [open, close] : nestings) {
    const std::string text =
        "SELECT " + Repeated(open, kDeep / open.size()) + "1" + Repeated(close, kDeep / open.size());
    const Result<Statement> refused = ParseStatement(text);
    ASSERT_FALSE(refused.has_value()) << open;
    EXPECT_EQ(refused.error().code, ErrorCode::kExceededDepthLimit) << open;
  }
  for (const auto& [open, close] : {std::pair{"(", ")"}, {"(SELECT * FROM ", ")"}, {"a JOIN ", ""}}) {
    const Result<Statement> refused =
        ParseStatement("SELECT * FROM " + Repeated(open, 1000) + "t" + Repeated(close, 1000));
    ASSERT_FALSE(refused.has_value()) << open;
    EXPECT_EQ(refused.error().code, ErrorCode::kExceededDepthLimit) << open;
  }
  for (const auto& [open, close] : {std::pair{"array(", ")"}, {"row(a ", ")"}, {"ARRAY<", ">"}, {"", " array"}}) {
    const std::string text = "SELECT CAST(a AS " + Repeated(open, 1000) + "bigint" + Repeated(close, 1000) + ")";
    EXPECT_EQ(ParseStatement(text).error().code, ErrorCode::kExceededDepthLimit) << open << close;
  }
  EXPECT_EQ(ParseStatement(Repeated("(", 1000) + "SELECT 1").error().code, ErrorCode::kExceededDepthLimit);
}

TEST(Bounds, NestingUnderTheBoundIsRead) {
  const std::string text = "SELECT " + Repeated("(", 250) + "1" + Repeated(")", 250);
  EXPECT_EQ(Outcome(text), "(query (select (item 1)))");
}

TEST(Bounds, ChainsOfTensOfThousandsAreReadAndDestroyed) {
  for (const char* link : {" OR a", " AND a", " || a", " + a", " * a", ".a", "[1]", " AT TIME ZONE 'Z'"}) {
    const std::string text = "SELECT a" + Repeated(link, 10000);
    EXPECT_TRUE(ParseStatement(text).has_value()) << link;
  }
  for (const char* link : {", t", " CROSS JOIN t", " JOIN t ON a", " NATURAL JOIN t"}) {
    EXPECT_TRUE(ParseStatement("SELECT 1 FROM t" + Repeated(link, 10000)).has_value()) << link;
  }
  for (const char* link : {" UNION SELECT 1", " INTERSECT SELECT 1", " EXCEPT ALL SELECT 1"}) {
    EXPECT_TRUE(ParseStatement("SELECT 1" + Repeated(link, 10000)).has_value()) << link;
  }
  EXPECT_TRUE(ParseStatement("SELECT a IN (1" + Repeated(",1", 130000) + ")").has_value());
  EXPECT_TRUE(ParseStatement("SELECT 1" + Repeated(", b", 60000)).has_value());
}

size_t ConjunctionDepth(const Expression& expression) {
  const auto* binary = std::get_if<Binary>(&expression.node);
  if (!binary || binary->operation != BinaryOperator::kAnd) return 0;
  return 1 + std::max(ConjunctionDepth(*binary->left), ConjunctionDepth(*binary->right));
}

TEST(Bounds, LongConjunctionsAreShallow) {
  const Result<ExpressionPointer> parsed = ParseExpression("a" + Repeated(" AND a", 9999));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(ConjunctionDepth(**parsed), 14u);
}

// Openers that never close must not be searched for again and again.
TEST(Bounds, UnclosedOpenersCostLinearTime) {
  for (const char* opener : {"/*", "'\"`", "X'a''", "U&'", "((", "-{-"}) {
    EXPECT_FALSE(ParseStatement("SELECT 1 " + Repeated(opener, 50000)).has_value()) << opener;
  }
}

TEST(Bounds, WhatARefusalQuotesIsShort) {
  const Result<Statement> refused = ParseStatement("SELECT 1 '" + std::string(100000, 'x') + "'");
  ASSERT_FALSE(refused.has_value());
  EXPECT_LT(refused.error().message.size(), 1000u);
  EXPECT_LT(ParseStatement("SELECT 1;" + std::string(100000, 'x')).error().message.size(), 1100u);
}

TEST(Parameters, AreCountedInTextOrder) {
  EXPECT_EQ(
      Outcome("WITH t AS (SELECT ?) SELECT ?, (SELECT ?) FROM t WHERE a IN (?, ?) LIMIT ?"),
      "(query (with (t (query (select (item ?0))))) (select (item ?1) (item (subquery (query (select (item ?2))))) "
      "(from (table t)) (where (in a ?3 ?4))) (limit ?5))");
}

}  // namespace
}  // namespace opentrail::sql
