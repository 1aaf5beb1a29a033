#include "store/migration.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/journal.h"
#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

constexpr Migration kFirst[] = {{"a", 1, "CREATE TABLE a(x)"}, {"b", 1, "CREATE TABLE b(x)"}};
constexpr Migration kSecond[] = {{"a", 1, "CREATE TABLE a(x)"},
                                 {"a", 2, "ALTER TABLE a ADD y; INSERT INTO a VALUES(1, 2)"},
                                 {"b", 1, "CREATE TABLE b(x)"}};
constexpr Migration kBroken[] = {{"a", 1, "CREATE TABLE a(x)"}, {"a", 2, "INSERT INTO a VALUES(7); nonsense"}};

int64_t Number(Connection& connection, std::string_view sql) {
  Rows rows = connection.Query(sql);
  return rows.Next() ? rows.Integer(0) : -1;
}

TEST(MigrationTest, EachStepRunsOnce) {
  Connection connection = std::move(*Connection::Open(":memory:"));
  ASSERT_TRUE(Migrate(connection, kFirst).has_value());
  ASSERT_TRUE(Migrate(connection, kFirst).has_value());
  ASSERT_TRUE(Migrate(connection, kSecond).has_value());
  ASSERT_TRUE(Migrate(connection, kSecond).has_value());
  EXPECT_EQ(Number(connection, "SELECT count(*) FROM a"), 1);
  EXPECT_EQ(Number(connection, "SELECT version FROM schema_version WHERE part = 'a'"), 2);
}

TEST(MigrationTest, ANewerDatabaseIsRefusedUntouched) {
  Connection connection = std::move(*Connection::Open(":memory:"));
  ASSERT_TRUE(Migrate(connection, kSecond).has_value());
  constexpr Migration kOlder[] = {{"c", 1, "CREATE TABLE c(x)"}, {"a", 1, "CREATE TABLE a(x)"}};
  const Status refused = Migrate(connection, kOlder);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'c'"), 0);
}

TEST(MigrationTest, AStepThatFailsLeavesNothingBehind) {
  Connection connection = std::move(*Connection::Open(":memory:"));
  EXPECT_FALSE(Migrate(connection, kBroken).has_value());
  EXPECT_TRUE(connection.status().has_value());
  EXPECT_FALSE(connection.InTransaction());
  EXPECT_EQ(Number(connection, "SELECT count(*) FROM a"), 0);
  EXPECT_EQ(Number(connection, "SELECT version FROM schema_version WHERE part = 'a'"), 1);
  EXPECT_TRUE(Migrate(connection, kSecond).has_value());
}

// Version 1 of the journal, as it was written.
void FillFirstJournal(Connection& connection, int entries) {
  ASSERT_TRUE(Migrate(connection, JournalMigrations().first(1)).has_value());
  for (int seq = 1; seq <= entries; ++seq) {
    connection.Execute(
        "INSERT INTO journal(event_id, region, time, management, record) VALUES(x'00', 'eu-west-1', ?, ?, ?)",
        1000 + seq, seq % 3 != 0, Blob{fmt::format("record {}", seq)});
  }
}

TEST(MigrationTest, AJournalOfRowsBecomesOneOfBlocks) {
  Connection connection = std::move(*Connection::Open(":memory:"));
  FillFirstJournal(connection, 2500);
  ASSERT_TRUE(Migrate(connection, JournalMigrations()).has_value());
  EXPECT_EQ(Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'journal'"), 0);
  int64_t seq = 0;
  for (JournalRows rows(connection, 0); rows.Next();) {
    const JournalRecord& entry = rows.entry();
    EXPECT_EQ(entry.seq, ++seq);
    EXPECT_EQ(entry.time, Time(std::chrono::milliseconds(1000 + seq)));
    EXPECT_EQ(entry.management, seq % 3 != 0);
    EXPECT_EQ(entry.region, "eu-west-1");
    EXPECT_EQ(entry.record, fmt::format("record {}", seq));
  }
  EXPECT_EQ(seq, 2500);
  EXPECT_EQ(LastJournalEntry(connection), 2500);
}

TEST(MigrationTest, AJournalWithAHoleIsRefusedAsItIs) {
  Connection connection = std::move(*Connection::Open(":memory:"));
  FillFirstJournal(connection, 3);
  connection.Execute("DELETE FROM journal WHERE seq = 2");
  const Status refused = Migrate(connection, JournalMigrations());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, ": journal entry 2 is missing");
  EXPECT_EQ(Number(connection, "SELECT count(*) FROM journal"), 2);
  EXPECT_EQ(Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'journal_block'"), 0);
}

}  // namespace
}  // namespace opentrail::store
