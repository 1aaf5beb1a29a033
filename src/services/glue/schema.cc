#include "services/glue/schema.h"

namespace opentrail::services::glue {
namespace {

// Names are in lower case; times are milliseconds since 1970. `document` is what the caller put, as JSON by the model's
// names: DatabaseInput, TableInput, PartitionInput. A database `default` is there in every region that has no row of
// it; a row that is_deleted says that it was dropped. partition_values is the JSON list of a partition's values.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE glue_database (
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  created INTEGER NOT NULL,
  is_deleted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (region, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE glue_table (
  id INTEGER PRIMARY KEY,
  region TEXT NOT NULL,
  database_name TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  version INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  UNIQUE (region, database_name, name)
) STRICT;
CREATE TABLE glue_table_version (
  table_id INTEGER NOT NULL REFERENCES glue_table(id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (table_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE glue_partition (
  table_id INTEGER NOT NULL REFERENCES glue_table(id) ON DELETE CASCADE,
  partition_values TEXT NOT NULL,
  document TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (table_id, partition_values)
) STRICT, WITHOUT ROWID;
)sql";

constexpr store::Migration kMigrations[] = {{.part = "glue", .version = 1, .sql = kVersion1}};

}  // namespace

std::span<const store::Migration> Migrations() { return kMigrations; }

}  // namespace opentrail::services::glue
