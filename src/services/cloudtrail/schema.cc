#include "services/cloudtrail/schema.h"

namespace opentrail::services::cloudtrail {
namespace {

// A span is one stretch of logging, from StartLogging to StopLogging (or DeleteTrail), in the order of the journal:
// events after `position` and up to `until` are still to be delivered. A batch is what is delivered together; while it
// is under way, the regions that have their file already are noted. A trail that was deleted stays until its spans are
// done.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE cloudtrail_trail (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  home_region TEXT NOT NULL,
  bucket TEXT NOT NULL,
  prefix TEXT NOT NULL,
  multi_region INTEGER NOT NULL,
  global_events INTEGER NOT NULL,
  validation INTEGER NOT NULL,
  kms_key TEXT NOT NULL,
  selectors TEXT NOT NULL DEFAULT '',
  custom_selectors INTEGER NOT NULL DEFAULT 0,
  insights TEXT NOT NULL DEFAULT '',
  tags TEXT NOT NULL DEFAULT '[]',
  generation INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0,
  logging INTEGER NOT NULL DEFAULT 0,
  started INTEGER,
  stopped INTEGER,
  digest_offset INTEGER NOT NULL,
  last_digest_end INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER,
  delivery_attempted INTEGER,
  delivery_error TEXT NOT NULL DEFAULT '',
  digest_delivered INTEGER,
  digest_error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX cloudtrail_trail_name ON cloudtrail_trail(name, home_region) WHERE deleted = 0;
CREATE TABLE cloudtrail_span (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  trail INTEGER NOT NULL REFERENCES cloudtrail_trail(id),
  position INTEGER NOT NULL,
  until INTEGER,
  batch_end INTEGER
) STRICT;
CREATE INDEX cloudtrail_span_trail ON cloudtrail_span(trail);
CREATE TABLE cloudtrail_batch_region (
  span INTEGER NOT NULL REFERENCES cloudtrail_span(id),
  region TEXT NOT NULL,
  PRIMARY KEY (span, region)
) STRICT, WITHOUT ROWID;
CREATE TABLE cloudtrail_chain (
  span INTEGER NOT NULL REFERENCES cloudtrail_span(id),
  region TEXT NOT NULL,
  start INTEGER NOT NULL,
  previous_bucket TEXT NOT NULL DEFAULT '',
  previous_object TEXT NOT NULL DEFAULT '',
  previous_sha256 TEXT NOT NULL DEFAULT '',
  previous_signature TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (span, region)
) STRICT, WITHOUT ROWID;
CREATE TABLE cloudtrail_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  span INTEGER NOT NULL REFERENCES cloudtrail_span(id),
  region TEXT NOT NULL,
  delivered INTEGER NOT NULL,
  bucket TEXT NOT NULL,
  object TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  newest TEXT NOT NULL,
  oldest TEXT NOT NULL
) STRICT;
CREATE INDEX cloudtrail_file_span ON cloudtrail_file(span, region, delivered);
CREATE TABLE cloudtrail_key (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  region TEXT NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  public_der BLOB NOT NULL,
  sealed_private BLOB NOT NULL
) STRICT;
CREATE INDEX cloudtrail_key_region ON cloudtrail_key(region, valid_to);
)sql";

constexpr store::Migration kMigrations[] = {{.part = "cloudtrail", .version = 1, .sql = kVersion1}};

}  // namespace

std::span<const store::Migration> Migrations() { return kMigrations; }

}  // namespace opentrail::services::cloudtrail
