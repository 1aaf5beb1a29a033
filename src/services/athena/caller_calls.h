#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "iam/principal.h"
#include "services/service.h"
#include "store/committer.h"

namespace opentrail::services::athena {

inline constexpr std::string_view kAthenaPrincipal = "athena.amazonaws.com";

// For whom a statement runs, and where.
struct Caller {
  std::string account_id;
  std::string region;
  opentrail::iam::Principal principal;
};

// An inside call that Athena makes as the caller; recorded as invoked by Athena.
[[nodiscard]] InsideCall CallAs(const Caller& caller, std::string_view service, std::string_view operation,
                                Value input);

// Moves a call of S3 to the region of its bucket.
void MoveToBucketRegion(store::Connection& state, InsideCall& call);

// The calls of a running statement. Each is authorised for the caller and recorded. An answer may be used before its
// record is durable: nothing that follows from it is seen outside before a later commit, which the record precedes.
// Thread-safe; never on the committer's thread.
class CallerCalls {
 public:
  CallerCalls(store::Committer& committer, InsideCalls& inside, Caller caller)
      : committer_(committer), inside_(inside), caller_(std::move(caller)) {}

  [[nodiscard]] const Caller& caller() const { return caller_; }
  AwsResult<Reply> Invoke(std::string_view service, std::string_view operation, Value input);
  // The same for S3, in the region of the bucket.
  AwsResult<Reply> InvokeOnBucket(std::string_view operation, Value input);

 private:
  AwsResult<Reply> Submit(InsideCall call, bool in_bucket_region);

  store::Committer& committer_;
  InsideCalls& inside_;
  Caller caller_;
};

}  // namespace opentrail::services::athena
