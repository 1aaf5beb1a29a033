#include "services/cloudtrail/digest_keys.h"
#include "services/cloudtrail/handlers.h"

namespace opentrail::services::cloudtrail {

AwsResult<Reply> ListPublicKeys(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  const Time start = call.input["StartTime"].Timestamp().value_or(call.now);
  const Time end = call.input["EndTime"].Timestamp().value_or(call.now);
  if (start > end) {
    return AwsFailure("InvalidTimeRangeException", "The start of the time range must not be after its end.");
  }
  Value list = Value::List();
  for (PublicKey& key : PublicKeysBetween(transaction.connection(), call.region, start, end)) {
    list.Append(Value::Object({{"Value", Value::Blob(std::move(key.public_der))},
                               {"ValidityStartTime", key.valid_from},
                               {"ValidityEndTime", key.valid_to},
                               {"Fingerprint", std::move(key.fingerprint)}}));
  }
  return Reply{.output = Value::Object({{"PublicKeyList", std::move(list)}})};
}

}  // namespace opentrail::services::cloudtrail
