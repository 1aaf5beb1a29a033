#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/athena/body_writer.h"
#include "services/athena/bucket_store.h"
#include "services/athena/caller_calls.h"
#include "services/athena/result_envelope.h"
#include "services/service.h"
#include "sql/translate.h"

// What Athena leaves in the result location.
// https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html
namespace opentrail::services::athena {

// ColumnInfo of GetQueryResults.
[[nodiscard]] Value ColumnInfo(std::string_view name, const sql::Type& type);
// A column of what Hive's statements answer: of type string.
[[nodiscard]] Value HiveColumnInfo(std::string_view name);

// Whether what goes out is to be encrypted before it reaches S3. `configuration`: ResultConfiguration.
[[nodiscard]] bool IsEncryptedBefore(const Value& configuration);

// The companion of a result: a protocol buffer with the query's id and its columns.
[[nodiscard]] std::string ResultMetadata(std::string_view query_id, const Value& columns);

// An object on its way into the result location; what is not put is dropped. One thread at a time.
class ResultFile {
 public:
  // `configuration`: ResultConfiguration; its encryption is the object's. `uri` is the whole s3://bucket/key.
  // `key`: under which the object is encrypted before it reaches S3, where that is so.
  static AwsResult<ResultFile> Begin(Service& s3, const Caller& caller, std::string_view uri,
                                     const Value& configuration, const std::optional<ResultKey>& key = std::nullopt);

  AwsStatus Write(std::string_view bytes);
  // The same on a thread of the file's, for what goes on making bytes meanwhile: takes them, and leaves an empty text.
  // The error may be one of an earlier piece. Not to be mixed with Write.
  AwsStatus WriteBehind(std::string& bytes);
  // No more follows.
  AwsStatus Finish();
  // Makes the finished object visible, as the caller, with the transaction. On the committer's thread.
  AwsStatus Put(InsideCalls& inside, store::Transaction& transaction, const Caller& caller);
  [[nodiscard]] const std::string& uri() const { return uri_; }
  // Of the object that was put, where it is encrypted before it reaches S3 (ResultEnvelope::SealOf); else "".
  [[nodiscard]] const std::string& seal() const { return seal_; }

 private:
  // Of the plaintext; refused past what one key may encrypt.
  AwsStatus Count(size_t bytes);
  [[nodiscard]] BodySink& Sink() { return sealing_ ? *sealing_ : *body_; }

  ResultFile(std::string_view uri, Value input, std::unique_ptr<BodySink> body)
      : uri_(uri), input_(std::move(input)), body_(std::move(body)) {}

  std::string uri_;
  Value input_;
  std::string seal_;
  std::optional<ResultEnvelope> envelope_;
  std::unique_ptr<BodySink> body_;
  std::unique_ptr<BodySink> sealing_;   // in front of the body, where what goes there is encrypted
  std::unique_ptr<BodyWriter> behind_;  // goes before both
};

}  // namespace opentrail::services::athena
