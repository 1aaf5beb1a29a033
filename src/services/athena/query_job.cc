#include "services/athena/query_job.h"

#include <algorithm>

#include "services/athena/catalog_tables.h"
#include "services/athena/ddl_runner.h"
#include "services/athena/query_failure.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

constexpr size_t kFlushBytes = 256UL << 10;
constexpr std::string_view kMetadata = ".metadata";

int64_t Milliseconds(Time from, Time to) {
  return std::max<int64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count(), 0);
}

engine::Row HeaderOf(const std::vector<sql::OutputColumn>& columns) {
  engine::Row header;
  for (const sql::OutputColumn& column : columns) header.emplace_back(column.name);
  return header;
}

// An AWS error on its way through code that knows only the engine's.
Error AsError(const AwsError& error) { return {ErrorCode::kIo, error.code + ": " + error.message}; }

}  // namespace

QueryJob::QueryJob(const RunnerParts& parts, QueryTicket ticket)
    : parts_(parts),
      execution_(std::move(ticket.execution)),
      statement_(std::move(ticket.statement)),
      calls_(parts.committer, parts.inside,
             {.account_id = parts.account_id, .region = execution_.region, .principal = std::move(ticket.principal)}),
      started_(parts.clock.Now()) {}

void QueryJob::Run(CancelToken& cancel) {
  const bool is_ddl = statement_.ddl || !statement_.refusal.empty();
  Outcome outcome = is_ddl ? RunDdl() : RunQuery(cancel);
  // Whoever stopped it has said so in its row; where the server stops, the next start does.
  if (!cancel.IsCancelled()) Commit(std::move(outcome));
}

std::string QueryJob::DatabaseName() const {
  return sql::LowerCase(execution_.document["QueryExecutionContext"]["Database"].Text("default"));
}

QueryJob::Outcome QueryJob::RunQuery(CancelToken& cancel) {
  Outcome outcome;
  FailureNote note;
  CatalogTables tables(calls_, note, execution_.submitted);
  const auto engine = engine::Engine::Open(parts_.engine);  // it goes before what its scans hold
  if (!engine) {
    outcome.failure = EngineFailure(engine.error().message);
    return outcome;
  }
  (*engine)->SetTableSource(&tables);
  sql::Session session;
  session.database = DatabaseName();
  session.user = calls_.caller().principal.user_name;
  session.now = std::chrono::floor<std::chrono::milliseconds>(execution_.submitted);
  const Time planning = parts_.clock.Now();
  auto result = (*engine)->Query(execution_.query(), session, cancel);
  planning_ms_ = Milliseconds(planning, parts_.clock.Now());
  auto file = result ? WriteRows(**result) : std::unexpected(result.error());
  scanned_bytes_ = static_cast<int64_t>((*engine)->Statistics().bytes_done);
  engine_ms_ = Milliseconds(planning, parts_.clock.Now());
  if (file) {
    outcome.files.push_back(*std::move(file));
    const AwsStatus added = AddFile(outcome, std::string(execution_.output()) + std::string(kMetadata),
                                    ResultMetadata(execution_.id, execution_.columns));
    if (!added) outcome.failure = OutputFailure(execution_.output(), added.error());
  } else {
    const auto known = note.failure();
    outcome.failure = known ? *known : EngineFailure(file.error().message);
  }
  return outcome;
}

Result<ResultFile> QueryJob::WriteRows(engine::QueryResult& result) {
  auto file =
      ResultFile::Begin(parts_.s3, calls_.caller(), execution_.output(), execution_.document["ResultConfiguration"]);
  if (!file) return std::unexpected(AsError(file.error()));
  execution_.columns = Value::List();
  for (const sql::OutputColumn& column : result.Columns()) {
    execution_.columns.Append(ColumnInfo(column.name, column.type));
  }
  execution_.update_count = 0;
  std::string text;
  AppendCsvLine(text, HeaderOf(result.Columns()));
  for (bool more = true; more;) {
    const auto rows = result.Next();
    if (!rows) return std::unexpected(rows.error());
    for (const engine::Row& row : *rows) AppendCsvLine(text, row);
    more = !rows->empty();
    if (more && text.size() < kFlushBytes) continue;
    if (const AwsStatus written = file->Write(text); !written) return std::unexpected(AsError(written.error()));
    text.clear();
  }
  if (const AwsStatus ended = file->Finish(); !ended) return std::unexpected(AsError(ended.error()));
  return *std::move(file);
}

