#include "services/cloudtrail/event_data_store_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "codec/json_value.h"
#include "services/cloudtrail/trail_rows.h"

namespace opentrail::services::cloudtrail {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, region, name, selectors, multi_region, retention_days, billing_mode, termination_protection, kms_key, "
    "tags, ingesting, created, updated, removed_before, deleted FROM cloudtrail_event_data_store ";
// Not those whose wait is over; its argument is the oldest deletion that still counts.
constexpr std::string_view kThere = "(deleted IS NULL OR deleted > ?)";

EventDataStore ReadRow(const store::Rows& rows) {
  return {.id = std::string(rows.Text(0)),
          .region = std::string(rows.Text(1)),
          .name = std::string(rows.Text(2)),
          .selectors = std::string(rows.Text(3)),
          .multi_region = rows.Boolean(4),
          .retention_days = rows.Integer(5),
          .billing_mode = std::string(rows.Text(6)),
          .termination_protection = rows.Boolean(7),
          .kms_key = std::string(rows.Text(8)),
          .tags = std::string(rows.Text(9)),
          .ingesting = rows.Boolean(10),
          .created = FromMilliseconds(rows.Integer(11)),
          .updated = FromMilliseconds(rows.Integer(12)),
          .removed_before = FromMilliseconds(rows.Integer(13)),
          .deleted = rows.IsNull(14) ? std::nullopt : std::optional(FromMilliseconds(rows.Integer(14)))};
}

int64_t OldestWait(Time now) { return Milliseconds(now - kEventDataStoreWait); }

Value SelectorsOf(std::string_view text) { return codec::ParseJsonValue(text).value_or(Value::List()); }

}  // namespace

std::string EventDataStoreArn(std::string_view account_id, std::string_view region, std::string_view id) {
  return fmt::format("arn:aws:cloudtrail:{}:{}:eventdatastore/{}", region, account_id, id);
}

std::string EventDataStore::Arn(std::string_view account_id) const { return EventDataStoreArn(account_id, region, id); }

Value EventDataStore::Selectors() const { return SelectorsOf(selectors); }

std::string_view EventDataStore::Status() const {
  if (deleted) return "PENDING_DELETION";
  return ingesting ? "ENABLED" : "STOPPED_INGESTION";
}

Time EventDataStore::Oldest(Time now) const {
  return std::max<Time>(removed_before, now - std::chrono::days(retention_days));
}

std::optional<EventDataStore> FindEventDataStore(store::Connection& state, std::string_view region, std::string_view id,
                                                 Time now) {
  store::Rows rows =
      state.Query(fmt::format("{}WHERE id = ? AND region = ? AND {}", kColumns, kThere), id, region, OldestWait(now));
  return rows.Next() ? std::optional(ReadRow(rows)) : std::nullopt;
}

std::optional<EventDataStore> FindEventDataStoreByName(store::Connection& state, std::string_view region,
                                                       std::string_view name, Time now) {
  store::Rows rows = state.Query(fmt::format("{}WHERE region = ? AND name = ? AND {}", kColumns, kThere), region, name,
                                 OldestWait(now));
  return rows.Next() ? std::optional(ReadRow(rows)) : std::nullopt;
}

std::vector<EventDataStore> EventDataStoresAfter(store::Connection& state, std::string_view region, std::string_view id,
                                                 int64_t limit, Time now) {
  std::vector<EventDataStore> stores;
  store::Rows rows =
      state.Query(fmt::format("{}WHERE region = ? AND id > ? AND {} ORDER BY id LIMIT ?", kColumns, kThere), region, id,
                  OldestWait(now), limit);
  while (rows.Next()) stores.push_back(ReadRow(rows));
  return stores;
}

int64_t CountEventDataStores(store::Connection& state, std::string_view region, Time now) {
  store::Rows rows =
      state.Query(fmt::format("SELECT count(*) FROM cloudtrail_event_data_store WHERE region = ? AND {}", kThere),
                  region, OldestWait(now));
  return rows.Next() ? rows.Integer(0) : 0;
}

void InsertEventDataStore(store::Connection& state, const EventDataStore& store) {
  state.Execute(
      "INSERT INTO cloudtrail_event_data_store(id, region, name, selectors, multi_region, retention_days, "
      "billing_mode, termination_protection, kms_key, tags, ingesting, created, updated) "
      "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      store.id, store.region, store.name, store.selectors, store.multi_region, store.retention_days, store.billing_mode,
      store.termination_protection, store.kms_key, store.tags, store.ingesting, Milliseconds(store.created),
      Milliseconds(store.updated));
}

void UpdateEventDataStoreRow(store::Connection& state, const EventDataStore& store) {
  state.Execute(
      "UPDATE cloudtrail_event_data_store SET name = ?, selectors = ?, multi_region = ?, retention_days = ?, "
      "billing_mode = ?, termination_protection = ?, kms_key = ?, tags = ?, ingesting = ?, updated = ?, "
      "removed_before = ?, deleted = ? WHERE id = ?",
      store.name, store.selectors, store.multi_region, store.retention_days, store.billing_mode,
      store.termination_protection, store.kms_key, store.tags, store.ingesting, Milliseconds(store.updated),
      Milliseconds(store.removed_before), Milliseconds(store.deleted), store.id);
}

void RemoveDeletedEventDataStores(store::Connection& state, Time now) {
  state.Execute("DELETE FROM cloudtrail_event_data_store WHERE deleted <= ?", OldestWait(now));
}

void BeginIngestion(store::Transaction& transaction, const EventDataStore& store) {
  transaction.connection().Execute(
      "INSERT INTO cloudtrail_ingestion(store, after, selectors, multi_region) VALUES(?, ?, ?, ?)", store.id,
      transaction.LastJournalEntry(), store.selectors, store.multi_region);
}

void EndIngestion(store::Connection& state, const EventDataStore& store, int64_t last) {
  state.Execute("UPDATE cloudtrail_ingestion SET until = ? WHERE store = ? AND until IS NULL", last, store.id);
}

std::vector<trail::JournalSpan> IngestedSpans(store::Connection& state, const EventDataStore& store, int64_t last) {
  std::vector<trail::JournalSpan> spans;
  store::Rows rows = state.Query(
      "SELECT after, until, selectors, multi_region FROM cloudtrail_ingestion WHERE store = ? ORDER BY id", store.id);
  while (rows.Next()) {
    const int64_t until = rows.IsNull(1) ? last : std::min(rows.Integer(1), last);
    if (until <= rows.Integer(0)) continue;
    spans.push_back(
        {.after = rows.Integer(0),
         .until = until,
         .scope = {.home_region = store.region, .multi_region = rows.Boolean(3), .global_service_events = true},
         .selectors = trail::EventSelectors(Value::Object({{"AdvancedEventSelectors", SelectorsOf(rows.Text(2))}}))});
  }
  return spans;
}

}  // namespace opentrail::services::cloudtrail
