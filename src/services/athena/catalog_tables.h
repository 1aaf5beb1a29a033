#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/trino/trino_engine.h"
#include "services/athena/bucket_store.h"
#include "services/athena/caller_calls.h"
#include "services/athena/failure_note.h"

namespace opentrail::services::athena {

// The catalog's tables for one statement, as the caller sees them: GetDatabase and GetTable. Used from one thread.
class CatalogTables final : public engine::TableSource, public engine::ForeignReads {
 public:
  // What keeps a table from being read is told to the note.
  CatalogTables(CallerCalls& calls, FailureNote& note, RunningQuery& running, Time now)
      : calls_(calls), note_(note), running_(running), now_(now) {}

  bool HasDatabase(std::string_view database) override;
  std::optional<engine::BoundTable> FindTable(std::string_view database, std::string_view name) override;
  std::optional<catalog::View> FindView(std::string_view database, std::string_view name) override;
  // Whether the caller may list and read where the tables found so far lie: one object for each bucket of a table, in
  // which a cluster then reads all by itself. Not where the catalog itself is read: the cluster's sees it as others do.
  Result<bool> Allow() override;
  bool Count(uint64_t bytes) override { return running_.CountScan(bytes); }
  // The databases and names of the tables found so far.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> Found() const;

 private:
  // information_schema's, or the partitions of a table. nullopt: it is none of them.
  std::optional<engine::BoundTable> FindMetadata(std::string_view database, std::string_view name);
  // A table of Glue's as the engine scans it. The error says what it has that we cannot read.
  Result<engine::BoundTable> Bind(const Value& glue_table);

  CallerCalls& calls_;
  FailureNote& note_;
  RunningQuery& running_;
  Time now_;
  Status AllowTable(const Value& glue_table);
  // The table as Glue has it; nullptr: there is none, or it may not be seen. Asked once for each.
  const Value* Load(std::string_view database, std::string_view name);

  bool has_metadata_ = false;
  std::map<std::string, bool, std::less<>> databases_;
  std::map<std::pair<std::string, std::string>, std::optional<Value>> tables_;
};

}  // namespace opentrail::services::athena
