#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace opentrail {

// A moment in UTC, to the millisecond: finer than anything that an AWS answer shows.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;

// Where the time comes from; passed in, never fetched. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time Now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time Now() const override {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
};

// For tests: stands still until it is told to move.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : milliseconds_(start.time_since_epoch().count()) {}
  [[nodiscard]] Time Now() const override { return Time(std::chrono::milliseconds(milliseconds_.load())); }
  void Advance(std::chrono::milliseconds by) { milliseconds_ += by.count(); }

 private:
  std::atomic<int64_t> milliseconds_;
};

}  // namespace opentrail
