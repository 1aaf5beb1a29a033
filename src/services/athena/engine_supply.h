#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/engine_pool.h"
#include "engine/trino/trino_engine.h"
#include "services/athena/workgroup_engines.h"

namespace opentrail::services::athena {

// Engines for statements: the workgroup's. Thread-safe.
class EngineSupply {
 public:
  // `statements` run at a time.
  EngineSupply(engine::EngineOptions options, WorkgroupEngines engines, size_t statements)
      : pool_(std::move(options), statements), engines_(std::move(engines)) {}

  // For one statement. `reads` outlives the engine.
  [[nodiscard]] Result<std::unique_ptr<engine::Engine>> Take(std::string_view workgroup, engine::ForeignReads& reads) {
    auto engine = pool_.Take();
    const std::string url = TrinoOf(workgroup);
    if (!engine || url.empty()) return engine;
    return engine::OverTrino(url, *std::move(engine), reads);
  }
  [[nodiscard]] engine::EnginePool& pool() { return pool_; }

 private:
  [[nodiscard]] std::string TrinoOf(std::string_view workgroup) const {
    auto found = engines_.find(workgroup);
    if (found == engines_.end()) found = engines_.find("");
    return found == engines_.end() ? std::string() : found->second;
  }

  engine::EnginePool pool_;
  const WorkgroupEngines engines_;
};

}  // namespace opentrail::services::athena
