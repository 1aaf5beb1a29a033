#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/table_output.h"
#include "services/athena/caller_calls.h"
#include "services/athena/execution.h"
#include "services/athena/output_folder.h"
#include "sql/write_statement.h"

// What a statement that writes is going to do, before it runs.
namespace opentrail::services::athena {

struct WritePlan {
  bool is_done = false;   // IF NOT EXISTS, and it exists: nothing is to be done
  bool has_rows = true;   // false: WITH NO DATA
  sql::Translation rows;  // as they are stored: partition keys last, as texts
  engine::TableOutput output;
  OutputPlace place;
  std::string database;
  Value new_table;          // TableInput of a table that comes into being; null: none does
  std::string table;        // whose partitions come into being; "": none of the catalog's (UNLOAD, projection)
  Value table_value;        // that table, or the new one's input
  std::string target_name;  // "db.table", for messages
  bool must_be_empty = false;
};

using Planned = std::expected<WritePlan, Failure>;

// What plans are made of. Everything outlives it.
struct WriteContext {
  CallerCalls& calls;
  const catalog::Catalog& catalog;
  const sql::Session& session;
  const Execution& execution;
  bool is_location_enforced = false;  // by the workgroup
};

// Failures are worded as Athena's.
[[nodiscard]] Planned PlanWrite(const sql::CreateTableAs& create, WriteContext& context);
[[nodiscard]] Planned PlanWrite(const sql::InsertInto& insert, WriteContext& context);
[[nodiscard]] Planned PlanWrite(const sql::Unload& unload, WriteContext& context);

}  // namespace opentrail::services::athena
