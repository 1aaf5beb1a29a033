#include "services/cloudtrail/delivery_state.h"
#include "services/cloudtrail/handlers.h"
#include "services/cloudtrail/trail_name.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html
namespace opentrail::services::cloudtrail {

AwsResult<Reply> StartLogging(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto trail = ChangeableTrail(call, state, call.input["Name"].Text(), NamedAs::kArn);
  if (!trail) return std::unexpected(trail.error());
  if (trail->logging) return Reply{};
  trail->logging = true;
  trail->started = call.now;
  UpdateTrail(state, *trail);
  OpenSpan(transaction, *trail, call.now);
  return Reply{};
}

AwsResult<Reply> StopLogging(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto trail = ChangeableTrail(call, state, call.input["Name"].Text(), NamedAs::kArn);
  if (!trail) return std::unexpected(trail.error());
  if (!trail->logging) return Reply{};
  trail->logging = false;
  trail->stopped = call.now;
  UpdateTrail(state, *trail);
  CloseSpan(transaction, *trail);
  return Reply{};
}

AwsResult<Reply> DeleteTrail(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto trail = ChangeableTrail(call, state, call.input["Name"].Text(), NamedAs::kArn);
  if (!trail) return std::unexpected(trail.error());
  trail->deleted = true;
  if (trail->logging) trail->stopped = call.now;
  trail->logging = false;
  UpdateTrail(state, *trail);
  CloseSpan(transaction, *trail);
  RemoveIfDone(state, trail->id);
  return Reply{};
}

}  // namespace opentrail::services::cloudtrail
