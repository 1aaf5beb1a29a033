#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/database.h"
#include "engine/engine.h"
#include "engine/scan_context.h"

namespace opentrail::engine {

// Engine over an embedded DuckDB. Beyond the contract it takes the engine's own SQL, and scans from elsewhere than the
// logs: for tests and tools. Thread-compatible: one query at a time.
class DuckEngine final : public Engine {
 public:
  // Takes the database back at the engine's end.
  using GiveBack = std::function<void(std::unique_ptr<Database>)>;

  static Result<std::unique_ptr<DuckEngine>> Open(const EngineOptions& options);
  // Over a database that is as it was opened. `give_back` may be empty.
  DuckEngine(std::unique_ptr<Database> database, GiveBack give_back);
  ~DuckEngine() override;
  DuckEngine(const DuckEngine&) = delete;
  DuckEngine& operator=(const DuckEngine&) = delete;

  Status AddTable(BoundTable table) override { return scans_.tables.Add(std::move(table)); }
  void SetTableSource(TableSource* source) override { scans_.tables.SetSource(source); }
  [[nodiscard]] const catalog::Catalog& Catalog() const override { return scans_.tables; }
  Result<std::unique_ptr<QueryResult>> Query(std::string_view statement, const sql::Session& session,
                                             const CancelToken& cancel) override;
  Result<uint64_t> Write(const sql::Translation& translation, const TableOutput& output, OutputFolder& folder,
                         const CancelToken& cancel) override;
  Result<uint64_t> QueryToParquet(std::string_view statement, const sql::Session& session,
                                  const std::filesystem::path& file, const CancelToken& cancel) override;
  [[nodiscard]] const logs::ScanStatistics& Statistics() const override { return scans_.query->Statistics(); }

  Result<std::string> Explain(std::string_view statement, const sql::Session& session, const ExplainOptions& options,
                              const CancelToken& cancel) override;

  // The engine's SQL instead of the dialect's.
  Result<std::unique_ptr<QueryResult>> Run(const sql::Translation& translation, const CancelToken& cancel);
  Result<uint64_t> RunToParquet(const sql::Translation& translation, const std::filesystem::path& file,
                                const CancelToken& cancel);
  // Where scans come from; logs::Scan::Open unless set.
  void SetScanOpener(ScanOpener opener) { scans_.open = std::move(opener); }
  void SetDeduplicateMemory(uint64_t bytes) { scans_.deduplicate_memory_bytes = bytes; }

 private:
  void BeginQuery(const CancelToken& cancel);

  std::unique_ptr<Database> database_;
  ScanContext& scans_;  // the database's
  const GiveBack give_back_;
};

}  // namespace opentrail::engine
