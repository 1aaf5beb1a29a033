#include "services/cloudtrail/event_data_store_description.h"
#include "services/cloudtrail/event_data_store_name.h"
#include "services/cloudtrail/handlers.h"

// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DeleteEventDataStore.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_RestoreEventDataStore.html
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StopEventDataStoreIngestion.html
namespace opentrail::services::cloudtrail {
namespace {

std::unexpected<AwsError> InvalidStatus(const EventDataStore& store, std::string_view account_id,
                                        std::string_view wanted) {
  return AwsFailure("InvalidEventDataStoreStatusException",
                    "The event data store {} has status {}; for this it must have status {}.", store.Arn(account_id),
                    store.Status(), wanted);
}

enum class Ingestion : uint8_t { kStart, kStop };

// With the record of this very call, which comes next.
void EndWithThisCall(store::Transaction& transaction, const EventDataStore& store) {
  EndIngestion(transaction.connection(), store, transaction.LastJournalEntry() + 1);
}

AwsResult<Reply> Switch(const Call& call, store::Transaction& transaction, Ingestion wanted) {
  store::Connection& state = transaction.connection();
  auto store = RequireEventDataStore(call, state, call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(std::move(store.error()));
  const bool starts = wanted == Ingestion::kStart;
  if (store->deleted || store->ingesting == starts) {
    return InvalidStatus(*store, call.account_id, starts ? "STOPPED_INGESTION" : "ENABLED");
  }
  store->ingesting = starts;
  store->updated = call.now;
  if (starts) BeginIngestion(transaction, *store);
  if (!starts) EndWithThisCall(transaction, *store);
  UpdateEventDataStoreRow(state, *store);
  return Reply{};
}

}  // namespace

AwsResult<Reply> StartEventDataStoreIngestion(CloudTrailService& /*service*/, Call& call,
                                              store::Transaction& transaction) {
  return Switch(call, transaction, Ingestion::kStart);
}

AwsResult<Reply> StopEventDataStoreIngestion(CloudTrailService& /*service*/, Call& call,
                                             store::Transaction& transaction) {
  return Switch(call, transaction, Ingestion::kStop);
}

// It takes in nothing while it waits.
AwsResult<Reply> DeleteEventDataStore(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto store = ActiveEventDataStore(call, state, call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(std::move(store.error()));
  if (store->termination_protection) {
    return AwsFailure("EventDataStoreTerminationProtectedException",
                      "The event data store {} cannot be deleted because termination protection is enabled for it.",
                      store->Arn(call.account_id));
  }
  if (store->ingesting) EndWithThisCall(transaction, *store);
  store->deleted = call.now;
  store->updated = call.now;
  UpdateEventDataStoreRow(state, *store);
  return Reply{};
}

AwsResult<Reply> RestoreEventDataStore(CloudTrailService& /*service*/, Call& call, store::Transaction& transaction) {
  store::Connection& state = transaction.connection();
  auto store = RequireEventDataStore(call, state, call.input["EventDataStore"].Text());
  if (!store) return std::unexpected(std::move(store.error()));
  if (!store->deleted) return InvalidStatus(*store, call.account_id, "PENDING_DELETION");
  store->deleted.reset();
  store->updated = call.now;
  if (store->ingesting) BeginIngestion(transaction, *store);
  UpdateEventDataStoreRow(state, *store);
  return Reply{.output = DescribeEventDataStore(*store, call.account_id)};
}

}  // namespace opentrail::services::cloudtrail
