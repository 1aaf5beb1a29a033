#pragma once

#include <atomic>

namespace opentrail {

// A flag that one thread (or a signal handler) raises and workers poll. Lock-free, async-signal-safe.
class CancelToken {
 public:
  CancelToken() = default;
  // Also cancelled while `parent` is, which outlives it: so a part of the work can be stopped alone. nullptr: no
  // parent.
  explicit CancelToken(const CancelToken* parent) : parent_(parent) {}

  void Cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  // Before the next piece of work; while none runs.
  void Reset() noexcept { cancelled_.store(false, std::memory_order_relaxed); }
  [[nodiscard]] bool IsCancelled() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) || (parent_ != nullptr && parent_->IsCancelled());
  }

 private:
  std::atomic<bool> cancelled_{false};
  const CancelToken* parent_ = nullptr;
};

}  // namespace opentrail
