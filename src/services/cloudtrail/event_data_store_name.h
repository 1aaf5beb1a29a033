#pragma once

#include <string>
#include <string_view>

#include "base/aws_error.h"
#include "services/cloudtrail/event_data_store_rows.h"
#include "services/service.h"

// How calls name an event data store.
namespace opentrail::services::cloudtrail {

// InvalidParameterException: 3 to 128 of letters, digits, periods, hyphens and underscores.
[[nodiscard]] AwsStatus CheckEventDataStoreName(std::string_view name);

// Which store a call is about: an id (in the call's account and region) or an ARN.
struct EventDataStoreReference {
  std::string account_id;
  std::string region;
  std::string id;  // lower case
  [[nodiscard]] std::string Arn() const { return EventDataStoreArn(account_id, region, id); }
};
// EventDataStoreARNInvalidException.
[[nodiscard]] AwsResult<EventDataStoreReference> ParseEventDataStoreReference(const Call& call, std::string_view text);

// A store of the call's account and region. EventDataStoreNotFoundException.
[[nodiscard]] AwsResult<EventDataStore> RequireEventDataStore(const Call& call, store::Connection& state,
                                                              const EventDataStoreReference& reference);
// The same for a text.
[[nodiscard]] AwsResult<EventDataStore> RequireEventDataStore(const Call& call, store::Connection& state,
                                                              std::string_view text);
// The same, where a store that waits for its deletion will not do: InactiveEventDataStoreException.
[[nodiscard]] AwsResult<EventDataStore> ActiveEventDataStore(const Call& call, store::Connection& state,
                                                             std::string_view text);
[[nodiscard]] AwsStatus CheckActive(const EventDataStore& store, std::string_view account_id);

}  // namespace opentrail::services::cloudtrail
