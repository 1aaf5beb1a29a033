#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "services/athena/bucket_store.h"
#include "services/athena/caller_calls.h"
#include "services/athena/failure_note.h"

namespace opentrail::services::athena {

// The catalog's tables for one statement, as the caller sees them: GetDatabase and GetTable. Used from one thread.
class CatalogTables final : public engine::TableSource {
 public:
  // What keeps a table from being read is told to the note.
  CatalogTables(CallerCalls& calls, FailureNote& note, Time now) : calls_(calls), note_(note), now_(now) {}

  bool HasDatabase(std::string_view database) override;
  std::optional<engine::BoundTable> FindTable(std::string_view database, std::string_view name) override;

 private:
  // A table of Glue's as the engine scans it. The error says what it has that we cannot read.
  Result<engine::BoundTable> Bind(const Value& glue_table);

  CallerCalls& calls_;
  FailureNote& note_;
  Time now_;
  std::map<std::string, bool, std::less<>> databases_;
};

}  // namespace opentrail::services::athena
