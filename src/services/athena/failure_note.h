#pragma once

#include <mutex>
#include <optional>
#include <utility>

#include "services/athena/execution.h"

namespace opentrail::services::athena {

// Why a statement cannot go on, told where it was found: what the engine makes of it has lost the words. Thread-safe.
class FailureNote {
 public:
  // The first that is told counts.
  void Tell(Failure failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  [[nodiscard]] std::optional<Failure> failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<Failure> failure_;
};

}  // namespace opentrail::services::athena
