#include "services/cloudtrail/lake_runner.h"

namespace opentrail::services::cloudtrail {

struct LakeRunner::Impl {
  Impl(LakeParts p, Options options)
      : parts(std::move(p)),
        engines(parts.engine, static_cast<size_t>(options.concurrent)),
        runner(parts.clock, engines, {options.concurrent, options.timeout}) {}

  const LakeParts parts;
  engine::EnginePool engines;
  StatementRunner runner;  // the first to go
};

Result<std::shared_ptr<LakeRunner>> LakeRunner::Start(LakeParts parts, Options options) {
  const Status cleaned = parts.committer.Run([&](store::Transaction& transaction) {
    for (LakeQuery& query : UnfinishedLakeQueries(transaction.connection())) {
      query.status = kQueryFailed;
      query.error = "The service was stopped while the query was running.";
      FinishLakeQuery(transaction.connection(), query);
    }
    RemoveOldLakeQueries(transaction, parts.objects, parts.clock.Now());
  });
  if (!cleaned) return std::unexpected(cleaned.error());
  return std::shared_ptr<LakeRunner>(new LakeRunner(std::make_unique<Impl>(std::move(parts), options)));
}

LakeRunner::LakeRunner(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LakeRunner::~LakeRunner() = default;

void LakeRunner::Shutdown() { impl_->runner.Shutdown(); }

void LakeRunner::Enqueue(LakeTicket ticket) {
  std::string id = ticket.query.id;
  std::string principal = ticket.principal;
  auto run = [impl = impl_.get(), ticket = std::move(ticket)](RunningQuery& running) mutable {
    LakeJob(impl->parts, impl->engines, std::move(ticket), running).Run();
  };
  impl_->runner.Enqueue({std::move(id), std::move(principal), std::move(run)});
}

void LakeRunner::Stop(const std::string& query_id) { impl_->runner.Stop(query_id); }

std::optional<StatementRunner::Progress> LakeRunner::Find(const std::string& query_id) const {
  return impl_->runner.Find(query_id);
}

}  // namespace opentrail::services::cloudtrail