QueryJob::Outcome QueryJob::RunDdl() {
  if (!statement_.ddl) return WriteText(Value::List(), statement_.refusal, Failure{statement_.refusal, 1, 1003});
  auto result = athena::RunDdl(*statement_.ddl, calls_, DatabaseName(), parts_.clock.Now());
  engine_ms_ = Milliseconds(started_, parts_.clock.Now());
  if (!result) return WriteText(Value::List(), result.error().message, result.error());
  return WriteText(result->columns, result->text, std::nullopt);
}

// A statement that failed leaves the reason where its result would be.
QueryJob::Outcome QueryJob::WriteText(const Value& columns, std::string_view text, std::optional<Failure> failure) {
  Outcome outcome;
  execution_.columns = columns;
  const std::string uri(execution_.output());
  AwsStatus added = AddFile(outcome, uri, text);
  if (added) added = AddFile(outcome, uri + std::string(kMetadata), ResultMetadata(execution_.id, columns));
  if (!added && !failure) failure = OutputFailure(uri, added.error());
  outcome.failure = std::move(failure);
  return outcome;
}

AwsStatus QueryJob::AddFile(Outcome& outcome, std::string_view uri, std::string_view bytes) {
  auto file = ResultFile::Begin(parts_.s3, calls_.caller(), uri, execution_.document["ResultConfiguration"]);
  if (!file) return std::unexpected(std::move(file.error()));
  AwsStatus status = bytes.empty() ? AwsStatus() : file->Write(bytes);
  if (status) status = file->Finish();
  if (status) outcome.files.push_back(*std::move(file));
  return status;
}

void QueryJob::SetStatistics() {
  const Time now = parts_.clock.Now();
  const int64_t total = Milliseconds(execution_.submitted, now);
  const int64_t queued = Milliseconds(execution_.submitted, started_);
  execution_.document.Set(
      "Statistics", Value::Object({{"EngineExecutionTimeInMillis", engine_ms_},
                                   {"DataScannedInBytes", scanned_bytes_},
                                   {"TotalExecutionTimeInMillis", total},
                                   {"QueryQueueTimeInMillis", queued},
                                   {"ServicePreProcessingTimeInMillis", int64_t{0}},
                                   {"QueryPlanningTimeInMillis", planning_ms_},
                                   {"ServiceProcessingTimeInMillis", std::max<int64_t>(total - queued - engine_ms_, 0)},
                                   {"ResultReuseInformation", Value::Object({{"ReusedPreviousResult", false}})}}));
}

void QueryJob::Commit(Outcome outcome) {
  SetStatistics();
  // Where the disk refuses, the execution is what the next start makes of it.
  (void)parts_.committer.Run([&](store::Transaction& transaction) { (void)Finish(outcome, transaction); });
  if (parts_.committed) parts_.committed();
}

bool QueryJob::Finish(Outcome& outcome, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto current = FindExecution(state, execution_.region, execution_.id);
  if (!current || current->state != kQueued) return false;
  const Time now = parts_.clock.Now();
  // A failed DDL statement's reason is put, too; it does not matter whether it can.
  for (ResultFile& file : outcome.files) {
    const AwsStatus put = file.Put(parts_.inside, transaction, calls_.caller());
    if (!put && !outcome.failure) outcome.failure = OutputFailure(execution_.output(), put.error());
    if (!put) break;
  }
  outcome.failure ? SetFailed(execution_, now, *outcome.failure) : SetSucceeded(execution_, now);
  if (outcome.failure) execution_.columns = Value();
  return FinishExecution(state, execution_);
}

}  // namespace opentrail::services::athena
