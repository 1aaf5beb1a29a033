#include "services/athena/query_session.h"

#include "services/athena/query_failure.h"

namespace opentrail::services::athena {
namespace {

// The account's root user has no name, a role's session only that in its ARN.
std::string UserOf(const opentrail::iam::Principal& principal) {
  if (!principal.user_name.empty()) return principal.user_name;
  const size_t before = principal.arn.find_last_of(":/");
  return before == std::string::npos ? principal.arn : principal.arn.substr(before + 1);
}

}  // namespace

QuerySession::QuerySession(CallerCalls& calls, RunningQuery& running, const Execution& execution, std::string database)
    : tables_(calls, note_, running, execution.submitted), workgroup_(execution.workgroup) {
  session_.database = std::move(database);
  session_.user = UserOf(calls.caller().principal);
  session_.now = std::chrono::floor<std::chrono::milliseconds>(execution.submitted);
}

Status QuerySession::Open(EngineSupply& engines) {
  auto engine = engines.Take(workgroup_, tables_);
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
