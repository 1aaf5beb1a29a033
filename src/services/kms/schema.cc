#include "services/kms/schema.h"

namespace opentrail::services::kms {
namespace {

// Times are milliseconds since 1970. state: KeyState. A key past its deletion_time is gone, whether or not its rows
// are.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE kms_key (
  region TEXT NOT NULL,
  id TEXT NOT NULL,
  description TEXT NOT NULL,
  policy TEXT NOT NULL,
  created INTEGER NOT NULL,
  state INTEGER NOT NULL,
  is_aws_managed INTEGER NOT NULL,
  is_multi_region INTEGER NOT NULL,
  deletion_time INTEGER,
  deletion_days INTEGER,
  rotation_days INTEGER,
  PRIMARY KEY (region, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE kms_material (
  region TEXT NOT NULL,
  key_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  material_id TEXT NOT NULL,
  sealed BLOB NOT NULL,
  created INTEGER NOT NULL,
  PRIMARY KEY (region, key_id, number),
  FOREIGN KEY (region, key_id) REFERENCES kms_key(region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE kms_alias (
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  key_id TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  PRIMARY KEY (region, name),
  FOREIGN KEY (region, key_id) REFERENCES kms_key(region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX kms_alias_key ON kms_alias(region, key_id);
CREATE TABLE kms_tag (
  region TEXT NOT NULL,
  key_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (region, key_id, name),
  FOREIGN KEY (region, key_id) REFERENCES kms_key(region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE kms_grant (
  region TEXT NOT NULL,
  key_id TEXT NOT NULL,
  id TEXT NOT NULL,
  token TEXT NOT NULL UNIQUE,
  name TEXT,
  grantee TEXT NOT NULL,
  retiring TEXT,
  operations TEXT NOT NULL,
  constraints TEXT,
  created INTEGER NOT NULL,
  PRIMARY KEY (region, key_id, id),
  FOREIGN KEY (region, key_id) REFERENCES kms_key(region, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX kms_grant_retiring ON kms_grant(region, retiring, id);
)sql";

// Which rotations were asked for: they neither count in nor move the schedule.
constexpr std::string_view kVersion2 = "ALTER TABLE kms_material ADD COLUMN on_demand INTEGER NOT NULL DEFAULT 0;";

constexpr store::Migration kMigrations[] = {{.part = "kms", .version = 1, .sql = kVersion1},
                                            {.part = "kms", .version = 2, .sql = kVersion2}};

}  // namespace

std::span<const store::Migration> Migrations() { return kMigrations; }

}  // namespace opentrail::services::kms
