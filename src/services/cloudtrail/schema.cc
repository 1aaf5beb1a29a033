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

// An event data store takes what the journal holds: an ingestion is one stretch of it, from when it was started (or its
// selectors changed) to when it was stopped, with the selectors of that time. A query's row says QUEUED until it has
// ended; its result is a content of the object store, lines of JSON.
constexpr std::string_view kVersion2 = R"sql(
CREATE TABLE cloudtrail_event_data_store (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  selectors TEXT NOT NULL,
  multi_region INTEGER NOT NULL,
  retention_days INTEGER NOT NULL,
  billing_mode TEXT NOT NULL,
  termination_protection INTEGER NOT NULL,
  kms_key TEXT NOT NULL,
  tags TEXT NOT NULL,
  ingesting INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  removed_before INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER
) STRICT;
CREATE UNIQUE INDEX cloudtrail_event_data_store_name ON cloudtrail_event_data_store(region, name);
CREATE TABLE cloudtrail_ingestion (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  store TEXT NOT NULL REFERENCES cloudtrail_event_data_store(id) ON DELETE CASCADE,
  after INTEGER NOT NULL,
  until INTEGER,
  selectors TEXT NOT NULL,
  multi_region INTEGER NOT NULL
) STRICT;
CREATE INDEX cloudtrail_ingestion_store ON cloudtrail_ingestion(store, id);
CREATE TABLE cloudtrail_query (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  region TEXT NOT NULL,
  stores TEXT NOT NULL,
  statement TEXT NOT NULL,
  status TEXT NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  created INTEGER NOT NULL,
  journal_end INTEGER NOT NULL,
  events_matched INTEGER NOT NULL DEFAULT 0,
  events_scanned INTEGER NOT NULL DEFAULT 0,
  bytes_scanned INTEGER NOT NULL DEFAULT 0,
  milliseconds INTEGER NOT NULL DEFAULT 0,
  columns TEXT NOT NULL DEFAULT '',
  content INTEGER,
  content_bytes INTEGER NOT NULL DEFAULT 0,
  content_key BLOB,
  key_store TEXT NOT NULL
) STRICT;
CREATE INDEX cloudtrail_query_status ON cloudtrail_query(region, status) WHERE status = 'QUEUED';
CREATE INDEX cloudtrail_query_created ON cloudtrail_query(created);
CREATE TABLE cloudtrail_query_store (
  store TEXT NOT NULL,
  query INTEGER NOT NULL REFERENCES cloudtrail_query(number) ON DELETE CASCADE,
  PRIMARY KEY (store, query)
) STRICT, WITHOUT ROWID;
CREATE INDEX cloudtrail_query_store_query ON cloudtrail_query_store(query);
)sql";

constexpr store::Migration kMigrations[] = {{.part = "cloudtrail", .version = 1, .sql = kVersion1},
                                            {.part = "cloudtrail", .version = 2, .sql = kVersion2}};

}  // namespace

std::span<const store::Migration> Migrations() { return kMigrations; }

}  // namespace opentrail::services::cloudtrail
