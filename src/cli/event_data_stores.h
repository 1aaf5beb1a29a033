#pragma once

#include <string_view>
#include <utility>

#include "catalog/event_data_store.h"
#include "engine/engine.h"

namespace opentrail::cli {

// Lets every id of an event data store name the same logs: a query of CloudTrail Lake runs as it was written.
class EventDataStores final : public engine::TableSource {
 public:
  EventDataStores(logs::LogSource logs, bool deduplicate) : logs_(std::move(logs)), deduplicate_(deduplicate) {}

  bool HasDatabase(std::string_view database) override { return database == "default"; }
  std::optional<engine::BoundTable> FindTable(std::string_view database, std::string_view name) override {
    if (!catalog::IsEventDataStoreId(name)) return std::nullopt;
    return engine::BoundTable{
        catalog::EventDataStoreTable(std::string(database), std::string(name)), logs_, deduplicate_, {}};
  }

 private:
  logs::LogSource logs_;
  bool deduplicate_;
};

}  // namespace opentrail::cli
