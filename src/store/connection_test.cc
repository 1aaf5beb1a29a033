#include "store/connection.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

Connection WithTable() {
  Connection connection = std::move(*Connection::Open(":memory:"));
  connection.ExecuteScript("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c BLOB) STRICT");
  return connection;
}

TEST(ConnectionTest, GivesBackEveryKindOfArgument) {
  Connection connection = WithTable();
  const std::string zero("x\0y", 3);
  EXPECT_EQ(connection.Execute("INSERT INTO t VALUES(?, ?, ?)", 1, zero, Blob{zero}), 1);
  EXPECT_EQ(connection.Execute("INSERT INTO t VALUES(?, ?, ?)", true ? 2 : 0, std::string_view(), Blob{}), 1);
  EXPECT_EQ(
      connection.Execute("INSERT INTO t VALUES(?, ?, ?)", int64_t{1} << 40, std::optional<std::string>(), nullptr), 1);
  Rows rows = connection.Query("SELECT a, b, c FROM t ORDER BY a");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Text(1), zero);
  EXPECT_EQ(rows.Text(2), zero);
  ASSERT_TRUE(rows.Next());
  EXPECT_FALSE(rows.IsNull(1)) << "an empty text is no NULL";
  EXPECT_FALSE(rows.IsNull(2));
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Integer(0), int64_t{1} << 40);
  EXPECT_TRUE(rows.IsNull(1) && rows.IsNull(2));
  EXPECT_FALSE(rows.Next());
  EXPECT_FALSE(rows.Next());
}

TEST(ConnectionTest, AnErrorSticksUntilItIsCleared) {
  Connection connection = WithTable();
  connection.Execute("INSERT INTO t VALUES(1, 'x', NULL)");
  EXPECT_EQ(connection.Execute("INSERT INTO t VALUES(1, 'y', NULL)"), 0);
  ASSERT_FALSE(connection.status().has_value());
  const std::string first = connection.status().error().message;
  EXPECT_NE(first.find("UNIQUE"), std::string::npos);
  EXPECT_EQ(connection.Execute("INSERT INTO t VALUES(2, 'z', NULL)"), 0);
  EXPECT_FALSE(connection.Query("SELECT 1").Next());
  EXPECT_EQ(connection.Execute("nonsense"), 0);
  EXPECT_EQ(connection.status().error().message, first);
  connection.ClearStatus();
  Rows rows = connection.Query("SELECT count(*) FROM t");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Integer(0), 1);
}

TEST(ConnectionTest, TooManyArgumentsAreAnError) {
  Connection connection = WithTable();
  connection.Execute("INSERT INTO t(a) VALUES(?)", 1, 2);
  EXPECT_FALSE(connection.status().has_value());
}

TEST(ConnectionTest, TheSameTextMayBeInUseTwice) {
  Connection connection = WithTable();
  for (int i = 0; i < 3; ++i) connection.Execute("INSERT INTO t(a) VALUES(?)", i);
  int pairs = 0;
  constexpr const char* kSql = "SELECT a FROM t WHERE a >= ?";
  for (Rows outer = connection.Query(kSql, 0); outer.Next();) {
    for (Rows inner = connection.Query(kSql, outer.Integer(0)); inner.Next();) ++pairs;
  }
  EXPECT_EQ(pairs, 6);
  EXPECT_TRUE(connection.status().has_value());
}

TEST(ConnectionTest, AQueryKeepsItsArguments) {
  Connection connection = WithTable();
  Rows rows = connection.Query("SELECT ?, ?", std::string(1000, 'a'), std::string(1000, 'b'));
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Text(0), std::string(1000, 'a'));
  EXPECT_EQ(rows.Text(1), std::string(1000, 'b'));
}

TEST(ConnectionTest, TextsPastTheBoundArePreparedForEachUse) {
  Connection connection = WithTable();
  for (size_t i = 0; i < Connection::kMaxKeptTexts + 50; ++i) {
    Rows rows = connection.Query("SELECT " + std::to_string(i));
    ASSERT_TRUE(rows.Next());
    ASSERT_EQ(rows.Integer(0), static_cast<int64_t>(i));
  }
  EXPECT_TRUE(connection.status().has_value());
}

TEST(ConnectionTest, FilesAreTheOwnersAloneAndReadersCannotWrite) {
  const TestDirectory directory;
  const std::string path = directory.Path("account.db");
  Connection writer = std::move(*Connection::Open(path));
  EXPECT_EQ(writer.path(), path);
  writer.ExecuteScript("CREATE TABLE t(a)");
  for (const std::string& file : FilesUnder(directory.Path(""))) {
    struct stat info{};
    ASSERT_EQ(stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600U) << file;
  }
  Connection reader = std::move(*Connection::Open(path, OpenMode::kReadOnly));
  reader.Execute("INSERT INTO t VALUES(1)");
  EXPECT_FALSE(reader.status().has_value());
  EXPECT_FALSE(Connection::Open(directory.Path("missing.db"), OpenMode::kReadOnly).has_value());
  EXPECT_FALSE(Connection::Open(directory.Path("no/such/folder.db")).has_value());
}

TEST(ConnectionTest, ADeferredSavepointComesWithTheFirstChange) {
  Connection connection = WithTable();
  connection.Execute("BEGIN");
  connection.Execute("INSERT INTO t(a) VALUES(1)");
  connection.DeferSavepoint();
  {
    Rows rows = connection.Query("SELECT count(*) FROM t");
    ASSERT_TRUE(rows.Next());
    EXPECT_FALSE(connection.HasOpenedDeferred());
    connection.Execute("INSERT INTO t(a) VALUES(2)");
    EXPECT_TRUE(connection.HasOpenedDeferred()) << "opened, though a query is under way";
  }
  connection.Execute("ROLLBACK TO call");
  EXPECT_TRUE(connection.EndDeferral());
  connection.Execute("RELEASE call");
  connection.DeferSavepoint();
  EXPECT_FALSE(connection.EndDeferral());
  connection.Execute("INSERT INTO t(a) VALUES(3)");
  EXPECT_FALSE(connection.HasOpenedDeferred());
  connection.Execute("COMMIT");
  Rows rows = connection.Query("SELECT group_concat(a) = '1,3' FROM t");
  ASSERT_TRUE(rows.Next());
  EXPECT_TRUE(rows.Boolean(0));
  EXPECT_TRUE(connection.status().has_value());
}

}  // namespace
}  // namespace opentrail::store
