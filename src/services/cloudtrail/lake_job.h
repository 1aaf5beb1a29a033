#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine_pool.h"
#include "services/cloudtrail/lake_query_rows.h"
#include "services/running_query.h"
#include "store/committer.h"
#include "trail/journal_store.h"

namespace opentrail::services::cloudtrail {

// A result's rows in all; a query that has more fails.
inline constexpr int64_t kMaxResultBytes = int64_t{256} << 20;

// What running queries work with. Everything outlives the runner.
struct LakeParts {
  Clock& clock;
  store::Committer& committer;
  store::ObjectStore& objects;
  std::string state_path;           // account.db
  std::function<void()> committed;  // after each commit; may be empty
  engine::EngineOptions engine;
  int64_t max_result_bytes = kMaxResultBytes;
};

// What an event data store holds, as of when the query was started.
struct StoreContents {
  std::vector<trail::JournalSpan> spans;
  Time oldest;
};

// A query that waits, or runs.
struct LakeTicket {
  LakeQuery query;
  std::map<std::string, StoreContents, std::less<>> stores;  // by id
  std::string principal;                                     // ARN
  std::string user;                                          // current_user
  std::string key;                                           // of the result, in the open
};

// One query from the queue to its result: reads the journal, writes the rows into a content of the object store, and
// says in account.db what became of it; rows and state are one commit. One thread.
class LakeJob {
 public:
  LakeJob(const LakeParts& parts, engine::EnginePool& engines, LakeTicket ticket, RunningQuery& running);
  // To the end, the commit included. What was cancelled meanwhile says so in its row already.
  void Run();

 private:
  Status RunStatement();
  Status WriteRows(engine::QueryResult& result);
  void SetEnd(const Status& status);
  void Commit();

  const LakeParts& parts_;
  engine::EnginePool& engines_;
  RunningQuery& running_;
  LakeTicket ticket_;
  trail::JournalCounters counters_;
  std::optional<store::StagedContent> content_;  // the rows, until they are adopted
};

}  // namespace opentrail::services::cloudtrail
