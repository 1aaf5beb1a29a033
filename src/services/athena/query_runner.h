#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "services/athena/query_job.h"
#include "services/statement_runner.h"

namespace opentrail::services::athena {

// Runs Athena's statements by a StatementRunner. Thread-safe.
class QueryRunner {
 public:
  struct Options {
    int concurrent = 4;
    std::chrono::milliseconds timeout = std::chrono::minutes(30);  // AWS's for DML; 0: none
  };

  // Statements that an earlier process left unfinished become FAILED.
  static Result<std::shared_ptr<QueryRunner>> Start(RunnerParts parts, Options options);
  // Stops what runs; what was not finished fails at the next start.
  ~QueryRunner();
  QueryRunner(const QueryRunner&) = delete;
  QueryRunner& operator=(const QueryRunner&) = delete;

  // The execution's row is committed.
  void Enqueue(QueryTicket ticket);
  // It need not go on: its row says that it was cancelled.
  void Stop(const std::string& execution_id);
  // nullopt: it does not run, or not yet.
  [[nodiscard]] std::optional<StatementRunner::Progress> Find(const std::string& execution_id) const;
  // As the destructor. The committer must live until this is done.
  void Shutdown();

 private:
  struct Impl;
  explicit QueryRunner(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opentrail::services::athena
