#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "base/result.h"
#include "engine/engine.h"

namespace opentrail::engine {

// Engines for one statement after another. Opening one takes longer than a small statement does, so what was opened
// waits, without a thread at work, for the next: which finds it as it was opened, or gets another. An engine whose
// statement failed, was stopped, or left anything behind is thrown away (Database::Reset). Nothing is opened before it
// is asked for. Thread-safe.
class EnginePool {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // At most `kept` wait at a time.
  EnginePool(EngineOptions options, size_t kept);
  ~EnginePool();
  EnginePool(const EnginePool&) = delete;
  EnginePool& operator=(const EnginePool&) = delete;

  // For the statements of one session. It may outlive the pool.
  [[nodiscard]] Result<std::unique_ptr<Engine>> Take();
  // Closes what has waited since `time` or longer. Since when the next one waits; nullopt: none does.
  std::optional<Time> CloseIdle(Time time);
  // How many wait.
  [[nodiscard]] size_t waiting() const;

 private:
  class Shelf;

  const EngineOptions options_;
  const std::shared_ptr<Shelf> shelf_;  // shared: with the engines, which come back to it
};

}  // namespace opentrail::engine
