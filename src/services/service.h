#pragma once

#include <algorithm>
#include <any>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/aws_error.h"
#include "base/clock.h"
#include "base/random.h"
#include "codec/value.h"
#include "http/message.h"
#include "iam/evaluation.h"
#include "iam/principal.h"
#include "protocol/model.h"
#include "store/migration.h"
#include "store/transaction.h"
#include "trail/record.h"

// What gateway/ and a service agree on. A service is a set of operations; each sees one call: who, where, the parsed
// input, the open transaction. None knows of the wire, of signatures, or that it is recorded.
namespace opentrail::services {

// Takes a streamed request body (S3 objects) piece by piece, on one thread at a time, before Handle runs.
class BodySink {
 public:
  virtual ~BodySink() = default;
  virtual AwsStatus Write(std::string_view bytes) = 0;
  // The whole body was written: durable now, or known to become so with the commit. `trailers` are the trailing
  // checksum fields of an aws-chunked body.
  virtual AwsStatus Finish(const http::Fields& trailers) = 0;
};

// One call on its way through a service. Owned by the gateway; a service may keep nothing of it.
struct Call {
  const protocol::Operation* operation = nullptr;
  std::string account_id;
  std::string region;
  opentrail::iam::Principal principal;
  std::string invoked_by;      // a service that acts for the principal; ""
  std::string source_address;  // aws:SourceIp; "" for calls made inside
  bool secure_transport = false;
  Time now;
  std::string request_id;
  Value input;                              // by the model's names
  const http::RequestHead* head = nullptr;  // nullptr for calls made inside
  std::unique_ptr<BodySink> body;           // what BeginBody gave, finished
  std::any prepared;                        // what Prepare left
  // Condition keys of the request, beside those that an operation adds itself; a caller inside sets aws:SourceArn here.
  opentrail::iam::ContextKeys context;
};

// What a handler answers.
struct Reply {
  Value output = Value::Object();
  std::unique_ptr<http::BodySource> body = nullptr;  // the streaming member of the output
  int http_status = 0;                               // 0: the protocol's own
  // For the record: beside what follows from input and output.
  std::vector<trail::RecordResource> resources = {};
  Value additional_event_data = nullptr;
};

// One operation's ends. Functions of a table: no state of their own.
struct Handler {
  std::string_view operation;
  // What must be allowed before Handle runs; reads the state that the call sees. An error is answered as it is: an
  // operation on a thing that does not exist may say so, where AWS does. nullptr: nothing needs to be allowed
  // (GetCallerIdentity).
  AwsResult<std::vector<opentrail::iam::AccessRequest>> (*authorize)(class Service& service, const Call& call,
                                                                     store::Connection& state);
  // On the committer's thread, in the call's own savepoint. What it changed is undone where it answers an error.
  AwsResult<Reply> (*handle)(class Service& service, Call& call, store::Transaction& transaction);
  // Long work without the transaction (making an RSA key), on a worker thread before Handle. May be nullptr.
  AwsStatus (*prepare)(class Service& service, Call& call) = nullptr;
  // Where the operation streams its body. May be nullptr.
  AwsResult<std::unique_ptr<BodySink>> (*begin_body)(class Service& service, const Call& call) = nullptr;
  // Where long work needs something of the state: on the committer's thread, before prepare, in a transaction of its
  // own, once the call is known to be allowed. What handle sees later may be another state. May be nullptr.
  AwsStatus (*begin)(class Service& service, Call& call, store::Transaction& transaction) = nullptr;
};

// Calls that a service makes of another, in the same transaction: authorised as its principal and recorded as AWS
// records them.
struct InsideCall {
  std::string_view service;
  std::string_view operation;
  std::string region;
  opentrail::iam::Principal principal;  // a service's own (kAwsService), or the caller's with invoked_by set
  std::string invoked_by;               // "s3.amazonaws.com"; "" where principal is the service itself
  Value input;
  std::unique_ptr<BodySink> body;       // PutObject: a finished one
  opentrail::iam::ContextKeys context;  // aws:SourceArn, aws:SourceAccount
};

class InsideCalls {
 public:
  virtual ~InsideCalls() = default;
  // On the committer's thread. The record is appended to `transaction`, also where the call fails.
  virtual AwsResult<Reply> Invoke(store::Transaction& transaction, InsideCall call) = 0;
  // Whether such a call would be let through: its target's `authorize` and the policies, without handling and without
  // a record. The error is the one that the call would be refused with.
  virtual AwsStatus WouldAllow(store::Connection& state, InsideCall call);
};

// Where whoever implements InsideCalls has no policies to ask.
inline AwsStatus InsideCalls::WouldAllow(store::Connection& /*state*/, InsideCall call) {
  return AwsFailure("InternalFailure", "{}:{} cannot be asked about here", call.service, call.operation);
}

// What every service is given. References outlive the service.
struct Environment {
  std::string account_id;
  Clock& clock;
  RandomSource& random;
  InsideCalls& inside;
};

class Service {
 public:
  virtual ~Service() = default;
  [[nodiscard]] virtual std::string_view id() const = 0;  // as protocol::Service::id
  [[nodiscard]] virtual std::span<const store::Migration> migrations() const = 0;
  // Sorted by operation. What the model knows and this lacks answers AWS's error.
  [[nodiscard]] virtual std::span<const Handler> handlers() const = 0;
  // What stands in a new account: the default VPC, the root user. Runs once a database, in one transaction.
  virtual AwsStatus Initialize(store::Transaction&) { return {}; }
};

// The service's handler of an operation; nullptr: it lacks it.
[[nodiscard]] inline const Handler* FindHandler(const Service& service, std::string_view operation) {
  const auto handlers = service.handlers();
  const auto found = std::ranges::find(handlers, operation, &Handler::operation);
  return found != handlers.end() ? &*found : nullptr;
}

}  // namespace opentrail::services
