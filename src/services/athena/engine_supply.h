#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/engine.h"
#include "engine/trino/trino_engine.h"
#include "services/athena/workgroup_engines.h"

namespace opentrail::services::athena {

// Engines for the statements of one thread, each used once. Opening one takes longer than a small statement, so the
// next is opened while nobody waits for it. One thread.
class EngineSupply {
 public:
  EngineSupply(engine::EngineOptions options, WorkgroupEngines engines)
      : options_(std::move(options)), engines_(std::move(engines)) {}

  // `reads` outlives the engine.
  [[nodiscard]] Result<std::unique_ptr<engine::Engine>> Take(std::string_view workgroup, engine::ForeignReads& reads) {
    auto engine = ready_ ? Result<std::unique_ptr<engine::Engine>>(std::move(ready_)) : engine::Engine::Open(options_);
    const std::string url = TrinoOf(workgroup);
    if (!engine || url.empty()) return engine;
    return engine::OverTrino(url, *std::move(engine), reads);
  }
  // What fails here fails again, and is told, when it is asked for.
  void Prepare() {
    if (ready_) return;
    if (auto engine = engine::Engine::Open(options_)) ready_ = *std::move(engine);
  }

 private:
  [[nodiscard]] std::string TrinoOf(std::string_view workgroup) const {
    auto found = engines_.find(workgroup);
    if (found == engines_.end()) found = engines_.find("");
    return found == engines_.end() ? std::string() : found->second;
  }

  const engine::EngineOptions options_;
  const WorkgroupEngines engines_;
  std::unique_ptr<engine::Engine> ready_;
};

}  // namespace opentrail::services::athena
