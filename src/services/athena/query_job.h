#pragma once

#include <functional>
#include <memory>

#include "base/cancel.h"
#include "engine/engine.h"
#include "services/athena/caller_calls.h"
#include "services/athena/execution.h"
#include "services/athena/result_file.h"
#include "services/athena/statement.h"

namespace opentrail::services::athena {

// What running statements work with. Everything outlives the runner.
struct RunnerParts {
  std::string account_id;
  Clock& clock;
  store::Committer& committer;
  InsideCalls& inside;
  Service& s3;                      // for bodies of its PutObject
  std::function<void()> committed;  // after each commit; may be empty
  engine::EngineOptions engine;
};

// A statement that waits, or runs.
struct QueryTicket {
  Execution execution;
  ParsedStatement statement;
  opentrail::iam::Principal principal;
};

// One statement from the queue to its result: reads the tables as the caller, writes the result into S3 as the caller,
// and says in account.db what became of it; result and state are one commit. One thread.
class QueryJob {
 public:
  QueryJob(const RunnerParts& parts, QueryTicket ticket);

  void Run(CancelToken& cancel);

 private:
  // What a statement came to before it is committed.
  struct Outcome {
    std::vector<ResultFile> files;
    std::optional<Failure> failure;
  };

  Outcome RunQuery(CancelToken& cancel);
  Outcome RunDdl();
  Outcome WriteText(const Value& columns, std::string_view text, std::optional<Failure> failure);
  // Streams the rows into the result's file. The error is the engine's, or the location's.
  Result<ResultFile> WriteRows(engine::QueryResult& result);
  AwsStatus AddFile(Outcome& outcome, std::string_view uri, std::string_view bytes);
  void SetStatistics();
  void Commit(Outcome outcome);
  // False: the execution has ended otherwise (it was stopped).
  bool Finish(Outcome& outcome, store::Transaction& transaction);
  [[nodiscard]] std::string DatabaseName() const;

  const RunnerParts& parts_;
  Execution execution_;
  ParsedStatement statement_;
  CallerCalls calls_;
  Time started_;
  int64_t planning_ms_ = 0;
  int64_t engine_ms_ = 0;
  int64_t scanned_bytes_ = 0;
};

}  // namespace opentrail::services::athena
