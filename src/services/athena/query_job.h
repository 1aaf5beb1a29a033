#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/engine.h"
#include "services/athena/caller_calls.h"
#include "services/athena/engine_supply.h"
#include "services/athena/execution.h"
#include "services/athena/query_session.h"
#include "services/athena/result_file.h"
#include "services/athena/statement.h"
#include "services/athena/table_change.h"
#include "services/athena/write_plan.h"
#include "services/running_query.h"

namespace opentrail::services::athena {

// What running statements work with. Everything outlives the runner.
struct RunnerParts {
  std::string account_id;
  Clock& clock;
  store::Committer& committer;
  InsideCalls& inside;
  RandomSource& random;
  Service& s3;                      // for bodies of its PutObject
  std::function<void()> committed;  // after each commit; may be empty
  engine::EngineOptions engine;
  WorkgroupEngines engines = {};
};

// A statement that waits, or runs.
struct QueryTicket {
  Execution execution;
  ParsedStatement statement;
  opentrail::iam::Principal principal;
  std::optional<Execution> reused;  // whose result may stand for this one's
  uint64_t scan_limit_bytes = UINT64_MAX;
  bool is_location_enforced = false;  // by the workgroup: a table may not lie elsewhere
};

// One statement from the queue to its result: reads the tables as the caller, writes the result into S3 as the caller,
// and says in account.db what became of it; result and state are one commit. One thread.
class QueryJob {
 public:
  QueryJob(const RunnerParts& parts, EngineSupply& engines, QueryTicket ticket, RunningQuery& running);

  void Run();

 private:
  // What a statement came to before it is committed.
  struct Outcome {
    std::vector<ResultFile> files;
    std::optional<Failure> failure;
    TableChange change = {};
  };
  static Outcome Failed(Failure failure) { return {.files = {}, .failure = std::move(failure)}; }

  Outcome RunStatement();
  // A query: rows of the engine's into the result's file.
  Outcome RunQuery(const std::string& query);
  Outcome RunDdl();
  // query_write.cc: CREATE TABLE AS, INSERT INTO, UNLOAD
  Outcome RunWrite(const std::string& statement);
  std::optional<Failure> WriteTable(WritePlan& plan, QuerySession& session, Outcome& outcome);
  void AddManifest(Outcome& outcome);
  // query_command.cc
  Outcome RunCommand(const sql::CreateView& create);
  Outcome RunCommand(const sql::Prepare& prepare);
  Outcome RunCommand(const sql::Deallocate& deallocate);
  Outcome RunCommand(const sql::Execute& execute);
  Outcome RunCommand(const sql::Explain& explain);
  Outcome RunCommand(const sql::ShowFunctions& show);
  Outcome RunCommand(const sql::ModifyRows& modify);
  Outcome CallAthena(std::string_view operation, Value input);

  // Whether the earlier result may stand for this one's, and is taken: what the caller may not read now is run again.
  bool TakeReused();
  Outcome WriteText(const Value& columns, std::string_view text, std::optional<Failure> failure);
  // Streams the rows into the result's file. The error is the engine's, or the location's.
  Status WriteRows(engine::QueryResult& result, ResultFile& file);
  // The result and its companion. `session` knows better why a result fails; nullptr: nothing does.
  Outcome WriteResult(engine::QueryResult& result, const QuerySession* session);
  // A file of the result location, encrypted as the configuration says.
  AwsResult<ResultFile> BeginFile(std::string_view uri);
  AwsStatus AddFile(Outcome& outcome, std::string_view uri, std::string_view bytes);
  void AddMetadata(Outcome& outcome);
  void SetStatistics();
  void Commit(Outcome outcome);
  // Puts the files and changes the catalog: all of it, or nothing.
  std::optional<Failure> Apply(Outcome& outcome, store::Transaction& transaction);
  // False: the execution has ended otherwise (it was stopped).
  bool Finish(Outcome& outcome, store::Transaction& transaction);
  void SetEnd(const std::optional<Failure>& failure);
  [[nodiscard]] std::string DatabaseName() const;
  [[nodiscard]] int64_t MillisecondsSince(Time from) const;

  const RunnerParts& parts_;
  EngineSupply& engines_;
  Execution execution_;
  ParsedStatement statement_;
  std::optional<Execution> reused_;
  RunningQuery& running_;
  const bool is_location_enforced_;
  CallerCalls calls_;
  std::string manifest_;  // where the list of the objects is that the statement wrote; "": it wrote none
  int64_t planning_ms_ = 0;
  int64_t engine_ms_ = 0;
  int64_t input_rows_ = 0;
  int64_t output_rows_ = 0;
  int64_t output_bytes_ = 0;
  std::unique_ptr<QuerySession> session_;  // a query's: its engine goes when the execution's end is committed
};

}  // namespace opentrail::services::athena
