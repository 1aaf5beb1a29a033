#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/projection.h"
#include "cli/placed_store.h"
#include "engine/engine.h"

namespace opentrail::cli {

// The statements of a text, each without the ';' that ended it; those within quotes and comments end none. Statements
// of blanks and comments alone are left out. Pure.
[[nodiscard]] std::vector<std::string> SplitStatements(std::string_view text);

struct DdlOptions {
  std::string database = "default";  // of names without one
  logs::LogSource source;            // bounds and strictness of the tables
  catalog::Projection::Seconds now;
};

// The tables that the statements of a text declare: CREATE EXTERNAL TABLE, and ALTER TABLE ADD PARTITION behind it;
// CREATE DATABASE is passed over. A LOCATION is an S3 path, or a folder of this machine, a relative one below `folder`.
// The error names the statement.
[[nodiscard]] Result<std::vector<engine::BoundTable>> TablesOf(std::string_view ddl, const std::string& folder,
                                                               const DdlOptions& options, const StoreMaker& make);

}  // namespace opentrail::cli
