#include "services/athena/schema.h"

namespace opentrail::services::athena {
namespace {

// Times are milliseconds since 1970. A workgroup `primary` is there in every region, with or without a row.
// athena_execution: state is one of QUEUED (which stands for RUNNING, too), SUCCEEDED, FAILED, CANCELLED; document is
// the QueryExecution, columns the ColumnInfo list of its result, both JSON by the model's names.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE athena_workgroup (
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  description TEXT,
  configuration TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (region, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE athena_execution (
  number INTEGER PRIMARY KEY,
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  state TEXT NOT NULL,
  document TEXT NOT NULL,
  columns TEXT,
  update_count INTEGER,
  token TEXT NOT NULL,
  submitted INTEGER NOT NULL,
  UNIQUE (region, id)
) STRICT;
CREATE UNIQUE INDEX athena_execution_token ON athena_execution(region, token);
CREATE INDEX athena_execution_workgroup ON athena_execution(region, workgroup, number);
CREATE INDEX athena_execution_unfinished ON athena_execution(number) WHERE state = 'QUEUED';
CREATE TABLE athena_named_query (
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  document TEXT NOT NULL,
  token TEXT NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (region, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX athena_named_query_workgroup ON athena_named_query(region, workgroup, id);
CREATE TABLE athena_prepared_statement (
  region TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  name TEXT NOT NULL,
  query TEXT NOT NULL,
  description TEXT,
  modified INTEGER NOT NULL,
  PRIMARY KEY (region, workgroup, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE athena_tag (
  region TEXT NOT NULL,
  workgroup TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (region, workgroup, name)
) STRICT, WITHOUT ROWID;
)sql";

// runtime is QueryRuntimeStatistics but for its Timeline; reuse_key is '' where a result is not reused.
constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE athena_execution ADD COLUMN runtime TEXT;
ALTER TABLE athena_execution ADD COLUMN reuse_key TEXT NOT NULL DEFAULT '';
CREATE INDEX athena_execution_reuse ON athena_execution(region, workgroup, reuse_key, number) WHERE reuse_key <> '';
)sql";

// Of a result that was encrypted before it reached S3: what its object is known by.
constexpr std::string_view kVersion3 = R"sql(
ALTER TABLE athena_execution ADD COLUMN seal TEXT NOT NULL DEFAULT '';
)sql";

constexpr store::Migration kMigrations[] = {{.part = "athena", .version = 1, .sql = kVersion1},
                                            {.part = "athena", .version = 2, .sql = kVersion2},
                                            {.part = "athena", .version = 3, .sql = kVersion3}};

}  // namespace

std::span<const store::Migration> Migrations() { return kMigrations; }

}  // namespace opentrail::services::athena
