#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "services/service.h"

namespace opentrail::services::athena {

// Writes a body on a thread of its own: what comes next is made while the last piece is digested, encrypted and
// written. Used from one thread.
class BodyWriter {
 public:
  static constexpr size_t kMaxWaitingBytes = 4UL << 20;  // of pieces; a larger one waits alone

  // Nobody else touches `body`, which outlives this, before Finish.
  explicit BodyWriter(BodySink& body);
  // What still waits is not written.
  ~BodyWriter();
  BodyWriter(const BodyWriter&) = delete;
  BodyWriter& operator=(const BodyWriter&) = delete;

  // Takes the piece and leaves an empty text, with the room of an earlier piece where there is one. Waits while too
  // much does. The error is one of an earlier piece; nothing is written behind it.
  AwsStatus Write(std::string& piece);
  // All pieces are written, and the thread is gone.
  AwsStatus Finish();

 private:
  void Loop();
  void Stop();

  BodySink& body_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;  // the one in front is being written
  size_t waiting_bytes_ = 0;
  std::string spare_;
  bool is_ending_ = false;   // nothing more comes
  bool is_dropped_ = false;  // and what waits is not wanted
  AwsStatus status_;
  std::thread thread_;
};

}  // namespace opentrail::services::athena
