#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "services/cloudtrail/lake_job.h"
#include "services/statement_runner.h"

namespace opentrail::services::cloudtrail {

// Runs the queries of CloudTrail Lake by a StatementRunner. Thread-safe.
class LakeRunner {
 public:
  struct Options {
    int concurrent = 4;
    std::chrono::milliseconds timeout = std::chrono::hours(1);  // AWS's; 0: none
  };

  // Queries that an earlier process left unfinished become FAILED.
  static Result<std::shared_ptr<LakeRunner>> Start(LakeParts parts, Options options);
  // Stops what runs; what was not finished fails at the next start.
  ~LakeRunner();
  LakeRunner(const LakeRunner&) = delete;
  LakeRunner& operator=(const LakeRunner&) = delete;

  // The query's row is committed.
  void Enqueue(LakeTicket ticket);
  // It need not go on: its row says that it was cancelled.
  void Stop(const std::string& query_id);
  // nullopt: it does not run, or not yet.
  [[nodiscard]] std::optional<StatementRunner::Progress> Find(const std::string& query_id) const;
  // As the destructor. The committer must live until this is done.
  void Shutdown();

 private:
  struct Impl;
  explicit LakeRunner(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::services::cloudtrail
