#include "engine/query_stream.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/error_text.h"

namespace opentrail::engine {
namespace {

constexpr std::chrono::milliseconds kPollInterval(20);
// While the other threads have all the work: the library's own loop would spin.
constexpr std::chrono::microseconds kIdleInterval(200);
// A stream does not tell whether it found a task. Where it comes back so fast so often, it did not.
constexpr std::chrono::microseconds kTaskLeast(20);
constexpr int kEmptyCallsMax = 16;

}  // namespace

CancelWatcher::CancelWatcher(duckdb::Connection& connection, const QueryScans& scans)
    : thread_([this, &connection, &scans](std::stop_token stop) { Watch(std::move(stop), connection, scans); }) {}

void CancelWatcher::Watch(std::stop_token stop, duckdb::Connection& connection, const QueryScans& scans) {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, stop, kPollInterval, [&] { return stop.stop_requested(); }) &&
         !stop.stop_requested()) {
    // Again and again: a statement that only begins clears the flag.
    if (scans.Cancel().IsCancelled() && !scans.IsStopped()) connection.Interrupt();
  }
}

Error StatementError(const duckdb::ErrorData& error, const QueryScans& scans) {
  if (scans.Cancel().IsCancelled()) return {ErrorCode::kCancelled, "Query cancelled by user"};
  if (auto failure = scans.Failure()) return *failure;
  return MapError(error);
}

Result<uint64_t> CopyRows(duckdb::Connection& connection, const std::string& statement, QueryScans& scans) {
  const CancelWatcher watcher(connection, scans);
  try {
    const auto result = connection.Query(statement);
    if (result->HasError()) return std::unexpected(StatementError(result->GetErrorObject(), scans));
    if (scans.Cancel().IsCancelled()) return MakeError(ErrorCode::kCancelled, "Query cancelled by user");
    const auto rows = result->GetValue(0, 0).GetValue<uint64_t>();
    scans.SetComplete();
    return rows;
  } catch (const std::exception& error) {
    return std::unexpected(StatementError(duckdb::ErrorData(error), scans));
  }
}

QueryStream::QueryStream(duckdb::Connection& connection, std::vector<sql::OutputColumn> columns,
                         std::shared_ptr<QueryScans> scans)
    : columns_(std::move(columns)), scans_(std::move(scans)), csv_(columns_), watcher_(connection, *scans_) {}

Result<std::unique_ptr<QueryResult>> QueryStream::Start(duckdb::Connection& connection, const std::string& engine_sql,
                                                        std::vector<sql::OutputColumn> columns,
                                                        std::shared_ptr<QueryScans> scans) {
  std::unique_ptr<QueryStream> stream(new QueryStream(connection, std::move(columns), std::move(scans)));
  try {
    stream->pending_ = connection.PendingQuery(engine_sql, true);
    if (stream->pending_->HasError()) {
      return std::unexpected(StatementError(stream->pending_->GetErrorObject(), *stream->scans_));
    }
  } catch (const std::exception& error) {
    return std::unexpected(StatementError(duckdb::ErrorData(error), *stream->scans_));
  }
  return stream;
}

// The scans end first, so that closing the result does not wait for files that nobody reads.
QueryStream::~QueryStream() { scans_->Stop(); }

void QueryStream::RunToFirstRows() {
  for (;;) {
    const auto state = pending_->ExecuteTask();
    if (state == duckdb::PendingExecutionResult::EXECUTION_ERROR) pending_->ThrowError();
    if (duckdb::PendingQueryResult::IsResultReady(state)) break;
    if (state == duckdb::PendingExecutionResult::BLOCKED) pending_->WaitForTask();
    if (state == duckdb::PendingExecutionResult::NO_TASKS_AVAILABLE) std::this_thread::sleep_for(kIdleInterval);
  }
  result_ = pending_->Execute();
  pending_.reset();
  if (result_->HasError()) result_->ThrowError();
}

void QueryStream::RunToNextRows(duckdb::StreamQueryResult& stream) {
  for (int empty_calls = 0;;) {
    const auto begin = std::chrono::steady_clock::now();
    const auto state = stream.ExecuteTask();
    if (state == duckdb::StreamExecutionResult::EXECUTION_ERROR) stream.ThrowError();
    if (duckdb::StreamQueryResult::IsChunkReady(state)) return;
    if (state == duckdb::StreamExecutionResult::BLOCKED) stream.WaitForTask();
    const bool is_empty = std::chrono::steady_clock::now() - begin < kTaskLeast;
    empty_calls = is_empty ? empty_calls + 1 : 0;
    const bool is_idle = state == duckdb::StreamExecutionResult::NO_TASKS_AVAILABLE || empty_calls > kEmptyCallsMax;
    if (is_idle) std::this_thread::sleep_for(kIdleInterval);
  }
}

duckdb::unique_ptr<duckdb::DataChunk> QueryStream::Fetch() {
  if (pending_ != nullptr) RunToFirstRows();
  if (result_->type == duckdb::QueryResultType::STREAM_RESULT) {
    auto& stream = result_->Cast<duckdb::StreamQueryResult>();
    if (stream.IsOpen()) RunToNextRows(stream);
  }
  auto chunk = result_->Fetch();
  if (result_->HasError()) result_->ThrowError();
  return chunk;
}

duckdb::unique_ptr<duckdb::DataChunk> QueryStream::NextChunk() {
  if (has_ended_) return nullptr;
  auto chunk = Fetch();
  // A cancelled scan may just end: an answer that is not whole is none.
  if (scans_->Cancel().IsCancelled()) throw duckdb::InterruptException();
  has_ended_ = chunk == nullptr;
  if (has_ended_) scans_->SetComplete();
  return chunk;
}

Result<std::vector<Row>> QueryStream::Next() {
  try {
    const auto chunk = NextChunk();
    return chunk == nullptr ? std::vector<Row>() : Render(*chunk);
  } catch (const std::exception& error) {
    return std::unexpected(StatementError(duckdb::ErrorData(error), *scans_));
  }
}

Result<size_t> QueryStream::NextCsv(size_t enough_bytes, std::string& out) {
  enough_bytes = std::max(enough_bytes, out.size() + 1);  // a row at least
  size_t rows = 0;
  try {
    while (out.size() < enough_bytes) {
      if (csv_.IsThrough()) {
        auto chunk = NextChunk();
        if (chunk == nullptr) break;
        csv_.Take(std::move(chunk));
      }
      rows += csv_.Append(enough_bytes, out);
    }
  } catch (const std::exception& error) {
    return std::unexpected(StatementError(duckdb::ErrorData(error), *scans_));
  }
  return rows;
}

std::vector<Row> QueryStream::Render(duckdb::DataChunk& chunk) {
  std::vector<Row> rows(chunk.size(), Row(columns_.size()));
  for (size_t column = 0; column < columns_.size(); ++column) {
    duckdb::RecursiveUnifiedVectorFormat values;
    duckdb::Vector::RecursiveToUnifiedFormat(chunk.data[column], chunk.size(), values);
    for (size_t row = 0; row < rows.size(); ++row) {
      std::string text;
      if (renderer_.Render(columns_[column].type, values, row, text)) rows[row][column] = std::move(text);
    }
  }
  return rows;
}

}  // namespace opentrail::engine
