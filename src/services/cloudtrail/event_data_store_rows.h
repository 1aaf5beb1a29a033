#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "codec/value.h"
#include "store/transaction.h"
#include "trail/journal_store.h"

namespace opentrail::services::cloudtrail {

// So long a deleted event data store can still be restored; then it is gone.
inline constexpr std::chrono::days kEventDataStoreWait{7};

// An event data store as it is set up.
struct EventDataStore {
  std::string id = {};  // a UUID, the last part of its ARN
  std::string region = {};
  std::string name = {};
  std::string selectors = {};  // JSON of a list of AdvancedEventSelector
  bool multi_region = true;
  int64_t retention_days = 0;
  std::string billing_mode = {};
  bool termination_protection = true;
  std::string kms_key = {};  // ARN; "": none
  std::string tags = {};     // JSON of a list of Tag
  bool ingesting = true;
  Time created = {};
  Time updated = {};
  Time removed_before = {};          // a shorter retention of before took what is older
  std::optional<Time> deleted = {};  // since when it waits for its deletion

  [[nodiscard]] std::string Arn(std::string_view account_id) const;
  [[nodiscard]] Value Selectors() const;
  [[nodiscard]] std::string_view Status() const;
  // Events of before are not in it any more.
  [[nodiscard]] Time Oldest(Time now) const;
};

// arn:aws:cloudtrail:<region>:<account>:eventdatastore/<id>
[[nodiscard]] std::string EventDataStoreArn(std::string_view account_id, std::string_view region, std::string_view id);

// nullopt: there is none, or not any more.
[[nodiscard]] std::optional<EventDataStore> FindEventDataStore(store::Connection& state, std::string_view region,
                                                               std::string_view id, Time now);
[[nodiscard]] std::optional<EventDataStore> FindEventDataStoreByName(store::Connection& state, std::string_view region,
                                                                     std::string_view name, Time now);
// Those of a region with a greater id, at most `limit`, in the order of ids.
[[nodiscard]] std::vector<EventDataStore> EventDataStoresAfter(store::Connection& state, std::string_view region,
                                                               std::string_view id, int64_t limit, Time now);
[[nodiscard]] int64_t CountEventDataStores(store::Connection& state, std::string_view region, Time now);

void InsertEventDataStore(store::Connection& state, const EventDataStore& store);
// Everything that callers set up.
void UpdateEventDataStoreRow(store::Connection& state, const EventDataStore& store);
// Those whose wait is over go.
void RemoveDeletedEventDataStores(store::Connection& state, Time now);

// Ingestion begins with the record of the call that this is part of, with the store's selectors.
void BeginIngestion(store::Transaction& transaction, const EventDataStore& store);
// It ends with that entry of the journal.
void EndIngestion(store::Connection& state, const EventDataStore& store, int64_t last);
// What the store holds of the journal up to the entry `last`, in its order.
[[nodiscard]] std::vector<trail::JournalSpan> IngestedSpans(store::Connection& state, const EventDataStore& store,
                                                            int64_t last);

}  // namespace opentrail::services::cloudtrail
