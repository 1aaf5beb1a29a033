#pragma once

#include <memory>
#include <string>

#include "engine/engine.h"
#include "services/athena/caller_calls.h"
#include "services/athena/catalog_tables.h"
#include "services/athena/engine_supply.h"
#include "services/athena/execution.h"
#include "services/athena/failure_note.h"
#include "services/running_query.h"
#include "sql/translate.h"

namespace opentrail::services::athena {

// An engine over the caller's tables, for one statement. One thread.
class QuerySession {
 public:
  // `database`: of names without one. What is given outlives the session.
  QuerySession(CallerCalls& calls, RunningQuery& running, const Execution& execution, std::string database);

  // The error is the engine's.
  Status Open(EngineSupply& engines);

  [[nodiscard]] engine::Engine& engine() { return *engine_; }
  [[nodiscard]] const CatalogTables& tables() const { return tables_; }
  [[nodiscard]] const sql::Session& session() const { return session_; }
  // Why a statement failed: what was told on the way, for the engine's error may have lost the words.
  [[nodiscard]] Failure FailureOf(const Error& error) const;

 private:
  FailureNote note_;
  CatalogTables tables_;
  std::unique_ptr<engine::Engine> engine_;  // it goes before what its scans hold
  sql::Session session_;
  const std::string workgroup_;
};

}  // namespace opentrail::services::athena
