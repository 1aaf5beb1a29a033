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
  // `user` outlives this. Without one no statement runs.
  explicit QueryScans(const CancelToken* user) : cancel_(user), complete_(user == nullptr) {}

  logs::ScanStatistics& Statistics() { return statistics_; }
  const CancelToken& Cancel() const { return cancel_; }
  // Ends the scans because their rows are no longer wanted.
  void Stop() {
    stopped_ = true;
    cancel_.Cancel();
  }
  [[nodiscard]] bool IsStopped() const { return stopped_; }
  // The statement has come to its end, and all that it answered is right.
  void SetComplete() { complete_ = true; }
  [[nodiscard]] bool IsComplete() const { return complete_; }
  // The first failure of a scan stays: the engine's own error text would lose its code.
  void Fail(const Error& error);
  [[nodiscard]] std::optional<Error> Failure() const;

 private:
  CancelToken cancel_;
  std::atomic<bool> stopped_{false};
  std::atomic<bool> complete_;
  logs::ScanStatistics statistics_;
  mutable std::mutex mutex_;
  std::optional<Error> failure_;
};

using ScanOpener = std::function<Result<std::unique_ptr<logs::Scan>>(const logs::LogSource&, const logs::ScanRequest&,
                                                                     logs::ScanStatistics&, const CancelToken&)>;

// Changed by the engine between queries only.
struct ScanContext {
  TableSet tables;
  ScanOpener open = logs::Scan::Open;
  uint32_t threads = 0;
  std::unique_ptr<StoredFiles> files =
      std::make_unique<StoredFiles>();           // that scans have listed for the engine's readers
  uint64_t deduplicate_memory_bytes = 64 << 20;  // for the eventIDs seen, before rows are set aside on disk
  // shared: a result that is still open keeps the query it belongs to.
  std::shared_ptr<QueryScans> query = std::make_shared<QueryScans>(nullptr);
  bool has_failed = false;  // a query before this one did not come to its end

  // As it was made. The files stay where the engine's readers look for them, empty.
  void Reset();
};

}  // namespace opentrail::engine
