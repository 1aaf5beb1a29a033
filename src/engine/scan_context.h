#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.h"
#include "base/result.h"
#include "catalog/catalog.h"
#include "engine/engine.h"
#include "engine/scan_schema.h"
#include "engine/stored_files.h"
#include "logs/scan.h"

// What the engine and its table function share.
namespace opentrail::engine {

// A table as AddTable took it.
struct EngineTable {
  BoundTable bound;
  std::vector<ScanColumn> columns;
};

// The tables added, and those that a source gave. Names are lower case. Only Find is thread-safe, between changes.
class TableSet final : public catalog::Catalog {
 public:
  Status Add(BoundTable table);
  void SetSource(TableSource* source) { source_ = source; }
  [[nodiscard]] const catalog::Table* FindTable(std::string_view database, std::string_view name) const override;
  [[nodiscard]] bool HasDatabase(std::string_view database) const override;
  [[nodiscard]] const catalog::View* FindView(std::string_view database, std::string_view name) const override;
  // Of those known already. shared: a running query keeps its tables.
  [[nodiscard]] std::shared_ptr<const EngineTable> Find(std::string_view database, std::string_view name) const;

 private:
  using Key = std::pair<std::string, std::string>;

  mutable std::map<Key, std::shared_ptr<const EngineTable>> tables_;
  mutable std::map<Key, std::optional<catalog::View>> views_;  // what the source said of a name
  TableSource* source_ = nullptr;
};

// The scans of one query. Thread-safe.
class QueryScans {
 public:
  // `user` outlives this; without one only Stop() cancels.
  explicit QueryScans(const CancelToken* user) : cancel_(user) {}

  logs::ScanStatistics& Statistics() { return statistics_; }
  const CancelToken& Cancel() const { return cancel_; }
  // Ends the scans because their rows are no longer wanted.
  void Stop() {
    stopped_ = true;
    cancel_.Cancel();
  }
  [[nodiscard]] bool IsStopped() const { return stopped_; }
  // The first failure of a scan stays: the engine's own error text would lose its code.
  void Fail(const Error& error);
  [[nodiscard]] std::optional<Error> Failure() const;

 private:
  CancelToken cancel_;
  std::atomic<bool> stopped_{false};
  logs::ScanStatistics statistics_;
  mutable std::mutex mutex_;
  std::optional<Error> failure_;
};

using ScanOpener = std::function<Result<std::unique_ptr<logs::Scan>>(const logs::LogSource&, const logs::ScanRequest&,
                                                                     logs::ScanStatistics&, const CancelToken&)>;

// Changed by the engine between queries only.
struct ScanContext {
  TableSet tables;
  ScanOpener open;
  uint32_t threads = 0;
  std::unique_ptr<StoredFiles> files =
      std::make_unique<StoredFiles>();           // that scans have listed for the engine's readers
  uint64_t deduplicate_memory_bytes = 64 << 20;  // for the eventIDs seen, before rows are set aside on disk
  // shared: a result that is still open keeps the query it belongs to.
  std::shared_ptr<QueryScans> query;
};

}  // namespace opentrail::engine
