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
// event_data_store_setup.cc
OperationFunction CreateEventDataStore, ChangeEventDataStore;
// event_data_store_read.cc
OperationFunction GetEventDataStore, ListEventDataStores;
// event_data_store_state.cc
OperationFunction StartEventDataStoreIngestion, StopEventDataStoreIngestion, DeleteEventDataStore,
    RestoreEventDataStore;
// lake_query_start.cc
OperationFunction StartQuery;
// Resolves the statement on a worker thread; leaves a PreparedStatement (lake_query.h) in call.prepared.
AwsStatus PrepareStartQuery(Service& service, Call& call);
// lake_query_read.cc
OperationFunction DescribeQuery, ListQueries, CancelQuery;
// lake_query_results.cc
OperationFunction GetQueryResults;

}  // namespace opentrail::services::cloudtrail
