#include "store/migration.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace opentrail::store
