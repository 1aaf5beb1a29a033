#include "services/athena/query_job.h"

#include <algorithm>

#include "engine/csv_text.h"
#include "services/athena/ddl_runner.h"
#include "services/athena/query_failure.h"
#include "sql/text.h"

namespace opentrail::services::athena {
namespace {

constexpr size_t kPieceBytes = 256UL << 10;  // of a result's text, made before it is written
constexpr std::string_view kMetadata = ".metadata";

// https://docs.aws.amazon.com/athena/latest/ug/error-reference.html
const Failure kTimedOut{"Query timeout", 1, 206};
const Failure kOverScanLimit{"Bytes scanned limit was exceeded", 2, 1014, true};

engine::Row HeaderOf(const std::vector<sql::OutputColumn>& columns) {
  engine::Row header;
  for (const sql::OutputColumn& column : columns) header.emplace_back(column.name);
  return header;
}

// An AWS error on its way through code that knows only the engine's.
Error AsError(const AwsError& error) { return {ErrorCode::kIo, error.code + ": " + error.message}; }

}  // namespace

QueryJob::QueryJob(const RunnerParts& parts, EngineSupply& engines, QueryTicket ticket, RunningQuery& running)
    : parts_(parts),
      engines_(engines),
      execution_(std::move(ticket.execution)),
      statement_(std::move(ticket.statement)),
      reused_(std::move(ticket.reused)),
      running_(running),
      is_location_enforced_(ticket.is_location_enforced),
      calls_(parts.committer, parts.inside,
             {.account_id = parts.account_id, .region = execution_.region, .principal = std::move(ticket.principal)}) {
  running_.scan_limit_bytes = ticket.scan_limit_bytes;
}

void QueryJob::Run() {
  Outcome outcome = RunStatement();
  if (running_.is_over_scan_limit) outcome.failure = kOverScanLimit;
  if (running_.is_timed_out) outcome.failure = kTimedOut;
  // Whoever stopped it has said so in its row; where the server stops, the next start does.
  if (running_.cancel.IsCancelled() && !running_.is_timed_out) return;
  Commit(std::move(outcome));
}

std::string QueryJob::DatabaseName() const {
  return sql::LowerCase(execution_.document["QueryExecutionContext"]["Database"].Text("default"));
}

int64_t QueryJob::MillisecondsSince(Time from) const {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(parts_.clock.Now() - from).count();
  return std::max<int64_t>(passed, 0);
}

QueryJob::Outcome QueryJob::RunStatement() {
  if (!statement_.refusal.empty()) {
    return WriteText(Value::List(), statement_.refusal, Failure{statement_.refusal, 1, 1003});
  }
  if (statement_.ddl) return RunDdl();
  if (statement_.command) {
    return std::visit([this](const auto& command) { return RunCommand(command); }, *statement_.command);
  }
  if (statement_.is_write) return RunWrite(statement_.query);
  if (TakeReused()) return {};
  return RunQuery(statement_.query);
}

QueryJob::Outcome QueryJob::RunQuery(const std::string& query) {
  session_ = std::make_unique<QuerySession>(calls_, running_, execution_, DatabaseName());
  QuerySession& session = *session_;
  if (const Status opened = session.Open(engines_); !opened) {
    return Failed(EngineFailure(opened.error().message));
  }
  const Time begin = parts_.clock.Now();
  auto result = session.engine().Query(query, session.session(), running_.cancel);
  planning_ms_ = MillisecondsSince(begin);
  Outcome outcome;
  if (result) {
    outcome = WriteResult(**result, &session);
  } else {
    outcome.failure = session.FailureOf(result.error());
  }
  input_rows_ = static_cast<int64_t>(session.engine().Statistics().events);
  engine_ms_ = MillisecondsSince(begin);
  return outcome;
}

// The plan alone shows whether the caller may still use the tables.
bool QueryJob::TakeReused() {
  if (!reused_) return false;
  const auto location = S3Location::Parse(reused_->output());
  QuerySession session(calls_, running_, execution_, DatabaseName());
  const bool may_read =
      session.Open(engines_) &&
      sql::Translate(statement_.query, session.engine().Catalog(), session.session()).has_value() &&
      calls_.InvokeOnBucket("HeadObject", Value::Object({{"Bucket", location->bucket}, {"Key", location->key}}));
  if (!may_read) {
    reused_.reset();
    return false;
  }
  execution_.document.At("ResultConfiguration").Set("OutputLocation", reused_->output());
  execution_.seal = reused_->seal;
  execution_.columns = reused_->columns;
  execution_.update_count = reused_->update_count;
  return true;
}

QueryJob::Outcome QueryJob::WriteResult(engine::QueryResult& result, const QuerySession* session) {
  auto file = BeginFile(execution_.output());
  if (!file) return Failed(OutputFailure(execution_.output(), file.error()));
  Outcome outcome;
  if (const Status written = WriteRows(result, *file); written) {
    outcome.files.push_back(*std::move(file));
    AddMetadata(outcome);
  } else {
    outcome.failure = session != nullptr ? session->FailureOf(written.error()) : EngineFailure(written.error().message);
  }
  return outcome;
}

Status QueryJob::WriteRows(engine::QueryResult& result, ResultFile& file) {
  execution_.columns = Value::List();
  for (const sql::OutputColumn& column : result.Columns()) {
    execution_.columns.Append(ColumnInfo(column.name, column.type));
  }
  execution_.update_count = 0;
  std::string text;
  engine::AppendCsvLine(text, HeaderOf(result.Columns()));
  for (bool more = true; more;) {
    const auto rows = result.NextCsv(kPieceBytes, text);
    if (!rows) return std::unexpected(rows.error());
    output_rows_ += static_cast<int64_t>(*rows);
    more = *rows > 0;
    if (more && text.size() < kPieceBytes) continue;
    output_bytes_ += static_cast<int64_t>(text.size());
    const bool is_all = !more && output_bytes_ == static_cast<int64_t>(text.size());
    const AwsStatus written = is_all ? file.Write(text) : file.WriteBehind(text);
    if (!written) return std::unexpected(AsError(written.error()));
  }
  if (const AwsStatus ended = file.Finish(); !ended) return std::unexpected(AsError(ended.error()));
  return {};
}

void QueryJob::AddMetadata(Outcome& outcome) {
  const AwsStatus added = AddFile(outcome, std::string(execution_.output()) + std::string(kMetadata),
                                  ResultMetadata(execution_.id, execution_.columns));
  if (!added && !outcome.failure) outcome.failure = OutputFailure(execution_.output(), added.error());
}

QueryJob::Outcome QueryJob::RunDdl() {
  const auto result = athena::RunDdl(*statement_.ddl, calls_, DatabaseName(), parts_.clock.Now());
  engine_ms_ = MillisecondsSince(running_.started);
  if (!result) return WriteText(Value::List(), result.error().message, result.error());
  return WriteText(result->columns, result->text, std::nullopt);
}

// A statement of data definition that failed leaves the reason where its result would be.
QueryJob::Outcome QueryJob::WriteText(const Value& columns, std::string_view text, std::optional<Failure> failure) {
  Outcome outcome{.files = {}, .failure = std::move(failure)};
  execution_.columns = columns;
  output_bytes_ = static_cast<int64_t>(text.size());
  const AwsStatus added = AddFile(outcome, execution_.output(), text);
  if (!added && !outcome.failure) outcome.failure = OutputFailure(execution_.output(), added.error());
  if (added) AddMetadata(outcome);
  return outcome;
}

AwsResult<ResultFile> QueryJob::BeginFile(std::string_view uri) {
  const Value& configuration = execution_.document["ResultConfiguration"];
  if (!IsEncryptedBefore(configuration)) return ResultFile::Begin(parts_.s3, calls_.caller(), uri, configuration);
  auto key = MakeResultKey(calls_, parts_.random, configuration["EncryptionConfiguration"]["KmsKey"].Text());
  if (!key) return std::unexpected(std::move(key.error()));
  return ResultFile::Begin(parts_.s3, calls_.caller(), uri, configuration, *std::move(key));
}

AwsStatus QueryJob::AddFile(Outcome& outcome, std::string_view uri, std::string_view bytes) {
  auto file = BeginFile(uri);
  if (!file) return std::unexpected(std::move(file.error()));
  AwsStatus status = bytes.empty() ? AwsStatus() : file->Write(bytes);
  if (status) status = file->Finish();
  if (status) outcome.files.push_back(*std::move(file));
  return status;
}

void QueryJob::SetStatistics() {
  const int64_t total = MillisecondsSince(execution_.submitted);
  const int64_t queued = std::max<int64_t>(total - MillisecondsSince(running_.started), 0);
  const auto scanned = static_cast<int64_t>(running_.scanned_bytes);
  execution_.document.Set(
      "Statistics",
      Value::Object({{"EngineExecutionTimeInMillis", engine_ms_},
                     {"DataScannedInBytes", scanned},
                     {"TotalExecutionTimeInMillis", total},
                     {"QueryQueueTimeInMillis", queued},
                     {"ServicePreProcessingTimeInMillis", int64_t{0}},
                     {"QueryPlanningTimeInMillis", planning_ms_},
                     {"ServiceProcessingTimeInMillis", std::max<int64_t>(total - queued - engine_ms_, 0)},
                     {"ResultReuseInformation", Value::Object({{"ReusedPreviousResult", reused_.has_value()}})}}));
  if (!manifest_.empty()) execution_.document.At("Statistics").Set("DataManifestLocation", manifest_);
  if (statement_.ddl || reused_) return;
  const Value rows = Value::Object({{"InputRows", input_rows_},
                                    {"InputBytes", scanned},
                                    {"OutputBytes", output_bytes_},
                                    {"OutputRows", output_rows_}});
  Value stage = rows;
  stage.Set("StageId", int64_t{0});
  stage.Set("State", "FINISHED");
  stage.Set("ExecutionTime", engine_ms_);
  stage.Set("SubStages", Value::List());
  execution_.runtime = Value::Object({{"Rows", rows}, {"OutputStage", std::move(stage)}});
}

void QueryJob::Commit(Outcome outcome) {
  SetStatistics();
  // Where the disk refuses, the execution is what the next start makes of it.
  (void)parts_.committer.Run([&](store::Transaction& transaction) { (void)Finish(outcome, transaction); });
  if (parts_.committed) parts_.committed();
}

std::optional<Failure> QueryJob::Apply(Outcome& outcome, store::Transaction& transaction) {
  std::optional<Failure> failure;
  (void)transaction.Try([&]() -> bool {
    for (ResultFile& file : outcome.files) {
      const AwsStatus put = file.Put(parts_.inside, transaction, calls_.caller());
      if (!put) failure = OutputFailure(execution_.output(), put.error());
      if (!put) return false;
      if (file.uri() == execution_.output()) execution_.seal = file.seal();
    }
    for (BucketFolder::Written& object : outcome.change.objects) {
      const AwsStatus put = object.file.Put(parts_.inside, transaction, calls_.caller());
      if (!put) failure = ObjectFailure(object.uri, put.error());
      if (!put) return false;
    }
    for (TableChange::GlueCall& call : outcome.change.calls) {
      const auto reply =
          parts_.inside.Invoke(transaction, CallAs(calls_.caller(), "glue", call.operation, std::move(call.input)));
      if (!reply) failure = CatalogFailure(reply.error());
      if (!reply) return false;
    }
    return true;
  });
  return failure;
}

bool QueryJob::Finish(Outcome& outcome, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  const auto current = FindExecution(state, execution_.region, execution_.id);
  if (!current || current->state != kQueued) return false;
  // A failed DDL statement's reason is put, too; it does not matter whether it can.
  auto failure = Apply(outcome, transaction);
  if (!outcome.failure) outcome.failure = std::move(failure);
  SetEnd(outcome.failure);
  return FinishExecution(state, execution_);
}

void QueryJob::SetEnd(const std::optional<Failure>& failure) {
  const Time now = parts_.clock.Now();
  if (!failure) return SetSucceeded(execution_, now);
  execution_.columns = Value();
  execution_.runtime = Value();
  if (failure->is_cancellation) return SetCancelled(execution_, now, failure->message);
  SetFailed(execution_, now, *failure);
}

}  // namespace opentrail::services::athena
