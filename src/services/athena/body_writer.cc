#include "services/athena/body_writer.h"

#include <utility>

namespace opentrail::services::athena {

BodyWriter::BodyWriter(BodySink& body) : body_(body), thread_([this] { Loop(); }) {}

BodyWriter::~BodyWriter() {
  {
    const std::lock_guard lock(mutex_);
    is_dropped_ = true;
  }
  Stop();
}

void BodyWriter::Stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

AwsStatus BodyWriter::Write(std::string& piece) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock,
                [&] { return !status_ || waiting_.empty() || waiting_bytes_ + piece.size() <= kMaxWaitingBytes; });
  if (!status_) return status_;
  waiting_bytes_ += piece.size();
  waiting_.push_back(std::exchange(piece, std::move(spare_)));
  spare_ = std::string();
  changed_.notify_all();
  return {};
}

AwsStatus BodyWriter::Finish() {
  Stop();
  return status_;
}

void BodyWriter::Loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return is_ending_ || !waiting_.empty(); });
    if (waiting_.empty() || is_dropped_ || !status_) return;
    std::string& piece = waiting_.front();  // stays where it is while others come
    lock.unlock();
    AwsStatus written = body_.Write(piece);
    lock.lock();
    status_ = std::move(written);
    waiting_bytes_ -= piece.size();
    piece.clear();
    spare_ = std::move(piece);
    waiting_.pop_front();
    changed_.notify_all();
  }
}

}  // namespace opentrail::services::athena
