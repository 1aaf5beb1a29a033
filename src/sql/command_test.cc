#include "sql/command.h"

#include <string>

#include <gtest/gtest.h>

namespace opentrail::sql {
namespace {

std::string Refusal(std::string_view text) {
  const auto command = ParseCommand(text);
  return command ? "accepted" : command.error().Text();
}

template <typename T>
T Parsed(std::string_view text) {
  const auto command = ParseCommand(text);
  EXPECT_TRUE(command) << (command ? "" : command.error().Text());
  if (!command || !std::holds_alternative<T>(*command)) return {};
  return std::get<T>(*command);
}

TEST(Command, IsKnownByItsFirstWords) {
  for (const char* text :
       {"CREATE VIEW v AS SELECT 1", "create or replace view v as select 1", "PREPARE p FROM SELECT 1", "execute p",
        "DEALLOCATE PREPARE p", "EXPLAIN SELECT 1", "SHOW FUNCTIONS", "DELETE FROM t", "UPDATE t SET a = 1",
        "MERGE INTO t", "-- a comment\nEXPLAIN"}) {
    EXPECT_TRUE(IsCommand(text)) << text;
  }
  for (const char* text : {"", "SELECT 1", "CREATE TABLE t (a int)", "SHOW TABLES", "WITH t AS (SELECT 1) TABLE t"}) {
    EXPECT_FALSE(IsCommand(text)) << text;
  }
}

TEST(Command, TheStatementInsideKeepsItsPlace) {
  const std::string view = "CREATE OR REPLACE VIEW db.v AS\n  SELECT 1";
  const auto parsed = Parsed<CreateView>(view);
  EXPECT_TRUE(parsed.or_replace);
  EXPECT_EQ(parsed.query.substr(parsed.query.find("SELECT")), "SELECT 1");
  EXPECT_EQ(parsed.query.find("SELECT"), view.find("SELECT"));
  EXPECT_EQ(parsed.query.find('\n'), view.find('\n'));
  const auto prepared = Parsed<Prepare>("PREPARE p FROM SELECT ?;");
  EXPECT_EQ(prepared.name, "p");
  EXPECT_EQ(prepared.statement, std::string(15, ' ') + "SELECT ?");
  const auto explained = Parsed<Explain>("EXPLAIN (TYPE IO, FORMAT JSON) SELECT 1");
  EXPECT_EQ(explained.type, Explain::Type::kIo);
  EXPECT_EQ(explained.format, ExplainFormat::kJson);
  EXPECT_TRUE(explained.statement.ends_with("SELECT 1"));
  EXPECT_TRUE(Parsed<Explain>("EXPLAIN ANALYZE VERBOSE SELECT 1").analyze);
  EXPECT_TRUE(Parsed<Explain>("EXPLAIN (SELECT 1)").statement.ends_with("(SELECT 1)"));
}

TEST(Command, ExecuteTakesConstants) {
  const auto execute = Parsed<Execute>("EXECUTE p USING 1, 'a, b', ARRAY[1, 2]");
  EXPECT_EQ(execute.name, "p");
  EXPECT_EQ(execute.values, (std::vector<std::string>{"1", "'a, b'", "ARRAY[1, 2]"}));
  EXPECT_TRUE(Parsed<Execute>("EXECUTE p").values.empty());
  EXPECT_EQ(Refusal("EXECUTE p USING a"),
            "EXPRESSION_NOT_CONSTANT: line 1:17: Constant expression cannot contain column references");
  EXPECT_NE(Refusal("EXECUTE p USING"), "accepted");
  EXPECT_NE(Refusal("EXECUTE p USING 1,"), "accepted");
}

TEST(Command, TheOthers) {
  EXPECT_EQ(Parsed<Deallocate>("DEALLOCATE PREPARE p").name, "p");
  EXPECT_EQ(Parsed<ShowFunctions>("SHOW FUNCTIONS LIKE 'a%'").pattern, "a%");
  EXPECT_FALSE(Parsed<ShowFunctions>("SHOW FUNCTIONS").pattern);
  EXPECT_EQ(Parsed<ModifyRows>("DELETE FROM t WHERE a = 1").kind, ModifyRows::Kind::kDelete);
  EXPECT_EQ(Parsed<ModifyRows>("UPDATE t SET a = 1").kind, ModifyRows::Kind::kUpdate);
  EXPECT_EQ(Parsed<ModifyRows>("MERGE INTO t USING u ON true").kind, ModifyRows::Kind::kMerge);
}

TEST(Command, WhatIsNotWholeIsRefused) {
  for (const char* text :
       {"CREATE VIEW", "CREATE VIEW v", "CREATE VIEW v AS", "CREATE VIEW a.b.c.d AS SELECT 1", "PREPARE", "PREPARE p",
        "PREPARE p FROM", "EXECUTE", "DEALLOCATE p", "EXPLAIN", "EXPLAIN (TYPE WRONG) SELECT 1", "EXPLAIN (TYPE IO",
        "SHOW FUNCTIONS LIKE", "SHOW FUNCTIONS 'a'", "DELETE t", "MERGE t", "UPDATE", "DEALLOCATE PREPARE p q"}) {
    EXPECT_NE(Refusal(text), "accepted") << text;
  }
}

}  // namespace
}  // namespace opentrail::sql
