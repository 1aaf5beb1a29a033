#include <charconv>

#include "codec/cipher.h"
#include "codec/text.h"
#include "services/athena/bucket_store.h"
#include "services/athena/caller_calls.h"
#include "services/athena/errors.h"
#include "services/athena/execution.h"
#include "services/athena/handlers.h"
#include "services/athena/query_runner.h"
#include "services/athena/result_file.h"
#include "services/athena/result_reader.h"

// https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
namespace opentrail::services::athena {
namespace {

constexpr int64_t kMaxRows = 1000;
// Of a result under CSE_KMS that somebody put in the place of the statement's: it is read on the committer's thread.
constexpr uint64_t kMaxStrangerBytes = 32UL << 20;

AwsStatus CheckFinished(const AthenaService& service, const Execution& execution) {
  if (execution.state == kQueued) {
    const bool is_running = service.runner() && service.runner()->Find(execution.id);
    return InvalidRequest(kInvalidState, "Query has not yet finished. Current state: {}",
                          is_running ? kRunning : kQueued);
  }
  if (execution.state == kCancelled) return InvalidRequest(kResultNotFound, "Could not find results");
  const bool is_ddl = execution.document["StatementType"].Text() != "DML";
  if (execution.state == kFailed && !is_ddl) {
    return InvalidRequest(kInvalidState, "Query did not finish successfully. Final query state: {}", kFailed);
  }
  return {};
}

// The place in the file where the page begins.
AwsResult<uint64_t> ReadToken(const Call& call) {
  const std::string_view token = call.input["NextToken"].Text();
  if (token.empty()) return 0;
  const auto text = codec::Base64Decode(token);
  uint64_t offset = 0;
  const bool is_number =
      text && !text->empty() && std::from_chars(text->data(), text->data() + text->size(), offset).ec == std::errc();
  if (!is_number) return InvalidRequest(kInvalidInput, "Malformed nextPageToken {}", token);
  return offset;
}

std::unexpected<AwsError> NotAllowed(const Execution& execution) {
  return InvalidRequest(kInvalidInput, "Access denied when reading the query results at {}", execution.output());
}

std::unexpected<AwsError> NotFound() { return InvalidRequest(kResultNotFound, "Could not find results"); }

AwsResult<Reply> GetResult(AthenaService& service, const Call& call, store::Transaction& transaction,
                           const Execution& execution, uint64_t first) {
  const auto location = S3Location::Parse(execution.output());
  Value input = Value::Object({{"Bucket", location->bucket}, {"Key", location->key}});
  if (first > 0) input.Set("Range", fmt::format("bytes={}-", first));
  InsideCall get = CallAs({call.account_id, call.region, call.principal}, "s3", "GetObject", std::move(input));
  MoveToBucketRegion(transaction.connection(), get);
  return service.environment().inside.Invoke(transaction, std::move(get));
}

// An object that is not the one that the statement left is read whole before anything of it is given.
AwsStatus CheckStranger(AthenaService& service, const Call& call, store::Transaction& transaction,
                        const Execution& execution, const ResultKey& key) {
  if (key.envelope.length > kMaxStrangerBytes) return NotFound();
  const auto whole = GetResult(service, call, transaction, execution, 0);
  if (!whole || !whole->body || !IsGenuine(*whole->body, key)) return NotFound();
  return {};
}

// The same of a result that was encrypted before it reached S3; KMS opens its key for the caller. The tag of GCM is at
// the object's end: a page is sound because the object and what its metadata say are those that the statement left,
// which account.db knows.
AwsResult<std::unique_ptr<http::BodySource>> OpenSealed(AthenaService& service, const Call& call,
                                                        store::Transaction& transaction, const Execution& execution,
                                                        Reply object, uint64_t offset) {
  auto envelope = ResultEnvelope::Read(object.output["Metadata"]);
  if (!envelope || !object.body) return NotFound();
  const bool is_known = !execution.seal.empty() && envelope->SealOf(object.output["ETag"].Text()) == execution.seal;
  const auto opened = service.environment().inside.Invoke(
      transaction, CallAs({call.account_id, call.region, call.principal}, "kms", "Decrypt", envelope->DecryptInput()));
  if (!opened) return NotAllowed(execution);
  const auto key = ResultKeyOf(opened->output, *std::move(envelope));
  if (!key) return NotFound();
  if (!is_known) {
    if (AwsStatus checked = CheckStranger(service, call, transaction, execution, *key); !checked) {
      return std::unexpected(std::move(checked.error()));
    }
  }
  return OpeningSource(std::move(object.body), *key, offset);
}

// The bytes of the result from `offset` on, read as the caller. nullptr: there are none.
AwsResult<std::unique_ptr<http::BodySource>> OpenResult(AthenaService& service, const Call& call,
                                                        store::Transaction& transaction, const Execution& execution,
                                                        uint64_t offset) {
  const bool is_sealed = IsEncryptedBefore(execution.document["ResultConfiguration"]);
  auto reply = GetResult(service, call, transaction, execution, is_sealed ? SealedOffset(offset) : offset);
  if (reply && is_sealed) return OpenSealed(service, call, transaction, execution, *std::move(reply), offset);
  if (reply) return std::move(reply->body);
  if (reply.error().code == "InvalidRange") return nullptr;  // the page after the last
  if (reply.error().code == "AccessDenied") return NotAllowed(execution);
  return NotFound();
}

Value RowOf(const engine::Row& row) {
  Value data = Value::List();
  for (const auto& value : row) {
    Value datum = Value::Object();
    if (value) datum.Set("VarCharValue", *value);
    data.Append(std::move(datum));
  }
  return Value::Object({{"Data", std::move(data)}});
}

}  // namespace

AwsResult<Reply> GetQueryResults(AthenaService& service, Call& call, store::Transaction& transaction) {
  const std::string_view id = call.input["QueryExecutionId"].Text();
  const int64_t wanted = call.input["MaxResults"].Integer(kMaxRows);
  if (wanted > kMaxRows) {
    return InvalidRequest(kInvalidInput, "MaxResults is more than maximum allowed length {}", kMaxRows);
  }
  const auto execution = FindExecution(transaction.connection(), call.region, id);
  if (!execution) return InvalidRequest(kExecutionNotFound, "QueryExecution {} was not found", id);
  if (AwsStatus status = CheckFinished(service, *execution); !status) return std::unexpected(std::move(status.error()));
  const auto offset = ReadToken(call);
  if (!offset) return std::unexpected(offset.error());
  Value rows = Value::List();
  Value output = Value::Object();
  if (execution->update_count) output.Set("UpdateCount", *execution->update_count);
  // What wrote a table has a count for its result, and no rows.
  const bool has_file = execution->output().ends_with(".csv") || execution->output().ends_with(".txt");
  if (has_file && !execution->columns.elements().empty()) {
    auto source = OpenResult(service, call, transaction, *execution, *offset);
    if (!source) return std::unexpected(std::move(source.error()));
    const bool is_csv = execution->output().ends_with(".csv");
    ResultReader reader(std::move(*source), is_csv ? ResultForm::kCsv : ResultForm::kLines);
    while (static_cast<int64_t>(rows.elements().size()) < wanted && !reader.IsFull()) {
      auto row = reader.Next();
      if (!row) return InvalidRequest(kResultNotFound, "{}", row.error().message);
      if (row->empty()) break;
      rows.Append(RowOf(*row));
    }
    const bool is_full = static_cast<int64_t>(rows.elements().size()) == wanted || reader.IsFull();
    if (is_full) output.Set("NextToken", codec::Base64Encode(std::to_string(*offset + reader.consumed())));
  }
  Value metadata = execution->columns.IsNull() ? Value() : Value::Object({{"ColumnInfo", execution->columns}});
  output.Set("ResultSet", Value::Object({{"Rows", std::move(rows)}, {"ResultSetMetadata", std::move(metadata)}}));
  return Reply{.output = std::move(output)};
}

}  // namespace opentrail::services::athena
