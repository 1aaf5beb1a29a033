#include "store/checkpointer.h"

#include <algorithm>

#include "base/thread.h"

namespace opentrail::store {

Checkpointer::Checkpointer(Connection& writer) : path_(writer.path()) {
  if (path_.empty()) return;
  writer.TakeOverCheckpoints();
  thread_ = std::thread([this] { Loop(); });
}

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::Committed(Connection& writer) {
  const int64_t frames = writer.wal_frames();
  if (frames < kBeginFrames) return;
  std::unique_lock lock(mutex_);
  if (frames >= kMaxFrames) changed_.wait(lock, [this] { return !asked_; });
  if (asked_) return;
  if (frames < done_) done_ = 0;  // the log has begun anew
  const int64_t left = frames - done_;
  if (frames >= kMaxFrames || (frames >= kFullFrames && left <= kLastFrames)) {
    done_ = Run(writer);
  } else if (frames >= kFullFrames || left >= kBeginFrames) {
    asked_ = true;
    changed_.notify_all();
  }
}

// PASSIVE: what readers still need stays, nobody waits. A failure (a full disk) is the next commit's to tell: until
// then all is safe in the log.
int64_t Checkpointer::Run(Connection& connection) {
  int64_t done = 0;
  for (Rows rows = connection.Query("PRAGMA wal_checkpoint(PASSIVE)"); rows.Next();) done = rows.Integer(2);
  connection.ClearStatus();
  return std::max<int64_t>(done, 0);  // -1: another connection is at it
}

void Checkpointer::Loop() {
  DescribeThread("checkpointer", Urgency::kBackground);
  auto connection = Connection::Open(path_);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    lock.unlock();
    int64_t done = 0;
    if (connection) {
      done = Run(*connection);
    } else {
      connection = Connection::Open(path_);
    }
    lock.lock();
    done_ = done;
    asked_ = false;
    changed_.notify_all();
  }
}

}  // namespace opentrail::store
