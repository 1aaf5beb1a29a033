#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "base/clock.h"
#include "codec/value.h"
#include "http/message.h"
#include "iam/principal.h"
#include "protocol/model.h"

namespace opentrail::trail {

struct RecordResource {
  std::string type;  // "AWS::S3::Bucket"
  std::string arn;
  std::string account_id;  // "": left out, as for S3 objects
  bool is_prefix = false;  // ARNPrefix in place of ARN
};

// What is known of one call when it has been answered, well or not. Views live during BuildRecord.
struct CallFacts {
  const protocol::Operation* operation = nullptr;  // nullptr: the model knows no such; then `service` and `name` count
  const protocol::Service* service = nullptr;
  std::string_view name;        // the action as asked for; where operation is null
  std::string_view account_id;  // the account that is recorded for
  std::string_view region;      // awsRegion
  std::string_view event_id;    // UUID
  std::string_view request_id;
  Time completed;
  const iam::Principal* principal = nullptr;  // never null; kAnonymous where nothing is known
  std::string_view invoked_by;                // "athena.amazonaws.com" where a service acts for the principal; ""
  const http::RequestHead* head = nullptr;    // nullptr for calls made inside
  const Value* input = nullptr;               // parsed parameters; nullptr where they could not be parsed
  const Value* output = nullptr;              // nullptr on failure
  const AwsError* error = nullptr;            // nullptr where it went well
  std::span<const RecordResource> resources;
  const Value* additional_event_data = nullptr;  // an object; nullptr and null: none
  std::string_view shared_event_id;
};

struct Record {
  std::string json;  // compact, keys in CloudTrail's order
  bool management;   // eventCategory Management; else Data
  bool read_only;
};

// What a record says of the request alone, written before the call runs, on whatever thread has the request: calls are
// answered one after another, and so wait for each other's records no longer than they must.
struct RecordDraft {
  std::string text;                                     // members of the record, each with a comma behind it
  size_t caller_at = 0, parameters_at = 0, tls_at = 0;  // from its beginning: who; then from where; what; tlsDetails
};
// What became of the call need not be known: `completed`, `output`, `error`, `resources` and what follows are not read.
// Pure; thread-safe.
[[nodiscard]] RecordDraft DraftRecord(const CallFacts& facts);

// The CloudTrail record (eventVersion 1.11) of one call. Pure; thread-safe.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
[[nodiscard]] Record BuildRecord(const CallFacts& facts, const RecordDraft& draft);
[[nodiscard]] inline Record BuildRecord(const CallFacts& facts) { return BuildRecord(facts, DraftRecord(facts)); }

}  // namespace opentrail::trail
