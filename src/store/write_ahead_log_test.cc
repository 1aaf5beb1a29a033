#include "store/write_ahead_log.h"

#include <gtest/gtest.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

TEST(WriteAheadLogTest, IsSyncedWhereADatabaseHasOne) {
  const TestDirectory directory;
  const std::string path = directory.Path("account.db");
  Connection connection = OpenState(path);
  connection.ExecuteScript("CREATE TABLE t(a) STRICT");
  WriteAheadLog log(path);
  EXPECT_TRUE(log.Sync().has_value());
  connection.ExecuteScript("INSERT INTO t VALUES(1)");
  EXPECT_TRUE(log.Sync().has_value());
  EXPECT_TRUE(WriteAheadLog("").Sync().has_value()) << "a database in memory has nothing to sync";
}

TEST(WriteAheadLogTest, AFailureIsOneForEverythingThatFollows) {
  const TestDirectory directory;
  const std::string path = directory.Path("account.db");
  WriteAheadLog log(path);
  const Status failed = log.Sync();  // there is no log
  ASSERT_FALSE(failed.has_value());
  EXPECT_NE(failed.error().message.find("account.db-wal"), std::string::npos);
  EXPECT_TRUE(WriteFileDurably(path + "-wal", "").has_value());
  EXPECT_FALSE(log.Sync().has_value());
}

}  // namespace
}  // namespace opentrail::store
