#include "services/athena/caller_calls.h"

#include <future>

#include "services/s3/bucket_rows.h"

namespace opentrail::services::athena {

InsideCall CallAs(const Caller& caller, std::string_view service, std::string_view operation, Value input) {
  InsideCall call{.service = service,
                  .operation = operation,
                  .region = caller.region,
                  .principal = caller.principal,
                  .invoked_by = std::string(kAthenaPrincipal),
                  .input = std::move(input),
                  .body = nullptr,
                  .context = {}};
  call.context.Add("aws:CalledVia", std::vector<std::string>{std::string(kAthenaPrincipal)});
  call.context.Add("aws:CalledViaFirst", std::string(kAthenaPrincipal));
  call.context.Add("aws:CalledViaLast", std::string(kAthenaPrincipal));
  return call;
}

void MoveToBucketRegion(store::Connection& state, InsideCall& call) {
  if (const auto bucket = s3::LoadBucket(state, call.input["Bucket"].Text())) call.region = bucket->region;
}

AwsResult<Reply> CallerCalls::Invoke(std::string_view service, std::string_view operation, Value input) {
  return Submit(CallAs(caller_, service, operation, std::move(input)), false);
}

AwsResult<Reply> CallerCalls::InvokeOnBucket(std::string_view operation, Value input) {
  return Submit(CallAs(caller_, "s3", operation, std::move(input)), true);
}

AwsResult<Reply> CallerCalls::Submit(InsideCall call, bool in_bucket_region) {
  // shared: where the work is never run, `done` tells it.
  auto answer = std::make_shared<std::promise<AwsResult<Reply>>>();
  auto future = answer->get_future();
  auto is_answered = std::make_shared<bool>(false);
  committer_.Submit(
      [this, answer, is_answered, in_bucket_region, call = std::move(call)](store::Transaction& transaction) mutable {
        if (in_bucket_region) MoveToBucketRegion(transaction.connection(), call);
        *is_answered = true;
        answer->set_value(inside_.Invoke(transaction, std::move(call)));
      },
      [answer, is_answered](const Status& status) {
        if (*is_answered) return;
        const std::string reason = status ? std::string("it was not run") : status.error().message;
        answer->set_value(AwsFailure("InternalFailure", "{}", reason));
      });
  return future.get();
}

}  // namespace opentrail::services::athena
