#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "engine/engine_pool.h"
#include "services/running_query.h"

namespace opentrail::services {

// Runs statements on threads of its own, so many at a time; the rest waits, each principal's in their order and the
// principals in turn, so that none starves another. One that has had its time is cancelled. Thread-safe.
class StatementRunner {
 public:
  struct Options {
    int concurrent = 4;
    std::chrono::milliseconds timeout{0};  // 0: none
  };
  // What waits, or runs. `run` is called once, on one of the runner's threads, and returns soon after its query was
  // cancelled; what is stopped before its turn, or still waits at the end, is never run.
  struct Statement {
    std::string id;
    std::string principal;
    std::move_only_function<void(RunningQuery&)> run;
  };
  // Of a statement that runs.
  struct Progress {
    Time started;
    int64_t scanned_bytes = 0;
  };

  // Engines that wait in the pool for too long are closed meanwhile. All of this outlives the runner.
  StatementRunner(Clock& clock, engine::EnginePool& engines, Options options);
  ~StatementRunner();
  StatementRunner(const StatementRunner&) = delete;
  StatementRunner& operator=(const StatementRunner&) = delete;

  void Enqueue(Statement statement);
  // It need not go on: cancels what runs, forgets what waits.
  void Stop(const std::string& id);
  // nullopt: it does not run, or not yet.
  [[nodiscard]] std::optional<Progress> Find(const std::string& id) const;
  // Cancels what runs and waits for it; nothing is run from then on. The destructor does it, too.
  void Shutdown();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::services
