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
  // A checkpoint begins when so many frames (pages) of the log are not in the database file.
  static constexpr int64_t kBeginFrames = 1000;
  // Under constant load a checkpoint never meets the log's end, and the log would grow without bound. Past so many
  // frames (32 MiB) one follows the other, each with less to do, until so few are left that the writer makes the last
  // step itself in a few milliseconds, and the log begins anew.
  static constexpr int64_t kFullFrames = 4000;
  static constexpr int64_t kLastFrames = 128;
  // Past so many (64 MiB) it makes it whatever is left.
  static constexpr int64_t kMaxFrames = 8000;

  // Takes over the writer's checkpoints; a database in memory has none.
  explicit Checkpointer(Connection& writer);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  // After each commit of the writer.
  void Committed(Connection& writer);

 private:
  void Loop();
  // How many of the log's frames are in the database file afterwards.
  static int64_t Run(Connection& connection);

  const std::string path_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;  // and not done yet
  bool stopping_ = false;
  int64_t done_ = 0;  // the frames that are in the database file, of the log as it was at the last checkpoint
  std::thread thread_;
};

}  // namespace opentrail::store
