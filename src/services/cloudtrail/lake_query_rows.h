#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "codec/value.h"
#include "store/connection.h"
#include "store/object_store.h"

namespace opentrail::services::cloudtrail {

inline constexpr std::string_view kQueryQueued = "QUEUED";
inline constexpr std::string_view kQueryRunning = "RUNNING";  // known to the runner alone
inline constexpr std::string_view kQueryFinished = "FINISHED";
inline constexpr std::string_view kQueryFailed = "FAILED";
inline constexpr std::string_view kQueryCancelled = "CANCELLED";
inline constexpr std::string_view kQueryTimedOut = "TIMED_OUT";

// So long a query and its results are kept.
inline constexpr std::chrono::days kQueryKept{7};

// A query of CloudTrail Lake, as account.db has it.
struct LakeQuery {
  int64_t number = 0;  // grows with time
  std::string id = {};
  std::string region = {};
  std::vector<std::string> stores = {};  // ids of the event data stores that it reads, in the order of the statement
  std::string statement = {};
  std::string status{kQueryQueued};
  std::string error = {};
  Time created = {};
  int64_t journal_end = 0;  // the last entry that it may read
  int64_t events_matched = 0;
  int64_t events_scanned = 0;
  int64_t bytes_scanned = 0;
  int64_t milliseconds = 0;
  std::vector<std::string> columns = {};
  std::optional<int64_t> content = {};  // its rows; nullopt: it has none, or not yet
  int64_t content_bytes = 0;
  std::string content_key = {};  // what its rows are encrypted with: sealed, or encrypted by KMS
  std::string key_store = {};    // the event data store whose KMS key that is; "": it is sealed
};

// nullopt: there is none, or not any more.
[[nodiscard]] std::optional<LakeQuery> FindLakeQuery(store::Connection& state, std::string_view region,
                                                     std::string_view id, Time now);
// How many wait or run.
[[nodiscard]] int64_t CountActiveLakeQueries(store::Connection& state, std::string_view region);
void InsertLakeQuery(store::Connection& state, LakeQuery& query);
// Writes what became of it. False: it has ended already, and stays as it is.
bool FinishLakeQuery(store::Connection& state, const LakeQuery& query);
// Those that are kept no longer go, some at a time, and their results.
void RemoveOldLakeQueries(store::Transaction& transaction, store::ObjectStore& objects, Time now);
// Those that an earlier process left unfinished.
[[nodiscard]] std::vector<LakeQuery> UnfinishedLakeQueries(store::Connection& state);

// Which queries are listed: of one event data store.
struct LakeQueryFilter {
  std::string store;
  Time start;  // of their creation, inclusive
  Time end;
  std::string status;  // ""; QUEUED stands for those that run, too
  int64_t before = 0;  // numbers below it
  int64_t limit = 0;
};
// The newest first.
[[nodiscard]] std::vector<LakeQuery> ListLakeQueries(store::Connection& state, const LakeQueryFilter& filter);

}  // namespace opentrail::services::cloudtrail
