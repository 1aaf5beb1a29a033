#include "store/checkpointer.h"

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
  if (frames < frames_asked_at_) frames_asked_at_ = 0;  // the log has begun anew
  if (frames - frames_asked_at_ < kBeginFrames) return;
  std::unique_lock lock(mutex_);
  if (frames >= kMaxFrames) {
    changed_.wait(lock, [this] { return !asked_; });
    lock.unlock();
    Run(writer);
    frames_asked_at_ = frames;
  } else if (!asked_) {
    asked_ = true;
    frames_asked_at_ = frames;
    changed_.notify_all();
  }
}

// PASSIVE: what readers still need stays, nobody waits. A failure (a full disk) is the next commit's to tell: until
// then all is safe in the log.
void Checkpointer::Run(Connection& connection) {
  for (Rows rows = connection.Query("PRAGMA wal_checkpoint(PASSIVE)"); rows.Next();) {
  }
  connection.ClearStatus();
}

void Checkpointer::Loop() {
  auto connection = Connection::Open(path_);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || asked_; });
    if (stopping_) return;
    lock.unlock();
    if (connection) {
      Run(*connection);
    } else {
      connection = Connection::Open(path_);
    }
    lock.lock();
    asked_ = false;
    changed_.notify_all();
  }
}

}  // namespace opentrail::store
