#pragma once

#include <memory>
#include <utility>

#include "engine/engine.h"

namespace opentrail::services::athena {

// Engines for the statements of one thread, each used once. Opening one takes longer than a small statement, so the
// next is opened while nobody waits for it. One thread.
class EngineSupply {
 public:
  explicit EngineSupply(engine::EngineOptions options) : options_(std::move(options)) {}

  [[nodiscard]] Result<std::unique_ptr<engine::Engine>> Take() {
    if (ready_) return std::move(ready_);
    return engine::Engine::Open(options_);
  }
  // What fails here fails again, and is told, when it is asked for.
  void Prepare() {
    if (ready_) return;
    if (auto engine = engine::Engine::Open(options_)) ready_ = *std::move(engine);
  }

 private:
  const engine::EngineOptions options_;
  std::unique_ptr<engine::Engine> ready_;
};

}  // namespace opentrail::services::athena
