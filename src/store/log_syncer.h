#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "store/file.h"

namespace opentrail::store {

// Makes SQLite's write-ahead log durable on a thread of its own, so that the writer runs the next transaction while the
// disk works on the last one. The writer commits with synchronous=NORMAL: SQLite then leaves these syncs to others, and
// orders the log against the database file by itself (https://www.sqlite.org/pragma.html#pragma_synchronous).
// Used by the writer's thread.
class LogSyncer {
 public:
  // Told on the syncer's thread: ok means that all which was committed before Sync is durable.
  using Done = std::move_only_function<void(const Status&)>;

  // A database in memory has the path "": nothing of it is ever durable, and Sync only tells. `idle` is called on the
  // syncer's thread whenever IsBusy has become false.
  LogSyncer(std::string database_path, std::function<void()> idle);
  // Finishes what it was handed.
  ~LogSyncer();
  LogSyncer(const LogSyncer&) = delete;
  LogSyncer& operator=(const LogSyncer&) = delete;

  // True while the disk works: a Sync would wait.
  [[nodiscard]] bool IsBusy() const { return busy_; }
  // Of the last sync. Once one has failed it stays so: nobody knows what the disk holds.
  [[nodiscard]] Status status();
  // After a commit.
  void Sync(Done done);

 private:
  void Loop();
  Status SyncLog();

  const std::string path_;  // of the log
  const std::function<void()> idle_;
  File log_;  // the thread's
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Done> handed_;
  std::atomic<bool> busy_ = false;
  bool stopping_ = false;
  Status status_;
  std::thread thread_;
};

}  // namespace opentrail::store
