#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "store/connection.h"

namespace opentrail::store {

// Brings the write-ahead log into the database file on a thread of its own, so that the writer seldom waits for it.
// Used by the writer's thread.
class Checkpointer {
 public:
  // A checkpoint begins when so many frames (pages) are in the log.
  static constexpr int64_t kBeginFrames = 1000;
  // Under constant load a checkpoint never meets the log's end, and the log would grow without bound: past so many
  // frames (32 MiB) the writer makes the last step itself, so that the log begins anew.
  static constexpr int64_t kMaxFrames = 4000;

  // Takes over the writer's checkpoints; a database in memory has none.
  explicit Checkpointer(Connection& writer);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // After each commit of the writer.
  void Committed(Connection& writer);

 private:
  void Loop();
  static void Run(Connection& connection);

  const std::string path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;  // and not done yet
  bool stopping_ = false;
  int64_t frames_asked_at_ = 0;
  std::thread thread_;
};

}  // namespace opentrail::store
