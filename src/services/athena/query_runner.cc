#include "services/athena/query_runner.h"

#include <utility>
#include <vector>

namespace opentrail::services::athena {
namespace {

// https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
const Failure kInterrupted{"GENERIC_INTERNAL_ERROR: The service was stopped while the query was running", 1, 100};

// What an earlier process left. Few: what ran or waited when it ended.
void FailUnfinished(store::Connection& state, Time now) {
  std::vector<std::pair<std::string, std::string>> unfinished;
  {
    store::Rows rows = state.Query("SELECT region, id FROM athena_execution WHERE state = 'QUEUED'");
    while (rows.Next()) unfinished.emplace_back(rows.Text(0), rows.Text(1));
  }
  for (const auto& [region, id] : unfinished) {
    auto execution = FindExecution(state, region, id);
    if (!execution) continue;
    SetFailed(*execution, now, kInterrupted);
    FinishExecution(state, *execution);
  }
}

}  // namespace

struct QueryRunner::Impl {
  Impl(RunnerParts p, Options options)
      : parts(std::move(p)),
        engines(parts.engine, parts.engines, static_cast<size_t>(options.concurrent)),
        runner(parts.clock, engines.pool(), {options.concurrent, options.timeout}) {}

  const RunnerParts parts;
  EngineSupply engines;
  StatementRunner runner;  // the first to go
};

Result<std::shared_ptr<QueryRunner>> QueryRunner::Start(RunnerParts parts, Options options) {
  const Status cleaned = parts.committer.Run(
      [&](store::Transaction& transaction) { FailUnfinished(transaction.connection(), parts.clock.Now()); });
  if (!cleaned) return std::unexpected(cleaned.error());
  return std::shared_ptr<QueryRunner>(new QueryRunner(std::make_unique<Impl>(std::move(parts), options)));
}

QueryRunner::QueryRunner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

QueryRunner::~QueryRunner() = default;

void QueryRunner::Shutdown() { impl_->runner.Shutdown(); }

void QueryRunner::Enqueue(QueryTicket ticket) {
  std::string id = ticket.execution.id;
  std::string principal = ticket.principal.arn;
  auto run = [impl = impl_.get(), ticket = std::move(ticket)](RunningQuery& running) mutable {
    QueryJob(impl->parts, impl->engines, std::move(ticket), running).Run();
  };
  impl_->runner.Enqueue({std::move(id), std::move(principal), std::move(run)});
}

void QueryRunner::Stop(const std::string& execution_id) { impl_->runner.Stop(execution_id); }

std::optional<StatementRunner::Progress> QueryRunner::Find(const std::string& execution_id) const {
  return impl_->runner.Find(execution_id);
}

}  // namespace opentrail::services::athena
