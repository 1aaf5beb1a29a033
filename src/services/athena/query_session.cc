#include "services/athena/query_session.h"

#include "services/athena/query_failure.h"

namespace opentrail::services::athena {

QuerySession::QuerySession(CallerCalls& calls, RunningQuery& running, const Execution& execution, std::string database)
    : tables_(calls, note_, running, execution.submitted) {
  session_.database = std::move(database);
  session_.user = calls.caller().principal.user_name;
  session_.now = std::chrono::floor<std::chrono::milliseconds>(execution.submitted);
}

Status QuerySession::Open(const engine::EngineOptions& options) {
  auto engine = engine::Engine::Open(options);
  if (!engine) return std::unexpected(engine.error());
  engine_ = *std::move(engine);
  engine_->SetTableSource(&tables_);
  return {};
}

Failure QuerySession::FailureOf(const Error& error) const {
  const auto told = note_.failure();
  return told ? *told : EngineFailure(error.message);
}

}  // namespace opentrail::services::athena
