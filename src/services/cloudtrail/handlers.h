#pragma once

#include "services/cloudtrail/cloudtrail_service.h"

// The operations, by file. Each takes a call whose rights were checked.
namespace opentrail::services::cloudtrail {

using OperationFunction = AwsResult<Reply>(CloudTrailService& service, Call& call, store::Transaction& transaction);

// trail_setup.cc
OperationFunction CreateTrail, ChangeTrail;
// trail_logging.cc
OperationFunction StartLogging, StopLogging, DeleteTrail;
// trail_description.cc
OperationFunction DescribeTrails, GetTrail, GetTrailStatus, ListTrails;
// event_selectors.cc
OperationFunction PutEventSelectors, GetEventSelectors;
// insight_selectors.cc
OperationFunction PutInsightSelectors, GetInsightSelectors;
// trail_tags.cc
OperationFunction AddTags, RemoveTags, ListTags;
// public_keys.cc
OperationFunction ListPublicKeys;
// lookup_events.cc
OperationFunction LookupEvents;
// The search itself, on a worker thread; LookupEvents hands out what it left in call.prepared.
AwsStatus PrepareLookup(Service& service, Call& call);

}  // namespace opentrail::services::cloudtrail
