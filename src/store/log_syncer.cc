#include "store/log_syncer.h"

#include <fcntl.h>

#include "base/thread.h"

namespace opentrail::store {

LogSyncer::LogSyncer(std::string database_path, std::function<void()> idle)
    : path_(database_path.empty() ? "" : database_path + "-wal"), idle_(std::move(idle)), thread_([this] { Loop(); }) {}

LogSyncer::~LogSyncer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Status LogSyncer::status() {
  const std::lock_guard lock(mutex_);
  return status_;
}

void LogSyncer::Sync(Done done) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !busy_; });
  handed_ = std::move(done);
  busy_ = true;
  changed_.notify_all();
}

void LogSyncer::Loop() {
  DescribeThread("log-syncer");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || handed_; });
    if (!handed_) return;
    Done done = std::move(*handed_);
    handed_.reset();
    Status status = status_;
    lock.unlock();
    if (status) status = SyncLog();
    lock.lock();
    status_ = status;
    busy_ = false;
    changed_.notify_all();
    lock.unlock();
    idle_();
    done(status);
    lock.lock();
  }
}

// The log stays one file from the first commit until the last connection closes.
Status LogSyncer::SyncLog() {
  if (path_.empty()) return {};
  if (!log_.IsOpen()) {
    auto opened = File::Open(path_, O_RDWR);
    if (!opened) return std::unexpected(opened.error());
    log_ = std::move(*opened);
  }
  return log_.Sync();
}

}  // namespace opentrail::store
