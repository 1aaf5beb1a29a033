#include "store/log_syncer.h"

#include <filesystem>
#include <future>

#include <gtest/gtest.h>

#include "store/store_test_support.h"

namespace opentrail::store {
namespace {

Status SyncOf(LogSyncer& syncer) {
  std::promise<Status> told;
  syncer.Sync([&](const Status& status) { told.set_value(status); });
  return told.get_future().get();
}

TEST(LogSyncerTest, TellsOnceTheLogIsSynced) {
  const TestDirectory directory;
  const std::string path = directory.Path("account.db");
  Connection connection = OpenState(path);
  connection.ExecuteScript("CREATE TABLE t(a) STRICT");
  std::promise<bool> busy_when_idle;
  LogSyncer syncer(path, [&] { busy_when_idle.set_value(syncer.IsBusy()); });
  EXPECT_TRUE(SyncOf(syncer).has_value());
  EXPECT_FALSE(busy_when_idle.get_future().get());
  EXPECT_TRUE(syncer.status().has_value());
}

TEST(LogSyncerTest, ADatabaseInMemoryHasNothingToSync) {
  LogSyncer syncer("", [] {});
  EXPECT_TRUE(SyncOf(syncer).has_value());
}

TEST(LogSyncerTest, AFailureIsOneForEverythingThatFollows) {
  const TestDirectory directory;
  const std::string path = directory.Path("account.db");
  LogSyncer syncer(path, [] {});
  const Status failed = SyncOf(syncer);  // there is no log
  ASSERT_FALSE(failed.has_value());
  EXPECT_NE(failed.error().message.find("account.db-wal"), std::string::npos);
  EXPECT_TRUE(WriteFileDurably(path + "-wal", "").has_value());
  EXPECT_FALSE(SyncOf(syncer).has_value());
  EXPECT_FALSE(syncer.status().has_value());
}

TEST(LogSyncerTest, TheEndWaitsForWhatWasHandedOver) {
  int told = 0;
  {
    LogSyncer syncer("", [] {});
    for (int i = 0; i < 10; ++i) syncer.Sync([&](const Status&) { ++told; });
  }
  EXPECT_EQ(told, 10);
}

}  // namespace
}  // namespace opentrail::store
