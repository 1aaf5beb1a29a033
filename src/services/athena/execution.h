#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/value.h"
#include "services/service.h"
#include "store/connection.h"

namespace opentrail::services::athena {

inline constexpr std::string_view kQueued = "QUEUED";
inline constexpr std::string_view kRunning = "RUNNING";
inline constexpr std::string_view kSucceeded = "SUCCEEDED";
inline constexpr std::string_view kFailed = "FAILED";
inline constexpr std::string_view kCancelled = "CANCELLED";

// One execution of a statement, as account.db has it.
struct Execution {
  std::string region;
  std::string id;
  std::string workgroup;
  std::string state{kQueued};
  Value document;  // QueryExecution
  Value columns;   // ColumnInfo list of the result; null: it has none
  Value runtime;   // QueryRuntimeStatistics but for its Timeline; null: there are none
  std::optional<int64_t> update_count;
  std::string token;
  std::string seal;       // of the result's object: ResultFile::seal
  std::string reuse_key;  // the same for executions whose results are the same; "": its result is not reused
  Time submitted;

  [[nodiscard]] std::string_view query() const { return document["Query"].Text(); }
  // The result's file: s3://bucket/folder/<id>.csv
  [[nodiscard]] std::string_view output() const { return document["ResultConfiguration"]["OutputLocation"].Text(); }
};

[[nodiscard]] std::optional<Execution> FindExecution(store::Connection& state, std::string_view region,
                                                     std::string_view id);
[[nodiscard]] std::optional<Execution> FindExecutionByToken(store::Connection& state, std::string_view region,
                                                            std::string_view token);
// The newest that succeeded with such a key, not before `since`.
[[nodiscard]] std::optional<Execution> FindReusable(store::Connection& state, const Execution& like, Time since);
// How many wait or run.
[[nodiscard]] int64_t CountActive(store::Connection& state, std::string_view region);
void InsertExecution(store::Connection& state, const Execution& execution);
// Writes what became of it. False: it is finished already, and stays as it is.
bool FinishExecution(store::Connection& state, const Execution& execution);

// Why an execution failed, as QueryExecutionStatus tells it.
// https://docs.aws.amazon.com/athena/latest/APIReference/API_AthenaError.html
struct Failure {
  std::string message;
  int category = 2;
  int type = 1000;
  bool is_cancellation = false;  // the execution counts as CANCELLED, for this reason
};

// Sets state and Status of the document: SUCCEEDED, or FAILED, or CANCELLED.
void SetSucceeded(Execution& execution, Time completed);
void SetFailed(Execution& execution, Time completed, const Failure& failure);
void SetCancelled(Execution& execution, Time completed, std::string_view reason = "Query cancelled by user");

}  // namespace opentrail::services::athena
