#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "services/cloudtrail/cloudtrail_service.h"
#include "services/cloudtrail/event_data_store_name.h"
#include "services/cloudtrail/lake_query_rows.h"

// What the operations on queries have in common.
namespace opentrail::services::cloudtrail {

// What PrepareStartQuery leaves: the event data stores that the statement reads, or why it is refused.
using PreparedStatement = AwsResult<std::vector<EventDataStoreReference>>;

// EventDataStoreOwnerAccountId is the call's account, or not given. OperationNotPermittedException.
[[nodiscard]] AwsStatus CheckOwner(const Call& call);

// The query that QueryId names, where its event data stores are active, and the deprecated EventDataStore, if it is
// given, is one of them. QueryIdNotFoundException, InactiveEventDataStoreException, EventDataStoreNotFoundException,
// EventDataStoreARNInvalidException, InvalidParameterException.
[[nodiscard]] AwsResult<LakeQuery> RequireLakeQuery(const Call& call, store::Connection& state);

// Its status, which only the runner knows while it runs.
[[nodiscard]] std::string_view StatusOf(const CloudTrailService& service, const LakeQuery& query);

// What the key of a result is sealed for.
[[nodiscard]] std::string ResultKeyPurpose(std::string_view query_id);

}  // namespace opentrail::services::cloudtrail
